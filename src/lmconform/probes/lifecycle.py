"""Probes that stop and delete executions of our own: what is allowed when, and what is left."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.lab import ACTIVE, TERMINAL, Lab
from lmconform.probes.registry import probe
from lmconform.probes.trials import Trial

# SAP declares both and never says which belongs to a forbidden transition (C3).
REFUSED = frozenset({400, 412})
# Still there to be stopped, or being stopped: an answer that denies it is wrong.
STOPPABLE = ACTIVE | {"STOPPING", "STOPPED"}
_TRIES = 3


def stop(lab: Lab, trial: Trial) -> Exchange:
    """Ask for STOPPED."""
    return lab.send("modifyExecution", {"executionId": trial.id}, json={"targetStatus": "STOPPED"})


def delete(lab: Lab, trial: Trial) -> Exchange:
    """Ask for deletion."""
    return lab.send("deleteExecution", {"executionId": trial.id})


@probe("LM-EXECUTION-DELETE-ACTIVE", effect="destructive")
def active_execution_is_not_deleted(lab: Lab) -> None:
    for _ in range(_TRIES):
        trial = trials.active(lab)
        answer = delete(lab, trial)
        after = lab.get("getExecution", executionId=trial.id)
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
            lab.expect(target != "DELETED", expected="a refusal that changes nothing", actual=f"targetStatus: {target}")
            return
    raise Inconclusive("executions end before anybody can ask for their deletion")


@probe("LM-EXECUTION-STOP", effect="destructive")
def active_execution_stops(lab: Lab) -> None:
    seen: list[str] = []
    for _ in range(_TRIES):
        done = trials.while_in(lab, STOPPABLE, lambda trial: stop(lab, trial))
        if done is None:
            raise Inconclusive("executions end before anybody can stop them")
        trial, answer = done
        lab.expect_status(answer, {202})
        seen = []
        trial.last = lab.wait(trial.id, TERMINAL, seen)
        if seen[-1] == "STOPPED":
            odd = [s for s in seen if s not in ("PENDING", "RUNNING", "STOPPING", "STOPPED")]
            lab.expect(not odd, expected="STOPPING, then STOPPED", actual=" → ".join(seen))
            return
    # One may have ended while it was about to be stopped; one after the other is no chance.
    lab.fail(expected="STOPPING, then STOPPED", actual=f"each time it went on: {' → '.join(seen)}")


@probe("LM-EXECUTION-STOP-TARGET", effect="destructive")
def stopped_execution_aims_at_stopped(lab: Lab) -> None:
    trial = _stopped(lab)
    lab.expect_same({"targetStatus": "STOPPED"}, trial.last, what="an execution that was stopped")


@probe("LM-EXECUTION-STOP-ENDED", effect="destructive")
def ended_execution_is_not_stopped(lab: Lab) -> None:
    trial = trials.ended(lab)
    before = trial.last["status"]
    answer = stop(lab, trial)
    lab.expect_refused(answer, REFUSED)
    lab.expect_same({"status": before}, lab.read("getExecution", executionId=trial.id), what="the status as before")


@probe("LM-EXECUTION-STOP-UNKNOWN-STATUS", effect="destructive")
def unknown_execution_is_not_stopped(lab: Lab) -> None:
    accepted = 0
    for _ in range(_TRIES):
        trial = trials.fresh(lab)
        if trial.first.json_object().get("status") != "UNKNOWN":
            continue
        answer = stop(lab, trial)
        if not answer.ok:
            lab.expect_refused(answer, REFUSED)
            return
        accepted += 1
    # Once may be chance: it was scheduled between our look and our request.
    lab.expect(accepted < _TRIES, expected="400 or 412 while the status is UNKNOWN", actual=f"202, {accepted} times")
    raise Inconclusive("executions leave UNKNOWN before anybody can ask to stop them")


@probe("LM-EXECUTION-STOP-BODY", effect="destructive")
def stop_takes_stopped_alone(lab: Lab) -> None:
    path = {"executionId": trials.base(lab).id}
    for body in ({"targetStatus": "RUNNING"}, {"targetStatus": "LMCONFORM"}, {}, {"targetStatus": 7}):
        lab.expect_refused(lab.send("modifyExecution", path, json=body))


@probe("LM-EXECUTION-STOP-404", effect="destructive")
def nothing_is_not_stopped(lab: Lab) -> None:
    path = {"executionId": lab.absent_id()}
    lab.expect_refused(lab.send("modifyExecution", path, json={"targetStatus": "STOPPED"}), {404})


@probe("LM-EXECUTION-DELETE-404", effect="destructive")
def nothing_is_not_deleted(lab: Lab) -> None:
    lab.expect_refused(lab.send("deleteExecution", {"executionId": lab.absent_id()}), {404})


@probe("LM-EXECUTION-DELETE", effect="destructive")
def ended_execution_goes_away(lab: Lab) -> None:
    trial = trials.ended(lab)
    answer = delete(lab, trial)
    lab.expect_status(answer, {202})
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)
    found = lab.ids("listExecutions", {"configurationId": trial.configuration.id})
    lab.expect(trial.id not in found, expected="not in the list either", actual=f"{trial.id} is listed")


@probe("LM-EXECUTION-DELETE-UNKNOWN-STATUS", effect="destructive")
def unknown_execution_is_deleted(lab: Lab) -> None:
    for _ in range(_TRIES):
        trial = trials.fresh(lab)
        answer = delete(lab, trial)
        if answer.ok:
            trials.remove(lab, trial)
            return
        if lab.get("getExecution", executionId=trial.id).json_object().get("status") == "UNKNOWN":
            lab.expect_status(answer, {202})
    raise Inconclusive("executions leave UNKNOWN before anybody can delete them")


@probe("LM-EXECUTION-DELETE-KEEPS-OUTPUTS", effect="destructive")
def outputs_outlive_their_execution(lab: Lab) -> None:
    trial = trials.ended(lab, {"COMPLETED"})
    outputs = [str(a.get("id")) for a in trial.last.get("outputArtifacts") or []]
    if not outputs:
        raise Inconclusive("the training made no output artifact")
    answer = delete(lab, trial)
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)
    for artifact in outputs:
        lab.expect_status(lab.get("getArtifact", artifactId=artifact), {200})


def _stopped(lab: Lab) -> Trial:
    """A spare execution that we stopped; raises NotTestable and Inconclusive."""
    done = trials.while_in(lab, STOPPABLE, lambda trial: stop(lab, trial))
    if done is None:
        raise Inconclusive("executions end before anybody can stop them")
    trial, answer = done
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    trial.last = lab.wait(trial.id, TERMINAL)
    if trial.last.get("status") != "STOPPED":
        raise Inconclusive(f"the execution ended {trial.last.get('status')} before it was stopped")
    return trial
