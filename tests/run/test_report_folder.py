"""A folder of reports belongs to one run at a time, and what lmconform did not write there is not touched."""

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events
from tests.mutation.matrices import matrix

from lmconform.results.stream import ResultWriter
from lmconform.run import report_folder

ONE = ("run", "mock", "--profile", "smoke", "--only", "probe/LM-SCENARIO-LIST-COUNT")
SOME = ("run", "mock", "--profile", "core", "--only", "probe/LM-EXECUTION*", "--quiet")


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("green")
    command = [*LMCONFORM, *ONE, "--report-dir", "out"]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


@pytest.fixture
def green(passed, tmp_path):
    """The folder of a run that has ended."""
    return shutil.copytree(passed, tmp_path / "out")


@contextmanager
def running(folder):
    """A run with results in ``out`` that stands still in the middle."""
    command = [*LMCONFORM, *SOME, "--report-dir", "out"]
    run = subprocess.Popen(
        command, cwd=folder, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        file, deadline = folder / "out" / "results.jsonl", time.monotonic() + 60
        while not file.is_file() or file.read_bytes().count(b"\n") < 3:
            assert run.poll() is None, run.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        run.send_signal(signal.SIGSTOP)
        yield run
    finally:
        run.kill()
        run.communicate()


def tree(folder):
    """Everything in a folder: files with their content, links with where they lead."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path] = os.readlink(path)
        elif path.is_file():
            found[path] = path.read_bytes()
        else:
            found[path] = None
    return found


def expect_refusal(done, words, code=4):
    """One line on standard error, and nothing else."""
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("lmconform: error: ")
    assert words in line


@contextmanager
def files_of_at_most(number):
    """The processes that are started meanwhile can write files of so many bytes."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_a_folder_in_use_is_refused_at_once_and_its_run_is_not_disturbed(lmconform, green, tmp_path):
    green.rename(tmp_path / "before")
    refused = (
        (*ONE, "--report-dir", "out"),
        ("rejudge", "before", "--report-dir", "out"),
        ("mutants", "metrics-replace", "--report-dir", "out"),
    )
    with running(tmp_path) as run:
        for arguments in refused:
            expect_refusal(lmconform(*arguments), "--report-dir out: another run writes there; wait until it has ended")
        # What cannot start does not say so in the reports of another run.
        assert lmconform("run", "mock", "--profil", "core", "--report-dir", "out").returncode == 4
        assert lmconform("run", "mock", "--only", "zzzzzz", "--report-dir", "out").returncode == 5
        run.send_signal(signal.SIGCONT)
        printed = run.communicate(timeout=120)[0]
    assert run.returncode == 0, printed
    events = read_events(tmp_path / "out")
    assert (events[0]["type"], events[-1]["type"], events[-1]["complete"]) == ("header", "footer", True)
    results = [event for event in events if event["type"] == "result"]
    assert len({result["item"] for result in results}) > 5
    assert (tmp_path / "out" / "exchanges.jsonl").stat().st_size > 0


def test_the_folder_of_a_run_that_was_killed_is_free(lmconform, tmp_path):
    with running(tmp_path) as run:
        run.send_signal(signal.SIGKILL)
        run.wait(10)
        done = lmconform(*ONE, "--report-dir", "out")
    assert done.returncode == 0, done.stderr
    assert read_events(tmp_path / "out")[-1]["complete"]


def test_runs_that_begin_at_the_same_time_get_a_folder_each(tmp_path):
    runs = [
        subprocess.Popen(
            [*LMCONFORM, *ONE], cwd=tmp_path, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    assert [(run.communicate(timeout=120)[1], run.returncode) for run in runs] == [(b"", 0)] * 2
    folders = list((tmp_path / "reports").iterdir())
    assert len(folders) == 2
    assert all(read_events(folder)[-1]["complete"] for folder in folders)


def test_runs_that_begin_in_the_same_second_get_a_folder_each(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held = [report_folder.prepared(None, "mock-smoke") for _ in range(20)]
    for one in held:
        one.release()
    assert len({one.folder for one in held}) == 20
    assert len({one.folder.name.partition("-")[0] for one in held}) < 20


def make_link(path, target):
    path.symlink_to(target)


OCCUPIED = {
    "an-empty-file": (lambda out: (out / "junit.xml").touch(), "holds junit.xml, which no run"),
    "a-folder": (lambda out: (out / "results.jsonl").mkdir(), "holds results.jsonl, which no run"),
    "a-link-to-a-file": (lambda out: make_link(out / "results.jsonl", "../elsewhere"), "holds results.jsonl"),
    "a-link-to-nothing": (lambda out: make_link(out / "exchanges.jsonl", "../nothing"), "holds exchanges.jsonl"),
    "a-link-to-a-report": (lambda out: make_link(out / "summary.md", "../green/summary.md"), "holds summary.md"),
    "a-file-for-allure": (lambda out: (out / "allure").write_text("mine"), "holds allure"),
    "a-link-for-allure": (lambda out: make_link(out / "allure", "../green/allure"), "holds allure"),
}


@pytest.mark.parametrize("kind", OCCUPIED)
def test_what_has_the_name_of_a_report_and_is_none_is_refused_and_stays(lmconform, green, tmp_path, kind):
    green.rename(tmp_path / "green")
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / "out").mkdir()
    occupy, words = OCCUPIED[kind]
    occupy(tmp_path / "out")
    before = tree(tmp_path)
    expect_refusal(lmconform("rejudge", "green", "--report-dir", "out"), words)
    after = tree(tmp_path)
    # Beside it there may be reports which say that the run could not start.
    assert {path: after.get(path) for path in before} == before
    assert not (tmp_path / "nothing").exists()


def test_a_link_in_place_of_the_folder_is_refused(lmconform, tmp_path):
    (tmp_path / "real").mkdir()
    make_link(tmp_path / "out", "real")
    expect_refusal(lmconform(*ONE, "--report-dir", "out"), "--report-dir out: is a link; name the folder that it leads")
    assert list((tmp_path / "real").iterdir()) == []


NO_FOLDER = {
    "file": "--report-dir file: cannot be written (File exists); name another folder",
    "file/sub": "--report-dir file/sub: cannot be written (Not a directory); name another folder",
    # Not even root can make a folder there.
    "/sys/lmconform": "--report-dir /sys/lmconform: cannot be written (",
}


@pytest.mark.parametrize(
    ("command", "folder"),
    [*(("rejudge", folder) for folder in NO_FOLDER), ("run", "file"), ("run", "/sys/lmconform"), ("mutants", "file")],
)
def test_a_folder_that_cannot_be_made_is_refused(lmconform, tmp_path, command, folder):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "answers.jsonl").write_text('{"type": "exchange"}\n')
    arguments = {"run": ONE, "rejudge": ("rejudge", "answers.jsonl"), "mutants": ("mutants", "metrics-replace")}
    expect_refusal(lmconform(*arguments[command], "--report-dir", folder), NO_FOLDER[folder])
    assert (tmp_path / "file").read_text() == "mine"


def test_results_of_other_tools_for_allure_stay_with_their_folder(lmconform, green, tmp_path):
    green.rename(tmp_path / "green")
    (tmp_path / "out" / "allure").mkdir(parents=True)
    (tmp_path / "out" / "allure" / "mine.txt").write_text("mine")
    foreign = tmp_path / "out" / "allure" / "x-result.json"
    foreign.write_text('{"labels": []}')
    make_link(tmp_path / "out" / "allure" / "y-result.json", "x-result.json")
    # A link stays also where it leads to a result of a run.
    result = next((tmp_path / "green" / "allure").glob("*-result.json"))
    make_link(tmp_path / "out" / "allure" / "z-result.json", f"../../green/allure/{result.name}")
    before = tree(tmp_path)
    for _ in range(2):
        assert lmconform(*ONE, "--report-dir", "out").returncode == 0
        after = tree(tmp_path)
        assert {path: after.get(path) for path in before} == before


@pytest.mark.parametrize("name", ["../mine.txt", "linked.txt"])
def test_what_a_result_for_allure_names_outside_of_its_folder_stays(green, tmp_path, name):
    (tmp_path / "out" / "mine.txt").write_text("mine")
    make_link(tmp_path / "out" / "allure" / "linked.txt", "../mine.txt")
    result = next((tmp_path / "out" / "allure").glob("*-result.json"))
    result.write_text(json.dumps(json.loads(result.read_text()) | {"attachments": [{"source": name}]}))
    report_folder.clear(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").rglob("*")} == {"mine.txt", "allure", "linked.txt"}
    assert (tmp_path / "out" / "allure" / "linked.txt").read_text() == "mine"


def test_a_link_that_comes_in_the_place_of_the_results_is_not_followed(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    make_link(tmp_path / "results.jsonl", "mine.txt")
    with pytest.raises(OSError, match="symbolic links"):
        ResultWriter(tmp_path / "results.jsonl")
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_matrix_of_something_else_is_not_overwritten(lmconform, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "matrix.json").write_text('{"os": ["linux"]}')
    done = lmconform("mutants", "metrics-replace", "--report-dir", "out")
    expect_refusal(done, "--report-dir out: holds matrix.json, which no run of lmconform wrote")


def test_a_profile_that_cannot_be_written_is_refused_before_anything_is_timed(lmconform, tmp_path):
    (tmp_path / "matrix.json").write_text(json.dumps(matrix({"a": ["probe/1"]}, {"probe/1": 0.1})))
    done = lmconform("distill", "matrix.json", "--out", "absent/gate.yaml")
    expect_refusal(done, "--out absent/gate.yaml: cannot be written (No such file or directory)")


@pytest.mark.parametrize("command", ["run", "rejudge", "mutants"])
def test_a_full_disk_is_refused_before_anything_is_sent(lmconform, green, tmp_path, command):
    arguments = {"run": ONE, "rejudge": ("rejudge", "out"), "mutants": ("mutants", "metrics-replace")}
    with files_of_at_most(4096):
        done = lmconform(*arguments[command], "--report-dir", "new")
    expect_refusal(done, "--report-dir new: cannot be written (File too large)")
    # The reason is short enough to be written.
    assert command == "mutants" or "the run could not start" in read_events(tmp_path / "new")[-1]["message"]


def test_a_disk_that_is_full_when_only_the_footer_is_missing_is_exit_11(lmconform, green, tmp_path):
    *lines, footer = (green / "results.jsonl").read_bytes().splitlines(keepends=True)
    enough = max(sum(map(len, lines)) + 2000, 9000)
    assert enough < sum(map(len, (*lines, footer))) - 2000
    with files_of_at_most(enough):
        done = lmconform(*ONE, "--report-dir", "full")
    assert done.returncode == 11, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert "full" in line
    assert "File too large" in line


def test_a_recording_that_does_not_fit_is_exit_11(lmconform, green, tmp_path):
    with files_of_at_most(9000):
        done = lmconform("rejudge", "out", "--report-dir", "full")
    expect_refusal(done, "full: the reports cannot be written (File too large)", code=11)
    assert Path(tmp_path / "full").is_dir()


def test_results_for_allure_that_cannot_be_written_are_exit_11(tmp_path):
    with running(tmp_path) as run:
        shutil.rmtree(tmp_path / "out" / "allure")
        run.send_signal(signal.SIGCONT)
        printed = run.communicate(timeout=120)[0]
    assert run.returncode == 11, printed
    assert "INTERNALERROR" not in printed
    assert "stopped   the results for Allure cannot be written (No such file or directory)" in printed
    assert read_events(tmp_path / "out")[-1]["verdict"] == "incomplete"
