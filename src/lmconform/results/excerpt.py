"""What a finding shows, without what differs from run to run: ids, times, names of a run, numbers."""

from __future__ import annotations

import re
from typing import Final

from lmconform.results.events import Result

_VARYING: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b|lmconform-[\w-]+|\d{8}T\d{6}-[a-z]+|\d{4}-\d\d-\d\dT[\d:.]+Z?|\d+"
)
# An answer is shown as its status, then its body.
_STATUS: Final = re.compile(r"[1-5]\d\d(?= |$)")


def normalized(text: str) -> str:
    """``text`` in one line with … for each id, time, name of a run and number; a status at its beginning stays."""
    words = " ".join(text.split())
    status = _STATUS.match(words)
    kept = status[0] if status else ""
    return kept + _VARYING.sub("…", words[len(kept) :])


def shown(result: Result) -> str:
    """What a result that fails shows: the answer, or why nothing could be judged; normalized."""
    return normalized(result.because or result.actual or result.message)
