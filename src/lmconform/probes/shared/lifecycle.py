"""Probes that stop and delete executions and deployments: what is allowed in which status, and what remains."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from typing import Final

from lmconform.client.polling import rest
from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import ACTIVE, Context, Created, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.enactment_pool import ATTEMPTS, STOPPABLE
from lmconform.probes.fixtures import fixture
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.reading import objects
from lmconform.probes.registry import probe
from lmconform.probes.shared import stays_deleted
from lmconform.probes.shared.counts import counted, expect_counted
from lmconform.probes.shared.unknown_ids import expect_absent

# SAP declares both, and does not publish which of them a forbidden transition gets (C3).
FORBIDDEN_TRANSITION: Final = frozenset({400, 412})
# So many coincidences of one kind are none.
NO_CHANCE: Final = 2
# What a stop changes.
_OF_AN_END: Final = ("status", "targetStatus", "completionTime")
# How many times longer one has to be active than a deletion takes.
_TIMES: Final = 4
# How many times longer one has to stay UNKNOWN than the quickest stop that was accepted took.
_TWICE: Final = 2


def install(kind: Enactment, died: Callable[[Context], Iterable[str]] = lambda ctx: ()) -> None:
    """Register the shared probes of stops and deletions; ``died`` gives ids of some that are DEAD."""
    _unknown_status(kind)
    _refusals(kind)
    _deleting(kind)
    _stopping(kind)
    _ended(kind, died)
    _answers(kind)
    stays_deleted.install_enactments(kind)


def expect_uncounted(ctx: Context, listing: str, count: str, query: Json, deleted_id: str) -> None:
    """Raise Failure when ``count`` still counts a deleted resource that the list no longer holds.

    Other resources that match may come and go: a count is judged when the list is the same before and after it.
    """

    resource = ctx.session.resources.resource_of(ctx.session.contract.operation(listing))
    assert resource is not None, listing

    def judge() -> None:
        before, number, after = ctx.ids(listing, query), counted(ctx, count, query), ctx.ids(listing, query)
        if sorted(before) != sorted(after) or deleted_id in after:
            raise NotTestable(f"the list changes, or still holds {deleted_id}")
        expect_counted(ctx, resource, query, after, number, f"$count = {len(after)} without the deleted one")

    try:
        ctx.retry_in_grace(time.monotonic(), judge)
    except NotTestable as error:
        # How long a list may lag behind a deletion is not published (C2); GET is judged by another probe.
        raise Inconclusive(str(error)) from error


def expect_kept(ctx: Context, configuration: Created) -> None:
    """Raise Failure unless a configuration is as it was sent, and an artifact that it binds is still there."""
    body = ctx.get_or_fail("getConfiguration", configurationId=configuration.id)
    ctx.expect_same({**configuration.sent, "id": configuration.id}, body, what="the configuration as sent")
    for binding in objects(configuration.sent, "inputArtifactBindings")[:1]:
        ctx.get_or_fail("getArtifact", artifactId=str(binding["artifactId"]))


def expect_not_deleted(ctx: Context, kind: Enactment, status: str, accepted: int, answer: Exchange) -> None:
    """Raise Failure when a deletion was accepted that had to be refused.

    ``status`` is the one after it. ``accepted`` is how often a ``steady`` one was gone at once: it may have ended
    before the deletion, which hardly happens to two of them.
    """
    if status in ACTIVE:
        ctx.fail(expected="400 or 412: it must be stopped first", actual=answer.brief, exchange=answer)
    if accepted == NO_CHANCE:
        text = f"{accepted} {kind.word}s were deleted right after they were read as active: {answer.brief}"
        ctx.fail(expected="400 or 412: it must be stopped first", actual=text, exchange=answer)


def expect_not_stopped(ctx: Context, pooled: PooledEnactment) -> None:
    """Raise Failure unless GET shows one that has ended as it was before a stop was refused."""
    before = {name: pooled.last[name] for name in _OF_AN_END if pooled.last.get(name) is not None}
    after = ctx.get_or_fail(pooled.kind.get, **pooled.path)
    ctx.expect_same(before, after, what="GET after the refusal, as before it")


def steady(ctx: Context, pooled: PooledEnactment, took: float) -> bool:
    """Whether it is active at two looks, the second right before a deletion, and some times as far apart as that took.

    ``took`` is how many seconds the attempt before lasted from its look to the answer; at the first one, 0, nobody
    knows. One that lives no longer than a few requests has ended at the second look.
    """
    if took:
        rest(_TIMES * took)
    return pooled.current_status(ctx) in ACTIVE and took > 0


def expect_named(ctx: Context, own: str, answer: Exchange) -> None:
    """Raise Failure when the answer to a change has another id than the path; raises NotTestable for a refusal."""
    ctx.require_success(answer)
    answered_id = answer.json_object().get("id")
    ctx.expect(answered_id in (None, own), expected=f"id: {own}", actual=f"id: {answered_id}", exchange=answer)


@fixture()
def _accepted_stop(ctx: Context, kind: Enactment) -> tuple[str, Exchange]:
    """The id of one that was stopped, and the answer to that."""
    pooled, answer = _stop_one(ctx, kind)
    return pooled.id, answer


def _stop_one(ctx: Context, kind: Enactment) -> tuple[PooledEnactment, Exchange]:
    return enactment_pool.act_while_in(ctx, STOPPABLE, lambda pooled: pooled.stop(ctx), kind, purpose="stopped")


def _expect_end_of_stop(ctx: Context, pooled: PooledEnactment) -> None:
    """Wait for the end of one whose stop was accepted; raises Failure when it disappears, or does not end."""
    stop = f"LM-{pooled.kind.noun}-STOP"
    try:
        liveness.expect(ctx, functools.partial(enactment_pool.wait_for_stop, ctx, pooled), stop)
    except NotTestable:
        # What has a time to live may be over, and is deleted then.
        answer = ctx.get(pooled.kind.get, **pooled.path)
        if answer.status != 404 or len(pooled.created.sent) > 1:
            raise
        text = f"STOPPED, as its stop was accepted: only a deletion removes the {pooled.kind.word}"
        ctx.fail(expected=text, actual=answer.brief, exchange=answer)


def expect_refused_while_unknown(
    ctx: Context, kind: Enactment, change: Callable[[PooledEnactment], Exchange], what: str
) -> None:
    """Raise Failure unless ``change``, which ``what`` names, is refused while the status of a new one is UNKNOWN.

    Raises Inconclusive when they leave UNKNOWN too soon.
    """
    accepted, shortest = 0, math.inf
    for attempt in range(2 * ATTEMPTS):
        # Some leave UNKNOWN before they are looked at: one acceptance is a reason to look at more.
        if accepted == ATTEMPTS or (attempt >= ATTEMPTS and not accepted):
            break
        pooled = enactment_pool.fresh(ctx, kind)
        begun = time.monotonic()
        # Read twice: what is UNKNOWN at two looks is hardly scheduled at the next request.
        if pooled.first.json_object().get("status") != "UNKNOWN" or pooled.current_status(ctx) != "UNKNOWN":
            continue
        answer = change(pooled)
        if not answer.ok:
            ctx.expect_refused(answer, FORBIDDEN_TRANSITION)
            return
        accepted, shortest = accepted + 1, min(shortest, time.monotonic() - begun)
    # Once may be chance: it may have been scheduled between GET and PATCH. Always, where UNKNOWN is that short.
    text = "400 or 412 while the status is UNKNOWN"
    is_sure = accepted == ATTEMPTS and _stays_unknown(ctx, kind, _TWICE * shortest)
    ctx.expect(not is_sure, expected=text, actual=f"202, {accepted} times")
    raise Inconclusive(f"{kind.word}s leave UNKNOWN before {what} can be sent")


def _unknown_status(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-STOP-UNKNOWN-STATUS")
    def unknown_status_is_not_stopped(ctx: Context) -> None:
        expect_refused_while_unknown(ctx, kind, lambda pooled: pooled.stop(ctx), "a stop")

    @probe(f"LM-{kind.noun}-DELETE-UNKNOWN-STATUS")
    def unknown_status_is_deleted(ctx: Context) -> None:
        refused = 0
        for _ in range(ATTEMPTS):
            pooled = enactment_pool.fresh(ctx, kind)
            answer = pooled.delete(ctx)
            if answer.ok:
                enactment_pool.remove(ctx, pooled)
                liveness.expect(ctx, functools.partial(pooled.wait_until_gone, ctx), f"LM-{kind.noun}-DELETE")
                return
            if ctx.get(kind.get, **pooled.path).json_object().get("status") == "UNKNOWN":
                refused += 1
                if refused == ATTEMPTS:
                    ctx.expect_status(answer, {202})
        raise Inconclusive(f"{kind.word}s leave UNKNOWN before a deletion can be sent")


def _stays_unknown(ctx: Context, kind: Enactment, seconds: float) -> bool:
    """Whether another one that nothing changes is UNKNOWN so many seconds later."""
    pooled = enactment_pool.fresh(ctx, kind)
    rest(seconds)
    return pooled.current_status(ctx) == "UNKNOWN"


def _refusals(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-STOP-BODY")
    def only_stopped_is_a_target(ctx: Context) -> None:
        path = enactment_pool.base(ctx, kind).path
        # PATCH of a deployment may have a configurationId instead, and the description requires neither member.
        empty: list[Json] = [{}] if kind.modify == "modifyExecution" else []
        for body in ({"targetStatus": "RUNNING"}, {"targetStatus": "LMCONFORM"}, {"targetStatus": 7}, *empty):
            # A known status may be refused as a forbidden transition (C3).
            ctx.expect_refused(ctx.send(kind.modify, path, json=body), FORBIDDEN_TRANSITION)

    @probe(f"LM-{kind.noun}-STOP-404")
    def stop_of_an_unknown_id_is_404(ctx: Context) -> None:
        path = {kind.parameter: ctx.absent_id()}
        expect_absent(ctx, ctx.send(kind.modify, path, json={"targetStatus": "STOPPED"}), kind.get, path)

    @probe(f"LM-{kind.noun}-DELETE-404")
    def deletion_of_an_unknown_id_is_404(ctx: Context) -> None:
        path = {kind.parameter: ctx.absent_id()}
        expect_absent(ctx, ctx.send(kind.delete, path), kind.get, path)


def _deleting(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-DELETE", late=True)
    def terminal_one_is_deleted(ctx: Context) -> None:
        deletion = enactment_pool.deleted(ctx, kind)
        pooled = deletion.pooled
        ctx.expect_status(deletion.answer, {202})
        liveness.expect(ctx, lambda: pooled.wait_until_gone(ctx), f"LM-{kind.noun}-DELETE")

        def judge() -> None:
            ids = ctx.ids(kind.list, {"configurationId": pooled.configuration.id})
            ctx.expect(pooled.id not in ids, expected="not in the list either", actual=f"{pooled.id} is listed")

        ctx.retry_in_grace(pooled.changed_at, judge)

    @probe(f"LM-{kind.noun}-DELETE-ACTIVE")
    def active_one_is_not_deleted(ctx: Context) -> None:
        accepted, took = 0, 0.0
        for _ in range(ATTEMPTS):
            pooled = enactment_pool.active(ctx, kind)
            is_steady, looked = steady(ctx, pooled, took), time.monotonic()
            answer = pooled.delete(ctx)
            took = time.monotonic() - looked
            after = ctx.get(kind.get, **pooled.path)
            status = after.json_object().get("status")
            if answer.ok:
                enactment_pool.remove(ctx, pooled)
                accepted += is_steady and after.status == 404
                expect_not_deleted(ctx, kind, str(status), accepted, answer)
                continue  # It ended between GET and DELETE, or it is gone and its status with it.
            if status in ACTIVE:
                ctx.expect_status(answer, FORBIDDEN_TRANSITION)
            if status in ACTIVE or answer.status in FORBIDDEN_TRANSITION:
                target = after.json_object().get("targetStatus")
                ctx.expect_status(after, {200})
                text = "a refusal that changes nothing"
                ctx.expect(target != "DELETED", expected=text, actual=f"targetStatus: {target}")
                return
        raise Inconclusive(f"{kind.word}s end before a deletion can be sent")


def _stopping(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-STOP")
    def active_one_stops(ctx: Context) -> None:
        statuses: list[str] = []
        ignored = 0
        reachable = kind.life(ctx).reachable
        for _ in range(ATTEMPTS):
            pooled, answer = _stop_one(ctx, kind)
            _accepted_stop.put(ctx, (pooled.id, answer), kind)
            ctx.expect_status(answer, {202})
            seen = len(pooled.statuses)
            _expect_end_of_stop(ctx, pooled)
            statuses = pooled.statuses[seen:]
            good = all(after in reachable[before] for before, after in pairwise(statuses))
            ctx.expect(good, expected="STOPPING, then STOPPED", actual=_in_order(statuses))
            if statuses[-1] == "STOPPED":
                unexpected = [s for s in statuses if s not in STOPPABLE]
                ctx.expect(not unexpected, expected="STOPPING, then STOPPED", actual=_in_order(statuses))
                return
            ignored += not pooled.may_have_ended_first(ctx)
        if ignored < NO_CHANCE:
            raise Inconclusive(f"{kind.word}s end after a stop was accepted, and before it is carried out")
        ctx.fail(
            expected="STOPPING, then STOPPED",
            actual=f"202 and not STOPPED in {ATTEMPTS} attempts, in the last: {_in_order(statuses)}",
        )

    @probe(f"LM-{kind.noun}-STOP-TARGET")
    def stopped_one_has_stopped_as_target(ctx: Context) -> None:
        pooled = enactment_pool.stopped(ctx, kind)
        ctx.expect_if_present({"targetStatus": "STOPPED"}, pooled.last, what=f"a {kind.word} that was stopped")


def _ended(kind: Enactment, died: Callable[[Context], Iterable[str]]) -> None:
    @probe(f"LM-{kind.noun}-STOP-ENDED")
    def terminal_one_is_not_stopped(ctx: Context) -> None:
        pooled = enactment_pool.completed_or_ended(ctx, kind)
        answer = pooled.stop(ctx)
        ctx.expect_refused(answer, FORBIDDEN_TRANSITION)
        expect_not_stopped(ctx, pooled)
        for dead in died(ctx):
            answer = ctx.send(kind.modify, {kind.parameter: dead}, json={"targetStatus": "STOPPED"})
            ctx.expect_refused(answer, FORBIDDEN_TRANSITION)


def _in_order(statuses: list[str]) -> str:
    return " → ".join(status for status, _ in groupby(statuses))


def _answers(kind: Enactment) -> None:
    @probe(f"LM-{kind.noun}-ANSWER-ID")
    def answers_name_what_changes(ctx: Context) -> None:
        stop = _accepted_stop(ctx, kind)
        deletion = enactment_pool.deleted(ctx, kind)
        for own, answer in (stop, (deletion.pooled.id, deletion.answer)):
            expect_named(ctx, own, answer)
