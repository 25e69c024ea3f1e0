"""When a request may be sent again, and after how many seconds: passing statuses, ``Retry-After``, growing pauses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

TOO_MANY: Final = 429
# What a gateway says for a moment, and what SAP's own client repeats as well (fact E7).
PASSING: Final = frozenset({502, 503, 504})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# How Envoy, the gateway of tenants (fact M7), says that it had nowhere to send a request: the service never saw it.
_NOT_HANDED_ON: Final = re.compile(
    rb"no healthy upstream|upstream connect error or disconnect/reset before headers.{0,80}reset reason: "
    rb"(?:(?:local |remote )?connection failure|connection timeout|overflow)"
)


def not_handed_on(status: int, body: bytes) -> bool:
    """Whether a gateway answered 503 and says that it did not hand the request on, so that nothing was carried out."""
    return status == 503 and _NOT_HANDED_ON.match(body.strip()[:400]) is not None


def is_safe(method: str) -> bool:
    """Whether a request of that method changes nothing (RFC 9110, section 9.2.1)."""
    return method in _SAFE


def asked(headers: Iterable[tuple[str, str]]) -> float | None:
    """Seconds that the ``Retry-After`` among ``headers`` asks to wait; None when there is none that can be read."""
    first = {name.lower(): value for name, value in reversed(list(headers))}
    value = first.get("retry-after")
    return retry_after(value, http_date(first.get("date"))) if value is not None else None


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Seconds from a ``Retry-After`` value (RFC 9110, section 10.2.3): a number or a date.

    ``now`` is the time of the answer by the clock of the server, which says nothing about the clock of this machine.
    """
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    date = http_date(value)
    return None if date is None else max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def http_date(value: str | None) -> datetime | None:
    """The time that a header such as ``Date`` names; None when it cannot be read."""
    try:
        found = parsedate_to_datetime(value or "")
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def growing(attempt: int, first: float) -> float:
    """Seconds to wait after the ``attempt``-th sending (from 1 on): ``first``, and twice as long each time."""
    return first * 2.0 ** (attempt - 1)


def pause(headers: Iterable[tuple[str, str]], attempt: int, *, first: float, longest: float) -> float | None:
    """Seconds to wait after the answer to the ``attempt``-th sending (from 1 on); None when it asks for too many.

    Without ``Retry-After`` the pause is the ``growing`` one.
    """
    seconds = asked(headers)
    if seconds is None:
        return growing(attempt, first)
    return seconds if seconds <= longest else None
