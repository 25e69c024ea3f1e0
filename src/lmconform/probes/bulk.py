"""Probes of bulk updates, of executions and of deployments: one result for each entry, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool
from lmconform.probes.context import ACTIVE, TERMINAL, Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.enactment_pool import STOPPABLE, TRIES, PooledEnactment
from lmconform.probes.families import MALFORMED, refuses
from lmconform.probes.registry import probe

_WRONG_STATE = "01010076"


def entry(resource_id: str, target: str = "STOPPED") -> Json:
    """One entry of a bulk request."""
    return {"id": resource_id, "targetStatus": target}


def results(ctx: Context, kind: Enactment, entries: list[Json]) -> list[Json]:
    """The answer's entries for a bulk request, which is always 202."""
    answer = ctx.send(kind.modify_many, json={kind.bulk_key: entries})
    ctx.expect_status(answer, {202})
    found = answer.json_object().get(kind.bulk_key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def install(kind: Enactment) -> None:
    """Register the shared probes for ``kind``."""
    noun = f"LM-{kind.bulk_noun}"
    _answers(noun, kind)
    _changes(noun, kind)
    _mixed(noun, kind)
    _bodies(noun, kind)


def _answers(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-RESULTS-IN-ORDER")
    def results_are_in_order(ctx: Context) -> None:
        ids = [ctx.absent_id() for _ in range(4)]
        # Sorted neither way, so that a server that sorts is seen.
        ids = [*sorted(ids)[2:], *sorted(ids)[:2]]
        found = [item.get("id") for item in results(ctx, kind, [entry(i) for i in ids])]
        ctx.expect(found == ids, expected=f"{ids}", actual=f"{found}")

    @probe(f"{noun}-UNKNOWN-ID")
    def unknown_id_is_an_error_of_its_entry(ctx: Context) -> None:
        for target in ("STOPPED", "DELETED"):
            found = results(ctx, kind, [entry(ctx.absent_id(), target)])
            code = _code(found[0]) if found else None
            text = f"an entry with error code {kind.unknown_code}"
            ctx.expect(code == kind.unknown_code, expected=text, actual=f"{found}")


def _changes(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-DELETE-ACTIVE", effect="destructive")
    def bulk_deletes_nothing_active(ctx: Context) -> None:
        for _ in range(TRIES):
            pooled = enactment_pool.active(ctx, kind)
            found, _ = _two(ctx, kind, entry(pooled.id, "DELETED"), entry(ctx.absent_id(), "DELETED"))
            after = ctx.get(kind.get, **pooled.path)
            view = after.json_object()
            if "error" not in found:
                enactment_pool.remove(ctx, pooled)
                if view.get("status") in ACTIVE:
                    ctx.fail(expected=f"an error for {pooled.id}, which must be stopped first", actual=f"{found}")
                continue  # It ended between our look and our request, or nobody can tell any more.
            if view.get("status") in ACTIVE or _code(found) == _WRONG_STATE:
                ctx.expect_status(after, {200})
                text = "a refusal that changes nothing"
                actual = f"targetStatus: {view.get('targetStatus')}"
                ctx.expect(view.get("targetStatus") != "DELETED", expected=text, actual=actual)
                return
        raise Inconclusive(f"{kind.word}s end before anybody can ask for their deletion")

    @probe(f"{noun}-STOP", effect="destructive")
    def bulk_stops(ctx: Context) -> None:
        accepted = 0
        for _ in range(TRIES):
            pooled = enactment_pool.active(ctx, kind)
            absent = ctx.absent_id()
            first, second = _two(ctx, kind, entry(pooled.id), entry(absent))
            if "error" in first and enactment_pool.look(ctx, pooled) not in STOPPABLE:
                continue
            expect_done(ctx, pooled, first)
            pooled.ending = True
            accepted += 1
            ctx.expect("error" in second, expected=f"an error for {absent}", actual=f"{second}")
            pooled.last = _end(ctx, pooled)
            if pooled.last.get("status") == "STOPPED":
                return
            accepted -= enactment_pool.is_on_its_way(ctx)
        # One may have ended while it was about to be stopped; one after the other is no chance.
        ctx.expect(accepted < TRIES, expected="STOPPED", actual=f"accepted {accepted} times, and each time it went on")
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")

    @probe(f"{noun}-DELETE", effect="destructive", late=True)
    def bulk_deletes(ctx: Context) -> None:
        pooled = enactment_pool.any_terminal(ctx, kind=kind)
        first, second = _two(ctx, kind, entry(pooled.id, "DELETED"), entry(ctx.absent_id(), "DELETED"))
        expect_done(ctx, pooled, first)
        ctx.expect("error" in second, expected="an error for the unknown id", actual=f"{second}")
        enactment_pool.remove(ctx, pooled)
        enactment_pool.wait_until_gone(ctx, pooled)


def _mixed(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-MIXED", effect="destructive", late=True)
    def bulk_does_what_each_entry_asks(ctx: Context) -> None:
        accepted = 0
        for _ in range(TRIES):
            gone, going = enactment_pool.any_terminal(ctx, kind=kind), enactment_pool.active(ctx, kind)
            asked = [entry(ctx.absent_id()), entry(going.id), entry(gone.id, "DELETED")]
            found, ids = results(ctx, kind, asked), [item["id"] for item in asked]
            text = f"one result for each of {ids}, in their order"
            ctx.expect([r.get("id") for r in found] == ids, expected=text, actual=f"{found}")
            ctx.expect("error" in found[0], expected=f"an error for {ids[0]}", actual=f"{found[0]}")
            expect_done(ctx, gone, found[2])
            enactment_pool.remove(ctx, gone)
            if "error" in found[1] and enactment_pool.look(ctx, going) not in STOPPABLE:
                continue
            expect_done(ctx, going, found[1])
            going.ending = True
            accepted += 1
            going.last = _end(ctx, going)
            meant = enactment_pool.is_on_its_way(ctx)
            enactment_pool.wait_until_gone(ctx, gone)
            if going.last.get("status") == "STOPPED":
                return
            accepted -= meant
        # One may have ended while it was about to be stopped; one after the other is no chance.
        ctx.expect(accepted < TRIES, expected="STOPPED", actual=f"accepted {accepted} times, and each time it went on")
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")


def _end(ctx: Context, pooled: PooledEnactment) -> Json:
    """How one ends whose stop was accepted; raises Inconclusive when it takes its time, Failure when it goes on."""
    seen: list[str] = []
    try:
        return enactment_pool.wait(ctx, pooled, TERMINAL, seen)
    except Inconclusive:
        # One that is STOPPING takes its time; one that is not will never stop.
        idle = seen[-1] in ACTIVE and not enactment_pool.is_on_its_way(ctx)
        ctx.expect(not idle, expected="STOPPED", actual=f"accepted, and still {seen[-1]}")
        raise


def _bodies(noun: str, kind: Enactment) -> None:
    def wrong(what: str, *bodies: Callable[[str], Json]) -> None:
        @probe(f"{noun}-{what}")
        def wrong_entry_is_refused(ctx: Context) -> None:
            own = enactment_pool.spare(ctx, kind).id
            for body in bodies:
                answer = ctx.send(kind.modify_many, json={kind.bulk_key: [body(own)]})
                if answer.status == 202:
                    # Always 202, and what is wrong with an entry is said there (C4).
                    found = answer.json_object().get(kind.bulk_key)
                    good = isinstance(found, list) and any(isinstance(e, dict) and e.get("error") for e in found)
                    ctx.expect(good, expected="400, or an error of the entry", actual=answer.brief)
                else:
                    ctx.expect_refused(answer)

    refuses(f"{noun}-EMPTY", kind.modify_many, lambda ctx: [{kind.bulk_key: []}])
    wrong("BODY-TARGET", lambda own: entry(own, "COMPLETED"), lambda own: entry(own, "LMCONFORM"))
    wrong("BODY-REQUIRED", lambda own: {"id": own}, lambda own: {"targetStatus": "STOPPED"})
    refuses(f"{noun}-BODY-MALFORMED", kind.modify_many, lambda ctx: [MALFORMED])


def _code(result: Json) -> Any:
    error = result.get("error")
    return error.get("code") if isinstance(error, dict) else None


def _two(ctx: Context, kind: Enactment, *entries: Json) -> tuple[Json, Json]:
    """The results of two entries; in which order they come is another requirement's matter."""
    found = {item.get("id"): item for item in results(ctx, kind, list(entries))}
    first, second = (found.get(item["id"], {}) for item in entries)
    return first, second


def expect_done(ctx: Context, pooled: PooledEnactment, result: Json) -> None:
    """Raise Failure when an entry is not answered as done; raises Inconclusive when that need not be done."""
    if "error" in result and _code(result) not in (_WRONG_STATE, pooled.kind.unknown_code):
        # A template must allow bulk updates of what it makes (K): no promise about ours.
        raise Inconclusive(f"bulk update of {pooled.id}: {result['error']}")
    good = result.get("id") == pooled.id and isinstance(result.get("message"), str)
    ctx.expect(good, expected=f"id {pooled.id} with a message", actual=f"{result}")
