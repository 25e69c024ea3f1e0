"""Probes of how executions end: stopped twice, deleted in each status, and what is left of them."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.bulk import entry, expect_done, results
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.lab import EXECUTIONS, TERMINAL, Json, Lab, Made
from lmconform.probes.lifecycle import REFUSED, expect_uncounted
from lmconform.probes.registry import probe
from lmconform.probes.trials import TRIES, Trial

_DEPARTURE: Final = "probes.departure"
_DOOMED: Final = "probes.doomed"
_FATE: Final = "probes.fate"
# Seconds; by the time somebody asks what became of the doomed execution it is old.
_SOON: Final = 5.0


@dataclass(frozen=True, slots=True)
class Departure:
    """A deletion: of what, the answer, what GET said until it was gone, and how long that took, in seconds."""

    trial: Trial
    answer: Exchange
    seen: tuple[Json, ...]
    seconds: float


def departure(lab: Lab) -> Departure:
    """An execution of this session that ended, was deleted, and is gone; probes share it.

    It was stopped, where executions last long enough for that. Raises NotTestable when the
    deletion is refused.
    """
    found = _departure(lab)
    if not found.answer.ok:
        raise NotTestable(f"{lab.label(found.answer)} answered {found.answer.brief}")
    return found


def _departure(lab: Lab) -> Departure:
    shared = lab.session.shared
    if _DEPARTURE not in shared:
        trial = _ended(lab)
        started, seen = time.monotonic(), []
        answer = trials.delete(lab, trial)
        if answer.ok:
            trials.remove(lab, trial)
            for _ in lab.ticks():
                exchange = lab.get("getExecution", executionId=trial.id)
                if exchange.status == 404:
                    break
                lab.expect_status(exchange, {200})
                seen.append(dict(exchange.json_object()))
        shared[_DEPARTURE] = Departure(trial, answer, tuple(seen), time.monotonic() - started)
    found: Departure = shared[_DEPARTURE]
    return found


def _ended(lab: Lab) -> Trial:
    try:
        return trials.stopped(lab)
    except Inconclusive:
        return trials.ended(lab)


def _completed(lab: Lab) -> Trial:
    """A spare execution that has completed; raises Inconclusive."""
    for _ in range(TRIES - 1):
        with suppress(Inconclusive):
            return trials.ended(lab, {"COMPLETED"})
        # One that was on its way to another end is out of the way now.
    return trials.ended(lab, {"COMPLETED"})


def doomed(lab: Lab) -> tuple[Made, Exchange]:
    """A configuration whose bindings its executable does not know, and the answer to its start.

    Raises Inconclusive when the configuration is refused: the bindings may be looked at then (F22).
    """
    shared = lab.session.shared
    if _DOOMED not in shared:
        lab.require(EXECUTIONS)
        bindings = [{"key": "lmconform-unknown", "value": "1"}]
        body = lab.configuration_body(parameterBindings=bindings, inputArtifactBindings=[])
        answer = lab.send("createConfiguration", json=body)
        made = answer.json_object().get("id")
        if not answer.ok or not isinstance(made, str):
            raise Inconclusive(f"bindings that the executable does not know: {answer.brief}")
        started = lab.send("createExecution", json={"configurationId": made})
        shared[_DOOMED] = (Made(made, body, answer), started)
    found: tuple[Made, Exchange] = shared[_DOOMED]
    return found


def fate(lab: Lab) -> tuple[str, str]:
    """Id of the doomed execution and the status in which it ended, or words for one that does not end soon.

    It may stay PENDING for ever (F22), and that is nothing to wait for.
    """
    shared = lab.session.shared
    if _FATE not in shared:
        execution = doomed(lab)[1].json_object().get("id")
        if not isinstance(execution, str):
            raise NotTestable("an execution with unknown bindings was not started")
        shared[_FATE] = (execution, _end_of(lab, execution))
    found: tuple[str, str] = shared[_FATE]
    return found


def _end_of(lab: Lab, execution: str) -> str:
    deadline = time.monotonic() + _SOON
    for _ in lab.ticks():
        status = str(lab.need("getExecution", executionId=execution).get("status"))
        if status in TERMINAL:
            return status
        if time.monotonic() > deadline:
            break
    return "has not ended soon"


@probe("LM-EXECUTION-WRONG-KEYS")
def unknown_bindings_do_not_keep_it_from_starting(lab: Lab) -> None:
    answer = doomed(lab)[1]
    if 400 <= answer.status < 500:
        # For lack of room (C7) nothing is started: then neither is one that nothing is wrong with.
        try:
            trials.fresh(lab)
        except NotTestable as refusal:
            raise Inconclusive(str(refusal)) from refusal
    lab.expect_status(answer, {202})


@probe("LM-BULK-DELETE-COMPLETED", effect="destructive")
def bulk_deletes_what_has_completed(lab: Lab) -> None:
    trial = _completed(lab)
    found = results(lab, EXECUTION, [entry(trial.id, "DELETED")])
    expect_done(lab, trial, found[0] if found else {})
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)


@probe("LM-EXECUTION-STOP-TWICE", effect="destructive", late=True)
def stopped_execution_is_not_stopped_again(lab: Lab) -> None:
    trial = trials.stopped(lab)
    lab.expect_refused(trials.stop(lab, trial), REFUSED)
    lab.expect_same({"status": "STOPPED"}, lab.read("getExecution", **trial.path), what="the status as before")


@probe("LM-EXECUTION-DELETE-STOPPED", effect="destructive")
def stopped_execution_is_deleted(lab: Lab) -> None:
    found = _departure(lab)
    if found.trial.last.get("status") != "STOPPED":
        raise Inconclusive("executions end before anybody can stop them")
    lab.expect_status(found.answer, {202})


@probe("LM-EXECUTION-DELETE-DEAD", effect="destructive")
def dead_execution_is_deleted(lab: Lab) -> None:
    execution, status = fate(lab)
    if status != "DEAD":
        raise Inconclusive(f"an execution with unknown bindings: {status}")
    lab.expect_status(lab.send("deleteExecution", {"executionId": execution}), {202})
    lab.session.journal.removed("execution", execution)


@probe("LM-EXECUTION-DELETE-TARGET", effect="destructive")
def execution_on_its_way_out_says_so(lab: Lab) -> None:
    for body in departure(lab).seen:
        lab.expect_told({"targetStatus": "DELETED"}, body, what="an execution that is being deleted")


@probe("LM-EXECUTION-DELETE-UNCOUNTED", effect="destructive")
def deleted_execution_is_not_counted(lab: Lab) -> None:
    trial = departure(lab).trial
    expect_uncounted(lab, "listExecutions", "countExecutions", {"configurationId": trial.configuration.id}, trial.id)


@probe("LM-EXECUTION-DELETE-KEEPS-CONFIGURATION", effect="destructive")
def configuration_outlives_its_execution(lab: Lab) -> None:
    configuration = departure(lab).trial.configuration
    found = lab.read("getConfiguration", configurationId=configuration.id)
    lab.expect_same({**configuration.sent, "id": configuration.id}, found, what="the configuration as sent")
