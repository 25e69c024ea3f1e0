"""Masks secrets by their value, wherever they stand: field names say nothing about secrecy here."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "[redacted]"

# Shorter values would mask half the report, and are nobody's secret.
_SHORTEST = 6


class Redactor:
    """Knows the secrets of a run; ``learn`` adds one, ``text`` masks all of them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: list[str] = []
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Mask ``secret`` from now on, in every encoding in which it may travel."""
        if len(secret) < _SHORTEST:
            return
        forms = {
            secret,
            quote(secret, safe=""),
            quote(secret, safe="").lower(),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            base64.b64encode(secret.encode()).decode(),
        }
        # The longest first, or the mask of a part would hide the whole from its own mask.
        self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)

    def learn_basic(self, user: str, password: str) -> None:
        """Mask the Basic credentials (RFC 7617) of this pair."""
        self.learn(base64.b64encode(f"{user}:{password}".encode()).decode())

    def text(self, value: str) -> str:
        """``value`` with every known secret masked."""
        for form in self._forms:
            if form in value:
                value = value.replace(form, MASK)
        return value
