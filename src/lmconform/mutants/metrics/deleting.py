"""Metrics that are deleted, and what is left of them."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mock.records import Tracking
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.returns import AWAY
from lmconform.mutants.registry import mutant


@mutant("metrics-delete-nothing", "LM-METRICS-DELETE", "LM-METRICS-DELETE-TWICE")
def metrics_delete_nothing(bench: Bench) -> None:
    """BUG: deleting metrics answers 200, and they stay."""

    @bench.instead("deleteMetrics")
    def pretend(call: Call, handler: Handler) -> Reply:
        kept = call.group.tracking.get(call.query["executionId"])
        reply = handler(call)
        if kept is not None:
            call.group.tracking[call.query["executionId"]] = kept
        return reply


@mutant("metrics-delete-twice", "LM-METRICS-DELETE-TWICE", "LM-METRICS-DELETE-404")
def metrics_delete_twice(bench: Bench) -> None:
    """BUG: deleting metrics that do not exist answers 200."""

    @bench.instead("deleteMetrics")
    def always(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem:
            message = "Metric Resource was successfully deleted"
            return Reply(200, {"id": call.query["executionId"], "message": message})


@mutant("metrics-delete-all", "LM-METRICS-DELETE-OTHERS-STAY")
def metrics_delete_all(bench: Bench) -> None:
    """BUG: deleting the metrics of one execution deletes those of all executions."""

    @bench.instead("deleteMetrics")
    def all_of_them(call: Call, handler: Handler) -> Reply:
        reply = handler(call)
        call.group.tracking.clear()
        return reply


@mutant("metrics-deleted-come-back", "LM-METRICS-DELETE-FORGETS")
def metrics_deleted_come_back(bench: Bench) -> None:
    """BUG: deleted metrics come back with the next that are stored."""
    hidden: dict[str, Tracking] = {}

    @bench.before("deleteMetrics")
    def hide(call: Call) -> None:
        found = call.group.tracking.get(call.query["executionId"])
        if found is not None:
            hidden[call.query["executionId"]] = found

    @bench.after("patchMetrics")
    def return_(call: Call, reply: Reply) -> None:
        old, new = hidden.pop(call.body["executionId"], None), call.group.tracking.get(call.body["executionId"])
        if old is not None and new is not None:
            new.metrics = old.metrics + new.metrics


@mutant("metrics-shown-again", "LM-METRICS-STAYS-DELETED")
def metrics_shown_again(bench: Bench) -> None:
    """BUG: a moment after they were deleted, metrics are shown again."""
    kept: dict[str, tuple[float, Tracking]] = {}

    @bench.before("deleteMetrics")
    def keep(call: Call) -> None:
        found = call.group.tracking.get(call.query["executionId"])
        if found is not None:
            kept[call.query["executionId"]] = (call.group.now(), found)

    @bench.before("findMetrics")
    def again(call: Call) -> None:
        for execution, (deleted, tracking) in list(kept.items()):
            if call.group.now() - deleted > AWAY and execution not in call.group.tracking:
                call.group.tracking[execution] = tracking


@mutant("metrics-deleted-tags-stay", "LM-METRICS-DELETE-FORGETS")
def metrics_deleted_tags_stay(bench: Bench) -> None:
    """BUG: deleted tags come back with the next that are stored."""
    kept: dict[str, dict[str, dict[str, str]]] = {}

    @bench.after("patchMetrics")
    def keep(call: Call, reply: Reply) -> None:
        tracking = call.group.tracking[call.body["executionId"]]
        tracking.tags = kept.setdefault(call.body["executionId"], {}) | tracking.tags
        kept[call.body["executionId"]] = tracking.tags
