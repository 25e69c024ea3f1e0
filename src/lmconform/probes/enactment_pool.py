"""The executions and deployments of a session: one of each that no probe changes, and spare ones to stop or delete.

Each costs a tenant minutes and money, so probes share them where that is safe.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from lmconform.client import polling
from lmconform.client.polling import Overdue, looks
from lmconform.errors import Failure, Inconclusive, NotTestable, Skip, judged_refusals
from lmconform.evidence.exchange import Exchange
from lmconform.probes import liveness
from lmconform.probes.builders import executables
from lmconform.probes.builders.configurations import create_configuration
from lmconform.probes.context import ACTIVE, TERMINAL, Context, Created, Json
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment

# Statuses that a stop may find or leave: an answer that denies the stop is wrong then.
STOPPABLE: Final = ACTIVE | {"STOPPING", "STOPPED"}
ATTEMPTS: Final = 3
# Started before they are needed, where the target is disposable.
_WARM_SPARES: Final = 1
# What an enactment does without a request, as a word for the waits of the session.
_PROGRESS: Final = "progress"
# Words in refusals for lack of room, here and in the scenarios: neither status nor text is published (C7).
_QUOTA_WORDS: Final = ("quota", "maxrunningcount", "capacity", "exhausted", "too many", "limit", "maximum", "exceed")
# A serving template may have a placeholder that no binding fills: its deployments are refused, and no other (M9).
_TEMPLATE_WORDS: Final = ("placeholder", "not resolved")


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deletion of one in a terminal status: the answer, and the first GET after it."""

    pooled: PooledEnactment
    answer: Exchange
    after: Exchange


@dataclass(slots=True)
class _Pool:
    base: PooledEnactment | None = None
    never_found_at_first: bool = False
    spare: list[PooledEnactment] = field(default_factory=list)
    configuration: Created | None = None
    everyone: list[PooledEnactment] = field(default_factory=list)


def base(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """The one that no probe stops, deletes or changes; no other enactment has its configuration."""
    pool = _pool(ctx, kind)
    if pool.base is None:
        require_room(ctx, kind)
        pool.base = start(ctx, create_configuration(ctx, deployable=kind.deployable), kind)
    return pool.base


def require_room(ctx: Context, kind: Enactment) -> None:
    """Raise Inconclusive when no more may be started: before a configuration is made, which cannot be deleted (F53)."""
    with judged_refusals():
        ctx.session.budget.check(kind.word)


def glance(ctx: Context) -> None:
    """Record the status of each base that has not settled, at most once in a polling interval.

    Done between probes: a status that goes back would be missed by probes that come when all is over.
    """
    for kind in (EXECUTION, DEPLOYMENT):
        pooled = _pool(ctx, kind).base
        if pooled is None or (pooled.statuses and pooled.statuses[-1] in kind.settled):
            continue
        if time.monotonic() - pooled.polled_at >= ctx.session.target.poll_interval:
            pooled.polled_at = time.monotonic()
            with suppress(NotTestable):
                pooled.statuses += _status(ctx.client.send(kind.get, path=pooled.path, judge=False))


def wait_for_rest(ctx: Context, kind: Enactment = EXECUTION) -> Json:
    """The body of the base in a settled status, whether it succeeded or not; raises Overdue.

    An execution has ended then; a deployment runs, and may end later.
    """
    pooled = base(ctx, kind)
    if pooled.last.get("status") not in kind.settled:
        pooled.wait(ctx, kind.settled, kind.limit(ctx), _PROGRESS)
    return pooled.last


def at_rest(ctx: Context, kind: Enactment = EXECUTION) -> Json:
    """``wait_for_rest``; raises Inconclusive for lack of room, NotTestable when it runs and does not settle."""
    return _progressing(ctx, base(ctx, kind), lambda: wait_for_rest(ctx, kind))


def at_goal(ctx: Context, kind: Enactment = EXECUTION) -> Json:
    """The body of the base at its goal; raises Inconclusive when it fails, for lack of data or of room."""
    body = at_rest(ctx, kind)
    if body.get("status") != kind.goal:
        raise Inconclusive(f"the {kind.word} ended {body.get('status')}: {body.get('statusMessage') or 'no message'}")
    return body


def judge_at_rest(ctx: Context, kind: Enactment, judge: Callable[[Json], None]) -> None:
    """Judge the base at rest, and again when its status changed while it was judged."""
    for _ in range(ATTEMPTS):
        body = at_rest(ctx, kind)
        try:
            ctx.retry_in_grace(base(ctx, kind).changed_at, functools.partial(judge, body))
        except Failure:
            if base(ctx, kind).current_status(ctx) == body["status"]:
                raise
        else:
            return
    raise NotTestable(f"the {kind.word} changed its status during each of {ATTEMPTS} attempts")


def start(ctx: Context, configuration: Created, kind: Enactment = EXECUTION, **fields: str) -> PooledEnactment:
    """Start one and GET it at once; raises NotApplicable, NotTestable, and Inconclusive when a budget is spent."""
    ctx.require(kind.capability)
    pool = _pool(ctx, kind)
    try:
        created = ctx.make(kind.create, {"configurationId": configuration.id, **fields})
    except NotTestable as refusal:
        # A refusal shows the beginning of the answer; its words may stand behind that.
        last = ctx.client.last
        words = f"{refusal} {last.text if last and last.operation == kind.create else ''}".lower()
        has_reason = any(text in words for text in _QUOTA_WORDS + _TEMPLATE_WORDS)
        invented = executables.find(ctx, deployable=kind.deployable).invented
        if has_reason or invented or (pool.everyone and not fields):
            # A quota (C7), a template that is wrong, or an invented parameter value: no promise is broken.
            raise Inconclusive(str(refusal)) from refusal
        raise
    return _started(ctx, configuration, created, kind)


def adopt(ctx: Context, configuration: Created, created: Created, kind: Enactment = EXECUTION) -> PooledEnactment:
    """A new spare one that a probe has started itself."""
    pooled = _started(ctx, configuration, created, kind)
    _pool(ctx, kind).spare.append(pooled)
    return pooled


def _started(ctx: Context, configuration: Created, created: Created, kind: Enactment) -> PooledEnactment:
    first = _first_get(ctx, kind, created)
    pooled = PooledEnactment(kind, configuration, created, first, _status(created.exchange) + _status(first))
    _pool(ctx, kind).everyone.append(pooled)
    return pooled


def spare(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """One that may be stopped or deleted later, in any status."""
    pool = _pool(ctx, kind)
    return pool.spare[-1] if pool.spare else fresh(ctx, kind)


def members(ctx: Context, kind: Enactment = EXECUTION) -> list[PooledEnactment]:
    """The base, and the spare ones that no probe has deleted."""
    pool = _pool(ctx, kind)
    return [*([pool.base] if pool.base else []), *pool.spare]


def everyone(ctx: Context, kind: Enactment) -> list[PooledEnactment]:
    """All that were started in this session, also those that were deleted."""
    return list(_pool(ctx, kind).everyone)


def fresh(ctx: Context, kind: Enactment = EXECUTION, **fields: str) -> PooledEnactment:
    """A new spare one; ``fields`` are added to the body of its creation."""
    pool = _pool(ctx, kind)
    if pool.configuration is None:
        require_room(ctx, kind)
        pool.configuration = create_configuration(ctx, deployable=kind.deployable)
    pooled = start(ctx, pool.configuration, kind, **fields)
    pool.spare.append(pooled)
    return pooled


def active(ctx: Context, kind: Enactment = EXECUTION, statuses: Collection[str] = ACTIVE) -> PooledEnactment:
    """A spare one whose last answer had one of the ``statuses``; raises Inconclusive."""
    waiting = []
    for pooled in _pool(ctx, kind).spare:
        if pooled.stop_accepted:
            continue
        status = pooled.current_status(ctx)
        if pooled.displaced is not None:
            _drop(ctx, pooled)
        elif status in statuses:
            return pooled
        elif status == "UNKNOWN" or status in ACTIVE:
            waiting.append(pooled)
    for _ in range(ATTEMPTS):
        pooled = waiting.pop() if waiting else fresh(ctx, kind)
        wait_for(ctx, pooled, statuses)
        if pooled.last.get("status") in statuses:
            if ctx.session.target.disposable:
                # The next probes need not wait as long; elsewhere each costs money.
                with suppress(Skip):
                    for _ in range(_WARM_SPARES - len(waiting)):
                        fresh(ctx, kind)
            return pooled
    raise Inconclusive(f"{kind.word}s end before they are seen {' or '.join(sorted(statuses))}")


def any_terminal(ctx: Context, statuses: Collection[str] = TERMINAL, kind: Enactment = EXECUTION) -> PooledEnactment:
    """A spare one in one of the terminal ``statuses``; a deployment is stopped for it. Raises Inconclusive."""
    waiting = []
    for pooled in _pool(ctx, kind).spare:
        status = pooled.current_status(ctx)
        if _is_displaced(ctx, pooled):
            continue
        if status in statuses:
            return pooled
        if status and status not in TERMINAL:
            waiting.append(pooled)
    if kind.settled != TERMINAL:
        return stopped(ctx, kind)
    pooled = waiting[0] if waiting else fresh(ctx, kind)
    wait_for(ctx, pooled, TERMINAL)
    if pooled.last.get("status") not in statuses:
        raise Inconclusive(f"the {kind.word} ended {pooled.last.get('status')}, wanted {' or '.join(sorted(statuses))}")
    return pooled


def completed_or_ended(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """``any_terminal``, and a COMPLETED one if there is a spare one: it shows more of a stop than a STOPPED one."""
    if any(pooled.last.get("status") == "COMPLETED" for pooled in _pool(ctx, kind).spare):
        with suppress(Inconclusive):
            return any_terminal(ctx, {"COMPLETED"}, kind)
    return any_terminal(ctx, kind=kind)


def stopped(ctx: Context, kind: Enactment = EXECUTION) -> PooledEnactment:
    """A spare one that was stopped, now or before; raises NotTestable and Inconclusive."""
    for pooled in _pool(ctx, kind).spare:
        was_stopped = pooled.stop_accepted and pooled.current_status(ctx) == "STOPPED"
        if was_stopped and not _is_displaced(ctx, pooled):
            return pooled
    for _ in range(ATTEMPTS):
        pooled, answer = act_while_in(ctx, STOPPABLE, lambda pooled: pooled.stop(ctx), kind, purpose="stopped")
        ctx.require_success(answer)
        body = liveness.need(functools.partial(wait_for_stop, ctx, pooled), f"LM-{kind.noun}-STOP")
        if body.get("status") == "STOPPED":
            return pooled
    raise Inconclusive(f"{kind.word}s end before they are stopped")


def wait_for_stop(ctx: Context, pooled: PooledEnactment, promise: str = "stop") -> Json:
    """The body of one whose stop was accepted, in a terminal status; raises Overdue."""
    began = time.monotonic()
    body = pooled.wait(ctx, TERMINAL, ctx.limits.stop, promise, wanted="STOPPED, as its stop was accepted,")
    pooled.stop_took = time.monotonic() - began
    return body


@fixture()
def deleted(ctx: Context, kind: Enactment) -> Deletion:
    """The deletion of this session that several probes judge; raises NotTestable and Inconclusive."""
    pooled = any_terminal(ctx, kind=kind)
    answer = pooled.delete(ctx)
    deletion = Deletion(pooled, answer, ctx.get(kind.get, **pooled.path))
    if answer.ok:
        remove(ctx, pooled)
    return deletion


def remove(ctx: Context, pooled: PooledEnactment) -> None:
    """Note that it is deleted, or will be: no other probe gets it."""
    ctx.session.journal.removed(pooled.kind.word, pooled.id)
    _drop(ctx, pooled)


def act_while_in(
    ctx: Context,
    statuses: Collection[str],
    act: Callable[[PooledEnactment], Exchange],
    kind: Enactment = EXECUTION,
    *,
    purpose: str,
) -> tuple[PooledEnactment, Exchange]:
    """Try ``act`` until it is accepted, or refused while the status still is one of ``statuses``.

    A lawful fast server may move on between the GET and ``act``: a refusal says nothing then, and another one is
    tried. ``purpose`` is a participle for the message. Raises Inconclusive when each of them moved on.
    """
    for _ in range(ATTEMPTS):
        pooled = active(ctx, kind)
        answer = act(pooled)
        if answer.ok or pooled.current_status(ctx) in statuses:
            return pooled, answer
    raise Inconclusive(f"{kind.word}s end before they can be {purpose}")


@fixture()
def _session_pool(ctx: Context, kind: Enactment) -> _Pool:
    return _Pool()


def _pool(ctx: Context, kind: Enactment) -> _Pool:
    """The pool of the session, without enactments whose state the journal doubts."""
    pool, journal = _session_pool(ctx, kind), ctx.session.journal
    if pool.base is not None and journal.is_doubted(kind.word, pool.base.id):
        pool.base = None
    pool.spare = [pooled for pooled in pool.spare if not journal.is_doubted(kind.word, pooled.id)]
    return pool


def _status(exchange: Exchange) -> list[str]:
    """The status in an answer, as a list of one; empty for an error, or an answer without a status."""
    status = exchange.json_object().get("status")
    return [status] if exchange.ok and isinstance(status, str) else []


def _is_displaced(ctx: Context, pooled: PooledEnactment) -> bool:
    """Whether a spare one is not what it was, by no request of this run: then no other probe gets it.

    What has ended is read again when it was last read some time ago: it stays as it is on most targets.
    """
    if time.monotonic() - pooled.read_at > polling.grace(ctx.session.target.poll_interval) / 2:
        with suppress(NotTestable):
            pooled.look_again(ctx)
    if pooled.displaced is not None:
        _drop(ctx, pooled)
    return pooled.displaced is not None


def _drop(ctx: Context, pooled: PooledEnactment) -> None:
    pool = _pool(ctx, pooled.kind)
    pool.spare = [other for other in pool.spare if other.id != pooled.id]


def _first_get(ctx: Context, kind: Enactment, created: Created) -> Exchange:
    """The first GET; of a deployment it is repeated until it is found, for the grace period at most."""
    pool = _pool(ctx, kind)
    for is_last in looks(ctx.session.target.poll_interval):
        exchange = ctx.get(kind.get, **{kind.parameter: created.id})
        if exchange.status not in (403, 404) or kind.at_once or pool.never_found_at_first:
            break
        pool.never_found_at_first = is_last
    return exchange


def wait_for(ctx: Context, pooled: PooledEnactment, statuses: Collection[str]) -> Json:
    """The body of one in one of the ``statuses``, or terminal, when no request sends it there.

    Raises Inconclusive for lack of room, NotTestable when it runs and does not get there.
    """
    return _progressing(ctx, pooled, lambda: pooled.wait(ctx, statuses, pooled.kind.limit(ctx), _PROGRESS))


def is_queued(ctx: Context, pooled: PooledEnactment, overdue: Overdue) -> bool:
    """Whether it was never started: nothing is refused for lack of room or of an object store (F51, M24)."""
    return overdue.state in pooled.kind.life(ctx).queued and not pooled.has_run(ctx)


def _progressing(ctx: Context, pooled: PooledEnactment, wait: Callable[[], Json]) -> Json:
    try:
        return wait()
    except Overdue as overdue:
        text = f"{overdue.what}: {overdue.actual}"
        raise (Inconclusive(f"no room: {text}") if is_queued(ctx, pooled, overdue) else NotTestable(text)) from overdue
    except NotTestable:
        _drop(ctx, pooled)
        raise
