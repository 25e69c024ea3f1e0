"""Texts of a server as texts: one function for each medium, so that none of them is taken for a command or a layout."""

from __future__ import annotations

import re
from typing import Final

# Controls (C0, DEL, C1), separators of lines, what turns the direction of a line (Unicode, UAX 9), half a pair.
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMES: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# What continuous integration reads as its own in a log: GitHub, Azure DevOps, TeamCity.
_COMMAND: Final = re.compile(r"^\s*::|##(?=\[|vso\[|teamcity\[)")
# What XML 1.0 has no way to carry, of what is left.
_NO_XML: Final = re.compile("[\ufffe\uffff]")
_TICKS: Final = re.compile("`+")


def visible(text: str) -> str:
    """``text`` in one line: each character that is not shown itself is an escape, as in Python. Twice is as once."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_escape, text)


def terminal(line: str) -> str:
    """One line for a terminal or the log of a job: no other line, no colour, no command."""
    return _COMMAND.sub(lambda match: match[0][:-1] + _escape(match[0][-1:]), visible(line))


def markdown(text: str) -> str:
    """A code span (CommonMark, section 6.1), also for the cell of a table: no link, image, mention or HTML in it.

    A table ends its cells before it looks at code spans, so a ``|`` is escaped; empty text stays empty.
    """
    content = cell(text)
    if not content.strip():
        return ""
    longest = max((len(ticks) for ticks in _TICKS.findall(content)), default=0)
    fence = "`" * (longest + 1)
    space = " " if content[0] == "`" or content[-1] == "`" else ""
    return f"{fence}{space}{content}{space}{fence}"


def cell(text: str) -> str:
    """A text of lmconform or of its user in the cell of a table of Markdown: names and sentences without markup."""
    return visible(text).replace("|", r"\x7c")


def xml(text: str) -> str:
    """One line of a text or an attribute of XML 1.0; the writer of XML escapes its markup."""
    return _NO_XML.sub("\ufffd", visible(text))


def _escape(match: re.Match[str] | str) -> str:
    character = match if isinstance(match, str) else match[0]
    if character in _NAMES:
        return _NAMES[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
