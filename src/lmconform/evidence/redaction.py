"""Masks secrets by their value, wherever they stand: field names say nothing about secrecy here."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "[redacted]"

# Shorter values would mask half the report, and are no secrets.
_SHORTEST = 6
# Texts are cut: so many characters identify a secret, even if the rest of it is not there.
_BEGINNING = 12


class Redactor:
    """Knows the secrets of a run; ``learn`` adds one, ``text`` masks all of them.

    Safe to use from several threads: a text is masked with what was known when it came.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        # All forms, and a pattern of their beginnings; replaced as one, so that the two always fit.
        self._known: tuple[tuple[str, ...], re.Pattern[str] | None] = ((), None)
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Mask ``secret`` from now on, in every encoding in which it may travel."""
        if len(secret) < _SHORTEST:
            return
        self._know(
            secret,
            quote(secret, safe=""),
            quote(secret, safe="").lower(),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            base64.b64encode(secret.encode()).decode(),
        )

    def learn_pem(self, pem: str) -> None:
        """Mask a private key (RFC 7468), as a whole and line by line: ends of lines change on the way."""
        lines = [line.strip() for line in pem.splitlines() if line.strip() and not line.startswith("-----")]
        self.learn("".join(lines))
        self._know(*(base64.b64encode(text.encode()).decode() for text in (pem, pem.strip()) if lines))
        # They are base64 already, and many: every form more makes every text slower.
        self._know(*(form for line in lines if len(line) >= _SHORTEST for form in (line, quote(line, safe=""))))

    def learn_basic(self, user: str, password: str) -> None:
        """Mask the Basic credentials (RFC 7617) of this pair."""
        self.learn(base64.b64encode(f"{user}:{password}".encode()).decode())

    def _know(self, *forms: str) -> None:
        with self._lock:
            # The longest first, or the mask of a part would hide the whole from its mask.
            known = tuple(sorted({*self._known[0], *forms}, key=len, reverse=True))
            beginnings = {re.escape(form[:_BEGINNING]) for form in known if len(form) > _BEGINNING}
            self._known = (known, re.compile("|".join(sorted(beginnings))) if beginnings else None)

    def text(self, value: str) -> str:
        """``value`` with every known secret masked, also one of which only the beginning is left.

        Half a surrogate pair, which UTF-8 files cannot hold, becomes a question mark.
        """
        forms, begun = self._known
        for form in forms:
            if form in value:
                value = value.replace(form, MASK)
        if begun is not None:
            value = "".join(_without_beginnings(value, forms, begun))
        return value.encode("utf-8", "replace").decode()


def _without_beginnings(value: str, forms: tuple[str, ...], begun: re.Pattern[str]) -> Iterator[str]:
    end = 0
    for match in begun.finditer(value):
        if match.start() >= end:
            yield value[end : match.start()]
            yield MASK
            end = match.start() + max(_common(form, value, match.start()) for form in forms)
    yield value[end:]


def _common(form: str, value: str, start: int) -> int:
    """How many characters ``value`` has in common with ``form``, from ``start`` on."""
    part = value[start : start + len(form)]
    return next((i for i, (one, other) in enumerate(zip(form, part, strict=False)) if one != other), len(part))
