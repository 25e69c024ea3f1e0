"""`lmconform history` and `--baseline` over runs of the mock that are stored as they end."""

import json
import sqlite3
import subprocess
from importlib import resources

import jsonschema_rs
import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events

from lmconform.client import embedded
from lmconform.settings.options import MOCK, RunConfig

ONLY = ("probe/LM-SCHEDULE-CREATE-MINIMAL", "probe/LM-METRICS-PATCH-APPENDS")
FILE = """\
[targets.dev]
url = "{url}"
credentials = {{ service_key = "{key}" }}
resource_group = "tutorial"
profile = "core"
allow_writes = true
disposable = true
poll_interval = 0.05
"""


@pytest.fixture(scope="module")
def schema():
    text = resources.files("lmconform.results").joinpath("schemas/history.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.fixture
def judge(tmp_path):
    """Judges the target dev, a mock with options of the test's choice, into one store."""

    def run(*arguments, options=(), store="history.sqlite"):
        with embedded.start(RunConfig.from_options(MOCK, {}), options) as mock:
            (tmp_path / "lmconform.toml").write_text(FILE.format(url=mock.target.base_url, key=mock.service_key))
            command = [
                "run",
                "dev",
                *(f"--only={pattern}" for pattern in ONLY),
                "--history",
                store,
                "--quiet",
                *arguments,
            ]
            return subprocess.run(
                [*LMCONFORM, *command],
                cwd=tmp_path,
                env=clean_environment(),
                capture_output=True,
                text=True,
                timeout=240,
            )

    return run


def test_a_defect_that_comes_and_goes_has_a_history_and_a_lost_capability_fails_the_baseline(
    judge, lmconform, tmp_path, schema
):
    first = judge("--baseline", "last-green", "--report-dir", "first")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "nothing to compare with" in first.stdout
    broken = judge("--baseline", "last-green", options=("--mutant", "metrics-replace"))
    assert broken.returncode == 1
    assert "regressed: 1" in broken.stdout
    assert judge("--seed", "5", "--report-dir", "mended").returncode == 0
    gone = judge("--baseline", "last-green", "--report-dir", "gone", options=("--without", "executionSchedules"))
    assert gone.returncode == 1, gone.stdout + gone.stderr
    events = read_events(tmp_path / "gone")
    assert [event["outcome"] for event in events if event["type"] == "result" and event["gates"]] == []
    # The file and the reports say the same as the process.
    assert (events[-1]["verdict"], events[-1]["exit_code"]) == ("partial", 1)
    assert events[-1]["baseline"].startswith("regression: 1 result is worse; compared with the last green run, of 20")
    assert events[-1]["baseline"] in (tmp_path / "gone" / "summary.md").read_text()

    found = json.loads(lmconform("history", "dev", "--history", "history.sqlite", "--json").stdout)
    assert [error.message for error in schema.iter_errors(found)] == []
    assert [run["exit_code"] for run in found["runs"]] == [0, 1, 0, 1]
    (group,) = found["groups"]
    (finding,) = group["findings"]
    assert (finding["subject"], finding["state"]) == ("probe/LM-METRICS-PATCH-APPENDS", "flaky")
    assert (finding["failed"], finding["judged"], finding["flips"]) == (1, 4, 2)
    assert (finding["first_seen"], finding["fixed"]) == (found["runs"][1]["started"], found["runs"][2]["started"])

    # Each run knows what became different since the one before.
    mended = read_events(tmp_path / "mended")[-1]
    assert mended["since"] == found["runs"][1]["started"]
    assert [(one["kind"], one["id"], one["now"]) for one in mended["changes"]] == [
        ("fixed", finding["subject"], "PASS")
    ]
    assert [one["kind"] for one in events[-1]["changes"]] == ["no_longer_judged"]
    assert (read_events(tmp_path / "first")[-1]["since"], read_events(tmp_path / "first")[-1]["changes"]) == ("", [])
    shown = lmconform("history", "dev", "--history", "history.sqlite")
    assert shown.returncode == 0
    assert f"flaky     probe/LM-METRICS-PATCH-APPENDS  first seen {finding['first_seen']}" in shown.stdout
    targets = lmconform("history", "--history", "history.sqlite")
    assert [line.split()[0] for line in targets.stdout.splitlines()[1:]] == ["dev"]


def test_a_store_that_cannot_be_written_is_one_warning_line_and_changes_no_verdict(lmconform, tmp_path):
    (tmp_path / "file").write_text("")
    done = lmconform("run", "--only", ONLY[0], "--history", "file/inside", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("verdict   partial")
    warning = "lmconform: warning: the run is not in the history: file/inside: cannot be written"
    assert [line for line in done.stderr.splitlines() if line.startswith(warning)] == done.stderr.splitlines()
    assert len(done.stderr.splitlines()) == 1


def test_a_run_without_a_history_leaves_none(lmconform, tmp_path):
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert lmconform("run", "--only", ONLY[0], "--history", "none", env=state).returncode == 0
    assert list(tmp_path.glob("state/**/*.sqlite")) == []
    assert "runs      none" in lmconform("history", env=state).stdout
    assert lmconform("run", "--only", ONLY[0], env=state).returncode == 0
    assert "mock" in lmconform("history", env=state).stdout


def test_a_store_of_another_version_is_one_line_and_exit_4_before_anything_is_sent(lmconform, tmp_path):
    with sqlite3.connect(tmp_path / "old.sqlite") as connection:
        connection.execute("CREATE TABLE lmconform_store (name TEXT PRIMARY KEY, value TEXT)")
        connection.execute("INSERT INTO lmconform_store VALUES ('version', '99')")
    for arguments in (("history",), ("run", "--only", ONLY[0])):
        done = lmconform(*arguments, "--history", "old.sqlite")
        assert (done.returncode, done.stdout) == (4, "")
        assert "old.sqlite: is a store of version 99, expected 1" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_target_that_is_not_in_the_store_is_exit_5_and_a_baseline_needs_a_store(lmconform):
    done = lmconform("history", "dve", "--history", "absent.sqlite")
    assert (done.returncode, done.stdout) == (5, "")
    assert "dve: no run of it is in absent.sqlite" in done.stderr
    done = lmconform("run", "--only", ONLY[0], "--baseline", "last-green", "--history", "none")
    assert (done.returncode, done.stdout) == (4, "")
    assert "--baseline: needs a history" in done.stderr


def test_a_password_in_the_address_of_a_store_is_in_no_file_and_no_line(lmconform, tmp_path):
    address = "postgresql://me:pass-of-the-store@127.0.0.1:1/x"
    done = lmconform("run", "--only", ONLY[0], "--history", address, "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the run is not in the history: postgresql" in done.stderr
    texts = [done.stdout, done.stderr, *(p.read_text() for p in (tmp_path / "out").glob("*.*"))]
    assert [text for text in texts if "pass-of-the-store" in text] == []
