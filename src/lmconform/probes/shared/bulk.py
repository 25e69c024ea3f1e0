"""Probes of bulk updates of executions and of deployments: one result for each entry, in order."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, Final

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import ACTIVE, Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.enactment_pool import ATTEMPTS, STOPPABLE
from lmconform.probes.pooled_enactment import PooledEnactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.creation import MALFORMED, refuses
from lmconform.probes.shared.lifecycle import NO_CHANCE, expect_not_deleted, expect_not_stopped, steady

_WRONG_STATE: Final = "01010076"


def entry(resource_id: str, target: str = "STOPPED") -> Json:
    """One entry of a bulk request."""
    return {"id": resource_id, "targetStatus": target}


def results(ctx: Context, kind: Enactment, entries: list[Json]) -> list[Json]:
    """The results in the answer to a bulk request, which is always 202."""
    return _results(kind, _send(ctx, kind, entries))


def send_unknown_ids(ctx: Context, kind: Enactment, number: int, *, distinct: bool) -> Exchange:
    """Send so many entries for unknown ids, for one id when they are not ``distinct``."""
    same = ctx.absent_id()
    targets = ("STOPPED", "DELETED")
    entries = [entry(ctx.absent_id() if distinct else same, targets[n % 2]) for n in range(number)]
    return ctx.send(kind.modify_many, json={kind.bulk_key: entries})


def expect_entry_accepted(ctx: Context, pooled: PooledEnactment, result: Json) -> None:
    """Raise Failure when the entry of ``pooled`` is refused; raises Inconclusive when it may be refused."""
    if "error" in result and _code(result) not in (_WRONG_STATE, pooled.kind.unknown_code):
        # Bulk updates must be allowed by the template of an executable (K), and that of this tenant may not do so.
        raise Inconclusive(f"bulk update of {pooled.id}: {result['error']}")
    good = result.get("id") == pooled.id and isinstance(result.get("message"), str)
    ctx.expect(good, expected=f"id {pooled.id} with a message", actual=f"{result}")


def install(kind: Enactment) -> None:
    """Register the shared probes of bulk updates."""
    _answers(kind)
    _deletions(kind)
    _stops(kind)
    _ended(kind)
    _mixed(kind)
    _bodies(kind)


def _answers(kind: Enactment) -> None:
    @probe(f"LM-{kind.bulk_noun}-RESULTS-IN-ORDER")
    def results_are_in_order(ctx: Context) -> None:
        ids = [ctx.absent_id() for _ in range(4)]
        # In neither sorting order, so that a server that sorts fails.
        ids = [*sorted(ids)[2:], *sorted(ids)[:2]]
        answered = [item.get("id") for item in results(ctx, kind, [entry(i) for i in ids])]
        ctx.expect(answered == ids, expected=f"{ids}", actual=f"{answered}")

    @probe(f"LM-{kind.bulk_noun}-UNKNOWN-ID")
    def unknown_id_is_an_error_of_its_entry(ctx: Context) -> None:
        for target in ("STOPPED", "DELETED"):
            answered = results(ctx, kind, [entry(ctx.absent_id(), target)])
            code = _code(answered[0]) if answered else None
            text = f"an entry with error code {kind.unknown_code}"
            ctx.expect(code == kind.unknown_code, expected=text, actual=f"{answered}")


def _deletions(kind: Enactment) -> None:
    @probe(f"LM-{kind.bulk_noun}-DELETE-ACTIVE")
    def active_one_is_not_deleted(ctx: Context) -> None:
        accepted, took = 0, 0.0
        for _ in range(ATTEMPTS):
            pooled = enactment_pool.active(ctx, kind)
            is_steady, looked = steady(ctx, pooled, took), time.monotonic()
            answer = _send(ctx, kind, [entry(pooled.id, "DELETED"), entry(ctx.absent_id(), "DELETED")])
            took = time.monotonic() - looked
            result = _by_id(kind, answer).get(pooled.id, {})
            after = ctx.get(kind.get, **pooled.path)
            view = after.json_object()
            if "error" not in result:
                enactment_pool.remove(ctx, pooled)
                accepted += is_steady and after.status == 404
                expect_not_deleted(ctx, kind, str(view.get("status")), accepted, answer)
                continue  # It ended between GET and PATCH, or it is gone and its status with it.
            if view.get("status") in ACTIVE or _code(result) == _WRONG_STATE:
                ctx.expect_status(after, {200})
                text = "a refusal that changes nothing"
                actual = f"targetStatus: {view.get('targetStatus')}"
                ctx.expect(view.get("targetStatus") != "DELETED", expected=text, actual=actual)
                return
        raise Inconclusive(f"{kind.word}s end before a deletion can be sent")

    @probe(f"LM-{kind.bulk_noun}-DELETE", late=True)
    def terminal_one_is_deleted(ctx: Context) -> None:
        pooled = enactment_pool.any_terminal(ctx, kind=kind)
        first, second = _results_of_two(ctx, kind, entry(pooled.id, "DELETED"), entry(ctx.absent_id(), "DELETED"))
        _note_deletion(ctx, pooled, first)
        expect_entry_accepted(ctx, pooled, first)
        ctx.expect("error" in second, expected="an error for the unknown id", actual=f"{second}")
        _expect_gone(ctx, pooled)


def _stops(kind: Enactment) -> None:
    @probe(f"LM-{kind.bulk_noun}-STOP")
    def active_one_stops(ctx: Context) -> None:
        accepted = 0
        for _ in range(ATTEMPTS):
            pooled = enactment_pool.active(ctx, kind)
            absent = ctx.absent_id()
            first, second = _results_of_two(ctx, kind, entry(pooled.id), entry(absent))
            pooled.stop_accepted = "error" not in first
            if "error" in first and pooled.current_status(ctx) not in STOPPABLE:
                continue
            expect_entry_accepted(ctx, pooled, first)
            accepted += 1
            ctx.expect("error" in second, expected=f"an error for {absent}", actual=f"{second}")
            if _stopped(ctx, pooled).get("status") == "STOPPED":
                return
            accepted -= pooled.may_have_ended_first(ctx)
        _judge_ignored_stops(ctx, kind, accepted)


def _ended(kind: Enactment) -> None:
    @probe(f"LM-{kind.bulk_noun}-STOP-ENDED")
    def ended_one_is_not_stopped(ctx: Context) -> None:
        pooled = enactment_pool.completed_or_ended(ctx, kind)
        answered = results(ctx, kind, [entry(pooled.id)])
        ctx.expect(bool(answered) and "error" in answered[0], expected="an entry with an error", actual=f"{answered}")
        expect_not_stopped(ctx, pooled)


def _mixed(kind: Enactment) -> None:
    @probe(f"LM-{kind.bulk_noun}-MIXED", late=True)
    def each_entry_is_carried_out(ctx: Context) -> None:
        accepted, gone = 0, _gone(ctx, kind)
        for _ in range(ATTEMPTS):
            to_delete, to_stop = enactment_pool.any_terminal(ctx, kind=kind), enactment_pool.active(ctx, kind)
            entries = [entry(ctx.absent_id()), entry(to_stop.id), entry(to_delete.id, "DELETED"), *gone]
            answered, ids = results(ctx, kind, entries), [item["id"] for item in entries]
            by_id = {result.get("id"): result for result in answered}
            # Before anything is judged: what may have been carried out is nothing for another probe.
            _note_deletion(ctx, to_delete, by_id.get(to_delete.id, {}))
            to_stop.stop_accepted = "error" not in by_id.get(to_stop.id, {})
            text = f"one result for each of {ids}, in their order"
            ctx.expect([r.get("id") for r in answered] == ids, expected=text, actual=f"{answered}")
            for result in (answered[0], *answered[3:]):
                _expect_error(ctx, result)
            expect_entry_accepted(ctx, to_delete, answered[2])
            if "error" in answered[1] and to_stop.current_status(ctx) not in STOPPABLE:
                continue
            expect_entry_accepted(ctx, to_stop, answered[1])
            accepted += 1
            is_stopped = _stopped(ctx, to_stop).get("status") == "STOPPED"
            _expect_gone(ctx, to_delete)
            if is_stopped:
                for result in [] if gone else results(ctx, kind, [entry(to_delete.id, "DELETED")]):
                    _expect_error(ctx, result)
                return
            accepted -= to_stop.may_have_ended_first(ctx)
        _judge_ignored_stops(ctx, kind, accepted)


def _expect_error(ctx: Context, result: Json) -> None:
    text = f"an error for {result.get('id')}, which is not there"
    ctx.expect("error" in result, expected=text, actual=f"{result}")


def _gone(ctx: Context, kind: Enactment) -> list[Json]:
    """The entry that deletes one which is gone already, where this run has deleted one."""
    group = ctx.session.target.resource_group
    return [entry(resource_id, "DELETED") for resource_id in ctx.session.journal.absent(kind.word, group)[:1]]


def _note_deletion(ctx: Context, pooled: PooledEnactment, result: Json) -> None:
    """No other probe gets one that may be deleted: its entry is no error."""
    if "error" not in result:
        enactment_pool.remove(ctx, pooled)


def _judge_ignored_stops(ctx: Context, kind: Enactment, accepted: int) -> None:
    """Raise Failure when stops were accepted and ignored so often, else Inconclusive."""
    ctx.expect(accepted < NO_CHANCE, expected="STOPPED", actual=f"accepted {accepted} times, and never stopped")
    raise Inconclusive(f"{kind.word}s end before they can be stopped")


def _stopped(ctx: Context, pooled: PooledEnactment) -> Json:
    """The body of one whose stop was accepted in bulk, in a terminal status; raises Failure when its limit passes."""
    wait = functools.partial(enactment_pool.wait_for_stop, ctx, pooled, "stop in bulk")
    return liveness.expect(ctx, wait, f"LM-{pooled.kind.bulk_noun}-STOP")


def _expect_gone(ctx: Context, pooled: PooledEnactment) -> None:
    """Raise Failure when the limit of a deletion that was accepted in bulk passes."""
    wait = functools.partial(pooled.wait_until_gone, ctx, "delete in bulk")
    liveness.expect(ctx, wait, f"LM-{pooled.kind.bulk_noun}-DELETE")


def _bodies(kind: Enactment) -> None:
    def refuses_entry(what: str, *bodies: Callable[[str], Json]) -> None:
        @probe(f"LM-{kind.bulk_noun}-{what}")
        def invalid_entry_is_refused(ctx: Context) -> None:
            own = enactment_pool.spare(ctx, kind).id
            for body in bodies:
                answer = ctx.send(kind.modify_many, json={kind.bulk_key: [body(own)]})
                if answer.status == 202:
                    # The status may always be 202, with the error in the entry (C4).
                    answered = answer.json_object().get(kind.bulk_key)
                    good = isinstance(answered, list) and any(isinstance(e, dict) and e.get("error") for e in answered)
                    ctx.expect(good, expected="400, or an error of the entry", actual=answer.brief)
                else:
                    ctx.expect_refused(answer)

    refuses(f"LM-{kind.bulk_noun}-EMPTY", kind.modify_many, lambda ctx: [{kind.bulk_key: []}])
    refuses_entry("BODY-TARGET", lambda own: entry(own, "COMPLETED"), lambda own: entry(own, "LMCONFORM"))
    refuses_entry("BODY-REQUIRED", lambda own: {"id": own}, lambda own: {"targetStatus": "STOPPED"})
    refuses(f"LM-{kind.bulk_noun}-BODY-MALFORMED", kind.modify_many, lambda ctx: [MALFORMED])


def _code(result: Json) -> Any:
    error = result.get("error")
    return error.get("code") if isinstance(error, dict) else None


def _results_of_two(ctx: Context, kind: Enactment, *entries: Json) -> tuple[Json, Json]:
    """The results of two entries by their ids; another requirement judges their order."""
    by_id = _by_id(kind, _send(ctx, kind, list(entries)))
    first, second = (by_id.get(item["id"], {}) for item in entries)
    return first, second


def _send(ctx: Context, kind: Enactment, entries: list[Json]) -> Exchange:
    """The answer to a bulk request, which is always 202."""
    answer = ctx.send(kind.modify_many, json={kind.bulk_key: entries})
    ctx.expect_status(answer, {202})
    return answer


def _by_id(kind: Enactment, answer: Exchange) -> dict[Any, Json]:
    return {item.get("id"): item for item in _results(kind, answer)}


def _results(kind: Enactment, answer: Exchange) -> list[Json]:
    members = answer.json_object().get(kind.bulk_key)
    return [item for item in members if isinstance(item, dict)] if isinstance(members, list) else []
