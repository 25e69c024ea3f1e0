"""Causes: one paragraph for what has one reason, the root first, and what follows from it behind it."""

from dataclasses import replace

from tests.reporting.record import ERROR, FAIL, OPEN, PASS, UNKNOWN, WARN, step

from lmconform.reporting.causes import causes


def ids(cause):
    return [finding.result.id for finding in cause.findings]


def named(result, name, **changes):
    return replace(result, **{"id": f"probe/{name}", "item": f"probe/{name}", "requirements": (name,)} | changes)


def test_findings_that_differ_in_ids_and_numbers_alone_are_one_cause():
    names = ("e0123456789abcde", "e1123456789abcde", "e2123456789abcde")
    found = [
        replace(FAIL, id=f"probe/{i}", operation=operation, expected=f"{i} is gone after {n} s")
        for n, (i, operation) in enumerate(zip(names, ("getMeta", "getMeta", "listArtifacts"), strict=True))
    ]
    (cause,) = causes([PASS, *found])
    assert (cause.first.result, cause.count, cause.operations) == (found[0], 3, ("getMeta", "listArtifacts"))


def test_another_requirement_or_another_expectation_is_another_cause():
    assert len(causes([FAIL, named(FAIL, "LM-H"), replace(FAIL, expected="something else")])) == 3


def test_one_refusal_of_one_operation_is_one_cause_whatever_requirements_it_breaks():
    def refused(name, request, answer='{"error": {"message": "no name %s"}}', operation="createArtifact"):
        shown = step("9", "POST", "/v2/lm/artifacts", 400, answer=answer % request, telling=True)
        return named(FAIL, name, operation=operation, expected=name, story=(shown,))

    first, second = refused("LM-X", 1), refused("LM-Y", 2)
    (cause,) = causes([first, second])
    assert cause.requirements == ("LM-X", "LM-Y")
    other = refused("LM-Z", 3, answer='{"error": {"message": "too late %s"}}')
    elsewhere = refused("LM-W", 3, operation="createConfiguration")
    assert len(causes([first, second, other, elsewhere])) == 3


def test_a_finding_with_the_keys_of_two_causes_makes_them_one():
    shown = step("9", "POST", "/v2/lm/artifacts", 500, answer="broken", telling=True)
    one = named(FAIL, "LM-X", expected="a", story=())
    two = named(FAIL, "LM-Y", expected="b", story=(shown,))
    both = named(FAIL, "LM-X", expected="a", story=(shown,), id="probe/LM-X#part")
    (cause,) = causes([one, two, both])
    assert ids(cause) == ["probe/LM-X", "probe/LM-X#part", "probe/LM-Y"]


def test_what_could_not_be_judged_for_one_reason_is_one_cause():
    (cause,) = causes([named(UNKNOWN, name, because="GET /v2/lm/meta answered 403 no") for name in ("LM-X", "LM-Y")])
    assert ids(cause) == ["probe/LM-X", "probe/LM-Y"]
    assert len(causes([UNKNOWN, replace(UNKNOWN, because="another reason")])) == 2


def test_what_a_broken_requirement_keeps_from_being_judged_stands_behind_it():
    behind = named(UNKNOWN, "LM-X", because="LM-B is broken: an execution to end: still RUNNING after 3 s")
    (root,) = causes([behind, FAIL])
    assert ids(root) == ["probe/LM-B"]
    assert [ids(cause) for cause in root.behind] == [["probe/LM-X"]]
    assert root.gates


def test_what_an_error_answer_keeps_from_being_judged_stands_behind_the_finding_of_that_answer():
    shown = step("9", "POST", "/v2/lm/executions", 500, answer="oops", telling=True)
    root = named(FAIL, "LM-HTTP-NO-SERVER-ERROR", operation="createExecution", story=(shown,))
    because = "POST /v2/lm/executions answered {} oops, expected the id of a new resource"
    behind = [named(UNKNOWN, name, because=because.format(500)) for name in ("LM-X", "LM-Y")]
    (cause,) = causes([*behind, root])
    assert [ids(one) for one in cause.behind] == [["probe/LM-X", "probe/LM-Y"]]
    assert len(causes([named(UNKNOWN, "LM-X", because=because.format(503)), root])) == 2


def test_steps_of_a_scenario_stand_behind_the_step_that_failed_and_their_followers_behind_them():
    def of(step_id, outcome, because=""):
        item = f"scenario/training/{step_id}"
        return replace(UNKNOWN, id=item, item=item, outcome=outcome, because=because, requirements=(f"LM-{step_id}",))

    start, poll = of("start", "FAIL"), of("poll", "NOT_TESTABLE", "start: step start failed")
    read = of("read", "NOT_TESTABLE", "poll: $steps.poll.outputs.id has no value")
    (root,) = causes([read, poll, start])
    assert [ids(one) for one in root.following] == [["scenario/training/poll"], ["scenario/training/read"]]
    assert len(causes([replace(poll, item="scenario/other/poll"), start])) == 2


def test_reasons_that_name_each_other_still_have_a_root():
    one = replace(UNKNOWN, item="scenario/a/x", id="scenario/a/x", because="y: failed")
    two = replace(UNKNOWN, item="scenario/a/y", id="scenario/a/y", because="x: failed too")
    (root,) = causes([one, two])
    assert len(list(root.following)) == 1


def test_what_gates_comes_first_and_an_error_of_lmconform_before_what_does_not():
    outcomes = [cause.first.result.outcome for cause in causes([WARN, OPEN, ERROR, UNKNOWN, FAIL])]
    assert outcomes == ["FAIL", "NOT_TESTABLE", "ERROR", "NOT_TESTABLE", "WARN"]
