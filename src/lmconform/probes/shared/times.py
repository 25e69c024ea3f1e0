"""Probes of times of executions and deployments: createdAt stays, no change and no end lies before its beginning."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from lmconform.errors import NotTestable, Skip
from lmconform.probes import enactment_pool
from lmconform.probes.comparison import instant
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# Parts of a target write times by their own clocks.
TOLERANCE: Final = timedelta(minutes=1)
_TIMES: Final = ("submissionTime", "startTime", "completionTime")
# So many are read again: the one that no probe changes, one that was stopped, and others.
_MOST: Final = 4


def install(kind: Enactment) -> None:
    """Register the probes of createdAt, of modifiedAt and of the other times."""
    _creation(kind)
    _modification(kind)
    _order(kind)


def _creation(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-CREATED-AT-STAYS")
    def creation_time_stays(ctx: Context) -> None:
        for first, now in _seen(ctx, kind):
            text = f"{kind.word} {first.get('id')} as at first"
            ctx.expect_same({"createdAt": first.get("createdAt")}, now, what=text)


def _modification(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-MODIFIED-ORDERED")
    def change_is_not_before_the_creation(ctx: Context) -> None:
        for pair in _seen(ctx, kind):
            for body in pair:
                # No other time can be compared with modifiedAt (M12).
                expect_order(ctx, body, "createdAt", "modifiedAt")


def _order(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-TIMES-ORDERED", late=True)
    def times_are_in_order(ctx: Context) -> None:
        body = enactment_pool.at_rest(ctx, kind)
        if body.get("status") == "COMPLETED":
            _expect_shown(ctx, body, "startTime", "completionTime")
        # An update may set submissionTime anew and leave startTime as it was (M15).
        if body.get("lastOperation") != "UPDATE":
            expect_order(ctx, body, "submissionTime", "startTime")
        expect_order(ctx, body, "submissionTime", "completionTime")
        expect_order(ctx, body, "startTime", "completionTime")

    @probe(f"LM-{kind.noun}-STOP-TIMES-ORDERED")
    def stop_is_not_before_the_start(ctx: Context) -> None:
        pooled = enactment_pool.stopped(ctx, kind)
        body = ctx.get_or_skip(kind.get, **pooled.path)
        _expect_shown(ctx, body, "completionTime")
        # It may have been stopped before it started. An update may set submissionTime anew: no time to compare with.
        for earlier in ("createdAt", "startTime"):
            expect_order(ctx, body, earlier, "completionTime")


def _expect_shown(ctx: Context, body: Json, *names: str) -> None:
    """Raise Failure when a time of one that has ended is missing; a target may leave all of them out."""
    if any(body.get(name) for name in _TIMES):
        missing = [name for name in names if not body.get(name)]
        text = f"{' and '.join(names)} of one that is {body.get('status')}"
        ctx.expect(not missing, expected=text, actual=f"no {' and no '.join(missing)}")


def expect_order(ctx: Context, body: Json, earlier: str, later: str) -> None:
    """Raise Failure when both times are there and the first is later than the second, by more than a minute."""
    before, after = instant(body.get(earlier)), instant(body.get(later))
    if before is not None and after is not None:
        good = before - after < TOLERANCE
        ctx.expect(good, expected=f"{earlier} <= {later}", actual=f"{earlier} {before} is after {later} {after}")


@fixture()
def _seen(ctx: Context, kind: Enactment) -> tuple[tuple[Json, Json], ...]:
    """Of a few that the session has: the body of its first GET, and one of now. Raises NotTestable without any."""
    chosen = [enactment_pool.base(ctx, kind)]
    with suppress(Skip):
        # Times may also change because of a request.
        chosen.append(enactment_pool.stopped(ctx, kind))
    chosen += [pooled for pooled in enactment_pool.members(ctx, kind) if pooled not in chosen]
    pairs = [(pooled.first, ctx.get(kind.get, **pooled.path)) for pooled in chosen[:_MOST]]
    bodies = tuple((dict(first.json_object()), dict(now.json_object())) for first, now in pairs if first.ok and now.ok)
    if not bodies:
        raise NotTestable(f"no {kind.word} can be read twice")
    return bodies
