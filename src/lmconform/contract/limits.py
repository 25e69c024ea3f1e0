"""What ``GET /lm/meta`` limits: how long a deployment may live, how large a file may be, how many there may be."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

# TimeToLive of the description: minutes, hours or days, in either case (fact F59). Nine digits of days fit a timedelta.
_SPAN = re.compile(r"([0-9]{1,9})([mhdMHD])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
# How a tenant says that there is no limit (fact I8); text is what the description declares.
_ENDLESS = (None, -1, "-1")


def duration(span: object) -> timedelta | None:
    """The duration that a time to live such as ``10h`` means; None for anything else."""
    found = _SPAN.fullmatch(span) if isinstance(span, str) else None
    return timedelta(**{_UNITS[found[2].lower()]: int(found[1])}) if found else None


class Limits:
    """The limits in the body of ``GET /lm/meta``.

    ``minimum`` is the shortest time to live, ``largest_file`` the bytes of one file, ``most_files`` their number, each
    as it stands there.
    ``meta`` None: the target has no such endpoint, and nothing limits.
    """

    def __init__(self, meta: dict[str, Any] | None) -> None:
        lives = _at(meta, "aiApi", "limits", "timeToLiveDeployments")
        self.minimum: Any = _at(lives, "minimum")
        self._maximum: Any = _at(lives, "maximum")
        self.largest_file: Any = _at(meta, "extensions", "dataset", "limits", "maxUploadFileSize")
        self.most_files: Any = _at(meta, "extensions", "dataset", "limits", "maxFilesPerDataset")

    def exceeded_by(self, size: int, number: int) -> str:
        """The limit that a file of ``size`` bytes is beyond, or that ``number`` files have reached; empty for none."""
        if _is_number(self.largest_file) and size > self.largest_file:
            return f"maxUploadFileSize {self.largest_file}"
        if _is_number(self.most_files) and number >= self.most_files:
            return f"maxFilesPerDataset {self.most_files}"
        return ""

    def allow(self, time_to_live: str) -> bool:
        """Whether a deployment may live so long. A limit that cannot be read may be any: then nothing is allowed."""
        asked = duration(time_to_live)
        shortest, longest = duration(self.minimum), duration(self._maximum)
        unread = any(limit not in _ENDLESS and duration(limit) is None for limit in (self.minimum, self._maximum))
        if asked is None or unread:
            return False
        return (shortest or asked) <= asked <= (asked if longest is None else longest)


def _is_number(limit: Any) -> bool:
    """Whether it limits: -1 says that there is no limit (fact I8)."""
    return isinstance(limit, int) and limit >= 0


def _at(node: Any, *parts: str) -> Any:
    for part in parts:
        node = node.get(part) if isinstance(node, dict) else None
    return node
