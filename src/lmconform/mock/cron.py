"""Cron expressions: whether one is valid, how often it fires, when it fires next."""

from __future__ import annotations

from datetime import UTC, datetime

_LOOK_AHEAD = 12
_LONGEST = 256


class BadCron(ValueError):
    """What is wrong with an expression."""


def check(text: str, *, six: bool) -> None:
    """Raise BadCron unless ``text`` has five fields that mean something, or six if they are allowed."""
    if len(text) > _LONGEST:
        raise BadCron(f"cron is longer than {_LONGEST} characters")
    fields = len(text.split())
    if fields not in ((5, 6) if six else (5,)):
        raise BadCron(f"cron has {fields} fields")
    try:
        following(text, 0.0)
    except StopIteration:
        raise BadCron("cron never fires") from None


def following(text: str, when: float) -> float:
    """The first time after ``when`` (seconds since the epoch, UTC); raises BadCron, StopIteration."""
    # Imported when it is first needed: most mocks never see a schedule.
    from cronsim import CronSim, CronSimError

    try:
        return next(CronSim(text, datetime.fromtimestamp(when, UTC))).timestamp()
    except (CronSimError, OverflowError, ValueError) as error:
        raise BadCron(f"cron is not valid: {error}") from error


def shortest_gap(text: str, when: float) -> float:
    """Seconds between two firings, at least: the least of the dozen after ``when``."""
    gap = float("inf")
    last = following(text, when)
    for _ in range(_LOOK_AHEAD):
        try:
            after = following(text, last)
        except StopIteration:
            break
        gap, last = min(gap, after - last), after
    return gap
