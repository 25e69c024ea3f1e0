"""Reads the log lines of the base execution, and their times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context, Json

# Clocks of pods and of the API may differ by this much.
MARGIN = timedelta(seconds=60)


def lines_of(exchange: Exchange) -> list[Json]:
    """The lines in an answer; an absent list counts as empty."""
    data = exchange.json_object().get("data")
    lines = data.get("result") if isinstance(data, dict) else None
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def ended_execution(ctx: Context) -> Json:
    """The base execution after its end; raises Inconclusive when it never ran: then it has no logs (F50)."""
    body = enactment_pool.at_rest(ctx)
    if body.get("status") != "COMPLETED" and not body.get("startTime"):
        raise Inconclusive(f"the execution ended {body.get('status')} before it started")
    return body


def log_lines(ctx: Context, **query: str | int) -> list[Json]:
    """The lines of the base execution; the query is that of ``answer_with``. Raises Failure and Inconclusive."""
    response = answer_with(ctx, **query)
    ctx.expect_status(response, {200})
    return lines_of(response)


def answer_with(ctx: Context, **query: str | int) -> Exchange:
    """The logs of the base execution; ``top`` and ``order`` are $top and $order. Raises Inconclusive."""
    body = ended_execution(ctx)
    parameters = {("$" + name if name in ("top", "order") else name): value for name, value in query.items()}
    return ctx.get("getExecutionLogs", parameters, executionId=str(body["id"]))


def expect_members(ctx: Context, lines: list[Json]) -> None:
    """Raise Failure unless each line has its time and its message."""
    for line in lines:
        good = isinstance(line.get("msg"), str) and instant(line.get("timestamp")) is not None
        ctx.expect(good, expected="msg as text, timestamp as a time", actual=f"{line}")


def expect_order(ctx: Context, lines: list[Json], order: str) -> None:
    """Raise Failure unless the times of the lines go up, or down where ``order`` is desc; empty: no $order was sent."""
    times = list(line_times(lines))
    good = all(a >= b if order == "desc" else a <= b for a, b in pairwise(times))
    first = "latest" if order == "desc" else "earliest"
    text = f"the {first} line first for $order={order or 'none'}"
    ctx.expect(good, expected=text, actual=f"{[str(t) for t in times[:3]]}…")


def all_lines(ctx: Context) -> list[Json]:
    """All lines of the base execution; raises Inconclusive when it wrote fewer than two."""
    lines = log_lines(ctx)
    if len(lines) < 2:
        raise Inconclusive(f"the training wrote {len(lines)} lines")
    return lines


def line_times(lines: list[Json]) -> Iterator[datetime]:
    """The times of lines; raises NotTestable for a line without one."""
    for line in lines:
        moment = instant(line.get("timestamp"))
        if moment is None:
            raise NotTestable(f"a line has no time: {line}")
        yield moment


def stamp(moment: datetime) -> str:
    """A time as SAP's client sends it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def created_at(ctx: Context) -> datetime:
    """When the base execution was created, by the clock of the target; raises NotTestable."""
    moment = instant(ended_execution(ctx).get("createdAt"))
    if moment is None:
        raise NotTestable("createdAt of the execution is no time")
    return moment
