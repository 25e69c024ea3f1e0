"""Resource groups that see, use or change what belongs to another resource group."""

from __future__ import annotations

from collections.abc import Iterator

from lmconform.contract.openapi import Operation
from lmconform.contract.published import published
from lmconform.contract.resources import Role, resources
from lmconform.mock.app import App
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.records import Tracking
from lmconform.mock.store import Group
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.groups import lists_everything, reads_everywhere
from lmconform.mutants.defects.times import stays_unknown
from lmconform.mutants.registry import Apply, mutant


@mutant("isolation-none", "LM-ISOLATION-ARTIFACT-LIST", "LM-ISOLATION-CONFIGURATION-LIST", "LM-ISOLATION-ARTIFACT-GET")
def isolation_none(bench: Bench) -> None:
    """BUG: every request is served from one resource group, whatever its header names."""

    @bench.patch(App, "_group")
    def one(original, self, operation, headers, values):  # type: ignore[no-untyped-def]
        original(self, operation, headers, values)
        return self._store.groups["tutorial"]


@mutant("isolation-artifact-get", "LM-ISOLATION-ARTIFACT-GET")
def isolation_artifact_get(bench: Bench) -> None:
    """BUG: an artifact of any resource group is read by its id."""
    reads_everywhere(bench, "artifacts", "artifactId", "getArtifact")


@mutant("isolation-artifact-get-expanded", "LM-ISOLATION-ARTIFACT-GET")
def isolation_artifact_get_expanded(bench: Bench) -> None:
    """BUG: with $expand an artifact of any resource group is read by its id."""
    reads_everywhere(bench, "artifacts", "artifactId", "getArtifact", beside="$expand")


@mutant("isolation-artifact-list-expanded", "LM-ISOLATION-ARTIFACT-LIST")
def isolation_artifact_list_expanded(bench: Bench) -> None:
    """BUG: with $expand the artifacts of the first resource group are listed in the others."""
    lists_everything(bench, "artifacts", "listArtifacts", beside="$expand")


@mutant("isolation-artifact-list", "LM-ISOLATION-ARTIFACT-LIST")
def isolation_artifact_list(bench: Bench) -> None:
    """BUG: the artifacts of the first resource group are listed and counted in the others."""
    lists_everything(bench, "artifacts", "listArtifacts", "countArtifacts")


@mutant("isolation-artifact-count", "LM-ISOLATION-ARTIFACT-LIST")
def isolation_artifact_count(bench: Bench) -> None:
    """BUG: the artifacts of the first resource group are counted in the others."""
    lists_everything(bench, "artifacts", "countArtifacts")


@mutant("isolation-configuration-get", "LM-ISOLATION-CONFIGURATION-GET")
def isolation_configuration_get(bench: Bench) -> None:
    """BUG: a configuration of any resource group is read by its id."""
    reads_everywhere(bench, "configurations", "configurationId", "getConfiguration")


@mutant("isolation-configuration-list", "LM-ISOLATION-CONFIGURATION-LIST")
def isolation_configuration_list(bench: Bench) -> None:
    """BUG: the configurations of the first resource group are listed and counted in the others."""
    lists_everything(bench, "configurations", "listConfigurations", "countConfigurations")


@mutant("isolation-configuration-list-of-executable", "LM-ISOLATION-CONFIGURATION-LIST")
def isolation_configuration_list_of_executable(bench: Bench) -> None:
    """BUG: with executableIds the configurations of the first resource group are listed in the others."""
    lists_everything(bench, "configurations", "listConfigurations", beside="executableIds")


@mutant("isolation-configuration-use", "LM-ISOLATION-CONFIGURATION-USE")
def isolation_configuration_use(bench: Bench) -> None:
    """BUG: an execution is started from a configuration of another resource group."""

    @bench.before("createExecution")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            found = group.configurations.get(call.body.get("configurationId"))
            if found is not None:
                call.group.configurations.setdefault(found["id"], found)


@mutant("isolation-execution-get", "LM-ISOLATION-EXECUTION-GET")
def isolation_execution_get(bench: Bench) -> None:
    """BUG: an execution of any resource group is read by its id."""
    reads_everywhere(bench, "executions", "executionId", "getExecution")


@mutant("isolation-execution-get-selected", "LM-ISOLATION-EXECUTION-GET")
def isolation_execution_get_selected(bench: Bench) -> None:
    """BUG: with $select an execution of any resource group is read by its id."""
    reads_everywhere(bench, "executions", "executionId", "getExecution", beside="$select")


@mutant("isolation-deployment-list-of-status", "LM-ISOLATION-DEPLOYMENT-LIST")
def isolation_deployment_list_of_status(bench: Bench) -> None:
    """BUG: with a status the deployments of the first resource group are listed in the others."""
    stays_unknown(bench)
    lists_everything(bench, "deployments", "listDeployments", beside="status")


@mutant("isolation-execution-list", "LM-ISOLATION-EXECUTION-LIST")
def isolation_execution_list(bench: Bench) -> None:
    """BUG: the executions of the first resource group are listed in the others."""
    lists_everything(bench, "executions", "listExecutions")


@mutant("isolation-execution-count", "LM-ISOLATION-EXECUTION-COUNT")
def isolation_execution_count(bench: Bench) -> None:
    """BUG: the executions of the first resource group are counted in the others."""
    lists_everything(bench, "executions", "countExecutions")


@mutant("isolation-execution-change", "LM-ISOLATION-EXECUTION-CHANGE")
def isolation_execution_change(bench: Bench) -> None:
    """BUG: an execution of any resource group is stopped and deleted by its id."""
    reads_everywhere(bench, "executions", "executionId", "modifyExecution", "deleteExecution")


@mutant("isolation-execution-bulk", "LM-ISOLATION-EXECUTION-BULK")
def isolation_execution_bulk(bench: Bench) -> None:
    """BUG: a bulk update changes executions of another resource group."""

    @bench.instead("modifyExecutions")
    def anywhere(call: Call, handler: Handler) -> Reply:
        for group in bench.groups.values():
            if any(entry["id"] in group.executions for entry in call.body["executions"]):
                call.group = group
        reply = handler(call)
        for entry in reply.json["executions"]:
            if entry["id"] in call.group.executions and entry.pop("error", None):
                entry["message"] = "Execution modification scheduled"
        return reply


@mutant("isolation-metrics-change", "LM-ISOLATION-METRICS-CHANGE")
def isolation_metrics_change(bench: Bench) -> None:
    """BUG: metrics are stored for an execution of another resource group."""

    @bench.before("patchMetrics")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            if call.body["executionId"] in group.executions:
                call.group = group


@mutant("isolation-metrics-delete", "LM-ISOLATION-METRICS-DELETE")
def isolation_metrics_delete(bench: Bench) -> None:
    """BUG: metrics of an execution in another resource group are deleted."""

    @bench.before("deleteMetrics")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            if call.query["executionId"] in group.tracking:
                call.group = group


@mutant("metrics-outside-group", "LM-ISOLATION-METRICS")
def metrics_outside_group(bench: Bench) -> None:
    """BUG: the metrics of all resource groups are kept in one place."""
    shared: dict[str, Tracking] = {}

    @bench.before("patchMetrics", "findMetrics", "deleteMetrics")
    def one_shelf(call: Call) -> None:
        call.group.tracking = shared


@mutant("isolation-metrics-filter", "LM-ISOLATION-METRICS", "LM-ISOLATION-EVERY-OPERATION")
def isolation_metrics_filter(bench: Bench) -> None:
    """BUG: with $filter the metrics of an execution in another resource group are shown."""

    @bench.before("findMetrics")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            if any(f"'{execution}'" in call.query.get("$filter", "") for execution in group.tracking):
                call.group = group


@mutant("isolation-deployment-get", "LM-ISOLATION-DEPLOYMENT-GET")
def isolation_deployment_get(bench: Bench) -> None:
    """BUG: a deployment of any resource group is read by its id."""
    reads_everywhere(bench, "deployments", "deploymentId", "getDeployment")


@mutant("isolation-deployment-list", "LM-ISOLATION-DEPLOYMENT-LIST")
def isolation_deployment_list(bench: Bench) -> None:
    """BUG: the deployments of the first resource group are listed in the others."""
    lists_everything(bench, "deployments", "listDeployments")


@mutant("isolation-deployment-count", "LM-ISOLATION-DEPLOYMENT-COUNT")
def isolation_deployment_count(bench: Bench) -> None:
    """BUG: the deployments of the first resource group are counted in the others."""
    lists_everything(bench, "deployments", "countDeployments")


@mutant("isolation-deployment-change", "LM-ISOLATION-DEPLOYMENT-CHANGE")
def isolation_deployment_change(bench: Bench) -> None:
    """BUG: a deployment of another resource group answers 404, and is deleted all the same."""

    @bench.before("modifyDeployment", "deleteDeployment")
    def marked(call: Call) -> None:
        if call.group.name == "other":
            found = bench.groups["tutorial"].deployments.get(call.path["deploymentId"])
            if found is not None:
                found.deleted = call.group.now()


@mutant("isolation-deployment-configuration", "LM-ISOLATION-DEPLOYMENT-CONFIGURATION")
def isolation_deployment_configuration(bench: Bench) -> None:
    """BUG: a deployment is created from a configuration of another resource group."""
    _configurations_of_all(bench, "createDeployment")


@mutant("isolation-deployment-bulk", "LM-ISOLATION-DEPLOYMENT-BULK")
def isolation_deployment_bulk(bench: Bench) -> None:
    """BUG: a deployment of another resource group is an error of its entry, and is deleted all the same."""

    @bench.before("modifyDeployments")
    def marked(call: Call) -> None:
        for entry in call.body["deployments"]:
            found = bench.groups["tutorial"].deployments.get(entry["id"])
            if found is not None and call.group.name == "other" and entry["targetStatus"] == "DELETED":
                found.deleted = call.group.now()


@mutant("isolation-schedule-get", "LM-ISOLATION-SCHEDULE-GET")
def isolation_schedule_get(bench: Bench) -> None:
    """BUG: a schedule of any resource group is read by its id."""
    reads_everywhere(bench, "schedules", "executionScheduleId", "getExecutionSchedule")


@mutant("isolation-schedule-list", "LM-ISOLATION-SCHEDULE-LIST")
def isolation_schedule_list(bench: Bench) -> None:
    """BUG: the schedules of the first resource group are listed in the others."""
    lists_everything(bench, "schedules", "listExecutionSchedules")


@mutant("isolation-schedule-count", "LM-ISOLATION-SCHEDULE-COUNT")
def isolation_schedule_count(bench: Bench) -> None:
    """BUG: the schedules of the first resource group are counted in the others."""
    lists_everything(bench, "schedules", "countExecutionSchedules")


@mutant("isolation-schedule-change", "LM-ISOLATION-SCHEDULE-CHANGE")
def isolation_schedule_change(bench: Bench) -> None:
    """BUG: a schedule of any resource group is changed by its id."""
    reads_everywhere(bench, "schedules", "executionScheduleId", "modifyExecutionSchedule")


@mutant("isolation-schedule-configuration", "LM-ISOLATION-SCHEDULE-CONFIGURATION")
def isolation_schedule_configuration(bench: Bench) -> None:
    """BUG: a schedule is created for a configuration of another resource group."""
    _configurations_of_all(bench, "createExecutionSchedule")


@mutant("isolation-deployment-update", "LM-ISOLATION-EVERY-OPERATION")
def isolation_deployment_update(bench: Bench) -> None:
    """BUG: a deployment gets a configuration of another resource group."""
    _configurations_of_all(bench, "modifyDeployment")


@mutant("isolation-artifact-stored-first", "LM-ISOLATION-CREATE")
def isolation_artifact_stored_first(bench: Bench) -> None:
    """BUG: an artifact that is made in a second resource group is stored in the first one."""
    _stored_first(bench, "createArtifact", "artifacts")


@mutant("isolation-configuration-stored-first", "LM-ISOLATION-CREATE")
def isolation_configuration_stored_first(bench: Bench) -> None:
    """BUG: a configuration that is made in a second resource group is stored in the first one."""
    _stored_first(bench, "createConfiguration", "configurations")


@mutant("isolation-schedule-stored-first", "LM-ISOLATION-CREATE")
def isolation_schedule_stored_first(bench: Bench) -> None:
    """BUG: a schedule that is made in a second resource group is stored in the first one."""
    _stored_first(bench, "createExecutionSchedule", "schedules")


@mutant("isolation-outputs", "LM-ISOLATION-OUTPUTS")
def isolation_outputs(bench: Bench) -> None:
    """BUG: the outputs of an execution are listed in every resource group."""

    @bench.before("listArtifacts")
    def everywhere(call: Call) -> None:
        wanted = call.query.get("executionId")
        holder = next((group for group in bench.groups.values() if wanted in group.executions), None)
        if holder is not None:
            call.group = holder


def _stored_first(bench: Bench, operation: str, shelf: str) -> None:
    @bench.after(operation)
    def moved(call: Call, reply: Reply) -> None:
        if call.group.name == "other" and reply.status < 300:
            made = getattr(call.group, shelf).pop(reply.json["id"])
            getattr(bench.groups["tutorial"], shelf)[reply.json["id"]] = made


def _configurations_of_all(bench: Bench, operation: str) -> None:
    @bench.before(operation)
    def borrowed(call: Call) -> None:
        wanted = call.body.get("configurationId")
        for group in bench.groups.values():
            if wanted in group.configurations:
                call.group.configurations.setdefault(wanted, group.configurations[wanted])
                call.group.artifacts = {**group.artifacts, **call.group.artifacts}


@mutant("isolation-metrics-by-tag", "LM-ISOLATION-METRICS")
def isolation_metrics_by_tag(bench: Bench) -> None:
    """BUG: with tagFilters metrics of the first resource group are shown in the others."""

    @bench.instead("findMetrics")
    def everything(call: Call, handler: Handler) -> Reply:
        if "tagFilters" in call.query:
            call.group = bench.groups["tutorial"]
        return handler(call)


_HEADER = "AI-Resource-Group"
# The shelf of a resource group that holds a resource, and metrics by the id of their execution.
_SHELVES = {
    "artifact": "artifacts",
    "configuration": "configurations",
    "execution": "executions",
    "deployment": "deployments",
    "schedule": "schedules",
    "metrics": "tracking",
}


def _open(operation: Operation, role: str, shelf: str) -> Apply:
    def reaches_all_groups(bench: Bench) -> None:
        if role in (Role.LIST, Role.COUNT):
            lists_everything(bench, shelf, operation.id)
        elif role == Role.CREATE and shelf != "tracking":
            _configurations_of_all(bench, operation.id)
        else:
            _reaches_everywhere(bench, shelf, operation.id)

    reaches_all_groups.__doc__ = f"BUG: {operation.id} reaches what belongs to other resource groups."
    return reaches_all_groups


def _reaches_everywhere(bench: Bench, shelf: str, operation: str) -> None:
    """What a request names is found in every resource group, and the request is carried out there."""

    @bench.instead(operation)
    def anywhere(call: Call, handler: Handler) -> Reply:
        named = set(_named(call))
        holders = [group for group in bench.groups.values() if named & _ids(group, shelf)]
        call.group = next(iter(holders), call.group)
        return handler(call)


def _named(call: Call) -> Iterator[str]:
    """All ids in a request."""
    yield from call.path.values()
    body = call.body if isinstance(call.body, dict) else {}
    for value in (*call.query.values(), *body.values()):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                yield one["id"]
            elif isinstance(one, str):
                yield one


def _ids(group: Group, shelf: str) -> set[str]:
    # Metrics can be stored for an execution that has none yet.
    return {*getattr(group, shelf), *(group.executions if shelf == "tracking" else ())}


def _generate() -> None:
    found = resources(published())
    for operation in published().operations:
        resource, role, group = found.resource_of(operation), found.role_of(operation), operation.parameter(_HEADER)
        if resource is None or resource.noun not in _SHELVES or group is None or not group.required:
            continue
        # What is made from nothing of a resource group crosses none.
        if role != Role.CREATE or resource.owner or "configurationId" in resource.origins:
            apply = _open(operation, role, _SHELVES[resource.noun])
            mutant(f"isolation-open-{operation.id}", "LM-ISOLATION-EVERY-OPERATION")(apply)


_generate()
