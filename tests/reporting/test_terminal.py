"""What people read: a finding in full, causes instead of thirty findings, the verdict last."""

from dataclasses import replace

import pytest
from rich.console import Console
from tests.reporting import record

from lmconform.reporting import terminal
from lmconform.reporting.live import Live


@pytest.fixture
def shown(tmp_path):
    return list(terminal.lines(record.whole(tmp_path)))


def test_a_finding_says_what_was_expected_seen_and_how_to_see_it_again():
    assert terminal.paragraph(record.FAIL).splitlines() == [
        "FAIL LM-B  MUST  getMeta",
        "  A count is the number of resources.",
        "  expected  count 1 | 2",
        r"  actual    count 3\nand \x00 more <of> it",
        "  answer    200 {}",
        "  evidence  spec: SAP's published description says so",
        "  source    F1: What a count is. (SAP Help; proven)",
        "  since     SAP's description 2.32.1 or before",
        "  story     POST /v2/lm/artifacts 201, GET /v2/lm/meta 200",
        "  again     lmconform run mock --only probe/LM-B --seed 7",
        "  request   curl -X GET 'http://127.0.0.1/v2/lm/meta'",
    ]


def test_an_answer_that_actual_begins_with_is_not_printed_again():
    told = replace(record.FAIL, actual="200 {}")
    assert "  answer" not in terminal.paragraph(told)


def test_of_a_long_answer_the_beginning_is_printed():
    story = (record.step("2", "GET", "/v2/lm/meta", 200, answer="x" * 1000, telling=True),)
    line = next(line for line in terminal.paragraph(replace(record.FAIL, story=story)).splitlines() if "answer" in line)
    assert line == f"  answer    200 {'x' * 296}…"


def test_findings_stand_first_and_the_last_lines_say_what_was_left_where_the_report_is_and_what_to_do(shown, tmp_path):
    assert shown[0] == "FAIL LM-B  MUST  getMeta"
    assert not any("newest | first" in line for line in shown)
    assert any(line.startswith("observed  1 behaviours") for line in shown)
    assert [line for line in shown if line[:4] in ("left", "repo", "next", "verd")] == [
        "left      3 artifacts (the API cannot delete artifacts and configurations; results.jsonl has their ids)",
        f"report    {tmp_path}",
        f"next      'lmconform show {tmp_path} probe/LM-B' has every request of the first finding",
        "verdict   nonconformant of mock (profile full, dialect published), exit 1",
    ]


def test_ids_of_what_cannot_be_deleted_are_named(tmp_path):
    footer = replace(record.FOOTER, left={"artifact": ["a1", "b2", "c3", "d4"]}, left_behind={"artifact": 4})
    shown = list(terminal.lines(record.write(tmp_path, record.HEADER, record.PASS, footer)))
    assert "          artifacts a1, b2, c3 and 1 more" in shown


def test_a_smoke_run_says_how_much_it_covers(tmp_path):
    missing = tuple(f"LM-{n}" for n in range(352))
    footer = replace(record.FOOTER, verdict="partial", exit_code=0, not_exercised=missing)
    run = record.write(tmp_path, replace(record.HEADER, profile="smoke"), record.PASS, record.ABSENT, footer)
    shown = list(terminal.lines(run))
    assert "partial   smoke covers 1 of 353 MUSTs; --profile core --allow-writes judges more" in shown
    assert not any("LM-351" in line or "LM-0" in line for line in shown)


def test_what_does_not_gate_is_folded_to_one_line_a_cause(shown):
    start = shown.index("2 findings do not fail the gate:")
    assert shown[start + 1 : start + 4] == [
        "  NOT_TESTABLE LM-G  MUST  no group",
        "  WARN LM-D  SHOULD  expected a, got b",
        f"  'lmconform show {shown[-3].split()[1]}' has all of them",
    ]


def test_one_finding_that_does_not_gate_is_one(tmp_path):
    run = record.write(tmp_path, record.HEADER, record.PASS, record.WARN, replace(record.FOOTER, exit_code=0))
    assert "1 finding does not fail the gate:" in list(terminal.lines(run))


def test_of_many_causes_twenty_are_printed_and_the_rest_is_counted(tmp_path):
    found = [replace(record.FAIL, id=f"probe/LM-{n}", requirements=(f"LM-{n}",)) for n in range(23)]
    run = record.write(tmp_path, record.HEADER, *found, record.FOOTER)
    shown = list(terminal.lines(run))
    assert sum(line.startswith("FAIL ") for line in shown) == 20
    assert f"… and 3 more causes: 'lmconform show {run.file.parent}' has all of them" in shown


@pytest.fixture
def printed(capsys):
    """What the events of a run print as they come."""

    def take(*events, quiet=False):
        live = Live(Console(width=100, color_system=None, highlight=False, soft_wrap=True), quiet=quiet)
        for event in events:
            live(event)
        live.end(None)
        return capsys.readouterr().out.splitlines()

    return take


def test_kinds_are_counted_as_they_end_and_a_gating_finding_is_named_once(printed):
    again = replace(record.FAIL, id="probe/LM-B#LM-B")
    assert printed(record.HEADER, record.PASS, record.FAIL, again, record.FUZZ) == [
        "lmconform 0.1.0: mock at x, profile full",
        "  FAIL probe/LM-B",
        "probe     1 FAIL, 1 PASS",
        "fuzz      1 PASS",
        "",
    ]


def test_a_quiet_run_prints_nothing_before_its_end(printed):
    assert printed(record.HEADER, record.FAIL, quiet=True) == []
