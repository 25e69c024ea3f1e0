"""When a schedule fires: whether that is soon, and which month is far away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from cronsim import CronSim, CronSimError

# No run lasts longer, and what it leaves behind must not start anything before somebody looks. The day before
# belongs to it: the clock and the time zone of the target are not known.
_SOON_DAYS: Final = 8


def quiet_month(now: datetime) -> int:
    """The month, 1 to 12, that is half a year away: a schedule for it starts nothing for months."""
    return (now.month + 5) % 12 + 1


def is_readable(cron: str, now: datetime) -> bool:
    """Whether the library understands it, with five fields or with six in one of the two readings."""
    fields = _fields(cron)
    return len(fields) in (5, 6) and any(_fires(one, now, now) is not None for one in _readings(fields))


def fires_soon(cron: str, now: datetime) -> bool:
    """Whether a schedule could start an execution within days.

    Six fields are read with seconds in front and with a year at the end: how a target reads them is not published
    (fact C52). What has not five or six fields is no cron, unless it is a macro such as ``@daily``; what has, and
    cannot be read, may mean anything to a target.
    """
    fields = _fields(cron)
    if cron.lstrip().startswith("@"):
        return True
    if len(fields) not in (5, 6):
        return False
    begin = (now - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    fired = [_fires(reading, begin, begin + timedelta(days=_SOON_DAYS + 1)) for reading in _readings(fields)]
    # A reading that makes no sense is not how the target reads it, when there is one that does.
    return True in fired or set(fired) == {None}


def _fields(cron: str) -> list[str]:
    return cron.upper().replace("?", "*").split()


def _readings(fields: list[str]) -> list[list[str]]:
    return [fields] if len(fields) == 5 else [fields, fields[:-1]]


def _fires(fields: list[str], begin: datetime, end: datetime) -> bool | None:
    """Whether it fires from ``begin`` on and before ``end``; None for what cannot be read."""
    try:
        return any(_first(variant, begin) < end for variant in _variants(fields))
    except (CronSimError, ValueError, OverflowError):
        return None


def _variants(fields: list[str]) -> Iterator[str]:
    """By day of the month, and by day of the week: some want both to match, some either (crontab(5))."""
    *head, day, month, weekday = fields
    if day != "*" or weekday == "*":
        yield " ".join((*head, day, month, "*"))
    if weekday != "*":
        yield " ".join((*head, "*", month, weekday))


def _first(cron: str, begin: datetime) -> datetime:
    # It gives what is later than the time that it gets.
    return next(CronSim(cron, begin - timedelta(seconds=1)), datetime.max.replace(tzinfo=begin.tzinfo))
