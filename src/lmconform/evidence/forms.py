"""The forms in which a secret travels: encodings of its characters and of its bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus

# Characters of the longest secret whose combined encodings are known as well: those of a token would cost megabytes.
_LONG: Final = 256
# What a form of another kind of base64 has in place of the last two characters of the alphabet (RFC 4648, section 5).
_URL_SAFE: Final = str.maketrans("+/", "-_")


def forms(secret: str) -> frozenset[str]:
    """Every form of ``secret`` that a search has to know.

    Escapes of single characters (``%3D``, ``\\u003d``, ``&#61;``) and the zero bytes of UTF-16 are no forms: they are
    resolved in the text that is searched (``unescaping``).
    """
    return frozenset(_forms(secret))


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "replace")
    yield from (secret, secret[::-1], secret.lower(), secret.upper(), quote_plus(secret, errors="replace"))
    # Its bytes, read as if each were a character: what percent escapes and wrong charsets make of it.
    yield raw.decode("latin-1")
    if not secret.isascii():
        for encoding in ("utf-16-le", "utf-16-be"):
            yield secret.encode(encoding, "replace").decode("latin-1").replace("\0", "")
    # What is escaped first and encoded then: RFC 6749 has it so for Basic credentials.
    texts = {
        secret,
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        json.dumps(secret)[1:-1],
    }
    for text in texts:
        yield from of_bytes(text.encode("utf-8", "replace"))
        if len(secret) <= _LONG:
            yield from of_bytes(text.encode("utf-16-le", "replace"))
            yield from _base64(text[::-1].encode("utf-8", "replace"))


def of_bytes(raw: bytes) -> Iterator[str]:
    """The forms of bytes: hexadecimal in both cases, and base64."""
    yield raw.hex()
    yield raw.hex().upper()
    yield from _base64(raw)


def _base64(raw: bytes) -> Iterator[str]:
    """The whole as base64, and the characters that it has in the base64 of any longer text, at each alignment."""
    whole = base64.b64encode(raw).decode()
    for form in (whole, whole.rstrip("="), *(_aligned(raw, before) for before in range(3))):
        yield form
        yield form.translate(_URL_SAFE)


def _aligned(raw: bytes, before: int) -> str:
    """The base64 of ``raw`` behind ``before`` other bytes, without the characters that hold bits of its neighbours."""
    encoded = base64.b64encode(bytes(before) + raw).decode().rstrip("=")
    end = len(encoded) if (before + len(raw)) % 3 == 0 else len(encoded) - 1
    return encoded[(0, 2, 3)[before] : end]
