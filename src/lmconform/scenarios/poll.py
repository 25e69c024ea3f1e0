"""Repeats a request until a status is final: legal transitions, a limit, Retry-After, one line a poll."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lmconform.client import backoff
from lmconform.client.polling import Overdue, Policy, Waits, grace, rest
from lmconform.contract.life import Runs
from lmconform.errors import Failure, Inconclusive, NotTestable, did_you_mean
from lmconform.evidence.exchange import Exchange
from lmconform.scenarios.judging import breaks
from lmconform.scenarios.model import Poll
from lmconform.settings.expectations import Expectation
from lmconform.settings.time_limits import TimeLimit, TimeLimits

_WAITED_OUT = frozenset({429, 503})
# Characters of a status and its reasons beside what was expected; the message has all of them.
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Pace:
    """How a poll goes on at one target.

    ``interval``: seconds between two polls. ``progress`` takes a line about each poll, ``sleep`` waits so many seconds.
    ``waits`` are those of the session, ``expected`` what its owner expects; ``diagnose`` says why what the answer shows
    has died.
    """

    interval: float
    limit: TimeLimit
    progress: Callable[[str], None]
    sleep: Callable[[float], None] = rest
    waits: Waits = field(default_factory=Waits)
    expected: frozenset[Expectation] = frozenset()
    diagnose: Callable[[Exchange], str] = lambda exchange: ""


def limit(poll: Poll, limits: TimeLimits) -> TimeLimit:
    """The limit of what the poll waits for: the end of a deletion, of a stop, or what the resource does by itself."""
    life = poll.resource.life
    if poll.gone:
        return limits.delete
    if poll.resource.cost.runs is None or (life is not None and poll.good <= life.stopped):
        # Where nothing runs, a request has changed the status.
        return limits.stop
    return limits.start if poll.resource.cost.runs is Runs.UNTIL_STOPPED else limits.poll


def follow(poll: Poll, label: str, ask: Callable[[], Exchange], pace: Pace) -> None:
    """Ask until the status is good; return then, the last answer is the telling one.

    ``ask`` sends. Raises Failure at a bad or unknown status, at an illegal transition, and when the limit passes.
    Raises Inconclusive instead for a bad status that the poll excuses or the owner of the target expects, and for what
    stays queued until the limit: the target has no room for it. Raises NotTestable when others have waited in vain.
    """
    watch = _Watch(poll, label, pace)
    try:
        pace.waits.poll(
            label,
            ask,
            watch.is_over,
            Policy(pace.interval, pace.limit, pace.sleep),
            what=f"the {poll.resource.noun} of {label} to be {poll.goal}",
            state=watch.state,
            family=("scenario", poll.resource.noun, pace.limit.option),
            pause=lambda exchange: backoff.asked(exchange.headers),
        )
    except Overdue as overdue:
        raise watch.overdue(overdue) from overdue


class _Watch:
    """Judges the answers of one poll, one after the other."""

    def __init__(self, poll: Poll, label: str, pace: Pace) -> None:
        assert poll.resource.life is not None, "the loader takes polls of resources with a life"
        self._poll = poll
        self._life = poll.resource.life
        self._label = label
        self._pace = pace
        self._started = time.monotonic()
        self._count = 0
        self._seen: list[str] = []

    def is_over(self, exchange: Exchange) -> bool:
        """Whether this answer is the end that the poll waits for; raises Failure and Inconclusive."""
        self._count += 1
        poll, wait = self._poll, backoff.asked(exchange.headers)
        if wait is not None and exchange.status in _WAITED_OUT:
            self._tell(f"{exchange.status}, asked to wait {wait:g} s", timed=False)
            return False
        if exchange.status == 404 and (poll.gone or self._may_be_late()):
            self._tell("not found")
            return poll.gone
        if exchange.status != 200:
            expected = f"200 with a status, until it is {poll.goal}"
            raise breaks(expected, exchange.brief, f"poll {self._count} failed")
        status = self._judged(exchange)
        self._tell(status)
        if status in poll.bad:
            raise self._ended(status, exchange)
        self._seen.append(status)
        return status in poll.good

    def state(self, exchange: Exchange) -> str:
        """What an answer shows, for Overdue."""
        return str(exchange.json_object().get("status")) if exchange.ok else exchange.brief

    def overdue(self, overdue: Overdue) -> Failure | Inconclusive | NotTestable:
        """What it means that the limit passed before the end came."""
        text = f"{overdue.what}: {overdue.actual}"
        if overdue.repeated:
            return NotTestable(f"not waited for again: {text}")
        if self._seen and self._life.queued.issuperset(self._seen) and not self._is_asked_for():
            # Nothing is refused for lack of room or of an object store: it is not started, for as long as that takes.
            return Inconclusive(f"no room: {text}")
        return breaks(overdue.expected, overdue.actual, "the limit of the poll has passed")

    def _is_asked_for(self) -> bool:
        """Whether a request asked for the end: room is not needed for it."""
        return self._poll.gone or self._poll.good <= self._life.stopped

    def _may_be_late(self) -> bool:
        """Whether it need not be seen yet (C26)."""
        is_fresh = time.monotonic() - self._started <= grace(self._pace.interval)
        return self._poll.late and not self._seen and is_fresh

    def _tell(self, what: str, *, timed: bool = True) -> None:
        elapsed = f" ({time.monotonic() - self._started:.0f} s of {self._pace.limit.seconds:.0f} s)" if timed else ""
        self._pace.progress(f"{self._label}: poll {self._count}: {what}{elapsed}")

    def _ended(self, status: str, exchange: Exchange) -> Failure | Inconclusive:
        poll = self._poll
        is_dead = status in self._life.terminal - {self._life.goal} - self._life.stopped
        why = self._pace.diagnose(exchange)
        said = f"{status}: {why}" if why else status
        if poll.excuse:
            return Inconclusive(f"{self._label}: {said}; {poll.excuse}")
        if not is_dead or poll.unless is None:
            return breaks(poll.goal, said[:_SHOWN], f"{status} ended the poll at poll {self._count}")
        if poll.unless in self._pace.expected:
            return Inconclusive(f"{self._label}: {said}; the owner of the target expects that: --expect {poll.unless}")
        hint = f"it needs {poll.needs}; where the target lacks that, add --expect {poll.unless}"
        text = " | ".join(filter(None, (f"{status} ended the poll at poll {self._count}", why, hint)))
        return breaks(poll.goal, said[:_SHOWN], text)

    def _judged(self, exchange: Exchange) -> str:
        value, known = exchange.json_object().get("status"), self._life.statuses
        if not isinstance(value, str) or value not in known:
            hint = did_you_mean(value, known) if isinstance(value, str) else ""
            raise breaks(
                f"a status out of {', '.join(known)}", f"{value!r} in {exchange.brief}", f"unknown status{hint}"
            )
        before = self._seen[-1] if self._seen else value
        if value not in self._life.reachable[before]:
            after = ", ".join(sorted(self._life.reachable[before] - {before})) or "nothing"
            expected = f"{before}, or what may follow it: {after}"
            raise breaks(expected, value, f"illegal transition {before} → {value}")
        return value
