"""Cron expressions: validity, time of the next run, interval between runs."""

from __future__ import annotations

from datetime import UTC, datetime

# Runs that are compared to find the shortest interval.
_LOOK_AHEAD = 12
_MAX_LENGTH = 256


class BadCron(ValueError):
    """The expression is not valid; the text says why."""


def check(text: str, *, six: bool) -> None:
    """Raise BadCron unless ``text`` is a valid expression of five fields, or of six when ``six`` is set."""
    if len(text) > _MAX_LENGTH:
        raise BadCron(f"cron is longer than {_MAX_LENGTH} characters")
    fields = len(text.split())
    if fields not in ((5, 6) if six else (5,)):
        raise BadCron(f"cron has {fields} fields")
    try:
        following(text, 0.0)
    except StopIteration:
        raise BadCron("cron never fires") from None


def following(text: str, when: float) -> float:
    """The first run after ``when`` (seconds since the epoch, UTC); raises BadCron, StopIteration."""
    # Imported on first use: most mocks never see a schedule.
    from cronsim import CronSim, CronSimError

    try:
        return next(CronSim(text, datetime.fromtimestamp(when, UTC))).timestamp()
    except (CronSimError, OverflowError, ValueError) as error:
        raise BadCron(f"cron is not valid: {error}") from error


def shortest_interval(text: str, when: float) -> float:
    """The shortest interval in seconds between the first dozen runs after ``when``."""
    shortest = float("inf")
    last = following(text, when)
    for _ in range(_LOOK_AHEAD):
        try:
            after = following(text, last)
        except StopIteration:
            break
        shortest, last = min(shortest, after - last), after
    return shortest
