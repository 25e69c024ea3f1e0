"""Waiting for a target: one loop, one set of named limits, one grace; every room that waits calls it.

A wait ends when the answer is right, when it can never become right (the caller's ``until`` raises), or when its
limit passes (``Overdue``). What several items wait for is waited for once: ``Waits`` remembers that a limit passed.
Nothing else on the judging side sleeps, except for what a server asks for by ``Retry-After`` (``client/backoff``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from lmconform.settings.time_limits import TimeLimit

T = TypeVar("T")

# A pause of nothing would be a busy loop.
LEAST_PAUSE: Final = 0.02
# Lists may lag behind an acknowledged change (fact C2): so many looks, for so many seconds at most.
GRACE_LOOKS: Final = 20
MOST_GRACE: Final = 60.0
# So many things of one family may pass their limit; after that the next ones get one look each.
MOST_OVERDUE: Final = 2


class Overdue(Exception):
    """The limit passed before the answer was right.

    ``what`` was waited for (a noun phrase), ``state`` is what the last answer showed, ``remark`` says how it was seen
    unless by this wait, ``elapsed`` is in seconds.
    ``repeated``: this is what an earlier wait came to; the one that gets it asked once and did not wait.
    """

    repeated = False

    def __init__(
        self, what: str, state: str, elapsed: float, polls: int, limit: TimeLimit, *, remark: str = ""
    ) -> None:
        super().__init__(f"{what}: {state}{remark} after {elapsed:.1f} s and {polls} polls")
        self.what = what
        self.state = state
        self.remark = remark
        self.elapsed = elapsed
        self.polls = polls
        self.limit = limit

    @property
    def expected(self) -> str:
        """What a finding expects."""
        return f"{self.what} within {self.limit.seconds:g} s"

    @property
    def actual(self) -> str:
        """What a finding saw, with the option that raises the limit."""
        seen = f"{self.state}{self.remark} after {self.elapsed:.1f} s and {self.polls} polls"
        return f"{seen}; {self.limit.option} raises the limit"

    def again(self, what: str, state: str) -> Overdue:
        """The same for one that did not wait itself: ``what`` it looked for once, and the ``state`` that it saw."""
        is_same = what == self.what
        remark = "" if is_same else f" at one look, as the limit has passed for {self.what}"
        seen = self.state if is_same else state
        copy = Overdue(what, seen, self.elapsed, self.polls, self.limit, remark=remark)
        copy.repeated = True
        return copy


def rest(seconds: float) -> None:
    """Wait so many seconds."""
    time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds between two polls, the limit of the whole wait, and how to sleep (seconds in)."""

    interval: float
    limit: TimeLimit
    sleep: Callable[[float], None] = rest


def poll(
    ask: Callable[[], T],
    until: Callable[[T], bool],
    policy: Policy,
    *,
    what: str,
    state: Callable[[T], str],
    pause: Callable[[T], float | None] = lambda answer: None,
) -> T:
    """Ask until ``until`` holds, and return that answer.

    ``state`` puts an answer into words for Overdue. ``pause`` may ask for a longer pause than the interval
    (``Retry-After``), in seconds; one that leads beyond the limit is not taken. What ``ask`` and ``until`` raise ends
    the wait. The first question is asked at once, the last one at the limit: a server that is right just in time is
    right.
    """
    started, polls = time.monotonic(), 0
    while True:
        answer = ask()
        polls += 1
        if until(answer):
            return answer
        elapsed, asked = time.monotonic() - started, pause(answer) or 0.0
        left = policy.limit.seconds - elapsed
        if left <= 0 or asked > left:
            raise Overdue(what, state(answer), elapsed, polls, policy.limit)
        policy.sleep(max(min(policy.interval, left), asked, LEAST_PAUSE))


def grace(interval: float) -> float:
    """Seconds for which a target with this polling interval may lawfully contradict what it has acknowledged."""
    return min(MOST_GRACE, GRACE_LOOKS * max(interval, LEAST_PAUSE))


def looks(interval: float, sleep: Callable[[float], None] = rest) -> Iterator[bool]:
    """Looks within the grace, with pauses between them; yields whether this is the last one."""
    pause = grace(interval) / GRACE_LOOKS
    for number in range(GRACE_LOOKS + 1):
        yield number == GRACE_LOOKS
        if number < GRACE_LOOKS:
            sleep(pause)


def settled(
    judge: Callable[[], T],
    *,
    since: float,
    interval: float,
    retry_on: tuple[type[BaseException], ...],
    sleep: Callable[[float], None] = rest,
) -> T:
    """``judge()``, and again after an exception of ``retry_on`` while the grace has not passed.

    ``since`` is the moment of the last change, by time.monotonic().
    """
    length = grace(interval)
    while True:
        begun = time.monotonic()
        try:
            return judge()
        except retry_on:
            # What was asked within the grace may have been answered long after it: a gateway limits requests.
            if begun - since > length:
                raise
        sleep(length / GRACE_LOOKS)


@dataclass(slots=True)
class Waits:
    """The waits of one session, by what they wait for; safe to use from several threads.

    The first to come waits; others that come meanwhile wait for the first, and then ask for themselves, which takes
    one poll. When the limit has passed once, the next ones get one look and no new limit. A family holds what is
    promised in the same way, such as the deletions of all executions: when MOST_OVERDUE of them have passed their
    limit, the others get one look too, until one of them is right.
    """

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _overdue: dict[Hashable, Overdue] = field(default_factory=dict)
    _families: dict[Hashable, dict[Hashable, Overdue]] = field(default_factory=dict)

    def poll(
        self,
        key: Hashable,
        ask: Callable[[], T],
        until: Callable[[T], bool],
        policy: Policy,
        *,
        what: str,
        state: Callable[[T], str],
        family: Hashable = None,
        pause: Callable[[T], float | None] = lambda answer: None,
    ) -> T:
        """``poll``, once for all that wait for ``key``; raises Overdue."""
        with self._turn(key, family) as earlier:
            if earlier is None:
                return poll(ask, until, policy, what=what, state=state, pause=pause)
            answer = ask()
            if until(answer):
                return answer
            raise earlier.again(what, state(answer))

    @contextmanager
    def _turn(self, key: Hashable, family: Hashable) -> Iterator[Overdue | None]:
        """One waiter for ``key`` at a time; yields the Overdue that keeps it from waiting, or None."""
        with self._lock:
            lock = self._turns.setdefault(key, threading.Lock())
        with lock:
            try:
                yield self._earlier(key, family)
            except Overdue as error:
                if not error.repeated:
                    self._note(key, family, error)
                raise
            else:
                self._forget(key, family)

    def _earlier(self, key: Hashable, family: Hashable) -> Overdue | None:
        with self._lock:
            related = self._families.get(family, {})
            last = next(reversed(related.values())) if len(related) >= MOST_OVERDUE else None
            return self._overdue.get(key) or last

    def _note(self, key: Hashable, family: Hashable, error: Overdue) -> None:
        with self._lock:
            self._overdue[key] = error
            if family is not None:
                self._families.setdefault(family, {})[key] = error

    def _forget(self, key: Hashable, family: Hashable) -> None:
        with self._lock:
            self._overdue.pop(key, None)
            self._families.pop(family, None)
