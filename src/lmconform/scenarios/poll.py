"""Repeats a request until a status is final: legal transitions, a deadline, Retry-After, one line a poll."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from lmconform.client import backoff
from lmconform.errors import Inconclusive, did_you_mean
from lmconform.evidence.exchange import Exchange
from lmconform.scenarios.expressions import as_text
from lmconform.scenarios.judging import breaks
from lmconform.scenarios.model import Poll

_WAITED_OUT = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two polls and for all of them; where lines about progress go; how to wait.

    ``known``: the target is the embedded mock, of which we know how long things take and why they fail.
    """

    interval: float
    timeout: float
    progress: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    known: bool = True


def follow(poll: Poll, label: str, ask: Callable[[], Exchange], value: Callable[[str], object], pace: Pace) -> None:
    """Ask until the status is good; return then, the last answer is the telling one.

    ``ask`` sends, ``value`` evaluates an expression against the latest answer. Raises Failure
    at a bad or unknown status, at an illegal transition, and at the deadline; Inconclusive
    instead where the poll has an excuse for a bad status or the deadline, and where a target
    that we do not know may need more time.
    """
    started, previous, count = time.monotonic(), "", 0
    good = "gone" if poll.gone else " or ".join(sorted(poll.good))
    while True:
        exchange = ask()
        count += 1
        elapsed = time.monotonic() - started
        wait = backoff.asked(exchange.headers)
        if wait is not None and exchange.status in _WAITED_OUT:
            pace.progress(f"{label}: poll {count}: {exchange.status}, asked to wait {wait:g} s")
        elif exchange.status == 404 and (poll.gone or (poll.late and not previous)):
            pace.progress(f"{label}: poll {count}: not found ({elapsed:.0f} s of {pace.timeout:.0f} s)")
            if poll.gone:
                return
        elif exchange.status != 200:
            raise breaks(f"200 with a status, until it is {good}", exchange.brief, f"poll {count} failed")
        else:
            status = _judged(poll, previous, value(poll.status), exchange)
            pace.progress(f"{label}: poll {count}: {status} ({elapsed:.0f} s of {pace.timeout:.0f} s)")
            if status in poll.good:
                return
            if status in poll.bad:
                # Null is no explanation, and real bodies have it.
                told = value(poll.detail) if poll.detail else None
                said = as_text(told) if told else ""
                if _is_excused(poll, status, explained=bool(said) or not pace.known):
                    raise Inconclusive(f"{label}: {status}{f' ({said})' if said else ''}; {poll.excuse}")
                raise breaks(good, f"{status}: {said}" if said else status, f"{status} ended the poll at poll {count}")
            previous = status
        wait = max(pace.interval, wait or 0.0)
        if elapsed + wait > pace.timeout:
            excuse = _excuse(poll, previous, exchange, pace)
            if excuse:
                raise Inconclusive(f"{label}: {previous or exchange.status} after {elapsed:.1f} s; {excuse}")
            raise breaks(
                f"{good} within {pace.timeout:g} s",
                f"{previous or exchange.status} after {elapsed:.1f} s and {count} polls",
                "the deadline of the poll has passed; --poll-timeout sets it",
            )
        pace.sleep(wait)


def _excuse(poll: Poll, status: str, exchange: Exchange, pace: Pace) -> str:
    """Why nobody is to blame for what the deadline found, or an empty text."""
    if pace.known:
        return poll.excuse if _is_excused(poll, status) else ""
    if poll.gone and exchange.json_object().get("targetStatus") in (None, "DELETED"):
        return "a deletion that has begun takes the time that it takes"
    return poll.excuse


def _is_excused(poll: Poll, status: str, *, explained: bool = True) -> bool:
    if not poll.excused:
        return bool(poll.excuse)
    return bool(poll.excuse) and status in poll.excused and explained


def _judged(poll: Poll, previous: str, value: object, exchange: Exchange) -> str:
    if not isinstance(value, str) or value not in poll.reachable:
        known = ", ".join(poll.reachable)
        hint = did_you_mean(value, poll.reachable) if isinstance(value, str) else ""
        raise breaks(f"a status out of {known}", f"{value!r} in {exchange.brief}", f"unknown status{hint}")
    if previous and value not in poll.reachable[previous]:
        after = ", ".join(sorted(poll.reachable[previous] - {previous})) or "nothing"
        raise breaks(f"{previous}, or what may follow it: {after}", value, f"illegal transition {previous} → {value}")
    return value
