"""The gate rule: what a state, a level and evidence make of a judgement, and who carries one."""

import pytest

from lmconform.errors import Failure, Inconclusive, NotApplicable, NotTestable, caught
from lmconform.judgement import Evidence, Judgement, Level, Outcome, State, kept, stated, weigh, weigh_waived

PROMISED = [Evidence.SPEC, Evidence.PROVEN, Evidence.DOCUMENTED]
EVERY = [(level, evidence) for level in Level for evidence in Evidence]


@pytest.mark.parametrize("evidence", PROMISED)
def test_a_broken_must_fails_and_gates_a_should_warns_and_a_may_informs(evidence):
    assert weigh(State.BROKEN, Level.MUST, evidence) == (Outcome.FAIL, True)
    assert weigh(State.BROKEN, Level.SHOULD, evidence) == (Outcome.WARN, False)
    assert weigh(State.BROKEN, Level.MAY, evidence) == (Outcome.INFO, False)


@pytest.mark.parametrize("evidence", PROMISED)
def test_a_must_that_could_not_be_exercised_gates_and_less_does_not(evidence):
    assert weigh(State.NOT_TESTABLE, Level.MUST, evidence) == (Outcome.NOT_TESTABLE, True)
    for level in (Level.SHOULD, Level.MAY):
        assert weigh(State.NOT_TESTABLE, level, evidence) == (Outcome.NOT_TESTABLE, False)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("level", Level)
def test_what_no_publication_promises_never_gates(state, level):
    outcome, gates = weigh(state, level, Evidence.ASSUMED)
    assert not gates
    assert outcome is not Outcome.FAIL


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.KEPT, Outcome.PASS),
        (State.NOTED, Outcome.INFO),
        (State.NOT_APPLICABLE, Outcome.NOT_APPLICABLE),
        (State.INCONCLUSIVE, Outcome.NOT_TESTABLE),
    ],
)
def test_nothing_else_gates_at_any_level(state, outcome):
    assert {weigh(state, level, evidence) for level, evidence in EVERY} == {(outcome, False)}


def test_kept_broken_and_noted_are_judged_and_the_other_states_are_not():
    assert {state for state in State if state.is_judged} == {State.KEPT, State.BROKEN, State.NOTED}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (NotApplicable, State.NOT_APPLICABLE),
        (NotTestable, State.NOT_TESTABLE),
        (Inconclusive, State.INCONCLUSIVE),
    ],
)
def test_a_reason_not_to_judge_carries_its_state_and_its_words(kind, state):
    def judge():
        raise kind("there is no second resource group")

    raised = caught(judge)
    assert raised.judgement == Judgement("", state, because="there is no second resource group")
    assert str(raised) == "there is no second resource group"


def test_a_failure_carries_the_requirement_and_what_shows_that_it_is_broken():
    failure = Failure("LM-X", expected="404", actual="200", operation="getArtifact", exchanges=["e7"])
    wanted = Judgement("LM-X", State.BROKEN, "", "getArtifact", "404", "200", exchanges=("e7",))
    assert failure.judgement == wanted
    assert str(failure) == "LM-X: expected 404, got 200"


def test_only_failures_and_skips_are_judgements_and_errors_of_ours_pass_through():
    assert caught(lambda: 7) is None
    with pytest.raises(ZeroDivisionError):
        caught(lambda: 1 // 0)


def test_a_remark_on_what_was_judged_is_a_message_and_a_reason_not_to_judge_is_a_because():
    assert stated(State.NOTED, "as printed").message == "as printed"
    assert stated(State.INCONCLUSIVE, "no room").because == "no room"
    assert (stated(State.NOTED, "as printed").text, stated(State.INCONCLUSIVE, "no room").text, kept("LM-X").text) == (
        *("as printed", "no room"),
        "",
    )


def test_what_fails_as_a_waiver_says_does_not_gate_and_a_waiver_without_a_failure_does():
    assert weigh_waived(fails=True) == (Outcome.XFAIL, False)
    assert weigh_waived(fails=False) == (Outcome.XPASS, True)
    assert [outcome for outcome in Outcome if not outcome.is_finding] == [
        *(Outcome.PASS, Outcome.INFO, Outcome.NOT_APPLICABLE, Outcome.XFAIL)
    ]
