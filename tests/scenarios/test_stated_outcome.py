"""What an action of a scenario states (x-lm-outcome) is what the run reports, up to the exit code."""

import pytest
import yaml
from tests.conftest import read_events, results_of, service_key
from tests.scenarios.tutorial_server import ERROR, Fake, serve

from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.exit_codes import ExitCode
from lmconform.judgement import Level
from lmconform.run.catalogue import Plan
from lmconform.run.invocation import Run
from lmconform.run.items import ScenarioItem
from lmconform.scenarios import load
from lmconform.settings.options import RunConfig

CONTRACT, REGISTER = Contract.load(), Register.load()
MUST = "LM-FLOW-SCENARIO-LISTED"
LISTED = (200, {"count": 0, "resources": []})
ITEM, BEHIND = "scenario/w/list", "scenario/w/behind"


@pytest.fixture
def finished(tmp_path):
    """Runs a workflow whose first step breaks its MUST, with what an action states; returns exit code and folder."""

    def run(**action):
        step = {
            "operationId": "listScenarios",
            "successCriteria": [{"condition": "$statusCode == 200"}],
            "x-lm-requirements": [MUST],
        }
        actions = {"onFailure": [{"name": "known", "type": "goto", "stepId": "behind", **action}]} if action else {}
        document = {
            "arazzo": "1.0.1",
            "info": {"title": "t", "version": "1"},
            "sourceDescriptions": [{"name": "lm", "url": "../specs/lm/openapi.yaml"}],
            "workflows": [
                {
                    "workflowId": "w",
                    "steps": [{"stepId": "list", **step, **actions}, {"stepId": "behind", **step}],
                }
            ],
        }
        (tmp_path / "w.arazzo.yaml").write_text(yaml.safe_dump(document))
        (read,) = load(CONTRACT, tmp_path, REGISTER)
        workflow = read.workflow("w")
        items = tuple(
            ScenarioItem(f"scenario/w/{s.id}", "smoke", "scenario/w", s.requirements, (), workflow, s)
            for s in workflow.steps
        )
        # The first one is for the look at the target before the run.
        answers = [LISTED, (400, ERROR), LISTED]
        lists = {"GET /lm/scenarios": lambda r: answers.pop(0)}
        with serve(Fake(lists)) as fake:
            options = {"profile": "smoke", "report_dir": tmp_path / "out"}
            options["service_key"] = service_key(tmp_path, fake.base)
            begun = Run.begin(Plan(RunConfig.from_options(fake.base, options), CONTRACT, REGISTER, items))
            session = begun.session()
            for item in items:
                events, error = item.events(session, lambda line: None)
                assert error is None
                begun.take_all(events, "")
            session.close()
            return begun.finish(interrupted=False, exit_status=0), tmp_path / "out"

    return run


def test_without_an_action_the_broken_must_gates(finished):
    code, folder = finished()
    assert REGISTER[MUST].level is Level.MUST
    assert (results_of(folder)[ITEM]["outcome"], results_of(folder)[ITEM]["gates"]) == ("FAIL", True)
    assert read_events(folder)[-1]["verdict"] == "nonconformant"
    assert code is ExitCode.FAILED


def test_an_action_that_states_info_keeps_a_broken_must_from_gating(finished):
    code, folder = finished(**{"x-lm-outcome": "INFO", "x-lm-note": "answered {$statusCode}, as the page says"})
    result = results_of(folder)[ITEM]
    assert (result["outcome"], result["gates"], result["level"]) == ("INFO", False, "MUST")
    assert result["message"] == "answered 400, as the page says"
    assert result["actual"].startswith("400 ")
    assert results_of(folder)[BEHIND]["outcome"] == "PASS"
    assert read_events(folder)[-1]["verdict"] == "partial"
    assert code is ExitCode.PASSED


def test_an_action_that_states_not_testable_gates_nothing_either(finished):
    code, folder = finished(**{"x-lm-outcome": "NOT_TESTABLE", "x-lm-note": "no room"})
    result = results_of(folder)[ITEM]
    assert (result["outcome"], result["gates"], result["because"]) == ("NOT_TESTABLE", False, "no room")
    assert code is ExitCode.PASSED
