"""Whether a text exists that matches two patterns: then two entries can be about one result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

_ANY: Final = "*"
_TOKEN: Final = re.compile(r"\[!?(?:\]|[^\]])[^\]]*\]|.", re.DOTALL)
# A set of one character stands for itself, whatever it means elsewhere.
_ITSELF: Final = re.compile(r"\[[^!]\]", re.DOTALL)


def of_glob(pattern: str) -> list[str]:
    """The tokens of a pattern of fnmatch: ``*``, and patterns of one character each."""
    return _TOKEN.findall(pattern)


def of_text(pattern: str) -> list[str]:
    """The tokens of a pattern in which only ``*`` is special."""
    return [one if one == _ANY else f"[{one}]" for one in pattern]


def meet(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether a text can match both; two sets of several characters may always have one in common."""
    # meets[i][j]: the tokens from i and from j on can match the same text.
    meets = [[False] * (len(second) + 1) for _ in range(len(first) + 1)]
    meets[-1][-1] = True
    for i in range(len(first), -1, -1):
        for j in range(len(second), -1, -1):
            one, other = first[i : i + 1], second[j : j + 1]
            if one == [_ANY]:
                meets[i][j] = meets[i + 1][j] or (bool(other) and meets[i][j + 1])
            elif other == [_ANY]:
                meets[i][j] = meets[i][j + 1] or (bool(one) and meets[i + 1][j])
            elif one and other:
                meets[i][j] = meets[i + 1][j + 1] and _alike(one[0], other[0])
    return meets[0][0]


def _alike(one: str, other: str) -> bool:
    """Whether a character can be what both tokens stand for."""
    known = [token[1:-1] if _ITSELF.fullmatch(token) else token for token in (one, other)]
    plain = [
        len(token) == 1 and (token != "?" or given == "[?]") for token, given in zip(known, (one, other), strict=True)
    ]
    if all(plain):
        return known[0] == known[1]
    if not any(plain):
        return True
    return fnmatchcase(known[0], other) if plain[0] else fnmatchcase(known[1], one)
