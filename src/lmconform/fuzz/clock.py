"""Times for schedules: so far ahead of today, by the clock of the target, that nothing fires while a run lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

from lmconform.contract import times

# From now until then no schedule of the run may fire; a run that is killed leaves its schedules behind.
_NEAREST, _FARTHEST = 150, 200


def far_cron(today: datetime) -> str:
    """Five fields that name one minute of the year, five months ahead (fact C5: ``1 1 1 1 1`` is one of SAP's)."""
    return far_crons(today)[0]


def far_crons(today: datetime) -> list[str]:
    """Some expressions of the kind of ``far_cron``."""
    days = [today + timedelta(days=d) for d in range(_NEAREST, _FARTHEST, 7)]
    return [f"{7 * n % 60} {n % 24} {day.day} {day.month} *" for n, day in enumerate(days, 1)]


def starts(today: datetime) -> list[str]:
    """Some instants of the next weeks, as RFC 3339 has them, before any that ``ends`` gives."""
    return _instants(today, range(2, 60, 9))


def ends(today: datetime) -> list[str]:
    """Some instants after those that ``far_crons`` name."""
    return _instants(today, range(250, 340, 13))


def _instants(today: datetime, days: range) -> list[str]:
    return [times.to_text(today + timedelta(days=d, hours=d)) for d in days]
