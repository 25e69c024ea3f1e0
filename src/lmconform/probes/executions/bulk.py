"""Probes of bulk updates of executions: completed ones, error members, a hundred entries."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import Context
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.enactment_pool import ATTEMPTS
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.bulk import entry, expect_entry_accepted, results


@probe("LM-BULK-ERROR-MEMBERS")
def errors_of_entries_are_complete(ctx: Context) -> None:
    answered = results(ctx, EXECUTION, [entry(ctx.absent_id())])
    error: Any = answered[0].get("error") if answered else None
    missing = [n for n in ("code", "message", "requestId", "target") if not isinstance(error, dict) or n not in error]
    ctx.expect(
        not missing, expected="code, message, requestId and target", actual=f"no {', '.join(missing)} in {error}"
    )


@probe("LM-BULK-HUNDRED")
def hundred_entries_are_accepted(ctx: Context) -> None:
    entries = [entry(ctx.absent_id(), ("STOPPED", "DELETED")[n % 2]) for n in range(100)]
    answered = [item.get("id") for item in results(ctx, EXECUTION, entries)]
    ctx.expect(len(answered) == len(entries), expected=f"{len(entries)} results", actual=f"{len(answered)} results")
    for number, (sent, own) in enumerate(zip(entries, answered, strict=True)):
        text = f"the result for {sent['id']} at place {number}, as its entry"
        ctx.expect(own == sent["id"], expected=text, actual=f"the result for {own}")


@probe("LM-BULK-DELETE-COMPLETED")
def completed_execution_is_deleted(ctx: Context) -> None:
    pooled = _completed(ctx)
    answered = results(ctx, EXECUTION, [entry(pooled.id, "DELETED")])
    expect_entry_accepted(ctx, pooled, answered[0] if answered else {})
    enactment_pool.remove(ctx, pooled)
    liveness.expect(ctx, lambda: pooled.wait_until_gone(ctx, "delete in bulk"), "LM-BULK-DELETE")


def _completed(ctx: Context) -> PooledEnactment:
    """A spare execution that has completed; raises Inconclusive."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Inconclusive):
            return enactment_pool.any_terminal(ctx, {"COMPLETED"})
        # The one that it waited for ended otherwise: the next attempt takes another one.
    return enactment_pool.any_terminal(ctx, {"COMPLETED"})
