"""Arazzo files: what is wrong in one is found when it is read, and the error says where and what."""

import copy
from pathlib import Path

import pytest
import yaml

from lmconform.contract import bundle
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ScenarioError
from lmconform.exit_codes import ExitCode
from lmconform.scenarios import document, item_id, load

MINIMAL = {
    "arazzo": "1.0.1",
    "info": {"title": "t", "version": "1"},
    "sourceDescriptions": [{"name": "lm", "url": "../specs/lm/openapi.yaml", "type": "openapi"}],
    "workflows": [
        {
            "workflowId": "flow",
            "inputs": {"type": "object", "properties": {"resourceGroup": {"type": "string"}, "bare": {}}},
            "steps": [
                {"stepId": "one", "operationId": "listScenarios", "outputs": {"n": "$response.body#/count"}},
                {
                    "stepId": "two",
                    "operationId": "getScenario",
                    "parameters": [{"name": "scenarioId", "in": "path", "value": "text-clf-tutorial"}],
                    "successCriteria": [{"condition": "$statusCode == 200"}],
                },
            ],
            "outputs": {"n": "$steps.one.outputs.n"},
        }
    ],
}


@pytest.fixture(scope="module")
def contract():
    return Contract.load()


@pytest.fixture(scope="module")
def register():
    return Register.load()


@pytest.fixture
def reading(tmp_path, contract, register):
    """Writes a scenario folder with one file, and reads it."""

    def read(data, name="flow.arazzo.yaml"):
        (tmp_path / name).write_text(data if isinstance(data, str) else yaml.safe_dump(data))
        return load(contract, tmp_path, register)

    return read


def polling(**poll):
    """A step that polls an execution."""
    path = [{"name": "executionId", "in": "path", "value": "e001"}]
    return {"stepId": "s", "operationId": "getExecution", "parameters": path, "x-lm-poll": poll}


def put(path, value, data=MINIMAL):
    """A copy of ``data`` with the value at ``path`` (keys and indexes with slashes) replaced or added."""
    result = copy.deepcopy(data)
    node = result
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in parents:
        node = node[part]
    if isinstance(node, list):
        node.insert(last, value)
    else:
        node[last] = value
    return result


def test_the_bundled_files_are_the_tutorial_and_the_page(contract):
    training, printed = (d for d in load(contract) if d.path.name.startswith("training"))
    steps = (
        "list-scenarios",
        "register-artifact",
        "create-configuration",
        "start-execution",
        "start-execution-fallback",
        "poll-execution",
        "store-metrics",
        "read-metrics",
    )
    assert [w.id for d in (training, printed) for w in d.workflows] == ["training", "training-as-printed"]
    assert training.workflows[0].step_ids == printed.workflows[0].step_ids == steps
    assert training.workflows[0].effect == "write"
    assert [step.effect for step in training.workflows[0].steps].count("read") == 3
    assert item_id(training.workflows[0], training.workflows[0].steps[0]) == "scenario/training/list-scenarios"


def test_the_bundled_files_tell_the_whole_life_of_a_user(contract):
    flows = {workflow.id: workflow for found in load(contract) for workflow in found.workflows}
    assert set(flows) == {
        *("training", "training-as-printed", "artifacts", "metrics-of-a-training"),
        *("bulk", "schedules", "serving"),
    }
    used = {step.operation_id for workflow in flows.values() for step in workflow.steps}
    assert {"modifyDeployment", "deleteExecutionSchedule", "modifyExecutions", "deleteMetrics"} <= used
    # What a run makes has a name of that run, and never one that an earlier run left behind.
    names = [s.body.payload["name"] for w in flows.values() for s in w.steps if s.body and "name" in s.body.payload]
    tutorial = {"tutorial-train-data", "dev-tutorial-training-configuration"}
    assert [n for n in names if n not in tutorial and not n.startswith("{$inputs.runId}-")] == []


def test_every_step_of_the_bundled_files_judges_a_requirement(contract):
    for found in load(contract):
        assert all(step.requirements for workflow in found.workflows for step in workflow.steps)


def test_the_deprecated_endpoint_is_judged_only_where_the_contract_has_it(contract):
    training = next(w for d in load(contract) for w in d.workflows if w.id == "training")
    call = training.step("start-execution").call
    assert (call.operation.label, call.judged) == ("POST /v2/lm/configurations/{configurationId}/executions", False)
    assert training.step("start-execution-fallback").call.judged


def test_the_deprecated_endpoint_is_described_alike_in_both_places():
    """Its own description is for Arazzo runners, the overlay for the contract: twins."""
    path = bundle.root() / "specs" / "tutorial" / "deprecated.openapi.yaml"
    alone = Contract(bundle.read_yaml(path)).operation("createExecutionForConfiguration")
    overlaid = Contract.load("deprecated").operation("createExecutionForConfiguration")
    assert (alone.label, alone.effect) == (overlaid.label, overlaid.effect)
    successes = [{status for status in one.responses if status.startswith("2")} for one in (alone, overlaid)]
    assert successes == [{"202"}, {"202"}]
    assert {p.name for p in alone.parameters} == {p.name for p in overlaid.parameters}


def test_a_file_outside_the_bundle_uses_the_bundled_descriptions(reading):
    (found,) = reading(MINIMAL)
    assert found.workflow("flow").step("one").call.operation.id == "listScenarios"


def test_components_are_reused_and_their_value_is_not_replaced(reading):
    data = put("components", {"parameters": {"id": {"name": "scenarioId", "in": "path", "value": "one"}}})
    reused = {"reference": "$components.parameters.id"}
    data["workflows"][0]["steps"][1]["parameters"] = [reused]
    (found,) = reading(data)
    assert found.workflow("flow").step("two").parameters[0].value == "one"
    with pytest.raises(ScenarioError, match="reusable object: value is not supported"):
        reading(put("workflows/0/steps/1/parameters", [{**reused, "value": "two"}], data))


PARAMETER = "workflows/0/steps/1/parameters/0"
GOTO = {"name": "g", "type": "goto", "stepId": "tow"}
WRONG = [
    ("arazzo", "2.0.0", "arazzo '2.0.0' is not supported; expected 1.0.0 or 1.0.1"),
    ("worklfows", [], "the file: unknown key 'worklfows'; did you mean 'workflows'?"),
    ("workflows", [], "workflows is empty; a file describes at least one"),
    ("workflows", None, "the file has no workflows, which Arazzo requires; add it"),
    ("info", {"title": "t"}, "info has no version, which Arazzo requires; add it"),
    ("sourceDescriptions", [], "sourceDescriptions is empty; name specs/lm/openapi.yaml"),
    ("sourceDescriptions/0/url", "https://h/x.yaml", "'https://h/x.yaml' is no file beside it; remote ones are not"),
    ("sourceDescriptions/0/type", "arazzo", "source description 'lm': type 'arazzo' is not supported here"),
    ("workflows/0/steps", [], "workflow flow: steps is empty; a workflow has at least one"),
    ("workflows/0/steps/0", {"operationId": "getMeta"}, "workflow flow: step has no stepId, which Arazzo requires"),
    ("workflows/0/steps/1/stepId", "one", "workflow flow: stepId 'one' stands twice; ids are unique"),
    (
        "workflows/0/steps/0/operationId",
        "listScenario",
        "workflow flow, step one: operationId 'listScenario' is not in",
    ),
    ("workflows/0/steps/0/operationId", "listScenario", "did you mean 'listScenarios'?"),
    ("workflows/0/steps/0/operationId", "$sourceDescriptions.ml.getMeta", "no source description 'ml'; did you mean"),
    ("workflows/0/steps/0/operationId", None, "step has no operationId, which Arazzo requires; add it"),
    ("workflows/0/steps/0/workflowId", "flow", "step one: step: workflowId is not supported; no scenario needs it"),
    ("workflows/0/steps/0/operationPath", "#/paths/~1lm/get", "step: operationPath is not supported"),
    ("workflows/0/steps/0/channelPath", "x", "step: unknown key 'channelPath'"),
    ("workflows/0/steps/0/x-lm-pol", {}, "step: 'x-lm-pol' is no extension of ours here; did you mean 'x-lm-poll'?"),
    ("workflows/0/steps/0/x-lm-requirements", ["LM-FLOW-SCENARIO-LISTD"], "did you mean 'LM-FLOW-SCENARIO-LISTED'?"),
    ("workflows/0/steps/0/x-lm-dialect", "publishd", "x-lm-dialect: 'publishd' does not exist; did you mean"),
    ("workflows/0/steps/0/onSuccess", [GOTO], "step one: action 'g' goes to step 'tow', which does not exist; did you"),
    ("workflows/0/steps/0/onSuccess", [{"name": "g", "type": "goto"}], "a goto names a stepId, and no other type does"),
    ("workflows/0/steps/0/onSuccess", [{"name": "g", "type": "retry"}], "success action 'g': type 'retry' is unknown"),
    ("workflows/0/steps/0/onSuccess", [{"name": "g"}], "success action 'g' has no type, which Arazzo requires"),
    (
        "workflows/0/steps/0/onFailure",
        [{"name": "r", "type": "retry", "retryAfter": -1}],
        "failure action 'r': retryAfter -1 is no number of seconds",
    ),
    (
        "workflows/0/steps/0/onFailure",
        [{"name": "r", "type": "end", "retryLimit": 1}],
        "retryAfter and retryLimit belong to type retry, not to end",
    ),
    (
        "workflows/0/steps/0/onFailure",
        [{"name": "r", "type": "goto", "workflowId": "flow"}],
        "failure action: workflowId is not supported",
    ),
    (
        "workflows/0/steps/0/onFailure",
        [{"name": "r", "type": "retry", "retryLimit": 2}],
        "a retry without x-lm-poll is not supported; add x-lm-poll, which repeats the step here",
    ),
    (
        "workflows/0/steps/1/onSuccess",
        [{"name": "back", "type": "goto", "stepId": "one"}],
        "action 'back' goes back to step 'one'; it can go to a later step only",
    ),
    ("workflows/0/steps/0/successCriteria", [{"condition": "$statusCode = 1"}], "cannot be read from column 13 on"),
    ("workflows/0/steps/0/successCriteria", [{"conditon": "x"}], "criterion has no condition"),
    ("workflows/0/steps/0/successCriteria", [{"condition": "$inputs.x"}], "$inputs.x is no input of the workflow"),
    ("workflows/0/steps/0/successCriteria", {}, "successCriteria: expected a list, got dict"),
    (
        "workflows/0/steps/0/outputs/n",
        "$respose.body",
        "$respose is unknown; did you mean",
    ),
    (f"{PARAMETER}/value", "$steps.oen.outputs.n", "$steps.oen.outputs.n names no step of the workflow; did you mean"),
    (f"{PARAMETER}/value", "$steps.one.outputs.m", "names no output of step one; expected one of n"),
    (
        f"{PARAMETER}/value",
        "$inputs.bare",
        "has no value; give it a default, a run provides resourceGroup, runId, cron, otherCron alone",
    ),
    (f"{PARAMETER}/value", "$response.body#/id", "is not known before the request is sent; take it from an output"),
    (f"{PARAMETER}/value", "$components.inputs.x", "$components is not supported; no scenario needs it"),
    (f"{PARAMETER}/value", "$workflows.flow.outputs.n", "$workflows is not supported"),
    (f"{PARAMETER}/value", "{$inputs.}", "'$inputs.' has the wrong shape; expected $inputs.NAME"),
    (f"{PARAMETER}/name", "scenarioID", "is not in the path of GET /v2/lm/scenarios/{scenarioId}; did you mean"),
    (f"{PARAMETER}/in", "pth", "in 'pth' is unknown; did you mean 'path'?"),
    (f"{PARAMETER}/in", "", "in '' is unknown; expected one of header, path, query"),
    (f"{PARAMETER}/in", None, "parameter 'scenarioId' has no in"),
    (f"{PARAMETER}/in", "cookie", "in 'cookie' is unknown"),
    (PARAMETER.removesuffix("/0"), [], "GET /v2/lm/scenarios/{scenarioId} needs path parameter 'scenarioId'; add it"),
    (PARAMETER, {"reference": "$components.parameters.x"}, "points to nothing in components.parameters"),
    ("workflows/0/inputs", {"$ref": "#/components/inputs/x"}, "inputs: '#/components/inputs/x' points to nothing"),
    ("workflows/0/outputs/n", "$steps.one.outputs.x", "workflow flow: outputs: $steps.one.outputs.x names no output"),
    ("workflows/0/dependsOn", ["other"], "workflow: dependsOn is not supported; no scenario needs it"),
    ("workflows/0/successActions", [], "workflow: successActions is not supported"),
    ("workflows/0/failureActions", [], "workflow: failureActions is not supported"),
    ("components", {"successActions": {}}, "components: successActions is not supported"),
    (
        "workflows/0/steps/0/requestBody",
        {"contentType": "application/xml", "payload": {"a": 1}},
        "only JSON is supported, with an object or a list as its payload",
    ),
    (
        "workflows/0/steps/0/requestBody",
        {"payload": {}, "replacements": [{"target": "/a", "value": 1}]},
        "requestBody: replacements is not supported",
    ),
    (
        "workflows/0/steps/0",
        {"stepId": "s", "operationId": "createArtifact", "requestBody": {"payload": {"url": "ai://default/data/"}}},
        "the artifact's url 'ai://default/data/' ends in '/', and the run could not load it; drop the slash",
    ),
    (
        "workflows/0/steps/0",
        polling(**{"good": ["RUN"]}),
        "x-lm-poll: 'RUN' is no status of the execution; did you mean 'RUNNING'?",
    ),
    (
        "workflows/0/steps/0",
        polling(**{"bad": ["DEAD"]}),
        "x-lm-poll: expected either good with statuses, or gone: true",
    ),
    (
        "workflows/0/steps/0",
        {"stepId": "s", "operationId": "listScenarios", "x-lm-poll": {"good": ["RUNNING"]}},
        "x-lm-poll: the operation is about nothing that has statuses",
    ),
    (
        "workflows/0/steps/0",
        polling(**{"good": ["RUNNING"], "unless": "training=may-di"}),
        "x-lm-poll: unless 'training=may-di' is unknown; did you mean 'training=may-die'?",
    ),
    (
        "workflows/0/steps/0",
        polling(**{"gone": "yes"}),
        "gone: expected true or false, got str",
    ),
    ("workflows/0/steps/0/x-lm-absent", {"operationId": "getScenario"}, "x-lm-absent has no says"),
    ("workflows/0/x-lm-content", "trian", "x-lm-content: 'trian' is unknown; did you mean 'train'?"),
    ("workflows/0/steps/1/x-lm-binds", "$steps.one.outputs.n", "the workflow does not say what it needs"),
]


@pytest.mark.parametrize(("path", "value", "words"), WRONG, ids=[f"{p}-{i}" for i, (p, _, _) in enumerate(WRONG)])
def test_what_is_wrong_is_said_in_one_line(reading, tmp_path, path, value, words):
    with pytest.raises(ScenarioError) as caught:
        reading(put(path, value))
    text = str(caught.value)
    assert words in text
    assert text.startswith(str(tmp_path / "flow.arazzo.yaml"))
    assert "\n" not in text
    assert caught.value.exit_code == ExitCode.USAGE


def test_bad_yaml_names_the_line(reading):
    with pytest.raises(ScenarioError, match=r"flow\.arazzo\.yaml:3: not valid YAML .*; mend the file"):
        reading("arazzo: 1.0.1\ninfo: [\n")


def test_a_folder_without_scenarios_is_an_error(contract, tmp_path):
    with pytest.raises(ScenarioError, match=r"there is no \*\.arazzo\.yaml in it"):
        load(contract, tmp_path)
    with pytest.raises(ScenarioError, match=r"there is no \*\.arazzo\.yaml in it"):
        load(contract, tmp_path / "nowhere")


def test_two_files_do_not_share_a_workflow_id(reading):
    reading(MINIMAL)
    with pytest.raises(ScenarioError, match=r"other\.arazzo\.yaml: workflowId 'flow' is taken by flow\.arazzo\.yaml"):
        reading(MINIMAL, "other.arazzo.yaml")


def test_with_two_descriptions_a_step_says_which(reading):
    data = put("sourceDescriptions/1", {"name": "old", "url": "../specs/tutorial/deprecated.openapi.yaml"})
    with pytest.raises(ScenarioError, match=r"does not name its description; write \$sourceDescriptions\.lm\.NAME"):
        reading(data)


def test_a_value_of_a_wrong_type_anywhere_is_a_scenario_error(monkeypatch, contract, register):
    """Whatever stands at whatever place of training.arazzo.yaml: it is read, or refused in one line."""
    source = bundle.root() / "scenarios" / "training.arazzo.yaml"
    original, read_yaml = bundle.read_yaml(source), bundle.read_yaml
    current = {}
    monkeypatch.setattr(bundle, "read_yaml", lambda path: current["data"] if path == source else read_yaml(path))
    refused = []
    for path in every_place(original):
        for value in (None, 5, "zzz", [], {"a": 1}, [[1]]):
            current["data"] = copy.deepcopy(original)
            node = current["data"]
            for part in path[:-1]:
                node = node[part]
            node[path[-1]] = value
            try:
                document.read(Path(source), contract, register)
            except ScenarioError as error:
                refused.append(str(error))
    assert len(refused) > 500
    assert not [text for text in refused if "\n" in text]


def every_place(node, path=()):
    """The path of every value but the whole."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield (*path, key)
        yield from every_place(value, (*path, key))
