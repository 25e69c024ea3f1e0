"""What an item makes of the judgements it comes by: one for the item, one for each operation it was asked for."""

from contextlib import contextmanager

import pytest
from tests.scenarios.tutorial_server import ERROR, Fake, serve, session_for

from lmconform.errors import Failure, Inconclusive, NotApplicable, NotTestable, TargetLost
from lmconform.probes import registry
from lmconform.run.items import ProbeItem

REQUIREMENT = "LM-AUTH-EVERY-READ"
ITEM = f"probe/{REQUIREMENT}"
LISTS = ("listScenarios", "listArtifacts", "listConfigurations")
ANSWERED = {
    f"GET /lm/{name}": lambda r: (200, {"count": 0, "resources": []}) for name in ("artifacts", "configurations")
}


@pytest.fixture
def probe(monkeypatch):
    """Makes an item of a probe's function, beside the real ones."""

    def item(function):
        monkeypatch.setattr(registry, "_definitions", {})
        registry.probe(REQUIREMENT)(function)
        made = registry.Probe(REQUIREMENT, registry._definitions[REQUIREMENT].function, "write")
        return ProbeItem(ITEM, "core", "", (REQUIREMENT,), (ITEM,), made)

    return item


@contextmanager
def session_on(**routes):
    with serve(Fake()) as fake, session_for(fake.base) as session:
        fake.reset(ANSWERED | routes)
        yield session


def run(item, **routes):
    """The results of the item itself and of its parts, by id; those of the contract's checks are left out."""
    with session_on(**routes) as session:
        events, error = item.events(session, lambda line: None)
    assert error is None
    return {event.id: event for event in events if event.requirements == (REQUIREMENT,)}


def each_list(ctx):
    for operation in LISTS:
        ctx.judge_part(operation, lambda operation=operation: ctx.expect_status(ctx.get(operation), {200}))


def outcomes(results):
    return {result_id.removeprefix(ITEM): (result.outcome, result.gates) for result_id, result in results.items()}


def test_each_operation_has_a_result_beside_that_of_the_probe(probe):
    results = run(probe(each_list))
    kept = ("PASS", False)
    assert outcomes(results) == {"": kept, "#listScenarios": kept, "#listArtifacts": kept, "#listConfigurations": kept}
    assert results[f"{ITEM}#listArtifacts"].operation == "listArtifacts"
    assert [len(results[f"{ITEM}#{name}"].exchanges) for name in LISTS] == [1, 1, 1]


def test_one_broken_operation_breaks_the_requirement_and_the_others_are_judged_all_the_same(probe):
    results = run(probe(each_list), **{"GET /lm/artifacts": lambda r: (404, ERROR)})
    assert outcomes(results) == {
        "": ("FAIL", True),
        "#listScenarios": ("PASS", False),
        "#listArtifacts": ("FAIL", True),
        "#listConfigurations": ("PASS", False),
    }
    whole, part = results[ITEM], results[f"{ITEM}#listArtifacts"]
    assert (whole.expected, whole.actual, whole.operation) == (part.expected, part.actual, "listArtifacts")
    assert whole.exchanges == part.exchanges != ()
    assert "/lm/artifacts" in part.request
    assert "/lm/configurations" not in part.request


def test_an_operation_that_is_not_testable_keeps_the_requirement_from_passing(probe):
    results = run(probe(each_list), **{"GET /lm/configurations": lambda r: (403, ERROR)})
    assert outcomes(results)[""] == ("NOT_TESTABLE", True)
    assert outcomes(results)["#listConfigurations"] == ("NOT_TESTABLE", True)
    assert results[ITEM].because == results[f"{ITEM}#listConfigurations"].because != ""


def test_a_broken_operation_weighs_more_than_one_that_is_not_testable(probe):
    refused = {"GET /lm/artifacts": lambda r: (403, ERROR), "GET /lm/configurations": lambda r: (404, ERROR)}
    assert outcomes(run(probe(each_list), **refused))[""] == ("FAIL", True)


def raising(*raised):
    """A probe that judges one operation for each: by raising it, or by returning for None."""

    def act(one):
        if one is not None:
            raise one

    def function(ctx):
        for number, one in enumerate(raised):
            ctx.judge_part(f"part{number}", lambda one=one: act(one))

    return function


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        ((None, NotApplicable("not advertised")), "PASS"),
        ((None, Inconclusive("no second group")), "PASS"),
        ((NotApplicable("not advertised"), Inconclusive("no second group")), "NOT_TESTABLE"),
        ((NotApplicable("not advertised"), NotApplicable("neither")), "NOT_APPLICABLE"),
    ],
)
def test_one_operation_that_keeps_it_is_enough_and_none_is_too_few(probe, raised, outcome):
    assert outcomes(run(probe(raising(*raised))))[""] == (outcome, False)


def test_a_probe_that_ends_early_is_not_passed_by_the_operations_before(probe):
    def early(ctx):
        ctx.judge_part("part0", lambda: None)
        raise Inconclusive("nothing to go on with")

    assert outcomes(run(probe(early))) == {"": ("NOT_TESTABLE", False), "#part0": ("PASS", False)}


def test_a_probe_that_ends_early_hides_no_operation_that_is_broken(probe):
    def early(ctx):
        ctx.judge_part("part0", lambda: ctx.fail(expected="401", actual="200"))
        raise NotTestable("the connection broke")

    assert outcomes(run(probe(early)))[""] == ("FAIL", True)


@pytest.mark.parametrize(
    ("raised", "outcome", "gates"),
    [
        (Failure(REQUIREMENT, expected="401", actual="200"), "FAIL", True),
        (NotTestable("refused"), "NOT_TESTABLE", True),
        (Inconclusive("no second group"), "NOT_TESTABLE", False),
        (NotApplicable("not advertised"), "NOT_APPLICABLE", False),
    ],
)
def test_a_probe_without_parts_says_what_its_function_raises(probe, raised, outcome, gates):
    def function(ctx):
        raise raised

    assert outcomes(run(probe(function))) == {"": (outcome, gates)}


@pytest.mark.parametrize(
    ("raised", "words"),
    [(TargetLost("the target is gone"), "the target is gone"), (KeyError("id"), "KeyError: 'id'")],
)
def test_an_error_of_ours_is_an_error_result_and_no_failure_of_the_target(probe, raised, words):
    def function(ctx):
        raise raised

    with session_on() as session:
        events, error = probe(function).events(session, lambda line: None)
    assert error is raised
    assert [(e.id, e.outcome, e.gates, e.message) for e in events] == [(ITEM, "ERROR", False, words)]


def test_an_item_that_is_left_out_gates_nothing_and_says_why(probe):
    def function(ctx):
        raise AssertionError("it runs")

    with session_on() as session:
        (event,) = probe(function).left_out(session, "--max-time 5 s is over")
    assert (event.outcome, event.gates, event.because) == ("NOT_TESTABLE", False, "--max-time 5 s is over")


def test_what_the_contract_says_of_several_exchanges_is_one_result_with_the_first_and_the_count(probe):
    def function(ctx):
        for operation in LISTS:
            ctx.get(operation)

    text = {f"GET /lm/{name}": lambda r: (500, ERROR) for name in ("artifacts", "configurations")}
    with session_on(**text) as session:
        events, _ = probe(function).events(session, lambda line: None)
    (server_error,) = [e for e in events if e.id == f"{ITEM}#LM-HTTP-NO-SERVER-ERROR"]
    assert (server_error.outcome, server_error.gates, server_error.operation) == ("FAIL", True, "listArtifacts")
    assert server_error.message == "(2 requests)"
    assert "/lm/artifacts" in server_error.request
    assert len(server_error.exchanges) == 1


def test_a_probe_that_cannot_read_an_answer_which_breaks_its_schema_is_kept_from_judging(probe):
    def function(ctx):
        sum(ctx.get("listArtifacts").json_object()["count"])

    route = {"GET /lm/artifacts": lambda r: (200, {"count": "x", "resources": []})}
    result = run(probe(function), **route)[ITEM]
    assert (result.outcome, result.gates) == ("NOT_TESTABLE", True)
    assert result.because.startswith("an answer breaks the contract, and cannot be read as it stands (TypeError: ")


def test_a_probe_that_cannot_read_a_lawful_answer_is_our_mistake(probe):
    def function(ctx):
        sum(ctx.get("listArtifacts").json_object()["count"])

    with session_on() as session:
        events, error = probe(function).events(session, lambda line: None)
    assert isinstance(error, TypeError)
    assert [(e.id, e.outcome) for e in events] == [(ITEM, "ERROR")]
