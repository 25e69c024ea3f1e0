"""Probes that stop and delete executions and deployments of our own: what is allowed when, and what is left."""

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes import trials
from lmconform.probes.enactment import Enactment
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
            lab.expect_refused(lab.send(kind.modify, path, json=body))

    @probe(f"{noun}-STOP-404", effect="destructive")
    def nothing_is_not_stopped(lab: Lab) -> None:
        path = {kind.parameter: lab.absent_id()}
        lab.expect_refused(lab.send(kind.modify, path, json={"targetStatus": "STOPPED"}), {404})

    @probe(f"{noun}-DELETE-404", effect="destructive")
    def nothing_is_not_deleted(lab: Lab) -> None:
        lab.expect_refused(lab.send(kind.delete, {kind.parameter: lab.absent_id()}), {404})


def _deleting(noun: str, kind: Enactment) -> None:
    @probe(f"{noun}-DELETE", effect="destructive")
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
        for _ in range(TRIES):
            done = trials.while_in(lab, STOPPABLE, lambda trial: stop(lab, trial), kind)
            if done is None:
                raise Inconclusive(f"{kind.word}s end before anybody can stop them")
            trial, answer = done
            lab.expect_status(answer, {202})
            seen = []
            try:
                trial.last = trials.wait(lab, trial, TERMINAL, seen)
            except Inconclusive:
                # One that is STOPPING takes its time; one that is not will never stop.
                lab.expect(seen[-1] not in ACTIVE, expected="STOPPING, then STOPPED", actual=f"still {seen[-1]}")
                raise
            if seen[-1] == "STOPPED":
                odd = [s for s in seen if s not in ("PENDING", "RUNNING", "STOPPING", "STOPPED")]
                lab.expect(not odd, expected="STOPPING, then STOPPED", actual=" → ".join(seen))
                return
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
