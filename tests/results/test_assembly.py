"""From a judgement to the result event: ids, levels, counts, and texts without secrets."""

from dataclasses import replace

import pytest

from lmconform.contract.requirements import Register, Requirement
from lmconform.evidence.redaction import Redactor
from lmconform.judgement import Evidence, Judgement, Level, State, broken, kept
from lmconform.results import assembly

SECRET = "a-client-secret-of-the-test"
MUST = Requirement("LM-A", Level.MUST, Evidence.SPEC, "Ids stay.", "F1", "", "read", "")
REGISTER = Register({"LM-A": MUST}, "0" * 64)


def result(judgement):
    return assembly.result("probe/LM-A", judgement, REGISTER, Redactor([SECRET]), "lmconform run mock")


def test_the_main_judgement_has_the_id_of_its_item_and_a_part_a_suffix():
    assert result(kept("LM-A")).id == result(kept("LM-A")).item == "probe/LM-A"
    part = result(kept("LM-A", part="getArtifact"))
    assert (part.id, part.item) == ("probe/LM-A#getArtifact", "probe/LM-A")


@pytest.mark.parametrize(
    ("state", "outcome", "gates"),
    [
        (State.KEPT, "PASS", False),
        (State.BROKEN, "FAIL", True),
        (State.NOTED, "INFO", False),
        (State.NOT_APPLICABLE, "NOT_APPLICABLE", False),
        (State.NOT_TESTABLE, "NOT_TESTABLE", True),
        (State.INCONCLUSIVE, "NOT_TESTABLE", False),
    ],
)
def test_a_must_gates_when_it_is_broken_or_not_testable(state, outcome, gates):
    event = result(Judgement("LM-A", state))
    assert (event.outcome, event.gates, event.level, event.source) == (outcome, gates, "MUST", "F1")


def test_several_requests_that_show_one_cause_are_counted_in_the_message():
    once = broken("LM-A", "200", "500")
    assert result(once).message == ""
    assert result(replace(once, count=3)).message == "(3 requests)"
    assert result(replace(once, count=3, message="after POST")).message == "after POST (3 requests)"


@pytest.mark.parametrize("member", ["expected", "actual", "message", "because", "request"])
def test_a_target_that_answers_at_length_makes_no_long_result(member):
    event = result(replace(broken("LM-A", "200", "500"), **{member: "x" * 200_000}))
    assert 0 < len(getattr(event, member)) < 2000


@pytest.mark.parametrize("member", ["expected", "actual", "message", "because", "request"])
def test_no_text_of_a_result_shows_a_secret(member):
    event = result(replace(broken("LM-A", "200", "500"), **{member: f"said {SECRET} aloud"}))
    assert SECRET not in getattr(event, member)
    assert getattr(event, member).startswith("said ")
