"""Dates with times as RFC 3339 writes them: the one format of the API's times."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

# RFC 3339, section 5.6, whose notes allow lower case, and a space in place of the T.
_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


def is_date_time(text: str) -> bool:
    """Whether ``text`` is a ``date-time`` of RFC 3339: the grammar of section 5.6 and the ranges of section 5.7.

    Second 60 is taken on any day: leap seconds are announced, and no table of them is kept here.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return False
    away_hours, away_minutes = int(found[9] or 0), int(found[10] or 0)
    return hour <= 23 and minute <= 59 and second <= 60 and away_hours <= 23 and away_minutes <= 59


def parse(text: str) -> datetime | None:
    """The moment that ``text`` names, or None when it is no ``date-time`` of RFC 3339 or outside the years 1 to 9999.

    Fractions are cut to microseconds; second 60 is the first of the next minute.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None or not is_date_time(text) or found[1] == "0000":
        return None
    leap = found[6] == "60"
    second = "59" if leap else found[6]
    zone = f"{found[8]}{found[9]}:{found[10]}" if found[8] else "+00:00"
    fraction = (found[7] or "")[:6].ljust(6, "0")
    moment = datetime.fromisoformat(f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{second}.{fraction}{zone}")
    try:
        return moment + timedelta(seconds=1) if leap else moment
    except OverflowError:
        return None


def same(first: str, second: str) -> bool:
    """Whether two texts name the same moment, whatever their offsets and fractions look like."""
    moment = parse(first)
    return moment is not None and moment == parse(second)


def to_text(moment: datetime) -> str:
    """``moment`` in UTC, to the second: ``2026-01-31T23:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _days(year: int, month: int) -> int:
    # The calendar module begins with year 1; year 0 was a leap year, as 2000 was.
    return monthrange(year or 2000, month)[1]
