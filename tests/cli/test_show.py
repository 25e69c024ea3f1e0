"""`lmconform show`: the findings of a run by cause, and the whole story of an item."""

from dataclasses import replace

import pytest
from tests.reporting import record


@pytest.fixture
def shown(lmconform, tmp_path):
    record.whole(tmp_path)

    def show(*arguments):
        done = lmconform("show", tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return show


def test_the_findings_of_a_run_stand_in_full_with_its_verdict(shown):
    lines = shown()
    heads = [line.split()[1] for line in lines if line and line[0] != " "]
    assert heads == ["LM-B", "LM-F", "waiver/LM-I", "LM-C", "LM-G", "LM-D", "nonconformant,"]
    assert "  again     lmconform run mock --only probe/LM-B --seed 7" in lines
    assert lines[-1] == "verdict   nonconformant, exit 1"


@pytest.mark.parametrize("name", ["probe/LM-B", "LM-B", "probe/LM-[B]"])
def test_an_item_is_told_with_what_was_sent_and_answered(shown, name):
    lines = shown(name)
    assert lines[0] == "FAIL LM-B  MUST  getMeta"
    assert lines[lines.index("  1. POST /v2/lm/artifacts") + 1] == "     < 201 in 0.100 s, exchange 1"
    assert "  2. GET /v2/lm/meta (shows the finding)" in lines


def test_a_pass_shows_what_is_recorded_and_an_observation_its_value(shown):
    lines = shown("probe/LM-A")
    assert (lines[0], "  id        probe/LM-A" in lines, "  seconds   0.25" in lines) == ("PASS LM-A  MUST", True, True)
    assert "  value     newest | first" in shown("LM-OBS-ORDER")


def test_a_glob_shows_every_item_that_it_matches(shown):
    heads = [line for line in shown("probe/*") if line and line[0] != " "]
    assert len(heads) == 7


def test_bodies_headers_and_gaps_of_a_story_are_shown_and_no_text_of_a_server_leaves_its_line(lmconform, tmp_path):
    step = record.step("3", "PATCH", "/v2/lm/x", 204, item="probe/LM-A", answer="a\n::error::\x1b[31m", times=3)
    step |= {"headers": [["X-A", "1"]], "body": '{"a": 1}', "query": "b=2", "left_out": 4}
    record.write(tmp_path, record.HEADER, replace(record.FAIL, story=(step,)))
    lines = lmconform("show", tmp_path, "LM-B").stdout.splitlines()
    start = lines.index("  … 4 requests that are in exchanges.jsonl")
    assert lines[start + 1 : start + 6] == [
        "  1. PATCH /v2/lm/x?b=2 (3 times, sent by probe/LM-A)",
        "     > X-A: 1",
        '     > {"a": 1}',
        "     < 204 in 0.100 s, exchange 3",
        r"     < a\n::error::\x1b[31m",
    ]


def test_an_unknown_item_is_answered_with_the_closest_id_and_exit_4(lmconform, tmp_path):
    record.whole(tmp_path)
    done = lmconform("show", tmp_path, "probe/LM-AA")
    assert done.returncode == 4
    assert "did you mean 'probe/LM-A'?" in done.stderr


def test_a_folder_without_a_run_is_exit_4(lmconform, tmp_path):
    assert lmconform("show", tmp_path / "absent").returncode == 4
