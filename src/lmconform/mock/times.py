"""Times as the API writes and reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from lmconform.mock.problems import bad_request


@lru_cache(4096)
def seconds(when: float) -> str:
    """Seconds since the epoch as artifacts, configurations, executions show them."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def microseconds(when: float) -> str:
    """Seconds since the epoch as metrics show them."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def nanoseconds(when: float) -> str:
    """Seconds since the epoch as logs show them."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds").replace("+00:00", "000+00:00")


def instant(text: str, name: str) -> float:
    """Seconds since the epoch of an RFC 3339 date-time; raises a 400 that names the member."""
    try:
        when = datetime.fromisoformat(text)
        value = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        seconds(value)
    except (ValueError, OverflowError, OSError) as error:
        raise bad_request(f"{name} is no RFC 3339 date-time") from error
    return value
