"""The scenarios against the mock, in each of its dialects."""

from collections import Counter

import pytest
from tests.scenarios.tutorial_server import session_for

from lmconform.contract.capabilities import Capabilities
from lmconform.judgement import State
from lmconform.scenarios import load
from lmconform.scenarios.runner import WorkflowRun
from lmconform.settings import service_key

KEPT, NOTED, SKIPPED = State.KEPT, State.NOTED, State.NOT_APPLICABLE


@pytest.fixture
def outcomes(start_mock):
    """Starts a mock in a dialect, and runs every workflow; returns the outcomes of the steps by workflow."""

    def run(dialect, *switches, timeout=20):
        mock = start_mock("--dialect", dialect, *switches)
        found = service_key.read(mock.key_file.read_text(), "key")
        with session_for(mock.url, dialect=dialect, timeout=timeout, credentials=found) as session:
            session.capabilities = Capabilities(session.examine())
            workflows = [workflow for document in load(session.contract) for workflow in document.workflows]
            runs = {w.id: WorkflowRun(w, session) for w in workflows}
            return {w.id: [runs[w.id].until(step) for step in w.step_ids] for w in workflows}

    return run


def seen(steps):
    """The observations of a workflow's steps, by id."""
    return {name: value for done in steps for name, value, _ in done.observations}


def broken(steps):
    """What the contract's checks found."""
    return [judgement for done in steps for judgement in done.client.broken.values()]


def test_the_published_dialect_takes_the_fallback(outcomes):
    done = outcomes("published")
    training, printed = done["training"], done["training-as-printed"]
    assert [o.state for o in training] == [KEPT] * 8
    assert training[3].judgement.text == "deprecated endpoint answered 404; started at POST /v2/lm/executions instead"
    assert seen(training) == {"LM-OBS-DEPRECATED-EXECUTION-ENDPOINT": "404"}
    assert [o.state for o in printed] == [KEPT, KEPT, NOTED, *[SKIPPED] * 5]
    assert seen(printed) == {"LM-OBS-TUTORIAL-ENDPOINTS": "endpoints of steps 3 and 4 are transposed"}
    assert broken(training) == broken(printed) == []


def test_the_deprecated_dialect_needs_no_fallback(outcomes):
    training = outcomes("deprecated")["training"]
    assert [o.state for o in training] == [KEPT, KEPT, KEPT, KEPT, SKIPPED, KEPT, KEPT, KEPT]
    assert training[4].judgement.text == "deprecated endpoint answered 202, no fallback needed"
    assert seen(training) == {"LM-OBS-DEPRECATED-EXECUTION-ENDPOINT": "202"}
    assert "LM-HTTP-BODY-SCHEMA" in training[3].client.judged
    assert broken(training) == []


def test_the_as_printed_dialect_passes_what_the_page_prints(outcomes):
    done = outcomes("as-printed")
    counts = Counter(o.state for o in done["training-as-printed"])
    assert set(counts) <= {KEPT, SKIPPED}
    assert counts[SKIPPED] <= 1
    assert seen(done["training-as-printed"]) == {"LM-OBS-TUTORIAL-ENDPOINTS": "as printed"}
    assert set(Counter(o.state for o in done["training"])) <= {KEPT, SKIPPED}
    assert broken(done["training"]) == broken(done["training-as-printed"]) == []


OTHERS = ("artifacts", "bulk", "metrics-of-a-training", "schedules", "serving")


def by_state(steps, state):
    """The ids of the steps in that state."""
    return [done.step_id for done in steps if done.state is state]


def test_the_rest_of_a_users_life_passes(outcomes):
    done = outcomes("published")
    assert {name: by_state(done[name], SKIPPED) for name in OTHERS} == {
        name: ["deploy"] if name == "serving" else [] for name in OTHERS
    }
    odd = {
        name: [(o.step_id, o.judgement.text) for o in done[name] if o.state not in (KEPT, SKIPPED)] for name in OTHERS
    }
    assert odd == {name: [] for name in OTHERS}
    assert [found for name in OTHERS for found in broken(done[name])] == []


@pytest.mark.parametrize(
    ("capability", "workflow", "left"),
    [
        ("executionSchedules", "schedules", ["find-executable"]),
        ("bulkUpdates.executions", "bulk", ["find-executable"]),
        ("metrics", "metrics-of-a-training", ["find-executable"]),
        ("userDeployments", "serving", ["find-executable"]),
        ("userExecutions", "bulk", ["find-executable"]),
        ("userExecutions", "training", ["list-scenarios", "register-artifact", "create-configuration"]),
    ],
)
def test_what_is_not_advertised_is_not_asked_for(outcomes, capability, workflow, left):
    done = outcomes("published", "--without", capability)[workflow]
    assert by_state(done, KEPT) == left
    assert len(by_state(done, SKIPPED)) == len(done) - len(left)
    assert {o.client.exchanges != [] for o in done if o.state is SKIPPED} == {False}


def test_without_a_time_to_live_a_model_is_served_all_the_same(outcomes):
    done = outcomes("published", "--without", "timeToLiveDeployments")["serving"]
    assert by_state(done, SKIPPED) == ["deploy-for-ten-hours", "read-time-to-live"]
    assert len(by_state(done, KEPT)) == len(done) - 2


def test_a_deployment_that_never_runs_is_nobodys_fault(outcomes):
    done = outcomes("published", "--switch", "deployment-life=stuck", timeout=1)["serving"]
    stuck = done[[o.step_id for o in done].index("poll-until-running") :]
    assert {o.state for o in stuck} == {State.INCONCLUSIVE}


def test_executions_that_end_too_soon_are_nobodys_fault(outcomes):
    done = outcomes("published", "--switch", "execution-life=instant")["bulk"]
    assert {o.state for o in done} == {KEPT, State.INCONCLUSIVE}


LATE = ("deletion=slow", "deployment-gap=late", "deployment-update=serves-on", "list-order=created")
SPARSE = ("optional-members=sparse", "extra-status=no", "null-optionals=null", "time-form=offset", "extra-members=yes")


@pytest.mark.parametrize("switches", [LATE, SPARSE, ("count-media-type=json", "unknown-filter-id=404")])
def test_no_legal_choice_is_blamed_in_the_rest_of_a_users_life(outcomes, switches):
    done = outcomes("published", *(part for switch in switches for part in ("--switch", switch)))
    odd = {
        name: [(o.step_id, o.judgement.actual) for o in done[name] if o.state not in (KEPT, SKIPPED)] for name in OTHERS
    }
    assert odd == {name: [] for name in OTHERS}


@pytest.mark.parametrize(
    "switches",
    [
        ("unknown-path-body=empty", "location=absent", "null-optionals=null"),
        ("unknown-path-body=text", "location=absolute", "metrics-server-tags=yes", "execution-progress=yes"),
    ],
)
def test_no_legal_choice_of_a_server_is_blamed(outcomes, switches):
    done = outcomes("published", *(part for switch in switches for part in ("--switch", switch)))
    assert [o.state for o in done["training"]] == [KEPT] * 8
    assert broken(done["training"]) == []
