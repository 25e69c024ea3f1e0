"""RFC 3339 date-times: how the API writes them, and how it reads those of requests."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from lmconform.mock.problems import bad_request


@lru_cache(4096)
def format_seconds(when: float) -> str:
    """Seconds since the epoch as a date-time in whole seconds: artifacts, configurations, executions."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def format_microseconds(when: float) -> str:
    """Seconds since the epoch as a date-time in microseconds: metrics."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def format_nanoseconds(when: float) -> str:
    """Seconds since the epoch as a date-time in nanoseconds: logs."""
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds").replace("+00:00", "000+00:00")


def parse_instant(text: str, name: str) -> float:
    """Seconds since the epoch of an RFC 3339 date-time; raises a 400 that names the member ``name``."""
    try:
        when = datetime.fromisoformat(text)
        value = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        format_seconds(value)
    except (ValueError, OverflowError, OSError) as error:
        raise bad_request(f"{name} is no RFC 3339 date-time") from error
    return value


def reformat(text: str, form: str) -> str:
    """A UTC date-time in the form of the switch ``time-form``; the instant stays the same."""
    if not text.endswith("Z"):
        return text
    if form == "offset":
        return text[:-1] + "+00:00"
    if form == "fraction" and "." not in text:
        return text[:-1] + ".000Z"
    return text
