"""The job of continuous integration in the reports of a run: its page, and its copy of the files."""

import pytest
from tests.conftest import read_events

ONE = ("run", "mock", "--profile", "smoke", "--only", "probe/LM-SCENARIO-*", "--report-dir", "out/reports of today")
# The variables that each platform documents, with the values of their kind.
GITLAB = {"GITLAB_CI": "true", "CI_JOB_URL": "https://gitlab.example/team/x/-/jobs/7"}
JENKINS = {"JENKINS_URL": "https://ci.example/", "BUILD_URL": "https://ci.example/job/x/7/"}
GITHUB = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "team/x", "GITHUB_RUN_ID": "7"}
AZURE = {"SYSTEM_COLLECTIONURI": "https://azure.example/team/", "SYSTEM_TEAMPROJECT": "x y", "BUILD_BUILDID": "7"}
SECRET = {"GITLAB_CI": "true", "CI_JOB_URL": "https://me:s3cr3t-of-mine@gitlab.example/team/x/-/jobs/7"}
PAGE_OF_AZURE = "https://azure.example/team/x%20y/_build/results?buildId=7&view=artifacts"
FOLDER = "out/reports%20of%20today/"


@pytest.mark.parametrize(
    ("variables", "root", "page", "files"),
    [
        (GITLAB, "CI_PROJECT_DIR", GITLAB["CI_JOB_URL"], f"{GITLAB['CI_JOB_URL']}/artifacts/file/{FOLDER}"),
        (JENKINS, "WORKSPACE", JENKINS["BUILD_URL"], f"{JENKINS['BUILD_URL']}artifact/{FOLDER}"),
        (GITLAB, "", GITLAB["CI_JOB_URL"], ""),
        (GITHUB, "", "https://github.example/team/x/actions/runs/7#artifacts", ""),
        (AZURE, "", PAGE_OF_AZURE, ""),
        (SECRET, "CI_PROJECT_DIR", "", ""),
        ({"CI_JOB_URL": GITLAB["CI_JOB_URL"]}, "CI_PROJECT_DIR", "", ""),
    ],
    ids=["gitlab", "jenkins", "gitlab-elsewhere", "github", "azure", "credentials", "not-gitlab"],
)
def test_the_job_and_its_files_are_in_the_reports(lmconform, tmp_path, variables, root, page, files):
    others = dict.fromkeys((*GITLAB, *JENKINS, *GITHUB, *AZURE, "CI_PROJECT_DIR", "WORKSPACE"), "")
    done = lmconform(*ONE, env={**others, **variables, **({root: str(tmp_path)} if root else {})})
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out" / "reports of today"
    header = read_events(out)[0]
    assert (header["job"], header["files"]) == (page, files)
    assert ("](" + page + ")" in (out / "summary.md").read_text()) == bool(page)
    assert (f'href="{page.replace("&", "&amp;")}"' in (out / "report.html").read_text()) == bool(page)
    assert not [path for path in out.rglob("*") if path.is_file() and b"s3cr3t-of-mine" in path.read_bytes()]


def test_a_run_that_could_not_start_names_the_job_too(lmconform, tmp_path):
    env = {**GITLAB, "CI_PROJECT_DIR": str(tmp_path)}
    assert lmconform("run", "mock", "--seed", "x", "--report-dir", "out", env=env).returncode == 4
    summary = (tmp_path / "out/summary.md").read_text()
    assert f"[report.html]({GITLAB['CI_JOB_URL']}/artifacts/file/out/report.html)" in summary
