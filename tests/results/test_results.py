"""Verdict and the stream: what a gate is built on."""

import json
from dataclasses import replace
from importlib import resources

import jsonschema_rs
import pytest

from lmconform.contract.requirements import Register, Requirement
from lmconform.errors import ConfigError
from lmconform.exit_codes import ExitCode
from lmconform.judgement import Evidence, Level
from lmconform.results.events import Footer, Header, Latency, Observation, Result, as_json
from lmconform.results.stream import ResultWriter, Run, read
from lmconform.results.verdict import Tally, Verdict, exit_code

HEADER = Header("0.1.0", "2026-01-01T00:00:00+00:00", "mock", "full", "published", 0, "a" * 64, "b" * 64, {}, {})
PASS = Result(
    id="probe/LM-A",
    item="probe/LM-A",
    requirements=("LM-A",),
    level="MUST",
    evidence="spec",
    outcome="PASS",
    gates=False,
)
FAIL = replace(PASS, outcome="FAIL", gates=True)
FOOTER = Footer(True, "conformant", 0, "2026-01-01T00:00:01+00:00", 1.0, {"PASS": 1}, 0, 1)


def requirement(requirement_id, level=Level.MUST, evidence=Evidence.SPEC):
    return Requirement(requirement_id, level, evidence, "text", "F1", "", "read", "")


def register(*requirements):
    return Register({r.id: r for r in requirements}, "0" * 64)


def tally(*results):
    counted = Tally()
    for result in results:
        counted.add(result)
    return counted


def test_all_musts_exercised_and_kept_is_conformant():
    assert tally(PASS).verdict(register(requirement("LM-A")), complete=True) is Verdict.CONFORMANT


def test_a_must_that_nothing_judged_makes_the_verdict_partial():
    both = register(requirement("LM-A"), requirement("LM-B"))
    assert tally(PASS).verdict(both, complete=True) is Verdict.PARTIAL
    assert tally(PASS).not_exercised(both) == ("LM-B",)


def test_not_applicable_leaves_the_denominator_and_not_testable_does_not():
    both = register(requirement("LM-A"), requirement("LM-B"))
    other = replace(PASS, id="probe/LM-B", item="probe/LM-B", requirements=("LM-B",))
    assert tally(PASS, replace(other, outcome="NOT_APPLICABLE")).verdict(both, complete=True) is Verdict.CONFORMANT
    assert tally(PASS, replace(other, outcome="NOT_TESTABLE")).verdict(both, complete=True) is Verdict.PARTIAL


def test_a_gating_failure_is_nonconformant_even_beside_an_error_of_ours():
    error = replace(PASS, id="probe/LM-B", outcome="ERROR")
    assert tally(FAIL, error).verdict(register(requirement("LM-A")), complete=True) is Verdict.NONCONFORMANT


def test_an_error_of_ours_or_an_early_end_is_incomplete():
    known = register(requirement("LM-A"))
    assert tally(PASS, replace(PASS, outcome="ERROR")).verdict(known, complete=True) is Verdict.INCOMPLETE
    assert tally(PASS).verdict(known, complete=False) is Verdict.INCOMPLETE


def test_a_must_that_fails_as_a_waiver_says_is_waived_and_less_than_a_must_changes_no_verdict():
    known = register(requirement("LM-A"), requirement("LM-B", Level.SHOULD))
    waived = replace(PASS, outcome="XFAIL")
    assert tally(waived).verdict(known, complete=True) is Verdict.WAIVED
    should = replace(waived, id="probe/LM-B", requirements=("LM-B",), level="SHOULD")
    assert tally(PASS, should).verdict(known, complete=True) is Verdict.CONFORMANT
    assert tally(waived).verdict(register(requirement("LM-A"), requirement("LM-C")), complete=True) is Verdict.PARTIAL


def test_a_waiver_to_be_removed_fails_the_gate_and_says_nothing_against_the_target():
    stale = replace(PASS, id="waiver/LM-A", item="waiver/LM-A", requirements=(), outcome="XPASS", gates=True)
    counted = tally(PASS, stale)
    assert counted.verdict(register(requirement("LM-A")), complete=True) is Verdict.CONFORMANT
    for verdict in (Verdict.CONFORMANT, Verdict.WAIVED, Verdict.PARTIAL, Verdict.NONCONFORMANT):
        assert exit_code(verdict, require_conformant=False, stale_waivers=counted.stale) is ExitCode.FAILED
    assert exit_code(Verdict.INCOMPLETE, require_conformant=False, stale_waivers=1) is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("verdict", "require", "expected"),
    [
        (Verdict.CONFORMANT, True, ExitCode.PASSED),
        (Verdict.WAIVED, True, ExitCode.PASSED),
        (Verdict.PARTIAL, False, ExitCode.PASSED),
        (Verdict.PARTIAL, True, ExitCode.FAILED),
        (Verdict.NONCONFORMANT, False, ExitCode.FAILED),
        (Verdict.INCOMPLETE, False, ExitCode.INCOMPLETE),
    ],
)
def test_the_exit_code_follows_from_the_verdict(verdict, require, expected):
    assert exit_code(verdict, require_conformant=require) is expected


@pytest.fixture
def write(tmp_path):
    def run(name, *events):
        folder = tmp_path / name
        folder.mkdir()
        with ResultWriter(folder / "results.jsonl") as writer:
            for event in events:
                writer.write(event)
        return folder

    return run


def test_events_survive_the_way_to_disk_and_back(write):
    seen = Observation("LM-OBS-X", "observe/LM-OBS-X", "getArtifact", "404")
    folder = write("run", HEADER, PASS, seen, FOOTER)
    assert list(read(folder)) == [HEADER, PASS, seen, FOOTER]


def test_a_line_that_was_cut_off_ends_the_reading_without_an_error(write):
    folder = write("run", HEADER, PASS)
    with (folder / "results.jsonl").open("a") as file:
        file.write('{"type": "result", "id": "pro')
    run = Run(folder)
    assert list(run.results) == ["probe/LM-A"]
    assert run.footer is None


@pytest.mark.parametrize("content", ["", "hello\n", '{"type": "nothing"}\n'], ids=["empty", "text", "unknown"])
def test_a_file_that_is_no_run_is_refused_by_name(tmp_path, content):
    path = tmp_path / "results.jsonl"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"results\.jsonl.*lmconform"):
        Run(path)


def schema(name):
    text = resources.files("lmconform.results").joinpath("schemas", name).read_text()
    return json.loads(text)


LATENCY = Latency("getArtifact", 2, 0.15, 0.2, (0.1, 0.2))


@pytest.mark.parametrize(
    "event", [HEADER, PASS, FAIL, FOOTER, LATENCY, Observation("LM-OBS-X", "observe/LM-OBS-X", "", "1")]
)
def test_every_kind_of_event_is_valid_against_the_schema_and_the_schema_knows_its_keys(event):
    whole = schema("results.schema.json")
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    line = as_json(event)
    assert [e.message for e in validator.iter_errors(json.loads(json.dumps(line)))] == []
    assert not validator.is_valid({**line, "surprise": 1})
    assert set(whole["$defs"][event.type]["properties"]) == set(line)
