"""Probes of logs: lines with a time and a message, of a window, in order."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import instant
from lmconform.probes.context import DEPLOYMENTS, EXECUTIONS, LOGS, Context, Json
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.families import bad_id, unknown_id
from lmconform.probes.observations import answer
from lmconform.probes.registry import observation, probe

# Clocks of pods and of the API may differ by that much.
_MARGIN = timedelta(seconds=60)
_MEMBERS = frozenset({"msg", "timestamp"})
_TRIES = 3

unknown_id("LM-LOGS-UNKNOWN-404", "getExecutionLogs", "executionId", needs=EXECUTIONS)
bad_id("LM-LOGS-BAD-ID", "getExecutionLogs", "executionId", needs=EXECUTIONS)
unknown_id("LM-LOGS-DEPLOYMENT-UNKNOWN-404", "getDeploymentLogs", "deploymentId", needs=DEPLOYMENTS)
bad_id("LM-LOGS-DEPLOYMENT-BAD-ID", "getDeploymentLogs", "deploymentId", needs=DEPLOYMENTS)


def lines_of(exchange: Exchange) -> list[Json]:
    """The lines of an answer; an absent list and an empty one are the same."""
    data = exchange.json_object().get("data")
    found = data.get("result") if isinstance(data, dict) else None
    return [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def _ended(ctx: Context) -> Json:
    """The base execution after its end, if it ever ran: there are no logs before (F50)."""
    body = enactment_pool.at_rest(ctx)
    if body.get("status") != "COMPLETED" and not body.get("startTime"):
        raise Inconclusive(f"the execution ended {body.get('status')} before it started")
    return body


def _lines(ctx: Context, **query: str | int) -> list[Json]:
    body = _ended(ctx)
    given = {("$" + name if name in ("top", "order") else name): value for name, value in query.items()}
    found = ctx.get("getExecutionLogs", given, executionId=str(body["id"]))
    ctx.expect_status(found, {200})
    return lines_of(found)


def _some(ctx: Context) -> list[Json]:
    """All lines of the base execution; raises Inconclusive when it wrote fewer than two."""
    found = _lines(ctx)
    if len(found) < 2:
        raise Inconclusive(f"the training wrote {len(found)} lines")
    return found


def _times(lines: list[Json]) -> Iterator[datetime]:
    for line in lines:
        moment = instant(line.get("timestamp"))
        if moment is None:
            raise NotTestable(f"a line has no time: {line}")
        yield moment


def stamp(moment: datetime) -> str:
    """A time as SAP's client sends it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _created(ctx: Context) -> datetime:
    moment = instant(_ended(ctx).get("createdAt"))
    if moment is None:
        raise NotTestable("createdAt of the execution is no time")
    return moment


@probe("LM-LOGS-SERVED", late=True)
def ended_execution_has_logs(ctx: Context) -> None:
    _lines(ctx)


@probe("LM-LOGS-MEMBERS", late=True)
def lines_have_time_and_message(ctx: Context) -> None:
    for line in _some(ctx):
        good = isinstance(line.get("msg"), str) and instant(line.get("timestamp")) is not None
        ctx.expect(good, expected="msg as text, timestamp as a time", actual=f"{line}")


@probe("LM-LOGS-WINDOW", late=True)
def window_bounds_the_lines(ctx: Context) -> None:
    created, everything = _created(ctx), _some(ctx)
    before = _lines(ctx, start=stamp(created - timedelta(minutes=30)), end=stamp(created - _MARGIN))
    ctx.expect(not before, expected="nothing from before the execution was made", actual=f"{len(before)} lines")
    # By the target's clock, which may be another than ours.
    latest = max(_times(everything))
    around = _lines(ctx, start=stamp(created - _MARGIN), end=stamp(latest + _MARGIN))
    ctx.expect(len(around) >= len(everything), expected=f"all {len(everything)} lines", actual=f"{len(around)}")


@probe("LM-LOGS-ZONE", late=True)
def times_may_have_an_offset(ctx: Context) -> None:
    created, everything = _created(ctx), _some(ctx)
    zone = (created - _MARGIN).astimezone(UTC) + timedelta(hours=8)
    around = _lines(ctx, start=zone.strftime("%Y-%m-%dT%H:%M:%S+08:00"))
    ctx.expect(len(around) >= len(everything), expected=f"all {len(everything)} lines", actual=f"{len(around)}")


@probe("LM-LOGS-ORDER", late=True)
def lines_are_in_order(ctx: Context) -> None:
    _some(ctx)
    for order in ("", "asc", "desc"):
        times = list(_times(_lines(ctx, order=order) if order else _lines(ctx)))
        good = all(a >= b if order == "desc" else a <= b for a, b in pairwise(times))
        first = "latest" if order == "desc" else "earliest"
        ctx.expect(good, expected=f"the {first} line first for $order={order or 'none'}", actual="it is not")


@probe("LM-LOGS-TOP", late=True)
def top_bounds_the_lines(ctx: Context) -> None:
    _some(ctx)
    found = _lines(ctx, top=1)
    ctx.expect(len(found) == 1, expected="1 line of several", actual=f"{len(found)}")


@probe("LM-LOGS-TOP-OF-ORDER", late=True)
def top_keeps_the_first_of_the_order(ctx: Context) -> None:
    times = list(_times(_some(ctx)))
    if len(set(times)) < 2:
        raise Inconclusive("the training wrote all its lines at one time")

    def judge() -> None:
        found = list(_times(_lines(ctx, order="desc", top=1)))
        if not found:
            raise NotTestable("no line for $order=desc and $top=1")
        text = f"a line of {max(times)} or later"
        ctx.expect(found[0] >= max(times), expected=text, actual=f"one of {found[0]}")

    ctx.retry_in_grace(time.monotonic(), judge)


@probe("LM-LOGS-DEPLOYMENT-SERVED", late=True)
def running_deployment_has_logs(ctx: Context) -> None:
    ctx.require(DEPLOYMENTS)

    def judge(body: Json) -> None:
        enactment_pool.at_goal(ctx, DEPLOYMENT)
        ctx.expect_status(ctx.get("getDeploymentLogs", deploymentId=str(body["id"])), {200})

    enactment_pool.steadily(ctx, DEPLOYMENT, judge)


@probe("LM-LOGS-TOP-AT-LIMIT", late=True)
def greatest_top_is_taken(ctx: Context) -> None:
    everything = _some(ctx)
    for top in (4999, 5000):
        found = _lines(ctx, top=top)
        ctx.expect(len(found) >= len(everything), expected=f"all {len(everything)} lines", actual=f"{len(found)}")


def _look(name: str, text: str, source: str, query: Json) -> None:
    @observation(name, operation="getExecutionLogs", source=source, capability=LOGS, text=text)
    def look(ctx: Context) -> str:
        exchange = ctx.get("getExecutionLogs", query, executionId=str(_ended(ctx)["id"]))
        return described(exchange)


def described(exchange: Exchange) -> str:
    """An answer with logs as a value."""
    return f"200 with {'lines' if lines_of(exchange) else 'no lines'}" if exchange.ok else answer(exchange)


_look("LM-OBS-LOGS-TOP-ZERO", "Logs asked for with $top=0.", "F49", {"$top": 0})
_look("LM-OBS-LOGS-TOP-TOO-LARGE", "Logs asked for with a $top above the maximum.", "F49", {"$top": 5001})
_look("LM-OBS-LOGS-ORDER-UNKNOWN", "Logs asked for in an order that there is not.", "F49", {"$order": "lmconform"})
_look("LM-OBS-LOGS-NO-TIME", "Logs asked for from a start that is no time.", "F49", {"start": "lmconform"})
_look(
    "LM-OBS-LOGS-REVERSED",
    "Logs of a window that ends before it begins.",
    "F49",
    {"start": "2024-05-06T08:00:00Z", "end": "2024-05-06T07:00:00Z"},
)


@observation(
    "LM-OBS-LOGS-EMPTY", operation="getExecutionLogs", source="F49", capability=LOGS, text="The form of no lines."
)
def form_of_nothing(ctx: Context) -> str:
    created = _created(ctx)
    query = {"start": stamp(created - timedelta(minutes=30)), "end": stamp(created - _MARGIN)}
    exchange = ctx.get("getExecutionLogs", query, executionId=str(_ended(ctx)["id"]))
    return f"{exchange.status} {exchange.text.strip()[:80]}" if exchange.ok else answer(exchange)


@observation(
    "LM-OBS-LOGS-MEMBERS",
    operation="getExecutionLogs",
    source="I5",
    capability=LOGS,
    text="What lines have beside time and message.",
)
def members_of_lines(ctx: Context) -> str:
    return ", ".join(sorted({str(name) for line in _some(ctx) for name in line} - _MEMBERS)) or "nothing"


@observation(
    "LM-OBS-LOGS-FRESH",
    operation="getExecutionLogs",
    source="F50",
    capability=LOGS,
    text="Logs of an execution that has not started.",
)
def logs_of_a_fresh_execution(ctx: Context) -> str:
    for _ in range(_TRIES):
        pooled = enactment_pool.fresh(ctx)
        exchange = ctx.get("getExecutionLogs", executionId=pooled.id)
        if enactment_pool.look(ctx, pooled) in ("UNKNOWN", "PENDING"):
            return described(exchange)
    raise Inconclusive("executions start before anybody can ask for their logs")


@observation(
    "LM-OBS-LOGS-WITHOUT-GROUP",
    operation="getExecutionLogs",
    source="F17",
    capability=LOGS,
    text="Logs asked for without AI-Resource-Group.",
)
def logs_without_a_group(ctx: Context) -> str:
    path = {"executionId": str(_ended(ctx)["id"])}
    return described(ctx.send("getExecutionLogs", path, resource_group=None))
