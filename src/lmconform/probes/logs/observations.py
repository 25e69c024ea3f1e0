"""Observations of logs: queries beyond their limits, members of lines, new executions."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from datetime import timedelta
from typing import Final

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.context import LOGS, Context, Json
from lmconform.probes.enactment_pool import ATTEMPTS
from lmconform.probes.logs.lines import MARGIN, all_lines, created_at, ended_execution, lines_of, stamp
from lmconform.probes.observing import answer
from lmconform.probes.registry import observation

_MEMBERS: Final = frozenset({"msg", "timestamp"})


def _query(name: str, text: str, source: str, query: Json) -> None:
    @observation(name, operation="getExecutionLogs", source=source, capability=LOGS, text=text)
    def query_answer(ctx: Context) -> str:
        exchange = ctx.get("getExecutionLogs", query, executionId=str(ended_execution(ctx)["id"]))
        return _log_answer(exchange)


def _log_answer(exchange: Exchange) -> str:
    return f"200 with {'lines' if lines_of(exchange) else 'no lines'}" if exchange.ok else answer(exchange)


_query("LM-OBS-LOGS-TOP-ZERO", "Logs asked for with $top=0.", "F49", {"$top": 0})
_query("LM-OBS-LOGS-TOP-TOO-LARGE", "Logs asked for with a $top above the maximum.", "F49", {"$top": 5001})
_query("LM-OBS-LOGS-ORDER-UNKNOWN", "Logs asked for in an order that there is not.", "F49", {"$order": "lmconform"})
_query("LM-OBS-LOGS-NO-TIME", "Logs asked for from a start that is no time.", "F49", {"start": "lmconform"})
_query(
    "LM-OBS-LOGS-REVERSED",
    "Logs of a window that ends before it begins.",
    "F49",
    {"start": "2024-05-06T08:00:00Z", "end": "2024-05-06T07:00:00Z"},
)


@observation(
    "LM-OBS-LOGS-EMPTY", operation="getExecutionLogs", source="F49", capability=LOGS, text="The form of no lines."
)
def form_of_nothing(ctx: Context) -> str:
    created = created_at(ctx)
    query = {"start": stamp(created - timedelta(minutes=30)), "end": stamp(created - MARGIN)}
    exchange = ctx.get("getExecutionLogs", query, executionId=str(ended_execution(ctx)["id"]))
    return f"{exchange.status} {exchange.text.strip()[:80]}" if exchange.ok else answer(exchange)


@observation(
    "LM-OBS-LOGS-MEMBERS",
    operation="getExecutionLogs",
    source="I5",
    capability=LOGS,
    text="What lines have beside time and message.",
)
def members_of_lines(ctx: Context) -> str:
    return ", ".join(sorted({str(name) for line in all_lines(ctx) for name in line} - _MEMBERS)) or "nothing"


@observation(
    "LM-OBS-LOGS-FRESH",
    costly=True,
    operation="getExecutionLogs",
    source="F50",
    capability=LOGS,
    text="Logs of an execution that has not started.",
)
def logs_of_a_fresh_execution(ctx: Context) -> str:
    for _ in range(ATTEMPTS):
        pooled = enactment_pool.fresh(ctx)
        exchange = ctx.get("getExecutionLogs", executionId=pooled.id)
        if pooled.current_status(ctx) in ("UNKNOWN", "PENDING"):
            return _log_answer(exchange)
    raise Inconclusive("executions start before the request for their logs")


@observation(
    "LM-OBS-LOGS-WITHOUT-GROUP",
    operation="getExecutionLogs",
    source="F17",
    capability=LOGS,
    text="Logs asked for without AI-Resource-Group.",
)
def logs_without_a_group(ctx: Context) -> str:
    path = {"executionId": str(ended_execution(ctx)["id"])}
    return _log_answer(ctx.send("getExecutionLogs", path, resource_group=None))
