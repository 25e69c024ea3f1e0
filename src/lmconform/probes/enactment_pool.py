"""Executions and deployments of this session: one that is left alone, and spare ones to stop or delete.

Either costs a tenant minutes and money, so probes share them wherever that is safe.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from lmconform.errors import Failure, Inconclusive, NotTestable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.probes import executables
from lmconform.probes.context import ACTIVE, TERMINAL, Context, Json, Made
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment

# Still there to be stopped, or being stopped: an answer that denies it is wrong.
STOPPABLE: Final = ACTIVE | {"STOPPING", "STOPPED"}
TRIES: Final = 3
# Started ahead of need, on the embedded mock alone.
_WARM: Final = 2
# What refusals for lack of room are known by, here and in the scenarios: neither status nor words are published (C7).
_FULL: Final = ("quota", "maxrunningcount", "capacity", "exhausted", "too many")


@dataclass(slots=True)
class PooledEnactment:
    """One execution or deployment: its configuration, its creation, the first GET, the statuses in order.

    ``ending``: a stop was accepted, and what a second one gets nobody published.
    ``changed`` is when we last saw it change, by time.monotonic(): lists may run behind (C2).
    """

    kind: Enactment
    configuration: Made
    created: Made
    first: Exchange
    seen: list[str]
    last: Json = field(default_factory=dict)
    ending: bool = False
    changed: float = field(default_factory=time.monotonic)
    glanced: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        """Its id."""
        return self.created.id

    @property
    def path(self) -> dict[str, str]:
        """Its id as a path parameter."""
        return {self.kind.parameter: self.created.id}


@dataclass(frozen=True, slots=True)
class Deletion:
    """One that had ended and was asked to go: the answer, and the first GET after it."""

    pooled: PooledEnactment
    answer: Exchange
    after: Exchange


@dataclass(slots=True)
class _Pool:
    base: PooledEnactment | None = None
    deletion: Deletion | None = None
    # Why waiting was in vain: a second probe need not wait for as long again.
    stuck: str = ""
    unstopped: str = ""
    unseen: bool = False
    spare: list[PooledEnactment] = field(default_factory=list)
    configuration: Made | None = None
    started: int = 0


def base(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """The one that nobody stops, deletes or changes; it has its configuration for itself."""
    pool = _trials(ctx, kind)
    if pool.base is None:
        pool.base = start(ctx, ctx.configuration(deployable=kind.deployable), kind)
    return pool.base


def glance(ctx: Context) -> None:
    """Look at those that are on their way, a poll's interval after the last look at the earliest.

    Done between probes: a status that goes back is seen by nobody who comes when all is over.
    """
    for kind in (EXECUTION, DEPLOYMENT):
        pooled = _trials(ctx, kind).base
        if pooled is None or (pooled.seen and pooled.seen[-1] in kind.settled):
            continue
        if time.monotonic() - pooled.glanced >= ctx.session.target.poll_interval:
            pooled.glanced = time.monotonic()
            with suppress(NotTestable):
                pooled.seen += _status(ctx.client.send(kind.get, path=pooled.path, judge=False))


def at_rest(ctx: Context, kind: Enactment = EXECUTION) -> Json:
    """The base when it has come to rest, well or not; raises Inconclusive.

    An execution has ended then; a deployment runs, and need not do so for ever.
    """
    pooled = base(ctx, kind)
    if pooled.last.get("status") not in kind.settled:
        pooled.last = _patiently(ctx, pooled, kind.settled)
    return pooled.last


def at_goal(ctx: Context, kind: Enactment = EXECUTION) -> Json:
    """The base at its goal; one that fails, for lack of data or of room, is Inconclusive."""
    body = at_rest(ctx, kind)
    if body.get("status") != kind.goal:
        raise Inconclusive(f"the {kind.word} ended {body.get('status')}: {body.get('statusMessage') or 'no message'}")
    return body


def steadily(ctx: Context, kind: Enactment, judge: Callable[[Json], None]) -> None:
    """Judge the base as it is at rest, once more when it moved on while we looked."""
    for _ in range(TRIES):
        body = at_rest(ctx, kind)
        try:
            ctx.retry_in_grace(base(ctx, kind).changed, functools.partial(judge, body))
        except Failure:
            if look(ctx, base(ctx, kind)) == body["status"]:
                raise
        else:
            return
    raise Inconclusive(f"the {kind.word} changes its status again and again")


def start(ctx: Context, configuration: Made, kind: Enactment = EXECUTION, **more: str) -> PooledEnactment:
    """Start one and look at it at once; raises NotApplicable, NotTestable, and Inconclusive without a budget."""
    ctx.require(kind.capability)
    pool = _trials(ctx, kind)
    try:
        created = ctx.make(kind.create, {"configurationId": configuration.id, **more})
    except NotTestable as refusal:
        quota = any(word in str(refusal).lower() for word in _FULL)
        if quota or executables.find(ctx, deployable=kind.deployable).parameters or (pool.started and not more):
            # A quota (C7), or a value of ours that makes no sense to the executable: no promise is broken.
            raise Inconclusive(str(refusal)) from refusal
        raise
    pool.started += 1
    first = _first(ctx, kind, created)
    return PooledEnactment(kind, configuration, created, first, _status(created.exchange) + _status(first))


def spare(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """Any one that may be stopped or deleted later, in whatever status."""
    pool = _trials(ctx, kind)
    return pool.spare[-1] if pool.spare else fresh(ctx, kind)


def fresh(ctx: Context, kind: Enactment = EXECUTION, **more: str) -> PooledEnactment:
    """A new spare one; ``more`` goes into the body of its creation."""
    pool = _trials(ctx, kind)
    if pool.configuration is None:
        pool.configuration = ctx.configuration(deployable=kind.deployable)
    pooled = start(ctx, pool.configuration, kind, **more)
    pool.spare.append(pooled)
    return pooled


def active(ctx: Context, kind: Enactment = EXECUTION, statuses: Collection[str] = ACTIVE) -> PooledEnactment:
    """A spare one that was in one of the ``statuses`` a moment ago; raises Inconclusive."""
    waiting = []
    for pooled in _trials(ctx, kind).spare:
        status = look(ctx, pooled)
        if pooled.ending:
            continue
        if status in statuses:
            return pooled
        if status == "UNKNOWN" or status in ACTIVE:
            waiting.append(pooled)
    for _ in range(TRIES):
        pooled = waiting.pop() if waiting else fresh(ctx, kind)
        pooled.last = _patiently(ctx, pooled, statuses)
        if pooled.last.get("status") in statuses:
            if ctx.session.target.is_mock:
                # The next ones to ask need not wait for as long; on a tenant each costs money.
                with suppress(Skip):
                    for _ in range(_WARM - len(waiting)):
                        fresh(ctx, kind)
            return pooled
    raise Inconclusive(f"{kind.word}s end before anybody sees them {' or '.join(sorted(statuses))}")


def any_terminal(ctx: Context, statuses: Collection[str] = TERMINAL, kind: Enactment = EXECUTION) -> PooledEnactment:
    """A spare one in one of the terminal ``statuses``, stopped when it does not end by itself; raises Inconclusive."""
    waiting = []
    for pooled in _trials(ctx, kind).spare:
        status = look(ctx, pooled)
        if status in statuses:
            return pooled
        if status and status not in TERMINAL:
            waiting.append(pooled)
    if kind.settled != TERMINAL:
        return stopped(ctx, kind)
    pooled = waiting[0] if waiting else fresh(ctx, kind)
    pooled.last = _patiently(ctx, pooled, TERMINAL)
    if pooled.last.get("status") not in statuses:
        raise Inconclusive(f"the {kind.word} ended {pooled.last.get('status')}, wanted {' or '.join(sorted(statuses))}")
    return pooled


def stopped(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """A spare one that we stopped, now or before; raises NotTestable and Inconclusive."""
    for pooled in _trials(ctx, kind).spare:
        if pooled.last.get("status") == "STOPPED" or (pooled.ending and look(ctx, pooled) == "STOPPED"):
            return pooled
    done = while_in(ctx, STOPPABLE, lambda pooled: stop(ctx, pooled), kind)
    if done is None:
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")
    pooled, answer = done
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    pool = _trials(ctx, kind)
    if pool.unstopped:
        raise Inconclusive(pool.unstopped)
    try:
        pooled.last = wait(ctx, pooled, TERMINAL)
    except Inconclusive as error:
        pool.unstopped = f"a stop has no end: {error}"
        raise Inconclusive(pool.unstopped) from error
    if pooled.last.get("status") != "STOPPED":
        raise Inconclusive(f"the {kind.word} ended {pooled.last.get('status')} before it was stopped")
    return pooled


def deleted(ctx: Context, kind: Enactment = EXECUTION) -> Deletion:
    """The deletion of this session that probes look at; raises NotTestable and Inconclusive."""
    pool = _trials(ctx, kind)
    if pool.deletion is None:
        pooled = any_terminal(ctx, kind=kind)
        answer = delete(ctx, pooled)
        pool.deletion = Deletion(pooled, answer, ctx.get(kind.get, **pooled.path))
        if answer.ok:
            remove(ctx, pooled)
    return pool.deletion


def stop(ctx: Context, pooled: PooledEnactment) -> Exchange:
    """Ask for STOPPED."""
    answer = ctx.send(pooled.kind.modify, pooled.path, json={"targetStatus": "STOPPED"})
    pooled.ending = pooled.ending or answer.ok
    return answer


def delete(ctx: Context, pooled: PooledEnactment) -> Exchange:
    """Ask for deletion."""
    return ctx.send(pooled.kind.delete, pooled.path)


def remove(ctx: Context, pooled: PooledEnactment) -> None:
    """It is deleted, or will be: no other probe gets it."""
    ctx.session.journal.removed(pooled.kind.word, pooled.id)
    _drop(ctx, pooled)


def while_in(
    ctx: Context, statuses: Collection[str], act: Callable[[PooledEnactment], Exchange], kind: Enactment = EXECUTION
) -> tuple[PooledEnactment, Exchange] | None:
    """Try ``act`` on an active one that still is in ``statuses`` after the answer.

    A lawful fast server may move on between our look and our request: then the answer says
    nothing, and it is tried again with another one. None: it moved on each time.
    """
    for _ in range(TRIES):
        pooled = active(ctx, kind)
        answer = act(pooled)
        if answer.ok or look(ctx, pooled) in statuses:
            return pooled, answer
    return None


def look(ctx: Context, pooled: PooledEnactment) -> str:
    """The status now; empty when it is gone. Terminal ones stay as they are and are not asked for."""
    if pooled.last.get("status") in TERMINAL:
        return str(pooled.last["status"])
    before = pooled.last.get("status")
    exchange = ctx.get(pooled.kind.get, **pooled.path)
    pooled.last = dict(exchange.json_object()) if exchange.ok else {}
    if pooled.last.get("status") != before:
        pooled.changed = time.monotonic()
    return str(pooled.last.get("status", ""))


def wait(ctx: Context, pooled: PooledEnactment, statuses: Collection[str], seen: list[str] | None = None) -> Json:
    """It, as soon as its status is one of ``statuses``, or terminal.

    ``seen`` collects the statuses on the way. Raises Inconclusive at the deadline.
    """
    for _ in ctx.polls():
        body = ctx.get_or_skip(pooled.kind.get, **pooled.path)
        status = str(body.get("status"))
        if seen is not None:
            seen.append(status)
        if status in statuses or status in TERMINAL:
            pooled.changed = time.monotonic()
            return body
    raise AssertionError("ticks() does not end by itself")


def is_on_its_way(ctx: Context) -> bool:
    """Whether the last answer says that a stop is meant: how long it may take nobody promised; our mock is known."""
    last = ctx.client.last
    told = last.json_object().get("targetStatus") if last is not None else None
    return told == "STOPPED" and not ctx.session.target.is_mock


def wait_until_gone(ctx: Context, pooled: PooledEnactment) -> None:
    """Poll until GET answers 404; a deletion that was promised and never begins breaks the requirement.

    One that has begun takes its time: raises Inconclusive.
    """
    patience = ctx.session.target.poll_timeout
    try:
        for _ in ctx.polls():
            exchange = ctx.get(pooled.kind.get, **pooled.path)
            if exchange.status == 404:
                pooled.changed = time.monotonic()
                return
            ctx.expect_status(exchange, {200})
    except Inconclusive:
        # The status stays until it is gone, and who tells no target tells nothing (C1).
        promised = exchange.json_object().get("targetStatus") in (None, "DELETED")
        if promised and not ctx.session.target.is_mock:
            raise Inconclusive(f"the {pooled.kind.word} is still being deleted after {patience:g} s") from None
        ctx.fail(expected=f"404 within {patience:g} s of the deletion", actual=f"the {pooled.kind.word} is still there")


def _trials(ctx: Context, kind: Enactment) -> _Pool:
    found: _Pool = ctx.session.shared.setdefault(f"probes.pool.{kind.word}", _Pool())
    journal = ctx.session.journal
    if found.base is not None and journal.is_doubted(found.base.id):
        found.base = None
    found.spare = [pooled for pooled in found.spare if not journal.is_doubted(pooled.id)]
    return found


def _status(exchange: Exchange) -> list[str]:
    """The status that an answer tells; none when it is an error, or says nothing."""
    told = exchange.json_object().get("status")
    return [told] if exchange.ok and isinstance(told, str) else []


def _drop(ctx: Context, pooled: PooledEnactment) -> None:
    pool = _trials(ctx, pooled.kind)
    pool.spare = [t for t in pool.spare if t.id != pooled.id]


def _first(ctx: Context, kind: Enactment, created: Made) -> Exchange:
    pool = _trials(ctx, kind)
    deadline = time.monotonic() + ctx.grace
    while True:
        exchange = ctx.get(kind.get, **{kind.parameter: created.id})
        if exchange.status not in (403, 404) or kind.at_once or pool.unseen:
            return exchange
        if time.monotonic() > deadline:
            pool.unseen = True
            return exchange
        time.sleep(ctx.grace / 20)


def _patiently(ctx: Context, pooled: PooledEnactment, statuses: Collection[str]) -> Json:
    pool = _trials(ctx, pooled.kind)
    if pool.stuck:
        raise Inconclusive(pool.stuck)
    try:
        return wait(ctx, pooled, statuses, pooled.seen)
    except Inconclusive as error:
        pool.stuck = f"one {pooled.kind.word} stayed {pooled.seen[-1] if pooled.seen else 'without a status'}: {error}"
        raise Inconclusive(pool.stuck) from error
    except NotTestable:
        _drop(ctx, pooled)
        raise
