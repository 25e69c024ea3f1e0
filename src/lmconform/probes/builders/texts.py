"""Texts that servers are known to change: families of values, cut to what the schema of a member allows."""

from __future__ import annotations

import random
import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

Schema = Mapping[str, Any]


class Family(StrEnum):
    """What the texts of a family have in common; its name is the end of a requirement's id."""

    SPACES = "SPACES"
    LENGTHS = "LENGTHS"
    SIGNS = "SIGNS"
    UNICODE = "UNICODE"
    NUMERALS = "NUMERALS"


# Texts on both sides of the sizes at which columns and buffers end; a text without a limit has up to the last of them.
_LENGTHS: Final = (255, 256, 1000, 1023, 1024, 1025, 4096, 5000, 65_536, 70_000)
_LONGEST_OF_TWO_BYTES: Final = 5000
_FIXED: Final[Mapping[Family, tuple[str, ...]]] = {
    Family.SPACES: (
        " before",
        "after ",
        "two  inside",
        "\tone\ttab\t",
        "line\nbreak\n",
        "carriage\r\nreturn",
        "\u00a0no break\u00a0",
    ),
    Family.SIGNS: (
        "+a+b %2B%20",
        "50% %41 a&b=c;d &amp; &lt;",
        "<b>x</b> \"double\" 'single' `back`",
        "a,b {comma} c;d|e",
        r"C:\path\new \u0041 \n /slash//",
        "#1 ?q=1 [a] (b) {c} $d ^e ~f @g !h *i _j",
    ),
    Family.UNICODE: (
        "Gr\u00f6\u00dfe caf\u00e9",
        "Gro\u0308\u00dfe cafe\u0301",
        "rocket \U0001f680 family \U0001f469\u200d\U0001f52c flag \U0001f1e9\U0001f1ea",
        "kanji \u65e5\u672c\u8a9e \u6f22\u5b57",
        "\u05e9\u05dc\u05d5\u05dd x \u0645\u0631\u062d\u0628\u0627",
        "plane one \U0001d4b3 \U00010348",
        # Compatibility forms: the ligature fi, the signs for Angstrom and Kelvin, a superscript.
        "\ufb01x \u212b \u212a m\u00b2",
        # Letters whose other case is another letter, or two.
        "I\u0130i\u0131 \u00df\u1e9e \u03c3\u03c2",
    ),
    Family.NUMERALS: (
        "007",
        "1.0",
        "1e3",
        "+5",
        "12345678901234567890",
        "TRUE",
        "null",
        "2024-05-06T07:08:09+02:00",
        '{"b": 1.0, "a": [2]}',
    ),
}
# What no published sentence promises to keep of such texts: two that this makes equal are the same promise kept.
TOLERATED: Final[Mapping[Family, Callable[[str], str]]] = {
    # Spaces at the ends, and the form of line breaks.
    Family.SPACES: lambda text: text.replace("\r\n", "\n").strip(),
    # Composed or decomposed: the same letters by the Unicode standard.
    Family.UNICODE: lambda text: unicodedata.normalize("NFC", text),
}
_BEYOND_ASCII: Final = "\u00e4\u0152\u03a9\u0416\u05d0\u0e01\u3042\u4e2d\uac00\U0001f600\U00020000"


def values(family: Family, schema: Schema, seed: object) -> list[str]:
    """The texts of a family that a member may have by its schema: known ones, and one that follows from ``seed``."""
    texts = dict.fromkeys((*_known(family, schema), _drawn(family, seed)))
    return [text for text in texts if is_legal(text, schema)]


def names(family: Family, schema: Schema, seed: object) -> list[str]:
    """The same texts as keys: no two of them become one on a server that trims or normalises."""
    change = TOLERATED.get(family, str)
    return list({change(text): text for text in values(family, schema, seed)}.values())


def single(family: Family, schema: Schema, seed: object, prefix: str = "") -> str:
    """One text for a member that has no room for all of them: ``prefix`` and as many as the schema allows.

    Characters that the pattern forbids are left out.
    """
    if family is Family.LENGTHS:
        return _of_length(max(_lengths(schema)), prefix)
    if family is Family.NUMERALS:
        return f"{prefix}007.10"
    texts = [*_FIXED[family], _drawn(family, seed)]
    joined = " ".join(texts)
    if family is Family.SPACES:
        # A name is one line.
        joined = "  Two  Inside, One After " if prefix else "  Two  Inside,\n\tOne  After \n"
    text = prefix + "".join(sign for sign in joined if is_legal(f"{prefix or 'a'}{sign}", schema))
    text = text[: schema.get("maxLength", len(text))]
    return text if family is Family.SPACES else text.rstrip()


def is_legal(text: str, schema: Schema) -> bool:
    r"""Whether a schema allows the text, however its pattern reads ``\w`` and ``\s``: they differ between languages."""
    pattern = schema.get("pattern", "")
    return schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", _LENGTHS[-1]) and all(
        re.search(pattern, text, flags) for flags in (re.ASCII, re.UNICODE)
    )


def _known(family: Family, schema: Schema) -> Iterator[str]:
    if family is Family.LENGTHS:
        # Bytes are not characters: the longest text is also sent in letters of two bytes.
        yield from (_of_length(length) for length in _lengths(schema))
        yield "\u00e4" * min(max(_lengths(schema)), _LONGEST_OF_TWO_BYTES)
    else:
        yield from _FIXED[family]


def _lengths(schema: Schema) -> list[int]:
    longest = schema.get("maxLength", _LENGTHS[-1])
    return [length for length in _LENGTHS if length < longest] + [longest]


def _of_length(length: int, prefix: str = "") -> str:
    """A text of so many characters in which a cut shows at its end."""
    return f"{prefix}{'0123456789' * (length // 10 + 1)}"[: length - 1] + "$"


def _drawn(family: Family, seed: object) -> str:
    """A text that another seed draws otherwise."""
    chance = random.Random(f"{seed} {family}")
    if family is Family.SPACES:
        return " " * chance.randint(1, 5) + "drawn" + " " * chance.randint(2, 5) + "text" + " " * chance.randint(1, 5)
    if family is Family.LENGTHS:
        return _of_length(chance.randint(200, 256))
    if family is Family.NUMERALS:
        return f"0{chance.randint(0, 9**9)}.{chance.randint(0, 999)}0"
    letters = string.punctuation if family is Family.SIGNS else _BEYOND_ASCII
    return "drawn " + "".join(chance.choices(letters, k=12))
