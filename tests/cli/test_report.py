"""`lmconform report`: what a run leaves beside results.jsonl can be made again from that file alone."""

import re

import pytest
from junitparser import JUnitXml
from tests.reporting import record

from lmconform.reporting.registry import FORMATS

# What every run leaves.
LEFT = [form for form in FORMATS.values() if form.always]


@pytest.fixture
def run(tmp_path):
    """A run on disk, of which only the results are there."""
    (tmp_path / "run").mkdir()
    record.whole(tmp_path / "run")
    return tmp_path / "run"


def test_all_reports_of_a_run_are_made_again_in_its_folder(lmconform, run):
    for given in ("run", "run/results.jsonl"):
        before = (run / "results.jsonl").read_bytes()
        done = lmconform("report", given)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [f"written: run/{form.file}" for form in LEFT]
        assert {path.name for path in run.iterdir()} == {"results.jsonl", *(form.file for form in LEFT)}
        assert (run / "results.jsonl").read_bytes() == before
        for form in LEFT:
            assert form.sign.match((run / form.file).read_text())
            (run / form.file).write_text((run / form.file).read_text()[:200])


def test_reports_made_again_are_those_that_the_run_left(lmconform, tmp_path):
    assert lmconform("run", "mock", "--profile", "smoke", "--report-dir", "left").returncode == 0
    left = {form.file: (tmp_path / "left" / form.file).read_text() for form in LEFT}
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "results.jsonl").write_bytes((tmp_path / "left" / "results.jsonl").read_bytes())
    assert lmconform("report", "copy").returncode == 0
    assert {name: (tmp_path / "copy" / name).read_text() for name in left} == left


def test_only_the_owner_can_read_what_was_made_again(lmconform, run, tmp_path):
    assert lmconform("report", "run", umask=0o022).returncode == 0
    assert lmconform("report", "run", "--format", "sarif", "--output", "made", umask=0o022).returncode == 0
    made = [*(run / form.file for form in LEFT), tmp_path / "made"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}


# A HAR needs the exchanges, which are not in the results.
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "har"])
def test_one_report_goes_to_the_screen_or_to_a_file(lmconform, run, tmp_path, name):
    screen = lmconform("report", "run", "--format", name)
    assert (screen.returncode, screen.stderr) == (0, "")
    assert FORMATS[name].sign.match(screen.stdout)
    done = lmconform("report", "run", "--format", name, "--output", "made")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "made").read_text() == screen.stdout
    assert [path.name for path in run.iterdir()] == ["results.jsonl"]


def test_junit_on_the_screen_is_read_by_a_parser(lmconform, run):
    suites = JUnitXml.fromstring(lmconform("report", "run", "--format", "junit").stdout.encode())
    assert sorted(case.name for suite in suites for case in suite) == sorted(r.id for r in record.RESULTS)


def test_a_run_that_was_killed_has_reports_that_say_so(lmconform, run):
    lines = (run / "results.jsonl").read_text().splitlines(keepends=True)
    (run / "results.jsonl").write_text("".join(lines[:-1]) + lines[-1][:30])
    done = lmconform("report", "run", "--format", "junit")
    assert done.returncode == 0
    assert "the run is incomplete: the run has no footer" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--output", "x"], "--output x: which report? add --format "),
        (["run", "--format", "junit", "--output", "run/results.jsonl"], "is what the report is made from"),
        (
            ["run", "--format", "junit", "--output", "absent/x"],
            "absent/x: cannot be written (No such file or directory)",
        ),
        (["run", "--format", "junit", "--output", "run"], "run: cannot be written (Is a directory)"),
        (["absent"], "absent: cannot be read (No such file or directory)"),
    ],
)
def test_what_cannot_be_done_is_one_line(lmconform, run, arguments, words):
    before = (run / "results.jsonl").read_bytes()
    done = lmconform("report", *arguments)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (4, "", 1)
    assert words in done.stderr
    assert (run / "results.jsonl").read_bytes() == before


def test_a_file_of_another_tool_stays_and_a_link_is_not_followed(lmconform, run, tmp_path):
    (run / "junit.xml").write_text("<testsuites name='mine'/>")
    done = lmconform("report", "run")
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
    assert re.search(r"run/junit.xml: no run of lmconform wrote it, and it stays", done.stderr)
    assert (run / "junit.xml").read_text() == "<testsuites name='mine'/>"
    (run / "junit.xml").unlink()
    (tmp_path / "elsewhere").write_text("")
    (run / "junit.xml").symlink_to(tmp_path / "elsewhere")
    assert lmconform("report", "run").returncode == 4
    assert (tmp_path / "elsewhere").read_text() == ""
