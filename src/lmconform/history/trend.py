"""What became of each finding over the runs of one target: since when, fixed when, flaky or broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from lmconform.history.store import Seen, Stored
from lmconform.judgement import Outcome
from lmconform.results.subjects import JUDGED

# Failures in a row, the newest included, that make a subject broken however it behaved before.
BROKEN_AFTER: Final = 3
# Changes between failing and not, over the considered runs, that make it flaky.
FLIPS: Final = 2


class State(StrEnum):
    """What a subject is at the end of the considered runs."""

    BROKEN = "broken"  # it failed three times in a row
    FAILING = "failing"  # it fails since a run or two
    FLAKY = "flaky"  # it changed more than once between failing and not
    FIXED = "fixed"  # it failed, and no longer does
    UNJUDGED = "no longer judged"  # it failed when it was judged last


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one subject that failed at least once.

    ``first_seen`` is the beginning of the first run of its newest row of failures, ``fixed`` that of the first run
    after it in which it did not fail, or empty. ``failed`` of ``judged`` considered runs saw it fail, ``flips`` is how
    often it changed. ``difference`` is what was wrong last.
    """

    subject: str
    state: State
    first_seen: str
    fixed: str
    failed: int
    judged: int
    flips: int
    difference: str


def considered(runs: Sequence[Stored]) -> list[Stored]:
    """The runs that came to their end: one of a target that was down says nothing of what it judges."""
    return [run for run in runs if run.complete]


def stories(runs: Sequence[Stored], outcomes: Mapping[int, Mapping[str, Seen]]) -> list[Story]:
    """The stories of all that failed in one of ``runs``, the gravest first; the runs are of one selection, in order."""
    counted = considered(runs)
    names = {name for run in counted for name, seen in outcomes.get(run.id, {}).items() if _is_bad(seen)}
    found = [_story(name, [(run, _seen(name, outcomes.get(run.id, {}))) for run in counted]) for name in names]
    order = list(State)
    return sorted(found, key=lambda story: (order.index(story.state), story.subject))


def _story(subject: str, course: Sequence[tuple[Stored, Seen | None]]) -> Story:
    judged = [(run, seen, _is_bad(seen)) for run, seen in course if seen is not None and _says_something(seen)]
    bad = [is_bad for _, _, is_bad in judged]
    flips = sum(one != other for one, other in pairwise(bad))
    last = max(number for number, is_bad in enumerate(bad) if is_bad)
    first = last
    while first and bad[first - 1]:
        first -= 1
    is_judged_now = course[-1][1] is not None and _says_something(course[-1][1])
    return Story(
        subject,
        _state(bad, flips, is_judged_now=is_judged_now),
        judged[first][0].started,
        judged[last + 1][0].started if last + 1 < len(judged) else "",
        sum(bad),
        len(bad),
        flips,
        judged[last][1].difference,
    )


def _state(bad: Sequence[bool], flips: int, *, is_judged_now: bool) -> State:
    if bad[-1] and not is_judged_now:
        return State.UNJUDGED
    if len(bad) >= BROKEN_AFTER and all(bad[-BROKEN_AFTER:]):
        return State.BROKEN
    if flips >= FLIPS:
        return State.FLAKY
    return State.FAILING if bad[-1] else State.FIXED


def _seen(subject: str, outcomes: Mapping[str, Seen]) -> Seen | None:
    """What a run says of a subject: a check of the contract that is not in the store holds, where anything is."""
    if subject in outcomes or not outcomes:
        return outcomes.get(subject)
    is_item = "/" in subject
    return None if is_item else Seen(Outcome.PASS, False, "")


def _is_bad(seen: Seen) -> bool:
    # A waiver mends nothing.
    return seen.gates or seen.outcome in (Outcome.FAIL, Outcome.XFAIL)


def _says_something(seen: Seen) -> bool:
    return seen.outcome in JUDGED or seen.gates
