"""Probes that stop and delete executions and deployments of our own: what is allowed when, and what is left."""

from __future__ import annotations

import time

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.enactment import Enactment
from lmconform.probes.families import expect_absent
from lmconform.probes.lab import ACTIVE, TERMINAL, Json, Lab
from lmconform.probes.registry import probe
from lmconform.probes.trials import STOPPABLE, TRIES, delete, stop

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


def expect_uncounted(lab: Lab, listing: str, count: str, query: Json, gone: str) -> None:
    """Raise Failure when ``count`` still counts what is not listed any more.

    Others that match may come and go: what is counted is what is listed, before and after.
    """

    def judge() -> None:
        for _ in lab.ticks():
            before, number, after = lab.ids(listing, query), lab.count(count, query), lab.ids(listing, query)
            if before == after and gone not in after:
                text = f"$count = {len(after)} without it"
                lab.expect(number == len(after), expected=text, actual=f"$count = {number}")
                return

    lab.again(time.monotonic(), judge)


def _unknown(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP-UNKNOWN-STATUS", effect="destructive")
    def unknown_one_is_not_stopped(lab: Lab) -> None:
        accepted = 0
        for _ in range(TRIES):
            trial = trials.fresh(lab, kind)
            if trial.first.json_object().get("status") != "UNKNOWN":
                continue
            answer = stop(lab, trial)
            if not answer.ok:
                lab.expect_refused(answer, REFUSED)
                return
            accepted += 1
        # Once may be chance: it was scheduled between our look and our request.
        lab.expect(accepted < TRIES, expected="400 or 412 while the status is UNKNOWN", actual=f"202, {accepted} times")
        raise Inconclusive(f"{kind.word}s leave UNKNOWN before anybody can ask to stop them")

    @probe(f"{noun}-DELETE-UNKNOWN-STATUS", effect="destructive")
    def unknown_one_is_deleted(lab: Lab) -> None:
        refused = 0
        for _ in range(TRIES):
            trial = trials.fresh(lab, kind)
            answer = delete(lab, trial)
            if answer.ok:
                trials.remove(lab, trial)
                trials.wait_until_gone(lab, trial)
                return
            if lab.get(kind.get, **trial.path).json_object().get("status") == "UNKNOWN":
                refused += 1
                if refused == TRIES:
                    lab.expect_status(answer, {202})
        raise Inconclusive(f"{kind.word}s leave UNKNOWN before anybody can delete them")


def _refusals(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP-BODY", effect="destructive")
    def stop_takes_stopped_alone(lab: Lab) -> None:
        path = trials.base(lab, kind).path
        # Of a deployment another configuration may be asked for, and the description demands neither.
        empty: list[Json] = [{}] if kind.modify == "modifyExecution" else []
        for body in ({"targetStatus": "RUNNING"}, {"targetStatus": "LMCONFORM"}, {"targetStatus": 7}, *empty):
            # A word that there is may be taken for a transition that is forbidden now (C3).
            lab.expect_refused(lab.send(kind.modify, path, json=body), REFUSED)

    @probe(f"{noun}-STOP-404", effect="destructive")
    def nothing_is_not_stopped(lab: Lab) -> None:
        path = {kind.parameter: lab.absent_id()}
        expect_absent(lab, lab.send(kind.modify, path, json={"targetStatus": "STOPPED"}), kind.get, path)

    @probe(f"{noun}-DELETE-404", effect="destructive")
    def nothing_is_not_deleted(lab: Lab) -> None:
        path = {kind.parameter: lab.absent_id()}
        expect_absent(lab, lab.send(kind.delete, path), kind.get, path)


def _deleting(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-DELETE", effect="destructive", late=True)
    def ended_one_goes_away(lab: Lab) -> None:
        deletion = trials.deleted(lab, kind)
        trial = deletion.trial
        lab.expect_status(deletion.answer, {202})
        trials.wait_until_gone(lab, trial)

        def judge() -> None:
            found = lab.ids(kind.list, {"configurationId": trial.configuration.id})
            lab.expect(trial.id not in found, expected="not in the list either", actual=f"{trial.id} is listed")

        lab.again(trial.changed, judge)

    @probe(f"{noun}-DELETE-ACTIVE", effect="destructive")
    def active_one_is_not_deleted(lab: Lab) -> None:
        for _ in range(TRIES):
            trial = trials.active(lab, kind)
            answer = delete(lab, trial)
            after = lab.get(kind.get, **trial.path)
            status = after.json_object().get("status")
            if answer.ok:
                trials.remove(lab, trial)
                if status in ACTIVE:
                    lab.fail(expected="400 or 412: it must be stopped first", actual=answer.brief, exchange=answer)
                continue  # It ended between our look and our request, or nobody can tell any more.
            if status in ACTIVE:
                lab.expect_status(answer, REFUSED)
            if status in ACTIVE or answer.status in REFUSED:
                target = after.json_object().get("targetStatus")
                lab.expect_status(after, {200})
                text = "a refusal that changes nothing"
                lab.expect(target != "DELETED", expected=text, actual=f"targetStatus: {target}")
                return
        raise Inconclusive(f"{kind.word}s end before anybody can ask for their deletion")


def _stopping(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-STOP", effect="destructive")
    def active_one_stops(lab: Lab) -> None:
        seen: list[str] = []
        too_late = False
        for _ in range(TRIES):
            done = trials.while_in(lab, STOPPABLE, lambda trial: stop(lab, trial), kind)
            if done is None:
                raise Inconclusive(f"{kind.word}s end before anybody can stop them")
            trial, answer = done
            lab.session.shared[_stop_of(kind)] = (trial.id, answer)
            lab.expect_status(answer, {202})
            seen = []
            try:
                trial.last = trials.wait(lab, trial, TERMINAL, seen)
            except Inconclusive:
                # One that is STOPPING takes its time; one that is not will never stop.
                idle = seen[-1] in ACTIVE and not trials.is_on_its_way(lab)
                lab.expect(not idle, expected="STOPPING, then STOPPED", actual=f"still {seen[-1]}")
                raise
            if seen[-1] == "STOPPED":
                odd = [s for s in seen if s not in ("PENDING", "RUNNING", "STOPPING", "STOPPED")]
                lab.expect(not odd, expected="STOPPING, then STOPPED", actual=" → ".join(seen))
                return
            too_late = too_late or trials.is_on_its_way(lab)
        if too_late:
            raise Inconclusive(f"{kind.word}s end while they are about to be stopped")
        # One may have ended while it was about to be stopped; one after the other is no chance.
        lab.fail(expected="STOPPING, then STOPPED", actual=f"each time it went on: {' → '.join(seen)}")

    @probe(f"{noun}-STOP-TARGET", effect="destructive")
    def stopped_one_aims_at_stopped(lab: Lab) -> None:
        trial = trials.stopped(lab, kind)
        lab.expect_told({"targetStatus": "STOPPED"}, trial.last, what=f"one {kind.word} that was stopped")

    @probe(f"{noun}-STOP-ENDED", effect="destructive")
    def ended_one_is_not_stopped(lab: Lab) -> None:
        trial = trials.ended(lab, kind=kind)
        before = trial.last["status"]
        answer = stop(lab, trial)
        lab.expect_refused(answer, REFUSED)
        lab.expect_same({"status": before}, lab.read(kind.get, **trial.path), what="the status as before")


def _answers(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-ANSWER-ID", effect="destructive")
    def answers_name_what_changes(lab: Lab) -> None:
        shared = lab.session.shared
        if _stop_of(kind) not in shared:
            done = trials.while_in(lab, STOPPABLE, lambda trial: stop(lab, trial), kind)
            if done is None:
                raise Inconclusive(f"{kind.word}s end before anybody can stop them")
            shared[_stop_of(kind)] = (done[0].id, done[1])
        deletion = trials.deleted(lab, kind)
        for own, answer in (shared[_stop_of(kind)], (deletion.trial.id, deletion.answer)):
            expect_named(lab, own, answer)


def expect_named(lab: Lab, own: str, answer: Exchange) -> None:
    """Raise Failure when the answer to a change tells another id than that of the path."""
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    found = answer.json_object().get("id")
    lab.expect(found in (None, own), expected=f"id: {own}", actual=f"id: {found}", exchange=answer)


def _stop_of(kind: Enactment) -> str:
    return f"probes.lifecycle.stop.{kind.word}"
