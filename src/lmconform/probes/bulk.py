"""Probes of bulk updates, of executions and of deployments: one result for each entry, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmconform.errors import Inconclusive
from lmconform.probes import trials
from lmconform.probes.enactment import Enactment
from lmconform.probes.families import MALFORMED, refuses
from lmconform.probes.lab import ACTIVE, TERMINAL, Json, Lab
from lmconform.probes.registry import probe
from lmconform.probes.trials import STOPPABLE, TRIES, Trial

_WRONG_STATE = "01010076"


def entry(resource_id: str, target: str = "STOPPED") -> Json:
    """One entry of a bulk request."""
    return {"id": resource_id, "targetStatus": target}


def results(lab: Lab, kind: Enactment, entries: list[Json]) -> list[Json]:
    """The answer's entries for a bulk request, which is always 202."""
    answer = lab.send(kind.modify_many, json={kind.bulk_key: entries})
    lab.expect_status(answer, {202})
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
    def results_are_in_order(lab: Lab) -> None:
        ids = [lab.absent_id() for _ in range(4)]
        # Sorted neither way, so that a server that sorts is seen.
        ids = [*sorted(ids)[2:], *sorted(ids)[:2]]
        found = [item.get("id") for item in results(lab, kind, [entry(i) for i in ids])]
        lab.expect(found == ids, expected=f"{ids}", actual=f"{found}")

    @probe(f"{noun}-UNKNOWN-ID")
    def unknown_id_is_an_error_of_its_entry(lab: Lab) -> None:
        for target in ("STOPPED", "DELETED"):
            found = results(lab, kind, [entry(lab.absent_id(), target)])
            code = _code(found[0]) if found else None
            text = f"an entry with error code {kind.unknown_code}"
            lab.expect(code == kind.unknown_code, expected=text, actual=f"{found}")


def _changes(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-DELETE-ACTIVE", effect="destructive")
    def bulk_deletes_nothing_active(lab: Lab) -> None:
        for _ in range(TRIES):
            trial = trials.active(lab, kind)
            found, _ = _two(lab, kind, entry(trial.id, "DELETED"), entry(lab.absent_id(), "DELETED"))
            after = lab.get(kind.get, **trial.path)
            view = after.json_object()
            if "error" not in found:
                trials.remove(lab, trial)
                if view.get("status") in ACTIVE:
                    lab.fail(expected=f"an error for {trial.id}, which must be stopped first", actual=f"{found}")
                continue  # It ended between our look and our request, or nobody can tell any more.
            if view.get("status") in ACTIVE or _code(found) == _WRONG_STATE:
                lab.expect_status(after, {200})
                text = "a refusal that changes nothing"
                actual = f"targetStatus: {view.get('targetStatus')}"
                lab.expect(view.get("targetStatus") != "DELETED", expected=text, actual=actual)
                return
        raise Inconclusive(f"{kind.word}s end before anybody can ask for their deletion")

    @probe(f"{noun}-STOP", effect="destructive")
    def bulk_stops(lab: Lab) -> None:
        accepted = 0
        for _ in range(TRIES):
            trial = trials.active(lab, kind)
            absent = lab.absent_id()
            first, second = _two(lab, kind, entry(trial.id), entry(absent))
            if "error" in first and trials.look(lab, trial) not in STOPPABLE:
                continue
            expect_done(lab, trial, first)
            trial.ending = True
            accepted += 1
            lab.expect("error" in second, expected=f"an error for {absent}", actual=f"{second}")
            trial.last = _end(lab, trial)
            if trial.last.get("status") == "STOPPED":
                return
            accepted -= trials.is_on_its_way(lab)
        # One may have ended while it was about to be stopped; one after the other is no chance.
        lab.expect(accepted < TRIES, expected="STOPPED", actual=f"accepted {accepted} times, and each time it went on")
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")

    @probe(f"{noun}-DELETE", effect="destructive", late=True)
    def bulk_deletes(lab: Lab) -> None:
        trial = trials.ended(lab, kind=kind)
        first, second = _two(lab, kind, entry(trial.id, "DELETED"), entry(lab.absent_id(), "DELETED"))
        expect_done(lab, trial, first)
        lab.expect("error" in second, expected="an error for the unknown id", actual=f"{second}")
        trials.remove(lab, trial)
        trials.wait_until_gone(lab, trial)


def _mixed(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-MIXED", effect="destructive", late=True)
    def bulk_does_what_each_entry_asks(lab: Lab) -> None:
        accepted = 0
        for _ in range(TRIES):
            gone, going = trials.ended(lab, kind=kind), trials.active(lab, kind)
            asked = [entry(lab.absent_id()), entry(going.id), entry(gone.id, "DELETED")]
            found, ids = results(lab, kind, asked), [item["id"] for item in asked]
            text = f"one result for each of {ids}, in their order"
            lab.expect([r.get("id") for r in found] == ids, expected=text, actual=f"{found}")
            lab.expect("error" in found[0], expected=f"an error for {ids[0]}", actual=f"{found[0]}")
            expect_done(lab, gone, found[2])
            trials.remove(lab, gone)
            if "error" in found[1] and trials.look(lab, going) not in STOPPABLE:
                continue
            expect_done(lab, going, found[1])
            going.ending = True
            accepted += 1
            going.last = _end(lab, going)
            meant = trials.is_on_its_way(lab)
            trials.wait_until_gone(lab, gone)
            if going.last.get("status") == "STOPPED":
                return
            accepted -= meant
        # One may have ended while it was about to be stopped; one after the other is no chance.
        lab.expect(accepted < TRIES, expected="STOPPED", actual=f"accepted {accepted} times, and each time it went on")
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")


def _end(lab: Lab, trial: Trial) -> Json:
    """How one ends whose stop was accepted; raises Inconclusive when it takes its time, Failure when it goes on."""
    seen: list[str] = []
    try:
        return trials.wait(lab, trial, TERMINAL, seen)
    except Inconclusive:
        # One that is STOPPING takes its time; one that is not will never stop.
        idle = seen[-1] in ACTIVE and not trials.is_on_its_way(lab)
        lab.expect(not idle, expected="STOPPED", actual=f"accepted, and still {seen[-1]}")
        raise


def _bodies(noun: str, kind: Enactment) -> None:
    def wrong(what: str, *bodies: Callable[[str], Json]) -> None:
        @probe(f"{noun}-{what}")
        def wrong_entry_is_refused(lab: Lab) -> None:
            own = trials.spare(lab, kind).id
            for body in bodies:
                answer = lab.send(kind.modify_many, json={kind.bulk_key: [body(own)]})
                if answer.status == 202:
                    # Always 202, and what is wrong with an entry is said there (C4).
                    found = answer.json_object().get(kind.bulk_key)
                    good = isinstance(found, list) and any(isinstance(e, dict) and e.get("error") for e in found)
                    lab.expect(good, expected="400, or an error of the entry", actual=answer.brief)
                else:
                    lab.expect_refused(answer)

    refuses(f"{noun}-EMPTY", kind.modify_many, lambda lab: [{kind.bulk_key: []}])
    wrong("BODY-TARGET", lambda own: entry(own, "COMPLETED"), lambda own: entry(own, "LMCONFORM"))
    wrong("BODY-REQUIRED", lambda own: {"id": own}, lambda own: {"targetStatus": "STOPPED"})
    refuses(f"{noun}-BODY-MALFORMED", kind.modify_many, lambda lab: [MALFORMED])


def _code(result: Json) -> Any:
    error = result.get("error")
    return error.get("code") if isinstance(error, dict) else None


def _two(lab: Lab, kind: Enactment, *entries: Json) -> tuple[Json, Json]:
    """The results of two entries; in which order they come is another requirement's matter."""
    found = {item.get("id"): item for item in results(lab, kind, list(entries))}
    first, second = (found.get(item["id"], {}) for item in entries)
    return first, second


def expect_done(lab: Lab, trial: Trial, result: Json) -> None:
    """Raise Failure when an entry is not answered as done; raises Inconclusive when that need not be done."""
    if "error" in result and _code(result) not in (_WRONG_STATE, trial.kind.unknown_code):
        # A template must allow bulk updates of what it makes (K): no promise about ours.
        raise Inconclusive(f"bulk update of {trial.id}: {result['error']}")
    good = result.get("id") == trial.id and isinstance(result.get("message"), str)
    lab.expect(good, expected=f"id {trial.id} with a message", actual=f"{result}")
