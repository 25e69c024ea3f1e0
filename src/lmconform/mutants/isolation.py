"""Resource groups and tokens that keep too little apart: what is counted, used, changed and deleted from outside."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import lists_everything, needs_no_token, reads_everywhere
from lmconform.mutants.registry import mutant


@mutant("isolation-execution-count", "LM-ISOLATION-EXECUTION-COUNT")
def execution_count(bench: Bench) -> None:
    """BUG: "Executions are not counted in another resource group." They are."""
    lists_everything(bench, "executions", "countExecutions")


@mutant("isolation-configuration-use", "LM-ISOLATION-CONFIGURATION-USE")
def configuration_use(bench: Bench) -> None:
    """BUG: "No execution is started from a configuration of another resource group." It is."""

    @bench.before("createExecution")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            found = group.configurations.get(call.body.get("configurationId"))
            if found is not None:
                call.group.configurations.setdefault(found["id"], found)


@mutant("isolation-execution-bulk", "LM-ISOLATION-EXECUTION-BULK")
def execution_bulk(bench: Bench) -> None:
    """BUG: "In a bulk update an execution of another resource group is an error of its entry." It is changed."""

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
def metrics_change(bench: Bench) -> None:
    """BUG: "What is sent from another resource group adds nothing to the metrics of an execution." It does."""

    @bench.before("patchMetrics")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            if call.body["executionId"] in group.executions:
                call.group = group


@mutant("isolation-metrics-delete", "LM-ISOLATION-METRICS-DELETE")
def metrics_delete(bench: Bench) -> None:
    """BUG: "Metrics of an execution cannot be deleted from another resource group." They can."""

    @bench.before("deleteMetrics")
    def anywhere(call: Call) -> None:
        for group in bench.groups.values():
            if call.query["executionId"] in group.tracking:
                call.group = group


@mutant("isolation-deployment-get", "LM-ISOLATION-DEPLOYMENT-GET")
def deployment_get(bench: Bench) -> None:
    """BUG: "A deployment cannot be read from another resource group." It can."""
    reads_everywhere(bench, "deployments", "deploymentId", "getDeployment")


@mutant("isolation-deployment-list", "LM-ISOLATION-DEPLOYMENT-LIST")
def deployment_list(bench: Bench) -> None:
    """BUG: "Deployments are not listed in another resource group." They are."""
    lists_everything(bench, "deployments", "listDeployments")


@mutant("isolation-deployment-change", "LM-ISOLATION-DEPLOYMENT-CHANGE")
def deployment_change(bench: Bench) -> None:
    """BUG: "A deployment can be neither stopped nor deleted from another resource group."

    It is not found, and its target is DELETED all the same.
    """

    @bench.before("modifyDeployment", "deleteDeployment")
    def marked(call: Call) -> None:
        if call.group.name == "other":
            found = bench.groups["tutorial"].deployments.get(call.path["deploymentId"])
            if found is not None:
                found.deleted = call.group.now()


@mutant("isolation-schedule-get", "LM-ISOLATION-SCHEDULE-GET")
def schedule_get(bench: Bench) -> None:
    """BUG: "A schedule cannot be read from another resource group." It can."""
    reads_everywhere(bench, "schedules", "executionScheduleId", "getExecutionSchedule")


@mutant("isolation-schedule-list", "LM-ISOLATION-SCHEDULE-LIST")
def schedule_list(bench: Bench) -> None:
    """BUG: "Schedules are not listed in another resource group." They are."""
    lists_everything(bench, "schedules", "listExecutionSchedules")


@mutant("isolation-schedule-change", "LM-ISOLATION-SCHEDULE-CHANGE")
def schedule_change(bench: Bench) -> None:
    """BUG: "A schedule can be neither paused nor deleted from another resource group." It can be paused."""
    reads_everywhere(bench, "schedules", "executionScheduleId", "modifyExecutionSchedule")


@mutant("auth-counts-open", "LM-AUTH-EVERY-LIST")
def countsneeds_no_token(bench: Bench) -> None:
    """BUG: "No list and no count is given away without a token." Counts are."""
    needs_no_token(bench, lambda method, path: path.endswith("$count"))


@mutant("auth-deployments-open", "LM-AUTH-EVERY-LIST")
def deploymentsneeds_no_token(bench: Bench) -> None:
    """BUG: "No list and no count is given away without a token." Deployments are."""
    needs_no_token(bench, lambda method, path: path.endswith("/deployments") and method == "GET")


@mutant("auth-delete-open", "LM-AUTH-CHANGE", "LM-AUTH-FILE")
def deleteneeds_no_token(bench: Bench) -> None:
    """BUG: "Without a token an execution is neither stopped nor deleted." It can be deleted."""
    needs_no_token(bench, lambda method, path: method == "DELETE")


@mutant("auth-change-open", "LM-AUTH-CHANGE")
def changeneeds_no_token(bench: Bench) -> None:
    """BUG: "Without a token an execution is neither stopped nor deleted." It can be stopped."""
    needs_no_token(bench, lambda method, path: method == "PATCH")


@mutant("auth-files-open", "LM-AUTH-FILE")
def filesneeds_no_token(bench: Bench) -> None:
    """BUG: "Without a token a file is neither read, written nor deleted." It can be read."""
    needs_no_token(bench, lambda method, path: method == "GET" and "/dataset/files/" in path)


@mutant("auth-files-written", "LM-AUTH-FILE")
def files_written(bench: Bench) -> None:
    """BUG: "Without a token a file is neither read, written nor deleted." It can be written."""
    needs_no_token(bench, lambda method, path: method == "PUT")
