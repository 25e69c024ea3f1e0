"""The command line as its user sees it: output, exit code, and the one fact that each call is about.

A change that is meant is taken over with ``pytest tests/cli/test_snapshots.py --snapshot-update``.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.masking import masked, shape
from tests.conftest import free_port, service_key
from tests.reporting import record

from lmconform.cli import list_, waivers
from lmconform.exit_codes import ExitCode
from lmconform.mock.switches import SWITCHES

COMMANDS = (
    *("run", "doctor", "init", "targets", "cleanup", "mock", "rejudge"),
    *("show", "compare", "report", "history", "waivers", "explain", "list", "mutants", "export", "distill"),
)
LISTS = tuple(list_.command.commands)
WAIVERS = [("waivers", name) for name in waivers.command.commands]
# Arguments, exit code, and what the line says.
UNUSABLE = [
    (["runn"], 4, "did you mean 'run'?"),
    (["list", "item"], 4, "items"),
    (["run", "--nonsense"], 4, "No such option"),
    (["run", "--seed"], 4, "requires an argument"),
    (["run", "--seed", "x"], 4, "not a valid integer"),
    (["run", "--profile", "cor"], 4, "did you mean 'core'?"),
    (["run", "--dialect", "printed"], 4, "did you mean 'as-printed'?"),
    (["run", "--max-examples", "0"], 4, "--max-examples: 0 is too small; expected 1 or more"),
    (["run", "--poll-timeout", "-1"], 4, "--poll-timeout: -1.0 is too small"),
    (["run", "--workers", "0"], 4, "not in the range"),
    (["run", "--max-executions", "-1"], 4, "--max-executions: -1 is too small; expected 0 or more"),
    (["run", "--rate", "0"], 4, "--rate: 0.0 is too small"),
    (["cleanup"], 4, "name a RUN"),
    (["cleanup", "--all", "--yes", "--check"], 4, "choose one"),
    (["run", "mock", "--service-key", "k.json"], 4, "drop the option"),
    (["run", "http://api.example.com"], 4, "plain http to api.example.com"),
    (["run", "https://user:secret@api.example.com"], 4, "credentials do not belong in the URL"),
    (["run", "ftp://127.0.0.1"], 4, "neither 'mock' nor an http(s) URL"),
    (["run", "https://api.example.com"], 4, "--service-key FILE"),
    (["run", "dev"], 4, "there is no lmconform.toml here or above"),
    (["targets"], 4, "'lmconform init KEY' writes one"),
    (["init", "missing.json"], 4, "KEY: missing.json: cannot be read"),
    (["run", "https://api.example.com", "--profile", "core"], 4, "add --allow-writes"),
    (["run", "https://api.example.com", "--service-key", "missing.json"], 4, "cannot be read"),
    (["run", "--only", "probe/LM-METRICS-PATCH-APPEND"], 5, "did you mean 'probe/LM-METRICS-PATCH-APPENDS'?"),
    (["run", "--only", "zzzzzz"], 5, "'lmconform list items' shows what there is"),
    (["run", "--profile", "smoke", "--only", "fuzz/*"], 5, "use --profile full"),
    (["run", "--report-dir", "file/inside"], 4, "--report-dir"),
    (["rejudge", "absent"], 4, "cannot be read"),
    (["rejudge", "file"], 4, "is no recording"),
    (["rejudge", "file", "--contract", "1.0.0"], 4, "cannot be judged"),
    (["run", "--revision", "2026-1"], 4, "did you mean '2026-11'?"),
    (["run", "--waivers", "absent.yaml"], 4, "absent.yaml: cannot be read"),
    (["waivers", "check"], 4, "waivers.yaml: cannot be read"),
    (["waivers", "check", "file"], 4, "file:1: expected the file as a mapping"),
    (["waivers", "check", "--today", "soon"], 4, "--today: 'soon' is no day"),
    (["waivers", "suggest", "absent"], 4, "absent: cannot be read"),
    (["compare", "absent", "absent"], 4, "cannot be read"),
    (["compare", "old"], 4, "Missing argument"),
    (["compare", "old", "new", "--format", "pdf"], 4, "'pdf' is not one of"),
    (["mock", "--dialect", "x"], 4, "--dialect: 'x' is unknown"),
    (["mock", "--switch", "list-order=random"], 4, "expected list-order=newest|created"),
    (["mock", "--switch", "list-ordre=created"], 4, "did you mean 'list-order'?"),
    (["mock", "--mutant", "metrics-replac"], 4, "did you mean 'metrics-replace'?"),
    (["mock", "--fault", "GET: 503, probability=2"], 4, "probability"),
    (["mutants", "metrics-replac"], 5, "did you mean 'metrics-replace'?"),
    (["distill", "absent.json"], 4, "absent.json: cannot be read"),
]
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def call(lmconform, tmp_path):
    """Runs the command 100 columns wide; returns exit code and both outputs, masked."""

    def called(*arguments, timeout=120):
        done = lmconform(*arguments, timeout=timeout, env={"COLUMNS": "100"})
        return done.returncode, masked(done.stdout, tmp_path), masked(done.stderr, tmp_path)

    return called


# --- help


def test_the_help_of_the_command_names_every_subcommand_and_every_exit_code(call, snapshot):
    code, out, _ = call("--help")
    assert code == ExitCode.PASSED
    commands, codes = out.partition("Commands:\n")[2].split("Exit codes:\n")
    assert re.findall(r"^ +(\w+)", commands, re.MULTILINE) == [*COMMANDS]
    assert re.findall(r"^ +(\d+) ", codes, re.MULTILINE) == [str(int(code)) for code in ExitCode]
    assert out == snapshot


def test_without_a_command_the_help_is_printed_and_nothing_is_judged(call):
    code, out, _ = call()
    assert code == ExitCode.USAGE
    assert out.strip() == call("--help")[1].strip()


@pytest.mark.parametrize(
    "command", [(name,) for name in COMMANDS] + [("list", kind) for kind in LISTS] + WAIVERS, ids=" ".join
)
def test_the_help_of_a_subcommand_says_what_it_does_and_what_it_takes(call, snapshot, command):
    code, out, _ = call(*command, "--help")
    assert code == ExitCode.PASSED
    assert out.startswith(f"Usage: lmconform {' '.join(command)} [OPTIONS]")
    assert out == snapshot


def test_the_version_is_that_of_the_package(call, lmconform):
    code, out, _ = call("--version")
    assert (code, out) == (ExitCode.PASSED, "lmconform, version <version>\n")


# --- lists


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_has_a_line_each_and_their_number_at_its_end(call, snapshot, kind):
    code, out, _ = call("list", kind)
    assert code == ExitCode.PASSED
    rows = json.loads(call("list", kind, "--json")[1])
    total = next(number for number, line in enumerate(out.splitlines()) if " in all: " in line)
    assert out.splitlines()[total].startswith(f"{total} in all: ")
    assert len(rows) == total
    assert [sorted(rows[0]), *shape(out).splitlines()] == snapshot


def test_the_switches_are_listed_with_the_chosen_value_marked(call, snapshot):
    code, out, _ = call("mock", "--list-switches")
    assert code == ExitCode.PASSED
    assert [line.split()[0] for line in out.splitlines()] == [switch.name for switch in SWITCHES]
    assert out.splitlines()[0] == snapshot


# --- input that cannot be used


@pytest.mark.parametrize(("arguments", "code", "words"), UNUSABLE, ids=[" ".join(one[0]) for one in UNUSABLE])
def test_what_cannot_be_used_is_one_line_on_stderr(call, tmp_path, snapshot, arguments, code, words):
    (tmp_path / "file").write_text("a file, so that no folder can be made below it")
    found, out, err = call(*arguments)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert err == snapshot


def test_a_target_that_is_down_is_one_line_on_stderr(call, tmp_path, snapshot):
    url = f"http://127.0.0.1:{free_port()}"
    code, out, err = call("run", url, "--service-key", service_key(tmp_path, url))
    assert (code, out) == (ExitCode.UNREACHABLE, "")
    assert len(err.splitlines()) == 1
    assert err == snapshot


# --- two runs compared


@pytest.fixture
def runs(tmp_path):
    """Four runs on disk: one that passed, the same with a failure, one that found more, one that was cut off."""
    fail = replace(record.FAIL, actual="count 3")
    good = [record.HEADER, record.PASS, replace(fail, outcome="PASS", gates=False), record.SEEN, record.FOOTER]
    bad = [record.HEADER, record.PASS, fail, replace(record.SEEN, value="oldest first"), record.FOOTER]
    for name, events in {
        "good": good,
        "bad": bad,
        "more": [*good[:-1], record.FUZZ, good[-1]],
        "cut": good[:-1],
    }.items():
        (tmp_path / name).mkdir()
        record.write(tmp_path / name, *events)


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("good", "good", 0, "compare   nothing changed"),
        ("good", "bad", 1, "compare   regression: 1 result is worse"),
        ("bad", "good", 0, "fixed: 1"),
        ("good", "more", 0, "newly judged: 1"),
        ("more", "good", 1, "no longer judged: 1"),
        (
            "good",
            "cut",
            11,
            "compare   incomplete: a run ended early or had an error, and what it lacks was not judged",
        ),
        ("cut", "bad", 1, "compare   regression: 1 result is worse"),
    ],
)
def test_a_comparison_counts_what_changed_and_a_regression_is_exit_1(call, snapshot, old, new, code, line):
    found, out, err = call("compare", old, new)
    assert (found, err) == (code, "")
    assert line in out.splitlines()
    assert out == snapshot


@pytest.mark.usefixtures("runs")
def test_a_comparison_as_json_has_the_same_exit_code_and_says_what_it_stands_for(call, snapshot):
    code, out, _ = call("compare", "good", "bad", "--json")
    found = json.loads(out)
    assert code == ExitCode.FAILED
    assert (found["regression"], found["complete"]) == (True, True)
    changes = [(one["id"], one["old"]["outcome"], one["new"]["outcome"]) for one in found["regressed"]]
    assert changes == [("probe/LM-B", "PASS", "FAIL")]
    assert found == snapshot


# --- a run


def test_a_run_with_a_finding_says_what_is_broken_and_how_to_see_it_again(call, start_mock, snapshot, tmp_path):
    mock = start_mock("--mutant", "metrics-replace")
    (tmp_path / "key.json").write_bytes(mock.key_file.read_bytes())
    code, out, _ = call(
        *("run", mock.url, "--service-key", "key.json", "--resource-group", "tutorial", "--report-dir", "out"),
        *("--profile", "core", "--allow-writes", "--only", "probe/LM-METRICS-PATCH-APPENDS"),
    )
    assert code == ExitCode.FAILED
    assert "FAIL LM-METRICS-PATCH-APPENDS  MUST  findMetrics" in out.splitlines()
    assert out == snapshot
    # README shows the same finding.
    assert masked(README.partition("--mutant metrics-replace`:\n\n```text\n")[2].partition("```")[0]) in out


def test_a_run_without_a_finding_ends_with_its_verdict(call, snapshot):
    code, out, _ = call("run", "--only", "probe/LM-METRICS-PATCH-APPENDS", "--report-dir", "out")
    assert code == ExitCode.PASSED
    assert out.splitlines()[-1].startswith("verdict   partial of mock")
    assert out == snapshot


# --- exit codes


def test_every_exit_code_is_asserted_by_a_test_of_the_command_line():
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    asserted = {int(code) for code in re.findall(r"returncode == (\d+)\b", source)}
    assert asserted >= set(ExitCode)


def test_what_differs_between_two_runs_is_masked_and_the_rest_is_not(tmp_path):
    assert masked(f"lmconform 1.2.3: {tmp_path}/out, http://127.0.0.1:4711/v2", tmp_path) == (
        "lmconform <version>: <folder>/out, http://127.0.0.1:<port>/v2"
    )
    again = "e0123456789abcde lmconform-fghijk-a-abcdefghij --seed 7"
    assert masked(again) == "<id> lmconform-<run>-a-<letters> --seed <seed>"
    assert masked("GET /v2/lm/meta 404 in 30 s") == "GET /v2/lm/meta 404 in 30 s"
