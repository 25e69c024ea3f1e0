"""Executions of this session: one that runs to its end, and spare ones that may be stopped or deleted.

An execution costs a tenant minutes and money, so probes share them wherever that is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.lab import ACTIVE, TERMINAL, Json, Lab, Made

_SHARED: Final = "probes.trials"
_TRIES: Final = 3


@dataclass(slots=True)
class Trial:
    """One execution: its configuration, its creation, the first GET, the statuses in order."""

    configuration: Made
    created: Made
    first: Exchange
    seen: list[str]
    last: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The execution's id."""
        return self.created.id


@dataclass(slots=True)
class _Trials:
    base: Trial | None = None
    # Why waiting was in vain: a second probe need not wait for as long again.
    stuck: str = ""
    spare: list[Trial] = field(default_factory=list)
    configuration: Made | None = None


def base(lab: Lab) -> Trial:
    """The one execution that nobody stops or deletes; it has its configuration for itself."""
    trials = _trials(lab)
    if trials.base is None:
        trials.base = start(lab, lab.configuration())
    return trials.base


def finished(lab: Lab) -> Json:
    """The base execution after its end, whatever the end was; raises Inconclusive."""
    trial = base(lab)
    if trial.last.get("status") not in TERMINAL:
        trial.last = _patiently(lab, trial, TERMINAL)
    return trial.last


def completed(lab: Lab) -> Json:
    """The base execution after it completed; a training that fails for lack of data is Inconclusive."""
    body = finished(lab)
    if body.get("status") != "COMPLETED":
        raise Inconclusive(f"the training ended {body.get('status')}: {body.get('statusMessage') or 'no message'}")
    return body


def start(lab: Lab, configuration: Made) -> Trial:
    """Start an execution and look at it at once."""
    created = lab.execution(configuration.id)
    first = lab.get("getExecution", executionId=created.id)
    seen = [str(e.json_object()["status"]) for e in (created.exchange, first) if "status" in e.json_object()]
    return Trial(configuration, created, first, seen)


def spare(lab: Lab) -> Trial:
    """Any execution that may be stopped or deleted later, in whatever status."""
    trials = _trials(lab)
    return trials.spare[-1] if trials.spare else fresh(lab)


def fresh(lab: Lab) -> Trial:
    """A new spare execution."""
    trials = _trials(lab)
    if trials.configuration is None:
        trials.configuration = lab.configuration()
    trial = start(lab, trials.configuration)
    trials.spare.append(trial)
    return trial


def active(lab: Lab) -> Trial:
    """A spare execution that was PENDING or RUNNING a moment ago; raises Inconclusive."""
    waiting = []
    for trial in _trials(lab).spare:
        status = look(lab, trial)
        if status in ACTIVE:
            return trial
        if status == "UNKNOWN":
            waiting.append(trial)
    for _ in range(_TRIES):
        trial = waiting.pop() if waiting else fresh(lab)
        trial.last = _patiently(lab, trial, ACTIVE)
        if trial.last.get("status") in ACTIVE:
            return trial
    raise Inconclusive("executions end before anybody sees them run")


def ended(lab: Lab, statuses: Collection[str] = TERMINAL) -> Trial:
    """A spare execution in one of the terminal ``statuses``; raises Inconclusive."""
    waiting = []
    for trial in _trials(lab).spare:
        status = look(lab, trial)
        if status in statuses:
            return trial
        if status not in TERMINAL:
            waiting.append(trial)
    trial = waiting[0] if waiting else fresh(lab)
    trial.last = _patiently(lab, trial, TERMINAL)
    if trial.last.get("status") not in statuses:
        raise Inconclusive(f"the execution ended {trial.last.get('status')}, wanted {' or '.join(sorted(statuses))}")
    return trial


def remove(lab: Lab, trial: Trial) -> None:
    """It is deleted, or will be: no other probe gets it."""
    lab.session.journal.removed("execution", trial.id)
    trials = _trials(lab)
    trials.spare = [t for t in trials.spare if t.id != trial.id]


def while_in(lab: Lab, statuses: Collection[str], act: Callable[[Trial], Exchange]) -> tuple[Trial, Exchange] | None:
    """Try ``act`` on an active execution that still is in ``statuses`` after the answer.

    A lawful fast server may move on between our look and our request: then the answer says
    nothing, and it is tried again with another execution. None: it moved on each time.
    """
    for _ in range(_TRIES):
        trial = active(lab)
        answer = act(trial)
        if answer.ok or look(lab, trial) in statuses:
            return trial, answer
    return None


def look(lab: Lab, trial: Trial) -> str:
    """The status now; empty when it is gone. Terminal ones stay as they are and are not asked for."""
    if trial.last.get("status") in TERMINAL:
        return str(trial.last["status"])
    exchange = lab.get("getExecution", executionId=trial.id)
    trial.last = dict(exchange.json_object()) if exchange.ok else {}
    return str(trial.last.get("status", ""))


def wait_until_gone(lab: Lab, trial: Trial) -> None:
    """Poll until GET answers 404; a deletion that was promised and never comes breaks the requirement."""
    patience = lab.session.target.poll_timeout
    try:
        for _ in lab.ticks():
            exchange = lab.get("getExecution", executionId=trial.id)
            if exchange.status == 404:
                return
            lab.expect_status(exchange, {200})
    except Inconclusive:
        lab.fail(expected=f"404 within {patience:g} s of the deletion", actual="the execution is still there")


def _trials(lab: Lab) -> _Trials:
    found: _Trials = lab.session.shared.setdefault(_SHARED, _Trials())
    return found


def _patiently(lab: Lab, trial: Trial, statuses: Collection[str]) -> Json:
    trials = _trials(lab)
    if trials.stuck:
        raise Inconclusive(trials.stuck)
    try:
        return lab.wait(trial.id, statuses, trial.seen)
    except Inconclusive as error:
        trials.stuck = f"an execution stayed {trial.seen[-1] if trial.seen else 'without a status'}: {error}"
        raise Inconclusive(trials.stuck) from error
    except NotTestable:
        remove(lab, trial)
        raise
