"""Requests at the same time: ids given twice, updates lost, errors, stops and deletions that undo each other."""

from __future__ import annotations

import copy
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE, Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.races import WINDOW, breaks_down_beside, in_flight, while_under_way
from lmconform.mutants.defects.times import runs_longer
from lmconform.mutants.registry import mutant


def _counted_ids(bench: Bench, operation: str, form: Callable[[int], str]) -> None:
    """Ids are made of a counter that is read when a request comes, and written when it is carried out."""
    counter = [secrets.randbits(40)]
    came, _ = in_flight(bench, operation, begin=lambda: counter[0])

    @bench.instead(operation)
    def counted(call: Call, handler: Handler) -> Reply:
        shelf = _shelf(call, operation)
        before = set(shelf)
        reply = handler(call)
        (made,) = set(shelf) - before
        counter[0] = came() + 1
        _rename(shelf, made, form(came()))
        reply.json["id"] = form(came())
        reply.headers = {}
        return reply


def _shelf(call: Call, operation: str) -> dict[str, Any]:
    shelves: dict[str, dict[str, Any]] = {
        "createArtifact": call.group.artifacts,
        "createConfiguration": call.group.configurations,
        "createExecution": call.group.executions,
        "createExecutionSchedule": call.group.schedules,
    }
    return shelves[operation]


def _rename(shelf: dict[str, Any], old: str, new: str) -> None:
    record = shelf.pop(old)
    if isinstance(record, dict):
        record["id"] = new
    else:
        record.id = new
    shelf[new] = record


def _uuid(number: int) -> str:
    return str(uuid.UUID(int=number, version=4))


@mutant("concurrent-artifact-id", "LM-CONCURRENT-CREATE")
def concurrent_artifact_id(bench: Bench) -> None:
    """BUG: artifacts that are registered at the same time get the same id, from a counter without a lock."""
    _counted_ids(bench, "createArtifact", _uuid)


@mutant("concurrent-schedule-id", "LM-CONCURRENT-CREATE")
def concurrent_schedule_id(bench: Bench) -> None:
    """BUG: schedules that are created at the same time get the same id, from a counter without a lock."""
    _counted_ids(bench, "createExecutionSchedule", _uuid)


@mutant("concurrent-execution-id", "LM-CONCURRENT-CREATE")
def concurrent_execution_id(bench: Bench) -> None:
    """BUG: executions that are started at the same time get the same id, from a counter without a lock."""
    _counted_ids(bench, "createExecution", lambda number: f"e{number:015x}"[:16])


@mutant("concurrent-answers-mixed", "LM-CONCURRENT-CREATE")
def concurrent_answers_mixed(bench: Bench) -> None:
    """BUG: while artifacts are registered at the same time, each answer has the id of the one before."""
    _, there = in_flight(bench, "createArtifact")
    latest: list[str] = []

    @bench.after("createArtifact")
    def mixed(call: Call, reply: Reply) -> None:
        own = reply.json["id"]
        if there() > 1 and latest:
            reply.json["id"], reply.headers = latest[-1], {}
        latest.append(own)


@mutant("concurrent-configuration-lost", "LM-CONCURRENT-CREATE")
def concurrent_configuration_lost(bench: Bench) -> None:
    """BUG: of two configurations that are created at the same time the last one overwrites the other."""
    groups = bench.groups
    came, _ = in_flight(
        bench, "createConfiguration", begin=lambda: {name: set(g.configurations) for name, g in groups.items()}
    )

    @bench.instead("createConfiguration")
    def overwrite(call: Call, handler: Handler) -> Reply:
        for newer in set(call.group.configurations) - came()[call.group.name]:
            del call.group.configurations[newer]
        return handler(call)


def _loses_updates(bench: Bench, section: str) -> None:
    """A PATCH of metrics writes back a section as it was when the request came, with what it adds."""
    groups = bench.groups

    def read() -> dict[str, dict[str, Any]]:
        return {
            name: {i: copy.copy(getattr(t, section)) for i, t in group.tracking.items()}
            for name, group in groups.items()
        }

    came, _ = in_flight(bench, "patchMetrics", begin=read)

    @bench.before("patchMetrics")
    def as_it_came(call: Call) -> None:
        execution = call.body["executionId"]
        before = came()[call.group.name].get(execution)
        if before is not None and execution in call.group.tracking:
            setattr(call.group.tracking[execution], section, before)


@mutant("concurrent-metrics-lost", "LM-CONCURRENT-METRICS")
def concurrent_metrics_lost(bench: Bench) -> None:
    """BUG: of several PATCHes at the same time only the metrics of the last are stored."""
    _loses_updates(bench, "metrics")


@mutant("concurrent-tags-lost", "LM-CONCURRENT-METRICS")
def concurrent_tags_lost(bench: Bench) -> None:
    """BUG: of several PATCHes at the same time only the tags of the last are stored."""
    _loses_updates(bench, "tags")


@mutant("concurrent-custom-info-lost", "LM-CONCURRENT-METRICS")
def concurrent_custom_info_lost(bench: Bench) -> None:
    """BUG: of several PATCHes at the same time only the custom information of the last is stored."""
    _loses_updates(bench, "custom_info")


@mutant("concurrent-metrics-locked", "LM-CONCURRENT-METRICS")
def concurrent_metrics_locked(bench: Bench) -> None:
    """BUG: a PATCH of metrics that finds another one under way is acknowledged and dropped."""
    _, there = in_flight(bench, "patchMetrics")

    @bench.instead("patchMetrics")
    def dropped(call: Call, handler: Handler) -> Reply:
        return handler(call) if there() == 1 else Reply(204)


@mutant("concurrent-schedule-change-lost", "LM-CONCURRENT-SCHEDULE-CHANGE")
def concurrent_schedule_change_lost(bench: Bench) -> None:
    """BUG: of two changes of a schedule at the same time only the last is made."""
    groups = bench.groups

    def read() -> dict[str, tuple[dict[str, str], float | None]]:
        return {own: (one.data, one.end) for group in groups.values() for own, one in group.schedules.items()}

    came, _ = in_flight(bench, "modifyExecutionSchedule", begin=read)

    @bench.before("modifyExecutionSchedule")
    def as_it_came(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.id in came():
            found.data, found.end = came()[found.id]


@mutant("concurrent-patch-500", "LM-CONCURRENT-NO-SERVER-ERROR")
def concurrent_patch_500(bench: Bench) -> None:
    """BUG: a PATCH of metrics is answered with 500 while another one is under way."""
    breaks_down_beside(bench, "patchMetrics", "patchMetrics")


@mutant("concurrent-find-500", "LM-CONCURRENT-NO-SERVER-ERROR")
def concurrent_find_500(bench: Bench) -> None:
    """BUG: reading metrics is answered with 500 while some are stored: the dictionary changed its size."""
    breaks_down_beside(bench, "patchMetrics", "findMetrics")


@mutant("concurrent-list-500", "LM-CONCURRENT-NO-SERVER-ERROR")
def concurrent_list_500(bench: Bench) -> None:
    """BUG: the list of artifacts is answered with 500 while one is registered: the dictionary changed its size."""
    breaks_down_beside(bench, "createArtifact", "listArtifacts")


@mutant("concurrent-count-500", "LM-CONCURRENT-NO-SERVER-ERROR")
def concurrent_count_500(bench: Bench) -> None:
    """BUG: counting schedules is answered with 500 while one is created."""
    breaks_down_beside(bench, "createExecutionSchedule", "countExecutionSchedules")


@mutant("concurrent-create-500", "LM-CONCURRENT-NO-SERVER-ERROR")
def concurrent_create_500(bench: Bench) -> None:
    """BUG: starting an execution is answered with 500 while another one is started."""
    breaks_down_beside(bench, "createExecution", "createExecution")


def _crowded(bench: Bench, operation: str, parameter: str, seconds: float = WINDOW) -> Callable[[Call], bool]:
    """Whether a request is one of several for one id that were there at the same time, or comes later than these."""
    _, there = in_flight(bench, operation, seconds=seconds)
    ids: set[str] = set()

    def crowded(call: Call) -> bool:
        ids.update([call.path[parameter]] if there() > 1 else ())
        return call.path[parameter] in ids

    return crowded


def _second_of_two(bench: Bench, operation: str, parameter: str, seconds: float = WINDOW) -> Callable[[Call], bool]:
    """Whether a request for one id was there when another one for it was carried out."""
    carried_out: list[str] = []
    came, _ = in_flight(bench, operation, begin=lambda: len(carried_out), seconds=seconds)

    def second(call: Call) -> bool:
        own = call.path[parameter]
        meanwhile = own in carried_out[came() :]
        carried_out.append(own)
        return meanwhile

    return second


@mutant("concurrent-delete-500", "LM-CONCURRENT-DELETE")
def concurrent_delete_500(bench: Bench) -> None:
    """BUG: deleting a schedule is answered with 500 while another deletion is under way."""
    breaks_down_beside(bench, "deleteExecutionSchedule", "deleteExecutionSchedule")


@mutant("concurrent-execution-delete-500", "LM-CONCURRENT-DELETE")
def concurrent_execution_delete_500(bench: Bench) -> None:
    """BUG: the second of two deletions of an execution at the same time is answered with 500."""
    second = _second_of_two(bench, "deleteExecution", "executionId")

    @bench.before("deleteExecution")
    def break_down(call: Call) -> None:
        if second(call):
            raise Problem(500, "01010500", "Internal Server Error")


@mutant("concurrent-delete-idle", "LM-CONCURRENT-DELETE")
def concurrent_delete_idle(bench: Bench) -> None:
    """BUG: two deletions of a schedule at the same time are both acknowledged, and neither is carried out."""
    crowded = _crowded(bench, "deleteExecutionSchedule", "executionScheduleId")

    @bench.instead("deleteExecutionSchedule")
    def idle(call: Call, handler: Handler) -> Reply:
        if not crowded(call):
            return handler(call)
        return Reply(202, {"id": call.path["executionScheduleId"], "message": "Execution Schedule deleted"})


@mutant("concurrent-delete-none", "LM-CONCURRENT-DELETE")
def concurrent_delete_none(bench: Bench) -> None:
    """BUG: of two deletions of a schedule at the same time both are refused: each waits for the other's lock."""
    crowded = _crowded(bench, "deleteExecutionSchedule", "executionScheduleId")

    @bench.before("deleteExecutionSchedule")
    def deadlock(call: Call) -> None:
        if crowded(call):
            raise Problem(400, WRONG_STATE, "Invalid Request, the schedule is locked")


@mutant("concurrent-list-empty", "LM-CONCURRENT-DELETE-LISTED")
def concurrent_list_empty(bench: Bench) -> None:
    """BUG: the list of schedules is empty while one is deleted."""
    deleting = while_under_way(bench, "deleteExecutionSchedule", "listExecutionSchedules")

    @bench.after("listExecutionSchedules")
    def empty(call: Call, reply: Reply) -> None:
        if deleting():
            reply.json = {"count": 0, "resources": []}


@mutant("concurrent-list-twice", "LM-CONCURRENT-DELETE-LISTED")
def concurrent_list_twice(bench: Bench) -> None:
    """BUG: the list of schedules shows one of them twice while another one is deleted."""
    deleting = while_under_way(bench, "deleteExecutionSchedule", "listExecutionSchedules")

    @bench.after("listExecutionSchedules")
    def twice(call: Call, reply: Reply) -> None:
        rows = reply.json["resources"]
        if deleting():
            reply.json = {"count": len(rows) + len(rows[-1:]), "resources": rows + rows[-1:]}


@mutant("concurrent-list-404", "LM-CONCURRENT-DELETE-LISTED")
def concurrent_list_404(bench: Bench) -> None:
    """BUG: the list of schedules is answered with 404 while one of them is deleted."""
    deleting = while_under_way(bench, "deleteExecutionSchedule", "listExecutionSchedules")

    @bench.before("listExecutionSchedules")
    def missing(call: Call) -> None:
        if deleting():
            raise Problem(404, "01010008", "Execution schedule does not exist")


def _revives(bench: Bench, operation: str, parameter: str, shelf: str) -> None:
    """The second of two stops at the same time is acknowledged and takes the first one back."""
    runs_longer(bench)
    second = _second_of_two(bench, operation, parameter)

    @bench.instead(operation)
    def taken_back(call: Call, handler: Handler) -> Reply:
        is_second, enactment = second(call), getattr(call.group, shelf).get(call.path[parameter])
        if not is_second or enactment is None or enactment.stopped is None:
            return handler(call)
        enactment.stopped = None
        return Reply(202, {"id": enactment.id, "message": "modification scheduled"})


@mutant("concurrent-stop-revives", "LM-CONCURRENT-STOP")
def concurrent_stop_revives(bench: Bench) -> None:
    """BUG: the second of two stops of an execution at the same time lets it run again."""
    _revives(bench, "modifyExecution", "executionId", "executions")


@mutant("concurrent-deployment-stop-revives", "LM-CONCURRENT-STOP")
def concurrent_deployment_stop_revives(bench: Bench) -> None:
    """BUG: the second of two stops of a deployment at the same time lets it run again."""
    _revives(bench, "modifyDeployment", "deploymentId", "deployments")


@mutant("concurrent-stop-500", "LM-CONCURRENT-STOP")
def concurrent_stop_500(bench: Bench) -> None:
    """BUG: stopping an execution is answered with 500 while another change is under way."""
    runs_longer(bench)
    breaks_down_beside(bench, "modifyExecution", "modifyExecution")


@mutant("concurrent-stop-none", "LM-CONCURRENT-STOP")
def concurrent_stop_none(bench: Bench) -> None:
    """BUG: two stops of an execution at the same time are both refused."""
    runs_longer(bench)
    crowded = _crowded(bench, "modifyExecution", "executionId")

    @bench.before("modifyExecution")
    def refuse(call: Call) -> None:
        if crowded(call):
            raise Problem(412, WRONG_STATE, "Invalid Request, the execution is locked")
