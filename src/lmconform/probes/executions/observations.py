"""Observations of executions: creation, members, forbidden transitions, deletions, bulk updates."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import enactment_pool
from lmconform.probes.builders.configurations import deployable_configuration
from lmconform.probes.context import ACTIVE, EXECUTIONS, Context
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.enactment_pool import ATTEMPTS
from lmconform.probes.executions import unknown_bindings
from lmconform.probes.executions.deletion import observed_deletion
from lmconform.probes.observing import answer, answer_to_start, empty_form, id_form, listed, without_ids
from lmconform.probes.registry import observation
from lmconform.probes.shared.bulk import send_unknown_ids


@observation(
    "LM-OBS-FILTER-UNKNOWN-CONFIGURATION",
    operation="listExecutions",
    effect="read",
    source="F12",
    text="A list filtered by a configuration that does not exist.",
)
def filter_unknown_configuration(ctx: Context) -> str:
    return listed(ctx.get("listExecutions", {"configurationId": ctx.absent_id()}))


@observation(
    "LM-OBS-UNKNOWN-CONFIGURATION",
    operation="createExecution",
    source="F23",
    capability=EXECUTIONS,
    text="An execution of an unknown configuration.",
)
def unknown_configuration(ctx: Context) -> str:
    return answer(ctx.send("createExecution", json={"configurationId": ctx.absent_id()}))


@observation(
    "LM-OBS-EXECUTION-OF-SERVING",
    operation="createExecution",
    source="F24",
    effect="destructive",
    capability=EXECUTIONS,
    text="An execution of what is to be deployed.",
)
def execution_of_serving(ctx: Context) -> str:
    return answer_to_start(ctx, EXECUTION, deployable_configuration(ctx).id)


@observation(
    "LM-OBS-MESSAGES-EXECUTION",
    operation="createExecution",
    source="D13",
    capability=EXECUTIONS,
    text="Words of the answer to the start of an execution.",
)
def execution_message(ctx: Context) -> str:
    return without_ids(enactment_pool.base(ctx).created.exchange.json_object().get("message"))


@observation(
    "LM-OBS-IDS-EXECUTION",
    operation="createExecution",
    source="D12",
    capability=EXECUTIONS,
    text="Form of ids of executions.",
)
def execution_ids(ctx: Context) -> str:
    return id_form(enactment_pool.base(ctx).id)


_OPTIONAL: Final = ("statusMessage", "executionScheduleId", "completionTime", "outputArtifacts")


@observation(
    "LM-OBS-EMPTY-MEMBERS",
    operation="getExecution",
    source="I7",
    capability=EXECUTIONS,
    text="Members without a value of an execution that was just started.",
)
def empty_members(ctx: Context) -> str:
    first = enactment_pool.base(ctx).first
    if first.status != 200:
        raise NotTestable(f"{ctx.label(first)} answered {first.brief}")
    return empty_form(first.json_object(), _OPTIONAL)


@observation(
    "LM-OBS-EXECUTION-MEMBERS",
    operation="getExecution",
    source="I11",
    capability=EXECUTIONS,
    text="Members of an execution that the description does not have.",
)
def further_members(ctx: Context) -> str:
    declared = ctx.session.contract.document["components"]["schemas"]["ExecutionWithDetails"]["properties"]
    return ", ".join(sorted(set(enactment_pool.at_rest(ctx)) - set(declared))) or "none"


@observation(
    "LM-OBS-WRONG-KEYS",
    operation="createExecution",
    source="F22",
    capability=EXECUTIONS,
    text="What becomes of an execution whose bindings its executable does not know.",
)
def wrong_keys(ctx: Context) -> str:
    return unknown_bindings.outcome(ctx)[1]


@observation(
    "LM-OBS-STOP-ENDED",
    operation="modifyExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Stopping an execution that has ended.",
)
def stop_ended(ctx: Context) -> str:
    return answer(enactment_pool.any_terminal(ctx).stop(ctx))


@observation(
    "LM-OBS-DELETE-ACTIVE",
    costly=True,
    operation="deleteExecution",
    source="C3",
    effect="destructive",
    capability=EXECUTIONS,
    text="Deleting an execution that runs.",
)
def delete_active(ctx: Context) -> str:
    for _ in range(ATTEMPTS):
        pooled, exchange = enactment_pool.act_while_in(ctx, ACTIVE, lambda p: p.delete(ctx), purpose="deleted")
        if not exchange.ok:
            return answer(exchange)
        # It may have ended between GET and DELETE: then its deletion is right.
        enactment_pool.remove(ctx, pooled)
    raise Inconclusive("each was deleted: they had ended, or LM-EXECUTION-DELETE-ACTIVE is broken")


@observation(
    "LM-OBS-DELETE-TWICE",
    costly=True,
    operation="deleteExecution",
    source="J",
    effect="destructive",
    capability=EXECUTIONS,
    text="A second deletion while the first is under way.",
)
def delete_twice(ctx: Context) -> str:
    for _ in range(ATTEMPTS):
        pooled = enactment_pool.any_terminal(ctx)
        if not pooled.delete(ctx).ok:
            raise NotTestable("an execution that has ended cannot be deleted")
        enactment_pool.remove(ctx, pooled)
        second = pooled.delete(ctx)
        # An answer after it is gone says nothing about a second deletion.
        if second.status != 404 or ctx.get("getExecution", **pooled.path).ok:
            return answer(second)
    raise Inconclusive("deleted executions are gone at once")


# Upper limits in seconds: they differ between targets, and are the same in each run of one target.
_SPANS: Final = ((5.0, "within 5 s"), (60.0, "within a minute"), (600.0, "within ten minutes"))


@observation(
    "LM-OBS-DELETION-TIME",
    operation="deleteExecution",
    source="C1",
    effect="destructive",
    capability=EXECUTIONS,
    text="Time until a deleted execution is gone.",
)
def deletion_time(ctx: Context) -> str:
    seconds = observed_deletion(ctx).seconds
    return next((span for most, span in _SPANS if seconds <= most), "later")


def _bulk(name: str, text: str, number: int, distinct: bool) -> None:
    @observation(name, operation=EXECUTION.modify_many, source="J", capability=EXECUTION.bulk_capability, text=text)
    def bulk_answer(ctx: Context) -> str:
        return answer(send_unknown_ids(ctx, EXECUTION, number, distinct=distinct))


_bulk("LM-OBS-BULK-TOO-MANY", "A bulk request with 101 entries.", 101, True)
_bulk("LM-OBS-BULK-SAME-ID", "A bulk request that names one execution twice.", 2, False)
