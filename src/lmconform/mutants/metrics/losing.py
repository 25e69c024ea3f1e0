"""Metrics that are acknowledged and lost because of what becomes of their execution."""

from __future__ import annotations

from lmconform.mock import enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.returns import AWAY
from lmconform.mutants.registry import mutant


@mutant("metrics-lost-in-the-end", "LM-METRICS-FRESH-KEPT")
def metrics_lost_in_the_end(bench: Bench) -> None:
    """BUG: metrics are lost a moment after their execution has ended."""

    @bench.before("findMetrics")
    def lost(call: Call) -> None:
        for own in list(call.group.tracking):
            found = call.group.executions.get(own)
            ended = None if found is None else enactments.moment(call, found).completed
            if ended is not None and call.group.now() - ended > AWAY:
                call.group.delete_tracking(own)


@mutant("metrics-of-stopped-lost", "LM-METRICS-PATCH-STOPPED")
def metrics_of_stopped_lost(bench: Bench) -> None:
    """BUG: metrics of an execution that was stopped are taken with 204, and lost."""

    @bench.instead("patchMetrics")
    def lost(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.body["executionId"])
        is_lost = found is not None and enactments.moment(call, found).status == "STOPPED"
        return Reply(204) if is_lost else handler(call)
