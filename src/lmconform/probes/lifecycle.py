"""Probes that stop and delete executions and deployments of our own: what is allowed when, and what is left."""

from __future__ import annotations

import time

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.context import ACTIVE, TERMINAL, Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.enactment_pool import STOPPABLE, TRIES, delete, stop
from lmconform.probes.families import expect_absent
from lmconform.probes.registry import probe

# SAP declares both and never says which belongs to a forbidden transition (C3).
REFUSED = frozenset({400, 412})


def install(kind: Enactment) -> None:
    """Register the shared probes for ``kind``, in an order in which they wait little for each other."""
    noun = f"LM-{kind.noun}"
    _unknown(noun, kind)
    _refusals(noun, kind)
    _deleting(noun, kind)
    _stopping(noun, kind)
    _answers(noun, kind)


def expect_uncounted(ctx: Context, listing: str, count: str, query: Json, gone: str) -> None:
    """Raise Failure when ``count`` still counts what is not listed any more.

    Others that match may come and go: what is counted is what is listed, before and after.
    """

    def judge() -> None:
        for _ in ctx.polls():
            before, number, after = (
                ctx.ids(listing, query),
                ctx.count(count, query),
                ctx.ids(listing, query),
            )
            if before == after and gone not in after:
                text = f"$count = {len(after)} without it"
                ctx.expect(number == len(after), expected=text, actual=f"$count = {number}")
                return

    ctx.retry_in_grace(time.monotonic(), judge)


def _unknown(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP-UNKNOWN-STATUS", effect="destructive")
    def unknown_one_is_not_stopped(ctx: Context) -> None:
        accepted = 0
        for _ in range(TRIES):
            pooled = enactment_pool.fresh(ctx, kind)
            if pooled.first.json_object().get("status") != "UNKNOWN":
                continue
            answer = stop(ctx, pooled)
            if not answer.ok:
                ctx.expect_refused(answer, REFUSED)
                return
            accepted += 1
        # Once may be chance: it was scheduled between our look and our request.
        ctx.expect(accepted < TRIES, expected="400 or 412 while the status is UNKNOWN", actual=f"202, {accepted} times")
        raise Inconclusive(f"{kind.word}s leave UNKNOWN before anybody can ask to stop them")

    @probe(f"{noun}-DELETE-UNKNOWN-STATUS", effect="destructive")
    def unknown_one_is_deleted(ctx: Context) -> None:
        refused = 0
        for _ in range(TRIES):
            pooled = enactment_pool.fresh(ctx, kind)
            answer = delete(ctx, pooled)
            if answer.ok:
                enactment_pool.remove(ctx, pooled)
                enactment_pool.wait_until_gone(ctx, pooled)
                return
            if ctx.get(kind.get, **pooled.path).json_object().get("status") == "UNKNOWN":
                refused += 1
                if refused == TRIES:
                    ctx.expect_status(answer, {202})
        raise Inconclusive(f"{kind.word}s leave UNKNOWN before anybody can delete them")


def _refusals(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP-BODY", effect="destructive")
    def stop_takes_stopped_alone(ctx: Context) -> None:
        path = enactment_pool.base(ctx, kind).path
        # Of a deployment another configuration may be asked for, and the description demands neither.
        empty: list[Json] = [{}] if kind.modify == "modifyExecution" else []
        for body in ({"targetStatus": "RUNNING"}, {"targetStatus": "LMCONFORM"}, {"targetStatus": 7}, *empty):
            # A word that there is may be taken for a transition that is forbidden now (C3).
            ctx.expect_refused(ctx.send(kind.modify, path, json=body), REFUSED)

    @probe(f"{noun}-STOP-404", effect="destructive")
    def nothing_is_not_stopped(ctx: Context) -> None:
        path = {kind.parameter: ctx.absent_id()}
        expect_absent(ctx, ctx.send(kind.modify, path, json={"targetStatus": "STOPPED"}), kind.get, path)

    @probe(f"{noun}-DELETE-404", effect="destructive")
    def nothing_is_not_deleted(ctx: Context) -> None:
        path = {kind.parameter: ctx.absent_id()}
        expect_absent(ctx, ctx.send(kind.delete, path), kind.get, path)


def _deleting(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-DELETE", effect="destructive", late=True)
    def ended_one_goes_away(ctx: Context) -> None:
        deletion = enactment_pool.deleted(ctx, kind)
        pooled = deletion.pooled
        ctx.expect_status(deletion.answer, {202})
        enactment_pool.wait_until_gone(ctx, pooled)

        def judge() -> None:
            found = ctx.ids(kind.list, {"configurationId": pooled.configuration.id})
            ctx.expect(pooled.id not in found, expected="not in the list either", actual=f"{pooled.id} is listed")

        ctx.retry_in_grace(pooled.changed, judge)

    @probe(f"{noun}-DELETE-ACTIVE", effect="destructive")
    def active_one_is_not_deleted(ctx: Context) -> None:
        for _ in range(TRIES):
            pooled = enactment_pool.active(ctx, kind)
            answer = delete(ctx, pooled)
            after = ctx.get(kind.get, **pooled.path)
            status = after.json_object().get("status")
            if answer.ok:
                enactment_pool.remove(ctx, pooled)
                if status in ACTIVE:
                    ctx.fail(expected="400 or 412: it must be stopped first", actual=answer.brief, exchange=answer)
                continue  # It ended between our look and our request, or nobody can tell any more.
            if status in ACTIVE:
                ctx.expect_status(answer, REFUSED)
            if status in ACTIVE or answer.status in REFUSED:
                target = after.json_object().get("targetStatus")
                ctx.expect_status(after, {200})
                text = "a refusal that changes nothing"
                ctx.expect(target != "DELETED", expected=text, actual=f"targetStatus: {target}")
                return
        raise Inconclusive(f"{kind.word}s end before anybody can ask for their deletion")


def _stopping(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP", effect="destructive")
    def active_one_stops(ctx: Context) -> None:
        seen: list[str] = []
        too_late = False
        for _ in range(TRIES):
            done = enactment_pool.while_in(ctx, STOPPABLE, lambda pooled: stop(ctx, pooled), kind)
            if done is None:
                raise Inconclusive(f"{kind.word}s end before anybody can stop them")
            pooled, answer = done
            ctx.session.shared[_stop_of(kind)] = (pooled.id, answer)
            ctx.expect_status(answer, {202})
            seen = []
            try:
                pooled.last = enactment_pool.wait(ctx, pooled, TERMINAL, seen)
            except Inconclusive:
                # One that is STOPPING takes its time; one that is not will never stop.
                idle = seen[-1] in ACTIVE and not enactment_pool.is_on_its_way(ctx)
                ctx.expect(not idle, expected="STOPPING, then STOPPED", actual=f"still {seen[-1]}")
                raise
            if seen[-1] == "STOPPED":
                odd = [s for s in seen if s not in ("PENDING", "RUNNING", "STOPPING", "STOPPED")]
                ctx.expect(not odd, expected="STOPPING, then STOPPED", actual=" → ".join(seen))
                return
            too_late = too_late or enactment_pool.is_on_its_way(ctx)
        if too_late:
            raise Inconclusive(f"{kind.word}s end while they are about to be stopped")
        # One may have ended while it was about to be stopped; one after the other is no chance.
        ctx.fail(expected="STOPPING, then STOPPED", actual=f"each time it went on: {' → '.join(seen)}")

    @probe(f"{noun}-STOP-TARGET", effect="destructive")
    def stopped_one_aims_at_stopped(ctx: Context) -> None:
        pooled = enactment_pool.stopped(ctx, kind)
        ctx.expect_if_present({"targetStatus": "STOPPED"}, pooled.last, what=f"one {kind.word} that was stopped")

    @probe(f"{noun}-STOP-ENDED", effect="destructive")
    def ended_one_is_not_stopped(ctx: Context) -> None:
        pooled = enactment_pool.any_terminal(ctx, kind=kind)
        before = pooled.last["status"]
        answer = stop(ctx, pooled)
        ctx.expect_refused(answer, REFUSED)
        ctx.expect_same({"status": before}, ctx.get_or_fail(kind.get, **pooled.path), what="the status as before")


def _answers(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-ANSWER-ID", effect="destructive")
    def answers_name_what_changes(ctx: Context) -> None:
        shared = ctx.session.shared
        if _stop_of(kind) not in shared:
            done = enactment_pool.while_in(ctx, STOPPABLE, lambda pooled: stop(ctx, pooled), kind)
            if done is None:
                raise Inconclusive(f"{kind.word}s end before anybody can stop them")
            shared[_stop_of(kind)] = (done[0].id, done[1])
        deletion = enactment_pool.deleted(ctx, kind)
        for own, answer in (shared[_stop_of(kind)], (deletion.pooled.id, deletion.answer)):
            expect_named(ctx, own, answer)


def expect_named(ctx: Context, own: str, answer: Exchange) -> None:
    """Raise Failure when the answer to a change tells another id than that of the path."""
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    found = answer.json_object().get("id")
    ctx.expect(found in (None, own), expected=f"id: {own}", actual=f"id: {found}", exchange=answer)


def _stop_of(kind: Enactment) -> str:
    return f"probes.lifecycle.stop.{kind.word}"
