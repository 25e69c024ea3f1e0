"""Executions that are stopped otherwise than they should be."""

from __future__ import annotations

import dataclasses

from lmconform.mock import enactments, lifecycle
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.times import format_seconds
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.bodies import loosen
from lmconform.mutants.defects.changes import (
    deletes_what_it_stops,
    stops_in_words,
    stops_nothing,
    takes_in_any_state,
    takes_unknown,
)
from lmconform.mutants.defects.times import stays_unknown
from lmconform.mutants.registry import mutant


@mutant("execution-stop-ignored", "LM-EXECUTION-STOP")
def execution_stop_ignored(bench: Bench) -> None:
    """BUG: stopping an execution answers 202, and the execution goes on."""
    stops_nothing(bench, "modifyExecution", "executions")


@mutant("execution-stop-in-words", "LM-EXECUTION-STOP")
def execution_stop_in_words(bench: Bench) -> None:
    """BUG: an execution that was stopped shows targetStatus STOPPED, and RUNNING for ever."""
    stops_in_words(bench, "getExecution")


@mutant("execution-stop-outlived", "LM-EXECUTION-STOP")
def execution_stop_outlived(bench: Bench) -> None:
    """BUG: an execution that was stopped shows targetStatus STOPPED, goes on, and ends COMPLETED."""

    @bench.patch(lifecycle, "at")
    def completes(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        if enactment.serves or enactment.stopped is None:
            return moment
        # Its work takes longer than a stop.
        ended = enactment.stopped + 8 * timing.pace
        return dataclasses.replace(
            moment,
            status="COMPLETED" if now >= ended else "RUNNING",
            started=moment.started or enactment.stopped,
            completed=ended if now >= ended else None,
        )


@mutant("execution-stop-deletes", "LM-EXECUTION-STOP")
def execution_stop_deletes(bench: Bench) -> None:
    """BUG: an execution that is stopped is deleted as well."""
    deletes_what_it_stops(bench, "modifyExecution", "executions")


@mutant("execution-stop-refused", "LM-EXECUTION-STOP")
def execution_stop_refused(bench: Bench) -> None:
    """BUG: stopping an execution is refused with 400."""
    words = "an execution cannot be stopped"
    refuses_when(bench, words, lambda call: call.path["executionId"] in call.group.executions, "modifyExecution")


@mutant("execution-stop-becomes-dead", "LM-EXECUTION-STOP")
def execution_stop_becomes_dead(bench: Bench) -> None:
    """BUG: an execution that is stopped becomes DEAD instead of STOPPED."""

    @bench.patch(lifecycle, "at")
    def dead(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        return dataclasses.replace(moment, status="DEAD") if moment.status == "STOPPED" else moment


@mutant("execution-stop-target", "LM-EXECUTION-STOP-TARGET")
def execution_stop_target(bench: Bench) -> None:
    """BUG: an execution that is stopped keeps the targetStatus COMPLETED."""

    @bench.after("getExecution")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json.get("targetStatus") == "STOPPED":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("execution-stop-ended", "LM-EXECUTION-STOP-ENDED")
def execution_stop_ended(bench: Bench) -> None:
    """BUG: stopping an execution that has ended answers 202."""
    takes_in_any_state(bench, "modifyExecution")


@mutant("execution-stop-dead", "LM-EXECUTION-STOP-ENDED")
def execution_stop_dead(bench: Bench) -> None:
    """BUG: stopping a DEAD execution answers 202."""

    @bench.instead("modifyExecution")
    def accepted(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "DEAD":
            return Reply(202, {"id": found.id, "message": "Execution modification scheduled"})
        return handler(call)


@mutant("execution-stop-ended-retargets", "LM-EXECUTION-STOP-ENDED")
def execution_stop_ended_retargets(bench: Bench) -> None:
    """BUG: stopping an execution that has ended is refused, and its targetStatus becomes STOPPED."""
    asked: set[str] = set()

    @bench.before("modifyExecution")
    def note(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status in lifecycle.TERMINAL:
            asked.add(found.id)

    @bench.after("getExecution")
    def retargeted(call: Call, reply: Reply) -> None:
        if call.path["executionId"] in asked and "targetStatus" in reply.json:
            reply.json["targetStatus"] = "STOPPED"


@mutant("execution-stop-unknown", "LM-EXECUTION-STOP-404")
def execution_stop_unknown(bench: Bench) -> None:
    """BUG: stopping an execution that does not exist answers 202."""
    takes_unknown(bench, "modifyExecution", "executions")


@mutant("execution-stop-anything", "LM-EXECUTION-STOP-BODY")
def execution_stop_anything(bench: Bench) -> None:
    """BUG: a targetStatus other than STOPPED answers 202 and does nothing."""
    loosen(bench, "ExecutionModification", "targetStatus")

    @bench.instead("modifyExecution")
    def nothing(call: Call, handler: Handler) -> Reply:
        if call.body["targetStatus"] != "STOPPED":
            return Reply(202, {"id": call.path["executionId"], "message": "Execution modification scheduled"})
        return handler(call)


@mutant("execution-stop-unknown-status", "LM-EXECUTION-STOP-UNKNOWN-STATUS")
def execution_stop_unknown_status(bench: Bench) -> None:
    """BUG: an execution with the status UNKNOWN is stopped instead of refused."""
    stays_unknown(bench)
    lifecycle.STOPPABLE = lifecycle.STOPPABLE | {"UNKNOWN"}


@mutant("ending-stop-twice", "LM-EXECUTION-STOP-TWICE")
def ending_stop_twice(bench: Bench) -> None:
    """BUG: stopping a STOPPED execution answers 202."""

    @bench.instead("modifyExecution")
    def accepted(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            return Reply(202, {"id": found.id, "message": "Execution modification scheduled"})
        return handler(call)


@mutant("ending-stop-begins-again", "LM-EXECUTION-STOP-TWICE")
def ending_stop_begins_again(bench: Bench) -> None:
    """BUG: stopping a STOPPED execution is refused, and it is STOPPING again."""

    @bench.before("modifyExecution")
    def again(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            found.stopped = call.group.now()


@mutant("ending-stop-moves-the-end", "LM-EXECUTION-STOP-TWICE")
def ending_stop_moves_the_end(bench: Bench) -> None:
    """BUG: stopping a STOPPED execution is refused, and its completionTime is that of the refusal."""
    moved: dict[str, float] = {}

    @bench.before("modifyExecution")
    def note(call: Call) -> None:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "STOPPED":
            moved[found.id] = call.group.now() + 2

    @bench.after("getExecution")
    def later(call: Call, reply: Reply) -> None:
        if call.path["executionId"] in moved:
            reply.json["completionTime"] = format_seconds(moved[call.path["executionId"]])


@mutant("ending-stop-names-another", "LM-EXECUTION-ANSWER-ID")
def ending_stop_names_another(bench: Bench) -> None:
    """BUG: the answer to stopping an execution has the id of its configuration."""

    @bench.after("modifyExecution")
    def configuration(call: Call, reply: Reply) -> None:
        reply.json["id"] = call.group.executions[call.path["executionId"]].configuration["id"]
