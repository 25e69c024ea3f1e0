"""Changes that also change others of the same configuration, and ends that do not last."""

from __future__ import annotations

from collections.abc import Iterator

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Reply
from lmconform.mock.records import Enactment
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant


@mutant("execution-stop-of-all", "LM-EXECUTION-OTHERS-STAY")
def execution_stop_of_all(bench: Bench) -> None:
    """BUG: stopping an execution stops all of its configuration."""
    _stops_all(bench, "modifyExecution", "executions")


@mutant("deployment-stop-of-all", "LM-DEPLOYMENT-OTHERS-STAY")
def deployment_stop_of_all(bench: Bench) -> None:
    """BUG: stopping a deployment stops all of its configuration."""
    _stops_all(bench, "modifyDeployment", "deployments")


@mutant("execution-deletion-of-all", "LM-EXECUTION-OTHERS-STAY")
def execution_deletion_of_all(bench: Bench) -> None:
    """BUG: deleting an execution deletes all of its configuration that have ended."""
    _deletes_all(bench, "deleteExecution", "executions")


@mutant("deployment-deletion-of-all", "LM-DEPLOYMENT-OTHERS-STAY")
def deployment_deletion_of_all(bench: Bench) -> None:
    """BUG: deleting a deployment deletes all of its configuration that have ended."""
    _deletes_all(bench, "deleteDeployment", "deployments")


@mutant("deployment-restarts", "LM-DEPLOYMENT-TERMINAL-STAYS")
def deployment_restarts(bench: Bench) -> None:
    """BUG: a deployment that was stopped shows RUNNING again from the second GET on."""
    seen: dict[str, int] = {}

    @bench.after("getDeployment")
    def again(call: Call, reply: Reply) -> None:
        if reply.json.get("status") == "STOPPED":
            seen[reply.json["id"]] = seen.get(reply.json["id"], 0) + 1
            if seen[reply.json["id"]] > 1:
                reply.json["status"] = "RUNNING"


@mutant("schedule-pause-of-all", "LM-SCHEDULE-OTHERS-STAY")
def schedule_pause_of_all(bench: Bench) -> None:
    """BUG: pausing a schedule pauses all of its configuration."""

    @bench.after("modifyExecutionSchedule")
    def others(call: Call, reply: Reply) -> None:
        changed = call.group.schedules[call.path["executionScheduleId"]]
        for schedule in call.group.schedules.values():
            if schedule.configuration["id"] == changed.configuration["id"]:
                schedule.status = changed.status


def _stops_all(bench: Bench, operation: str, shelf: str) -> None:
    @bench.after(operation)
    def others(call: Call, reply: Reply) -> None:
        for other in _siblings(call, shelf):
            if enactments.moment(call, other).status in lifecycle.STOPPABLE and "targetStatus" in call.body:
                other.stopped = call.group.now()


def _deletes_all(bench: Bench, operation: str, shelf: str) -> None:
    @bench.after(operation)
    def others(call: Call, reply: Reply) -> None:
        for other in _siblings(call, shelf):
            if enactments.moment(call, other).status in lifecycle.TERMINAL and other.deleted is None:
                call.group.delete(other)


def _siblings(call: Call, shelf: str) -> Iterator[Enactment]:
    """The others with the configuration of the one that the path names."""
    known: dict[str, Enactment] = getattr(call.group, shelf)
    own = known.get(next(iter(call.path.values())))
    if own is not None:
        ours = own.configuration["id"]
        yield from [other for other in known.values() if other is not own and other.configuration["id"] == ours]
