"""Executions from their start to their end: bodies, statuses, names, times, outputs."""

from __future__ import annotations

from lmconform.mock import enactments, lifecycle, validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import (
    bad_id_status,
    elsewhere,
    malformed_422,
    refuses_when,
    unknown_is_200,
    wrong_location,
)
from lmconform.mutants.defects.bodies import loosen, oldest_configuration, optional
from lmconform.mutants.defects.times import runs_longer
from lmconform.mutants.registry import mutant


@mutant("accepts-execution-malformed", "LM-EXECUTION-BODY-MALFORMED")
def accepts_execution_malformed(bench: Bench) -> None:
    """BUG: an execution whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "createExecution")


@mutant("accepts-execution-required", "LM-EXECUTION-BODY-REQUIRED")
def accepts_execution_required(bench: Bench) -> None:
    """BUG: an execution without configurationId is refused with 404 instead of 400."""
    _status_for(bench, "createExecution", b"configurationId", 404)


@mutant("accepts-execution-without-configuration", "LM-EXECUTION-BODY-REQUIRED")
def accepts_execution_without_configuration(bench: Bench) -> None:
    """BUG: an execution without configurationId answers 202, and never starts."""
    optional(bench, "ExecutionCreation", "configurationId")

    @bench.instead("createExecution")
    def promised(call: Call, handler: Handler) -> Reply:
        if "configurationId" in call.body:
            return handler(call)
        return Reply(202, {"id": "e0123456789abcde", "message": "Execution scheduled", "status": "UNKNOWN"})


@mutant("execution-configuration-any", "LM-EXECUTION-BODY-TYPE")
def execution_configuration_any(bench: Bench) -> None:
    """BUG: a configurationId that is no id stands for the oldest configuration."""
    loosen(bench, "ExecutionCreation", "configurationId")
    oldest_configuration(bench, "createExecution")


@mutant("execution-keys-checked", "LM-EXECUTION-WRONG-KEYS")
def execution_keys_checked(bench: Bench) -> None:
    """BUG: an execution is refused when its configuration binds a parameter that the executable lacks."""

    def unknown(call: Call) -> bool:
        found = call.group.configurations.get(call.body.get("configurationId"))
        if found is None:
            return False
        known = {variable.name for variable in call.catalog.of(found).parameters}
        return any(binding["key"] not in known for binding in found["parameterBindings"])

    refuses_when(bench, "a parameter is unknown", unknown, "createExecution")


@mutant("execution-status-missing", "LM-EXECUTION-CREATE-HAS-STATUS", "LM-EXECUTION-CREATE-UNKNOWN")
def execution_status_missing(bench: Bench) -> None:
    """BUG: the answer to the start of an execution has no status."""

    @bench.after("createExecution")
    def without(call: Call, reply: Reply) -> None:
        reply.json.pop("status", None)


@mutant("execution-starts-running", "LM-EXECUTION-CREATE-UNKNOWN")
def execution_starts_running(bench: Bench) -> None:
    """BUG: the answer to the start of an execution has the status PENDING instead of UNKNOWN."""
    elsewhere(bench, "createExecution", "status", "PENDING")


@mutant("execution-one-per-configuration", "LM-EXECUTION-CREATE-TWICE")
def execution_one_per_configuration(bench: Bench) -> None:
    """BUG: starting a configuration again answers with the execution of the first start."""
    started: dict[str, Reply] = {}

    @bench.instead("createExecution")
    def again(call: Call, handler: Handler) -> Reply:
        key = call.body["configurationId"]
        if key not in started:
            started[key] = handler(call)
        return started[key]


@mutant("view-execution-location", "LM-EXECUTION-CREATE-LOCATION")
def view_execution_location(bench: Bench) -> None:
    """BUG: Location on the start of an execution holds another id."""
    wrong_location(bench, "createExecution")


@mutant("execution-fresh-404", "LM-EXECUTION-FRESH-GET")
def execution_fresh_404(bench: Bench) -> None:
    """BUG: an execution is not found while its status is UNKNOWN."""

    @bench.before("getExecution")
    def hidden(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            raise Problem(404, "01010020", "Execution does not exist")


@mutant("execution-fresh-target", "LM-EXECUTION-FRESH-TARGET")
def execution_fresh_target(bench: Bench) -> None:
    """BUG: an execution has the targetStatus RUNNING instead of COMPLETED."""
    elsewhere(bench, "getExecution", "targetStatus", "RUNNING")


@mutant("execution-goes-back", "LM-EXECUTION-TRANSITIONS", "LM-FLOW-EXECUTION-COMPLETES")
def execution_goes_back(bench: Bench) -> None:
    """BUG: a RUNNING execution shows PENDING at every second request."""
    runs_longer(bench)
    seen: dict[str, int] = {}

    @bench.after("getExecution")
    def back(call: Call, reply: Reply) -> None:
        if reply.json.get("status") == "RUNNING":
            key = reply.json["id"]
            seen[key] = seen.get(key, 0) + 1
            if seen[key] % 2 == 0:
                reply.json["status"] = "PENDING"


@mutant("execution-restarts", "LM-EXECUTION-TERMINAL-STAYS")
def execution_restarts(bench: Bench) -> None:
    """BUG: an execution that has ended shows RUNNING from the second request on."""
    seen: set[str] = set()

    @bench.after("getExecution")
    def again(call: Call, reply: Reply) -> None:
        if reply.json.get("status") in lifecycle.TERMINAL:
            if reply.json["id"] in seen:
                reply.json["status"] = "RUNNING"
            seen.add(reply.json["id"])


@mutant("execution-times-mixed", "LM-EXECUTION-TIMES-ORDERED")
def execution_times_mixed(bench: Bench) -> None:
    """BUG: completionTime of an execution is years before its startTime."""

    @bench.after("getExecution")
    def mixed(call: Call, reply: Reply) -> None:
        if reply.json.get("completionTime"):
            reply.json["completionTime"] = "2020-01-01T00:00:00Z"


@mutant("execution-starts-before-submission", "LM-EXECUTION-TIMES-ORDERED")
def execution_starts_before_submission(bench: Bench) -> None:
    """BUG: startTime of an execution is years before its submissionTime."""

    @bench.after("getExecution")
    def too_early(call: Call, reply: Reply) -> None:
        if reply.json.get("startTime"):
            reply.json["startTime"] = "2020-01-01T00:00:00Z"


@mutant("status-unknown-execution-200", "LM-EXECUTION-UNKNOWN-404")
def status_unknown_execution_200(bench: Bench) -> None:
    """BUG: an execution that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getExecution")


@mutant(
    "status-unknown-enactment-400",
    "LM-EXECUTION-UNKNOWN-404",
    "LM-DEPLOYMENT-UNKNOWN-404",
    "LM-SCHEDULE-UNKNOWN-404",
)
def status_unknown_enactment_400(bench: Bench) -> None:
    """BUG: an execution, deployment or schedule that does not exist is answered with 400 instead of 404."""

    @bench.instead("getExecution", "getDeployment", "getExecutionSchedule")
    def invalid(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            raise Problem(400 if problem.status == 404 else problem.status, problem.code, problem.message) from problem


@mutant("bad-id-enactment-405", "LM-EXECUTION-BAD-ID", "LM-DEPLOYMENT-BAD-ID")
def bad_id_enactment_405(bench: Bench) -> None:
    """BUG: ids of executions and deployments that break the pattern answer 405."""
    bad_id_status(bench, 405, "executionId", "deploymentId")


@mutant("bad-id-enactment-200", "LM-EXECUTION-BAD-ID", "LM-DEPLOYMENT-BAD-ID", "LM-SCHEDULE-BAD-ID")
def bad_id_enactment_200(bench: Bench) -> None:
    """BUG: ids of executions, deployments and schedules that break the pattern answer 200 and an empty object."""
    operations = ("getExecution", "getDeployment", "getExecutionSchedule")
    refused: list[str] = []

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem:
            if operation.id not in operations:
                raise
            refused.extend(values.values())

    @bench.instead(*operations)
    def empty(call: Call, handler: Handler) -> Reply:
        return Reply(200, {}) if next(iter(call.path.values())) in refused else handler(call)


@mutant("view-execution-names", "LM-EXECUTION-NAMES")
def view_execution_names(bench: Bench) -> None:
    """BUG: an execution shows the id of its configuration as its name."""

    @bench.after("getExecution")
    def by_id(call: Call, reply: Reply) -> None:
        if "configurationName" in reply.json:
            reply.json["configurationName"] = reply.json["configurationId"]


@mutant("view-executable", "LM-EXECUTION-EXECUTABLE", "LM-DEPLOYMENT-EXECUTABLE")
def view_executable(bench: Bench) -> None:
    """BUG: executions and deployments show their scenario as their executable."""

    @bench.after("getExecution", "listExecutions", "getDeployment", "listDeployments")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "executableId" in resource:
                resource["executableId"] = resource["scenarioId"]


def _status_for(bench: Bench, operation: str, member: bytes, status: int) -> None:
    @bench.patch(validation, "body")
    def other(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id == operation and raw.startswith(b"{") and raw.endswith(b"}") and member not in raw:
            raise Problem(status, "01010006", "Configuration does not exist")
        return original(contract, asked, media_type, raw, switches)
