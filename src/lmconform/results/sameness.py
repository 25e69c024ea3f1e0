"""When two findings are the same: what they say, without what differs from run to run."""

from __future__ import annotations

import re
from typing import Final

from lmconform.results.events import Result

# In this order: an id within a URL goes with it.
_IDS: Final = (
    (re.compile(r"https?://[^\s/\"']+"), "<url>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,}"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"\blmconform-[\w.-]+"), "<name>"),
    # An id has digits and letters, a word has not.
    (re.compile(r"\b(?=[a-z]*\d)[0-9a-z]{12,}\b"), "<id>"),
)
# Statuses and small counts stay, since they are what is wrong.
_AMOUNTS: Final = (
    (re.compile(r"\(\d+ requests\)"), ""),
    (re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds|bytes|characters|polls|cases|requests|more)\b"), "<amount>"),
    # One in quotes is a code.
    (re.compile(r"(?<![\w\"])-?\d+(?:\.\d+(?:e[+-]?\d+)?|\d{3})\b"), "<number>"),
)
# A text in quotes, and the colon after the name of a member.
_QUOTED: Final = re.compile(r"\"((?:[^\"\\]|\\.)*)(\"|$)(\s*:)?|(?<!\w)'((?:[^'\\]|\\.)*)(?:'|$)")
# What a server chooses from a list: a status, a code of an error.
_CHOSEN: Final = re.compile(r"[A-Z][A-Z_]*|\d{3,}|<\w+>|")
_STATUS: Final = re.compile(r"\b[1-5]\d\d\b")
# Characters of a text that was cut off: where, depends on the length of the data before.
_BEGINNING: Final = 120
_CUT: Final = 230


def normal(text: str) -> str:
    """``text`` without ids, times, addresses, names of the run, amounts and data that was made up."""
    masked = without_ids(text)
    for pattern, mask in _AMOUNTS:
        masked = pattern.sub(mask, masked)
    shown = " ".join(_QUOTED.sub(_quoted, masked).split())
    return shown[:_BEGINNING] if len(text) >= _CUT else shown


def without_ids(text: str) -> str:
    """``text`` in one line without ids, times, addresses and names of the run."""
    for pattern, mask in _IDS:
        text = pattern.sub(mask, text)
    return " ".join(text.split())


def difference(result: Result) -> str:
    """What is wrong, or what kept it from being judged, in a form that two runs with different seeds share.

    Of generated data the answer depends on what chance drew: its status is what remains.
    """
    if result.item.startswith("fuzz/"):
        seen = _STATUS.search(result.actual)
        return " | ".join((normal(result.expected), seen[0] if seen else "", normal(result.because)))
    return " | ".join(map(normal, (result.expected, result.actual, result.because, result.message)))


def _quoted(match: re.Match[str]) -> str:
    if match[3]:
        return f'"{match[1]}":'
    content = match[1] if match[1] is not None else match[4] or ""
    return f'"{content}"' if _CHOSEN.fullmatch(content) else '"…"'
