"""What the description says of its resources, without a table of operations in Python."""

from collections import Counter

import pytest
from tests.contract.widgets import ALIVE, with_widgets

from lmconform.contract import bundle
from lmconform.contract.capabilities import Capabilities
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.life import Cost, Runs
from lmconform.contract.openapi import Contract
from lmconform.contract.resources import Access, Role, resources
from lmconform.errors import ContractError

A = "aiApi.capabilities."
CONTRACTS = {dialect: Contract.load(dialect) for dialect in DIALECTS}


@pytest.fixture(scope="module")
def contract():
    return CONTRACTS["published"]


@pytest.fixture(scope="module")
def found(contract):
    return resources(contract)


def roles(resource):
    return {str(role): operation.id for role, operation in resource.operations.items()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_operation_belongs_to_one_resource_and_no_role_stands_twice_at_its_paths(dialect):
    contract = CONTRACTS[dialect]
    found = resources(contract)
    counts = Counter(operation.id for resource in found for operation in resource.every)
    assert counts == {operation.id: 1 for operation in contract.operations}
    for resource in found:
        own = [o for o in resource.every if o.path.startswith(resource.collection)]
        assert len({found.role_of(o) for o in own}) == len(own)


def test_the_nouns_are_those_of_the_glossary(found):
    words = {"artifact", "configuration", "execution", "deployment", "schedule", "metrics", "file", "scenario"}
    assert set(found.nouns) == words | {"executable", "model", "version", "meta"}


def test_an_execution_has_an_operation_for_each_role(found):
    assert roles(found["execution"]) == {
        "list": "listExecutions",
        "count": "countExecutions",
        "create": "createExecution",
        "get": "getExecution",
        "modify": "modifyExecution",
        "bulk_modify": "modifyExecutions",
        "delete": "deleteExecution",
        "logs": "getExecutionLogs",
    }
    assert found["execution"].bulk_key == "executions"


def test_metrics_are_known_by_the_id_of_their_execution(found):
    metrics = found["metrics"]
    assert roles(metrics) == {"get": "findMetrics", "create": "patchMetrics", "delete": "deleteMetrics"}
    assert (metrics.owner, metrics.id_parameter) == ("execution", "executionId")
    assert metrics.address(metrics.operations[Role.DELETE], "e1") == {"query": {"executionId": "e1"}}
    assert metrics.names_itself


def test_a_file_is_made_by_the_request_that_names_its_path(found):
    file = found["file"]
    assert roles(file) == {"get": "downloadFile", "create": "uploadFile", "delete": "deleteFile"}
    assert file.address(file.operations[Role.DELETE], "a/b.csv") == {"path": {"path": "a/b.csv"}}
    assert file.names_itself
    assert not found["artifact"].names_itself


def test_what_cannot_be_deleted_is_permanent(found):
    assert {r.noun for r in found if r.is_permanent} == {"artifact", "configuration"}


def test_what_starts_and_runs_is_said_once(found):
    assert {r.noun: r.cost for r in found if r.cost != Cost()} == {
        "execution": Cost(runs=Runs.UNTIL_IT_ENDS),
        "deployment": Cost(runs=Runs.UNTIL_STOPPED),
        "schedule": Cost(starts="execution", at="cron"),
    }


def test_what_stands_below_scenarios_is_the_same_in_every_group(found):
    assert {r.noun for r in found if not r.in_group} == {"scenario", "executable", "version", "model", "meta"}
    assert {r.noun for r in found if r.parent == "scenario"} == {"executable", "version", "model"}


def test_a_lost_creation_is_looked_for_by_its_configuration(found):
    assert {r.noun for r in found if "configurationId" in r.origins} == {"execution", "deployment", "schedule"}


def test_lists_reads_and_changes_follow_from_the_shape(contract, found):
    access = {o.id: found.access(o) for o in contract.operations}
    lists = {name for name, kind in access.items() if kind is Access.LIST}
    assert lists == {
        *("listScenarios", "listArtifacts", "countArtifacts", "listConfigurations", "countConfigurations"),
        *("listExecutions", "countExecutions", "listExecutionSchedules", "countExecutionSchedules"),
        *("listDeployments", "countDeployments"),
    }
    reads = {name for name, kind in access.items() if kind is Access.READ}
    assert {"getDeploymentLogs", "getExecutable", "listScenarioModels", "findMetrics", "downloadFile"} <= reads
    assert {name for name, kind in access.items() if kind is Access.GENERAL} == {"getMeta"}
    changes = {name for name, kind in access.items() if kind is Access.CHANGE}
    assert changes == {o.id for o in contract.operations if o.method != "GET"}


def test_a_capability_holds_for_everything_below_its_resource(contract, found):
    needed = {o.id: found.capability(o) for o in contract.operations}
    assert needed["getExecution"] == needed["deleteExecution"] == A + "userExecutions"
    assert needed["getExecutionLogs"] == A + "logs.executions"
    assert needed["modifyDeployments"] == A + "bulkUpdates.deployments"
    assert needed["uploadFile"] == "extensions.dataset.capabilities.upload"
    assert needed["findMetrics"] == "extensions.metrics"
    assert needed["listArtifacts"] == needed["getMeta"] == ""


def test_a_capability_implies_the_one_that_it_builds_on(found):
    implied = found.implied()
    assert implied[A + "executionSchedules"] == A + "userExecutions"
    assert implied[A + "timeToLiveDeployments"] == implied[A + "logs.deployments"] == A + "userDeployments"
    assert "extensions.metrics" not in implied


def test_every_capability_of_the_register_and_of_an_operation_stands_in_the_schema_of_meta(contract, found):
    from lmconform.contract.requirements import Register

    silent = Capabilities({}, contract)
    known = silent._model._members
    used = {r.capability for r in Register.load().values()} | {found.capability(o) for o in contract.operations}
    assert {path for path in used | set(found.implied()) if path and path not in known} == set()


@pytest.mark.parametrize(
    ("operation", "path", "query", "body", "named"),
    [
        ("getArtifact", {"artifactId": "a1"}, {}, None, [("artifact", "a1")]),
        (
            "getExecutable",
            {"scenarioId": "s1", "executableId": "x1"},
            {},
            None,
            [("scenario", "s1"), ("executable", "x1")],
        ),
        ("modifyDeployment", {"deploymentId": "d1"}, {}, {"configurationId": "c1"}, [("deployment", "d1")]),
        ("getExecutionLogs", {"executionId": "e1"}, {}, None, [("execution", "e1")]),
        ("deleteFile", {"path": "a/b.csv"}, {}, None, [("file", "a/b.csv")]),
        ("deleteMetrics", {}, {"executionId": "e1"}, None, [("metrics", "e1")]),
        ("patchMetrics", {}, {}, {"executionId": "e1", "tags": []}, [("metrics", "e1")]),
        ("patchMetrics", {}, {}, {"executionId": None}, []),
        ("patchMetrics", {}, {}, ["executionId"], []),
        ("findMetrics", {}, {"executionIds": ["e1", "e2"]}, None, [("metrics", "e1"), ("metrics", "e2")]),
        ("findMetrics", {}, {"executionIds": "e1,e2"}, None, [("metrics", "e1"), ("metrics", "e2")]),
        (
            "modifyExecutions",
            {},
            {},
            {"executions": [{"id": "e1"}, {"id": 7}, "e2", {"id": "e3"}]},
            [("execution", "e1"), ("execution", "e3")],
        ),
        ("modifyExecutions", {}, {}, {"executions": None}, []),
        ("createExecution", {}, {}, {"configurationId": "c1"}, []),
        ("listArtifacts", {}, {"executionId": "e1"}, None, []),
    ],
)
def test_the_ids_of_a_request_are_those_of_what_it_reads_or_changes(
    contract, found, operation, path, query, body, named
):
    got = found.ids_named(contract.operation(operation), path, query, body)
    assert [(one.resource.noun, one.id) for one in got] == named


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("operation", "status", "answer", "noun"),
    [
        ("createConfiguration", 201, {"id": "1"}, "configuration"),
        ("createConfiguration", 200, {"id": "1"}, "configuration"),
        ("createConfiguration", 202, {"id": "1"}, "execution"),
        ("createConfiguration", 201, {"id": "1", "status": "UNKNOWN"}, "execution"),
        ("createExecution", 202, {"id": "1"}, "execution"),
        ("createExecution", 200, {"id": "1"}, "execution"),
        ("createExecution", 201, {"id": "1"}, "configuration"),
        ("createExecution", 201, {"id": "1", "targetStatus": "COMPLETED"}, "execution"),
        ("createDeployment", 201, {"id": "1"}, "deployment"),
        ("createArtifact", 202, {"id": "1", "status": "?"}, "artifact"),
    ],
)
def test_the_answer_says_what_was_made_where_the_tutorial_has_two_endpoints_transposed(
    dialect, operation, status, answer, noun
):
    contract = CONTRACTS[dialect]
    assert resources(contract).created(contract.operation(operation), status, answer).noun == noun


def test_what_changes_or_reads_creates_nothing(contract, found):
    makes = {o.id for o in contract.operations if found.creates(o)}
    assert makes == {o.id for o in contract.operations if o.method in ("POST", "PUT")} | {"patchMetrics"}
    assert found.created(contract.operation("getArtifact"), 200, {"id": "1"}) is None


def test_an_operation_of_another_document_is_placed_by_its_path(found):
    document = bundle.read_yaml(bundle.root() / "specs" / "tutorial" / "deprecated.openapi.yaml")
    (deprecated,) = Contract(document).operations
    assert found.resource_of(deprecated) is found["execution"]
    assert found.role_of(deprecated) == Role.CREATE
    assert [r.noun for r in found.creates(deprecated)] == ["execution"]
    assert found.capability(deprecated) == A + "userExecutions"
    assert not found.is_promised(deprecated)
    named = found.ids_named(deprecated, {"configurationId": "c1"}, {}, None)
    assert [(one.resource.noun, one.id) for one in named] == [("configuration", "c1")]


def test_the_deprecated_way_to_start_an_execution_is_one_more_of_its_operations():
    execution = resources(CONTRACTS["deprecated"])["execution"]
    assert execution.operations[Role.CREATE].id == "createExecution"
    assert [o.id for o in execution.every][-1] == "createExecutionForConfiguration"


# --- lives -----------------------------------------------------------------------------------


def test_a_life_names_statuses_that_the_schema_has(contract, found):
    for resource in (r for r in found if r.life is not None):
        schema = resource.operations[Role.GET].response(200).content["application/json"]
        (enum,) = _statuses(contract, schema)
        assert set(resource.life.statuses) <= enum


def _statuses(contract, schema):
    """The words that an enum of the member ``status`` allows."""
    node = contract.resolve(schema)
    if "status" in node.get("properties", {}):
        status = node["properties"]["status"]
        options = [contract.resolve(part) for part in (status, *status.get("anyOf", ()))]
        yield {word for option in options for word in option.get("enum", ())}
    for part in node.get("allOf", ()):
        yield from _statuses(contract, part)


def test_an_execution_ends_and_a_deployment_stays(found):
    execution, deployment = found["execution"].life, found["deployment"].life
    assert execution.terminal == {"COMPLETED", "DEAD", "STOPPED"} == execution.settled
    assert deployment.settled == {"RUNNING", "DEAD", "STOPPED"}
    assert execution.stop == deployment.stop == {"targetStatus": "STOPPED"}
    assert found["schedule"].life.stop == {}


def test_the_graph_of_statuses_stands_in_the_description_only(found):
    for file in sorted((bundle.root() / "scenarios").glob("*.yaml")):
        assert "transitions" not in file.read_text(), file.name
    assert [r.noun for r in found if r.life is not None] == ["execution", "schedule", "deployment"]


def test_what_no_request_changes_goes_one_way(found):
    deployment = found["deployment"].life
    assert "PENDING" in deployment.reachable["RUNNING"]
    assert deployment.onward["RUNNING"] == {"RUNNING", "DEAD", "STOPPING", "STOPPED"}
    assert found["execution"].life.onward == found["execution"].life.reachable
    assert found["execution"].life.queued == deployment.queued == {"UNKNOWN", "PENDING"}


def test_what_may_be_seen_later_includes_what_was_passed_between_two_looks(found):
    reachable = found["execution"].life.reachable
    assert reachable["UNKNOWN"] == set(found["execution"].life.statuses)
    assert reachable["STOPPING"] == {"STOPPING", "STOPPED"}
    assert reachable["DEAD"] == {"DEAD"}


# --- a resource that SAP adds ----------------------------------------------------------------


def test_a_resource_that_an_overlay_adds_is_whole_by_the_shape_of_its_paths(tmp_path):
    contract = with_widgets(tmp_path)
    found = resources(contract)
    widget = found["widget"]
    assert roles(widget) == {
        "list": "listWidgets",
        "create": "createWidget",
        "get": "getWidget",
        "modify": "modifyWidget",
        "delete": "deleteWidget",
    }
    assert (widget.id_parameter, widget.in_group, widget.is_permanent) == ("widgetId", True, False)
    assert found.created(contract.operation("createWidget"), 201, {"id": "w1"}) is widget
    delete = contract.operation("deleteWidget")
    assert widget.address(delete, "w1") == {"path": {"widgetId": "w1"}}
    assert [n.id for n in found.ids_named(delete, {"widgetId": "w1"}, {}, None)] == ["w1"]
    access = {o.id: found.access(o) for o in widget.every}
    assert access["listWidgets"] is Access.LIST
    assert access["getWidget"] is Access.READ
    assert access["createWidget"] is access["modifyWidget"] is access["deleteWidget"] is Access.CHANGE


def test_what_the_overlay_says_of_life_cost_and_capability_holds_at_once(tmp_path):
    contract = with_widgets(tmp_path, ALIVE)
    widget = resources(contract)["widget"]
    assert widget.cost == Cost(runs=Runs.UNTIL_STOPPED)
    assert widget.life.terminal == {"STOPPED"}
    assert widget.life.stop == {"halt": "STOPPED"}
    assert resources(contract).capability(contract.operation("deleteWidget")) == A + "widgets"
    assert not Capabilities({}, contract).has(A + "widgets")
    assert Capabilities(None, contract).opt_in_unadvertised(A + "widgets")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("{x-lm-life: {initial: NEW, goal: NWE, transitions: {NEW: []}}}", "'NWE', .*did you mean 'NEW'"),
        ("{x-lm-life: {goal: NEW, transitions: {NEW: []}}}", "has no 'initial'"),
        ("{x-lm-noun: artifact}", "are both called 'artifact'"),
    ],
)
def test_a_member_that_cannot_be_used_is_named(tmp_path, action, message):
    contract = with_widgets(tmp_path, f"  - {{target: \"$.paths['/lm/widgets']\", update: {action}}}\n")
    with pytest.raises(ContractError, match=message):
        resources(contract)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("{x-lm-cost: {runs: for ever}}", "POST /v2/lm/widgets: x-lm-cost .* until-stopped"),
        ("{x-lm-cost: {starts: execution}}", "starts with at"),
        ("{x-lm-cost: {starts: exekution, at: cron}}", "did you mean 'execution'"),
        ("{x-lm-creates: [wigdet]}", "did you mean 'widget'"),
    ],
)
def test_a_member_of_an_operation_that_cannot_be_used_is_named(tmp_path, action, message):
    contract = with_widgets(tmp_path, f"  - {{target: \"$.paths['/lm/widgets'].post\", update: {action}}}\n")
    with pytest.raises(ContractError, match=message):
        resources(contract)
