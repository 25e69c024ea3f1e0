"""Executions and deployments of this session: one that is left alone, and spare ones to stop or delete.

Either costs a tenant minutes and money, so probes share them wherever that is safe.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from lmconform.errors import Failure, Inconclusive, NotTestable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.probes import recipe
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.lab import ACTIVE, TERMINAL, Json, Lab, Made

# Still there to be stopped, or being stopped: an answer that denies it is wrong.
STOPPABLE: Final = ACTIVE | {"STOPPING", "STOPPED"}
TRIES: Final = 3
# Started ahead of need, on the embedded mock alone.
_WARM: Final = 2
# What refusals for lack of room are known by, here and in the scenarios: neither status nor words are published (C7).
_FULL: Final = ("quota", "maxrunningcount", "capacity", "exhausted", "too many")


@dataclass(slots=True)
class Trial:
    """One execution or deployment: its configuration, its creation, the first GET, the statuses in order.

    ``ending``: a stop was accepted, and what a second one gets nobody published.
    ``changed`` is when we last saw it change, by time.monotonic(): lists may run behind (C2).
    """

    kind: Enactment
    configuration: Made
    created: Made
    first: Exchange
    seen: list[str]
    last: Json = field(default_factory=dict)
    ending: bool = False
    changed: float = field(default_factory=time.monotonic)
    glanced: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        """Its id."""
        return self.created.id

    @property
    def path(self) -> dict[str, str]:
        """Its id as a path parameter."""
        return {self.kind.parameter: self.created.id}


@dataclass(frozen=True, slots=True)
class Deletion:
    """One that had ended and was asked to go: the answer, and the first GET after it."""

    trial: Trial
    answer: Exchange
    after: Exchange


@dataclass(slots=True)
class _Trials:
    base: Trial | None = None
    deletion: Deletion | None = None
    # Why waiting was in vain: a second probe need not wait for as long again.
    stuck: str = ""
    unstopped: str = ""
    unseen: bool = False
    spare: list[Trial] = field(default_factory=list)
    configuration: Made | None = None
    started: int = 0


def base(lab: Lab, kind: Enactment = EXECUTION) -> Trial:
    """The one that nobody stops, deletes or changes; it has its configuration for itself."""
    trials = _trials(lab, kind)
    if trials.base is None:
        trials.base = start(lab, lab.configuration(deployable=kind.deployable), kind)
    return trials.base


def glance(lab: Lab) -> None:
    """Look at those that are on their way, a poll's interval after the last look at the earliest.

    Done between probes: a status that goes back is seen by nobody who comes when all is over.
    """
    for kind in (EXECUTION, DEPLOYMENT):
        trial = _trials(lab, kind).base
        if trial is None or (trial.seen and trial.seen[-1] in kind.settled):
            continue
        if time.monotonic() - trial.glanced >= lab.session.target.poll_interval:
            trial.glanced = time.monotonic()
            with suppress(NotTestable):
                trial.seen += _status(lab.client.send(kind.get, path=trial.path, judge=False))


def finished(lab: Lab, kind: Enactment = EXECUTION) -> Json:
    """The base when it has come to rest, well or not; raises Inconclusive.

    An execution has ended then; a deployment runs, and need not do so for ever.
    """
    trial = base(lab, kind)
    if trial.last.get("status") not in kind.settled:
        trial.last = _patiently(lab, trial, kind.settled)
    return trial.last


def completed(lab: Lab, kind: Enactment = EXECUTION) -> Json:
    """The base at its goal; one that fails, for lack of data or of room, is Inconclusive."""
    body = finished(lab, kind)
    if body.get("status") != kind.goal:
        raise Inconclusive(f"the {kind.word} ended {body.get('status')}: {body.get('statusMessage') or 'no message'}")
    return body


def steadily(lab: Lab, kind: Enactment, judge: Callable[[Json], None]) -> None:
    """Judge the base as it is at rest, once more when it moved on while we looked."""
    for _ in range(TRIES):
        body = finished(lab, kind)
        try:
            lab.again(base(lab, kind).changed, functools.partial(judge, body))
        except Failure:
            if look(lab, base(lab, kind)) == body["status"]:
                raise
        else:
            return
    raise Inconclusive(f"the {kind.word} changes its status again and again")


def start(lab: Lab, configuration: Made, kind: Enactment = EXECUTION, **more: str) -> Trial:
    """Start one and look at it at once; raises NotApplicable, NotTestable, and Inconclusive without a budget."""
    lab.require(kind.capability)
    trials = _trials(lab, kind)
    try:
        created = lab.make(kind.create, {"configurationId": configuration.id, **more})
    except NotTestable as refusal:
        quota = any(word in str(refusal).lower() for word in _FULL)
        if quota or recipe.find(lab, deployable=kind.deployable).parameters or (trials.started and not more):
            # A quota (C7), or a value of ours that makes no sense to the executable: no promise is broken.
            raise Inconclusive(str(refusal)) from refusal
        raise
    trials.started += 1
    first = _first(lab, kind, created)
    return Trial(kind, configuration, created, first, _status(created.exchange) + _status(first))


def spare(lab: Lab, kind: Enactment = EXECUTION) -> Trial:
    """Any one that may be stopped or deleted later, in whatever status."""
    trials = _trials(lab, kind)
    return trials.spare[-1] if trials.spare else fresh(lab, kind)


def fresh(lab: Lab, kind: Enactment = EXECUTION, **more: str) -> Trial:
    """A new spare one; ``more`` goes into the body of its creation."""
    trials = _trials(lab, kind)
    if trials.configuration is None:
        trials.configuration = lab.configuration(deployable=kind.deployable)
    trial = start(lab, trials.configuration, kind, **more)
    trials.spare.append(trial)
    return trial


def active(lab: Lab, kind: Enactment = EXECUTION, statuses: Collection[str] = ACTIVE) -> Trial:
    """A spare one that was in one of the ``statuses`` a moment ago; raises Inconclusive."""
    waiting = []
    for trial in _trials(lab, kind).spare:
        status = look(lab, trial)
        if trial.ending:
            continue
        if status in statuses:
            return trial
        if status == "UNKNOWN" or status in ACTIVE:
            waiting.append(trial)
    for _ in range(TRIES):
        trial = waiting.pop() if waiting else fresh(lab, kind)
        trial.last = _patiently(lab, trial, statuses)
        if trial.last.get("status") in statuses:
            if lab.session.target.is_mock:
                # The next ones to ask need not wait for as long; on a tenant each costs money.
                with suppress(Skip):
                    for _ in range(_WARM - len(waiting)):
                        fresh(lab, kind)
            return trial
    raise Inconclusive(f"{kind.word}s end before anybody sees them {' or '.join(sorted(statuses))}")


def ended(lab: Lab, statuses: Collection[str] = TERMINAL, kind: Enactment = EXECUTION) -> Trial:
    """A spare one in one of the terminal ``statuses``, stopped when it does not end by itself; raises Inconclusive."""
    waiting = []
    for trial in _trials(lab, kind).spare:
        status = look(lab, trial)
        if status in statuses:
            return trial
        if status and status not in TERMINAL:
            waiting.append(trial)
    if kind.settled != TERMINAL:
        return stopped(lab, kind)
    trial = waiting[0] if waiting else fresh(lab, kind)
    trial.last = _patiently(lab, trial, TERMINAL)
    if trial.last.get("status") not in statuses:
        raise Inconclusive(f"the {kind.word} ended {trial.last.get('status')}, wanted {' or '.join(sorted(statuses))}")
    return trial


def stopped(lab: Lab, kind: Enactment = EXECUTION) -> Trial:
    """A spare one that we stopped, now or before; raises NotTestable and Inconclusive."""
    for trial in _trials(lab, kind).spare:
        if trial.last.get("status") == "STOPPED" or (trial.ending and look(lab, trial) == "STOPPED"):
            return trial
    done = while_in(lab, STOPPABLE, lambda trial: stop(lab, trial), kind)
    if done is None:
        raise Inconclusive(f"{kind.word}s end before anybody can stop them")
    trial, answer = done
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    trials = _trials(lab, kind)
    if trials.unstopped:
        raise Inconclusive(trials.unstopped)
    try:
        trial.last = wait(lab, trial, TERMINAL)
    except Inconclusive as error:
        trials.unstopped = f"a stop has no end: {error}"
        raise Inconclusive(trials.unstopped) from error
    if trial.last.get("status") != "STOPPED":
        raise Inconclusive(f"the {kind.word} ended {trial.last.get('status')} before it was stopped")
    return trial


def deleted(lab: Lab, kind: Enactment = EXECUTION) -> Deletion:
    """The deletion of this session that probes look at; raises NotTestable and Inconclusive."""
    trials = _trials(lab, kind)
    if trials.deletion is None:
        trial = ended(lab, kind=kind)
        answer = delete(lab, trial)
        trials.deletion = Deletion(trial, answer, lab.get(kind.get, **trial.path))
        if answer.ok:
            remove(lab, trial)
    return trials.deletion


def stop(lab: Lab, trial: Trial) -> Exchange:
    """Ask for STOPPED."""
    answer = lab.send(trial.kind.modify, trial.path, json={"targetStatus": "STOPPED"})
    trial.ending = trial.ending or answer.ok
    return answer


def delete(lab: Lab, trial: Trial) -> Exchange:
    """Ask for deletion."""
    return lab.send(trial.kind.delete, trial.path)


def remove(lab: Lab, trial: Trial) -> None:
    """It is deleted, or will be: no other probe gets it."""
    lab.session.journal.removed(trial.kind.word, trial.id)
    _drop(lab, trial)


def while_in(
    lab: Lab, statuses: Collection[str], act: Callable[[Trial], Exchange], kind: Enactment = EXECUTION
) -> tuple[Trial, Exchange] | None:
    """Try ``act`` on an active one that still is in ``statuses`` after the answer.

    A lawful fast server may move on between our look and our request: then the answer says
    nothing, and it is tried again with another one. None: it moved on each time.
    """
    for _ in range(TRIES):
        trial = active(lab, kind)
        answer = act(trial)
        if answer.ok or look(lab, trial) in statuses:
            return trial, answer
    return None


def look(lab: Lab, trial: Trial) -> str:
    """The status now; empty when it is gone. Terminal ones stay as they are and are not asked for."""
    if trial.last.get("status") in TERMINAL:
        return str(trial.last["status"])
    before = trial.last.get("status")
    exchange = lab.get(trial.kind.get, **trial.path)
    trial.last = dict(exchange.json_object()) if exchange.ok else {}
    if trial.last.get("status") != before:
        trial.changed = time.monotonic()
    return str(trial.last.get("status", ""))


def wait(lab: Lab, trial: Trial, statuses: Collection[str], seen: list[str] | None = None) -> Json:
    """It, as soon as its status is one of ``statuses``, or terminal.

    ``seen`` collects the statuses on the way. Raises Inconclusive at the deadline.
    """
    for _ in lab.ticks():
        body = lab.need(trial.kind.get, **trial.path)
        status = str(body.get("status"))
        if seen is not None:
            seen.append(status)
        if status in statuses or status in TERMINAL:
            trial.changed = time.monotonic()
            return body
    raise AssertionError("ticks() does not end by itself")


def is_on_its_way(lab: Lab) -> bool:
    """Whether the last answer says that a stop is meant: how long it may take nobody promised; our mock is known."""
    last = lab.client.last
    told = last.json_object().get("targetStatus") if last is not None else None
    return told == "STOPPED" and not lab.session.target.is_mock


def wait_until_gone(lab: Lab, trial: Trial) -> None:
    """Poll until GET answers 404; a deletion that was promised and never begins breaks the requirement.

    One that has begun takes its time: raises Inconclusive.
    """
    patience = lab.session.target.poll_timeout
    try:
        for _ in lab.ticks():
            exchange = lab.get(trial.kind.get, **trial.path)
            if exchange.status == 404:
                trial.changed = time.monotonic()
                return
            lab.expect_status(exchange, {200})
    except Inconclusive:
        # The status stays until it is gone, and who tells no target tells nothing (C1).
        promised = exchange.json_object().get("targetStatus") in (None, "DELETED")
        if promised and not lab.session.target.is_mock:
            raise Inconclusive(f"the {trial.kind.word} is still being deleted after {patience:g} s") from None
        lab.fail(expected=f"404 within {patience:g} s of the deletion", actual=f"the {trial.kind.word} is still there")


def _trials(lab: Lab, kind: Enactment) -> _Trials:
    found: _Trials = lab.session.shared.setdefault(f"probes.trials.{kind.word}", _Trials())
    journal = lab.session.journal
    if found.base is not None and journal.is_doubted(found.base.id):
        found.base = None
    found.spare = [trial for trial in found.spare if not journal.is_doubted(trial.id)]
    return found


def _status(exchange: Exchange) -> list[str]:
    """The status that an answer tells; none when it is an error, or says nothing."""
    told = exchange.json_object().get("status")
    return [told] if exchange.ok and isinstance(told, str) else []


def _drop(lab: Lab, trial: Trial) -> None:
    trials = _trials(lab, trial.kind)
    trials.spare = [t for t in trials.spare if t.id != trial.id]


def _first(lab: Lab, kind: Enactment, created: Made) -> Exchange:
    trials = _trials(lab, kind)
    deadline = time.monotonic() + lab.grace
    while True:
        exchange = lab.get(kind.get, **{kind.parameter: created.id})
        if exchange.status not in (403, 404) or kind.at_once or trials.unseen:
            return exchange
        if time.monotonic() > deadline:
            trials.unseen = True
            return exchange
        time.sleep(lab.grace / 20)


def _patiently(lab: Lab, trial: Trial, statuses: Collection[str]) -> Json:
    trials = _trials(lab, trial.kind)
    if trials.stuck:
        raise Inconclusive(trials.stuck)
    try:
        return wait(lab, trial, statuses, trial.seen)
    except Inconclusive as error:
        trials.stuck = f"one {trial.kind.word} stayed {trial.seen[-1] if trial.seen else 'without a status'}: {error}"
        raise Inconclusive(trials.stuck) from error
    except NotTestable:
        _drop(lab, trial)
        raise
