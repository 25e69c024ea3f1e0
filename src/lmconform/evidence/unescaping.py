"""Resolves the escapes of URLs, JSON, HTML and UTF-16 in a text, and knows where each character stood."""

from __future__ import annotations

import html
import re
from typing import Final

_ESCAPE: Final = re.compile(
    r"""\\u([0-9A-Fa-f]{4})   # JSON, Java; what Gson makes of =
      | \\x([0-9A-Fa-f]{2})
      | \\(["\\/'bfnrt])      # JSON; what PHP makes of /
      | %([0-9A-Fa-f]{2})     # URLs
      | &(\#?[0-9A-Za-z]{1,31};)  # HTML
      | \x00                  # every second byte of UTF-16
    """,
    re.VERBOSE,
)
_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def has_escapes(text: str) -> bool:
    """Whether ``plain`` may change the text; quick."""
    return "\\" in text or "%" in text or "&" in text or "\0" in text


def plain(text: str) -> str:
    """The text with each escape resolved once."""
    return _ESCAPE.sub(_character, text)


def starts(text: str) -> list[int]:
    """Where each character of ``plain(text)`` begins in ``text``, and after the last one the length of ``text``."""
    found: list[int] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        found += range(end, match.start())
        found += [match.start()] * len(_character(match))
        end = match.end()
    return [*found, *range(end, len(text) + 1)]


def _character(match: re.Match[str]) -> str:
    unit, byte, single, percent, entity = match.groups()
    if unit or byte or percent:
        return chr(int(unit or byte or percent, 16))
    if single:
        return _CONTROLS.get(single, single)
    return html.unescape(match[0]) if entity else ""
