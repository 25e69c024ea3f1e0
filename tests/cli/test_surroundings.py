"""What stands around a run changes nothing of it: pytest's variables, a time budget, Ctrl-C at the first moment."""

import json
import shlex
import signal
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events, results_of, serve, service_key

ONE = ("run", "mock", "--profile", "smoke", "--only", "probe/LM-SCENARIO-*", "--report-dir", "out")


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTEST_ADDOPTS": "-k nothing --collect-only --maxfail=0"},
        {"PYTEST_PLUGINS": "a_plugin_that_is_nowhere"},
        {"PYTEST_DEBUG": "1"},
        {"PYTEST_XDIST_WORKER": "gw0"},
        {"PYTHONWARNINGS": "error", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "0", "TERM": "dumb", "HOME": "/proc"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "x", "TMPDIR": "/absent"},
    ],
    ids=lambda variables: next(iter(variables)),
)
@pytest.mark.parametrize("workers", [1, 2])
def test_the_environment_changes_nothing(lmconform, tmp_path, variables, workers):
    # Neither do files for another pytest in the folder where it is called.
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError\n")
    done = lmconform(*ONE, "--workers", workers, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert len([name for name in results_of(tmp_path / "out") if "#" not in name]) > 5


# Modules as they are imported, from the first on that the command line imports to the last before the first line.
@pytest.mark.parametrize(
    ("module", "number"),
    [
        *((m, "SIGINT") for m in ("lmconform.cli", "click", "lmconform.errors", "rich.console", "lmconform.checks")),
        *(("lmconform.cli", "SIGTERM"), ("rich.console", "SIGTERM"), ("click", "SIGHUP")),
    ],
)
def test_a_signal_before_the_first_line_is_exit_2_in_one_line(tmp_path, module, number):
    command = [sys.executable, "-X", "importtime", "-m", "lmconform", *ONE]
    run = subprocess.Popen(
        command, cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for row in run.stderr:
        if row.rpartition("|")[2].strip() == module:
            run.send_signal(signal.Signals[number])
            break
    else:
        pytest.fail(f"{module} is not imported before the first line")
    out, rest = run.communicate(timeout=30)
    said = [row for row in rest.splitlines() if row and not row.startswith("import time:")]
    assert (run.returncode, out, said) == (2, "", ["lmconform: interrupted"])


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_while_a_class_is_made_is_exit_2_in_one_line(tmp_path, number):
    # CPython 3.11 raises a RuntimeError in place of what comes while the members of a class get their names.
    code = (
        "import functools, os, signal\n"
        "named = functools.cached_property.__set_name__\n"
        "def interrupted(member, owner, name):\n"
        "    named(member, owner, name)\n"
        f"    owner.__name__ == 'Capabilities' and os.kill(os.getpid(), signal.{number})\n"
        "functools.cached_property.__set_name__ = interrupted\n"
        "from lmconform.cli.main import main\n"
        f"main({list(ONE)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (2, "", ["lmconform: interrupted"])
    assert read_events(tmp_path / "out")[-1]["message"] == "the run could not start: interrupted"


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_while_the_doctor_waits_is_exit_2_in_one_line(tmp_path, number):
    def answer(handler):
        doctor.send_signal(signal.Signals[number])

    with serve(answer) as (url, _):
        command = [*LMCONFORM, "doctor", url, "--service-key", str(service_key(tmp_path, url))]
        doctor = subprocess.Popen(command, env=clean_environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        printed = doctor.communicate(timeout=60)[1]
    assert (doctor.returncode, printed.split()) == (2, [b"lmconform:", b"interrupted"])


# With a buffer, as Python has it unless told, what cannot be written may fail as late as when the process ends.
BUFFERED = {"PYTHONUNBUFFERED": ""}
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


def in_bash(folder, words, redirected, buffering):
    """lmconform with redirections of a shell; the exit code is that of lmconform."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {shlex.join([*LMCONFORM, *words])} {redirected}"],
        cwd=folder,
        env=clean_environment(**buffering),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("closed", "buffering"),
    [(closed, BUFFERED) for closed in ("2>&-", ">&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| true")]
    + [(closed, UNBUFFERED) for closed in (">/dev/full", "| true")],
)
def test_streams_that_are_closed_or_full_change_nothing_of_a_run(tmp_path, closed, buffering):
    done = in_bash(tmp_path, [*ONE, "--workers", "2"], closed, buffering)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    events = read_events(tmp_path / "out")
    assert (events[0]["type"], events[-1]["exit_code"], events[-1]["complete"]) == ("header", 0, True)


@pytest.mark.parametrize("buffering", [BUFFERED, UNBUFFERED])
@pytest.mark.parametrize(
    ("redirected", "code", "words"), [(">/dev/full", 11, "No space left on device"), ("| true", 0, "")]
)
def test_what_a_command_prints_and_cannot_be_written_is_one_line(tmp_path, redirected, code, words, buffering):
    done = in_bash(tmp_path, ["list", "items"], redirected, buffering)
    assert done.returncode == code
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == bool(words)


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", "2>/dev/full >/dev/full"])
def test_an_error_that_cannot_be_printed_keeps_its_exit_code(tmp_path, streams):
    command = shlex.join([*LMCONFORM, "list", "--nonsense"])
    done = subprocess.run(["bash", "-c", f"{command} {streams}"], cwd=tmp_path, env=clean_environment(), timeout=120)
    assert done.returncode == 4


def test_a_job_in_the_background_that_ignores_ctrl_c_goes_on(tmp_path):
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    code += "import os, sys; os.execv(sys.executable, [sys.executable, '-m', 'lmconform', 'list', 'items'])"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout.readline()
        job.send_signal(signal.SIGINT)
        assert job.stdout.read()
    assert job.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_time_budget_that_cut_something_is_incomplete_and_says_how_much(lmconform, tmp_path, workers):
    done = lmconform("run", "mock", "--profile", "core", "--max-time", "0", "--workers", workers, "--report-dir", "out")
    assert done.returncode == 11, done.stdout + done.stderr
    events = read_events(tmp_path / "out")
    footer = events[-1]
    assert (footer["complete"], footer["verdict"], footer["exit_code"]) == (False, "incomplete", 11)
    words, _, first = footer["message"].partition(" items ran, the first is ")
    assert words.startswith("--max-time 0 s was over before ")
    assert int(words.rpartition(" ")[2]) > 400
    left_out = [e for e in events if e["type"] == "result" and e["because"] == "--max-time 0 s is over"]
    assert left_out[0]["item"] == first
    assert not any(event["gates"] for event in events if event["type"] == "result")
    assert f"stopped   {footer['message']}" in done.stdout
    errors = [case.find("error") for case in ET.parse(tmp_path / "out" / "junit.xml").getroot().iter("testcase")]
    assert [error.get("message") for error in errors if error is not None] == [
        f"the run is incomplete: {footer['message']}"
    ]


def test_a_time_budget_that_cut_nothing_changes_nothing(lmconform, tmp_path):
    done = lmconform(*ONE, "--max-time", "100")
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_events(tmp_path / "out")[-1]["complete"]


def test_a_step_that_fails_is_reported_by_the_item_that_brought_it_along(lmconform, start_mock, tmp_path):
    mock = start_mock("--fault", "createArtifact: 500")
    options = ("--resource-group", "tutorial", "--profile", "gate", "--allow-writes", "--report-dir", "out")
    done = lmconform("run", mock.url, "--service-key", mock.key_file, *options, "--only", "scenario/training/*")
    assert done.returncode == 1, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    step = "scenario/training/register-artifact"
    broken = {name: result for name, result in results.items() if result["item"] == step}
    assert {name: result["outcome"] for name, result in broken.items()} == {
        step: "FAIL",
        f"{step}#LM-HTTP-NO-SERVER-ERROR": "FAIL",
    }
    assert all(result["gates"] and result["exchanges"] for result in broken.values())
    assert f"--only {step} " in broken[step]["again"]
    assert results["scenario/training/read-metrics"]["outcome"] == "NOT_TESTABLE"
    # Steps that pass are not reported: they were not selected.
    assert not any(name.startswith("scenario/training/list-scenarios") for name in results)
    assert "FAIL LM-FLOW-ARTIFACT-REGISTERED" in done.stdout


def test_a_step_that_is_selected_itself_is_reported_once(lmconform, start_mock, tmp_path):
    mock = start_mock("--fault", "createArtifact: 500")
    options = ("--resource-group", "tutorial", "--profile", "core", "--allow-writes", "--report-dir", "out")
    lmconform("run", mock.url, "--service-key", mock.key_file, *options, "--only", "scenario/training/*")
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    names = [row["id"] for row in rows if row["type"] == "result"]
    assert len(names) == len(set(names))
