"""examples/: each file is valid for its tool, and its commands judge a target and leave the reports it collects."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_groovy
import yaml
from junitparser import JUnitXml
from tests.conftest import clean_environment, read_events

import lmconform

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BIN = Path(sys.executable).parent
# What the platforms do, and no test: an environment of the tests has lmconform already.
INSTALLS = re.compile(r".*\b(pip install|python -m venv)\b.*\n?")


def load(name):
    return yaml.safe_load((EXAMPLES / name).read_text())


def github():
    steps = load("github-workflow.yml")["jobs"]["conformance"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def gitlab():
    job = load("gitlab-ci.yml")["conformance"]
    return [*job["before_script"], *job["script"], *job["after_script"]]


def jenkins():
    return re.findall(r"\bsh '([^']+)'", (EXAMPLES / "Jenkinsfile").read_text())


def kubernetes():
    pod = load("cronjob.yaml")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["command"] == ["sh", "-ec"]
    return container["args"]


# --- what the tools say of the files


def checked(*command):
    """The exit code of a checker, and what it says."""
    done = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "name", "right", "wrong"),
    [
        ("vendor.github-workflows", "github-workflow.yml", "runs-on:", "runs-om:"),
        ("vendor.gitlab-ci", "gitlab-ci.yml", "when: always", "when: forever"),
    ],
)
def test_a_workflow_is_valid_by_the_schema_of_its_platform(tmp_path, schema, name, right, wrong):
    code, said = checked("check-jsonschema", "--builtin-schema", schema, EXAMPLES / name)
    assert code == 0, said
    spoiled = tmp_path / name
    spoiled.write_text((EXAMPLES / name).read_text().replace(right, wrong))
    assert checked("check-jsonschema", "--builtin-schema", schema, spoiled)[0] != 0


def test_the_cronjob_is_valid_by_the_schema_of_kubernetes(tmp_path):
    code, said = checked("kubernetes-validate", "--strict", EXAMPLES / "cronjob.yaml")
    assert code == 0, said
    spoiled = tmp_path / "cronjob.yaml"
    spoiled.write_text((EXAMPLES / "cronjob.yaml").read_text().replace("backoffLimit:", "backofLimit:"))
    assert checked("kubernetes-validate", "--strict", spoiled)[0] != 0


def test_the_jenkinsfile_is_groovy():
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
    text = (EXAMPLES / "Jenkinsfile").read_bytes()
    assert not parser.parse(text).root_node.has_error
    assert parser.parse(text.replace(b"stages {", b"stages {{", 1)).root_node.has_error


def test_the_examples_install_this_version():
    pinned = re.findall(
        r"lmconform(?:==|@v)([\d.]+)", "\n".join(f.read_text() for f in EXAMPLES.iterdir() if f.is_file())
    )
    assert len(pinned) == 4
    assert set(pinned) == {lmconform.__version__}


# --- what the commands do


@pytest.fixture
def carry_out(mock, tmp_path):
    """Runs commands in a folder with the files of the examples, against the mock, as a platform does."""
    for name in ("lmconform.toml", "waivers.yaml"):
        (tmp_path / name).write_text((EXAMPLES / name).read_text().replace('"conformance"', '"tutorial"'))

    def run(commands, profile, **more):
        toml = tmp_path / "lmconform.toml"
        toml.write_text(toml.read_text().replace('profile = "core"', f'profile = "{profile}"'))
        script = "\n".join(INSTALLS.sub("", command) for command in commands)
        env = clean_environment(AICORE_SERVICE_KEY=json.dumps(mock.key), PATH=f"{BIN}:{os.environ['PATH']}", **more)
        return subprocess.run(["sh", "-ec", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)

    return run


def test_the_workflow_for_github_judges_the_target_removes_what_is_left_and_shows_the_summary(carry_out, tmp_path):
    commands = github()
    assert [command.split()[:2] for command in commands[1:4]] == [
        *(["lmconform", "waivers"], ["lmconform", "run"], ["lmconform", "cleanup"])
    ]
    url = "https://github.example/artifacts/1"
    done = carry_out(commands, "core", GITHUB_STEP_SUMMARY=str(tmp_path / "shown.md"), REPORTS=url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 in all: 0 expired" in done.stdout
    assert "nothing is left that can be deleted" in done.stdout
    shown = (tmp_path / "shown.md").read_text()
    assert (shown.startswith("# dev: partial"), shown.endswith(f"\n[All reports]({url})\n")) == (True, True)
    steps = load("github-workflow.yml")["jobs"]["conformance"]["steps"]
    assert [s["env"]["REPORTS"] for s in steps[-1:]] == ["${{ steps.reports.outputs.artifact-url }}"]
    (uploaded,) = [s["with"]["path"] for s in steps if s.get("id") == "reports"]
    assert read_events(tmp_path / uploaded)[-1]["exit_code"] == 0


@pytest.mark.parametrize(
    ("commands", "reports"),
    [(gitlab()[:-1], "reports"), (jenkins()[:-1], "reports"), (kubernetes(), "scratch/reports")],
    ids=["gitlab", "jenkins", "kubernetes"],
)
def test_the_commands_of_a_job_leave_the_reports_that_it_collects(carry_out, tmp_path, commands, reports):
    done = carry_out([command.replace("/scratch/", f"{tmp_path}/scratch/") for command in commands], "smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(JUnitXml.fromfile(str(tmp_path / reports / "junit.xml")))) > 0
    assert read_events(tmp_path / reports)[-1]["verdict"] == "partial"


def test_a_job_cleans_up_with_the_command_that_was_run_for_github():
    assert {gitlab()[-1], jenkins()[-1]} <= set(github())
