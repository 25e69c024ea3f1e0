"""Masks secrets by their value, wherever they stand: field names say nothing about secrecy here."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import quote

from lmconform.evidence import unescaping
from lmconform.evidence.forms import forms, of_bytes

MASK: Final = "[redacted]"

# Shorter values would mask half the report, and are no secrets.
_SHORTEST: Final = 6
# So many characters of a form identify a secret, wherever in it they stand: texts are cut, and echoes differ.
_TELLING: Final = 12
# A text is looked up at every fifth position: of twelve characters in a row, eight begin at one of these.
_GRAM, _STEP = 8, 5
_GRAMS: Final = re.compile(f"(?s)(?=(.{{{_GRAM}}})).{{{_STEP}}}")
# Escapes within escapes: a URL in a URL in JSON.
_LAYERS: Final = 4
# Tokens that are remembered: those before them have expired, and each costs memory.
_TOKENS: Final = 4


class Redactor:
    """Knows the secrets of a run; ``learn`` adds one, ``text`` masks all of them.

    Twelve characters in a row of a secret, in one of its ``forms``, are masked as far as they go; a shorter secret
    is masked as a whole. Safe to use from several threads: a text is masked with what was known when it came.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, frozenset[str]] = {}
        self._tokens: dict[str, frozenset[str]] = {}
        # Replaced as one, so that its parts always fit.
        self._known = _Known()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Mask ``secret`` from now on, in every form in which it may travel."""
        if len(secret) >= _SHORTEST and secret not in self._kept:
            self._keep(secret, forms(secret))

    def learn_token(self, token: str) -> None:
        """Mask ``token`` as ``learn`` does, until four to eight newer ones have come."""
        if len(token) < _SHORTEST or token in self._tokens:
            return
        found = forms(token)
        with self._lock:
            self._tokens[token] = found
            if len(self._tokens) <= 2 * _TOKENS:
                self._known = self._known.with_forms(found)
                return
            self._tokens = dict(list(self._tokens.items())[-_TOKENS:])
            self._known = _Known().with_forms(
                f for some in (self._kept, self._tokens) for v in some.values() for f in v
            )

    def learn_pem(self, pem: str) -> None:
        """Mask a private key (RFC 7468): as a whole, its lines, and its bytes."""
        lines = [line.strip() for line in pem.splitlines() if line.strip() and not line.startswith("-----")]
        body = "".join(lines)
        if len(body) < _SHORTEST:
            return
        # A line that is too short to be told from others by a part of it.
        short = [form for line in lines if _SHORTEST <= len(line) < _TELLING for form in (line, quote(line, safe=""))]
        whole = [base64.b64encode(text.encode()).decode() for text in (pem, pem.strip())]
        found = {body, body[::-1], *short, *whole, *of_bytes(body.encode()), *of_bytes(pem.encode())}
        try:
            der = base64.b64decode(body, validate=True)
        except ValueError:
            der = b""
        self._keep(body, frozenset(found | ({*of_bytes(der), der.decode("latin-1")} if der else set())))

    def learn_basic(self, user: str, password: str) -> None:
        """Mask the Basic credentials of this pair (RFC 7617), also with both quoted first (RFC 6749, section 2.3.1)."""
        for pair in (f"{user}:{password}", f"{quote(user, safe='')}:{quote(password, safe='')}"):
            self.learn(base64.b64encode(pair.encode()).decode())

    def tokens(self) -> list[str]:
        """The tokens that are remembered, the newest last, for the redactor of another process."""
        return list(self._tokens)

    def text(self, value: str) -> str:
        """``value`` with every known secret masked, also one of which only a part is left.

        Half a surrogate pair, which UTF-8 files cannot hold, becomes a question mark.
        """
        if len(value) < _SHORTEST and value.isascii():
            # Half of the texts of an event.
            return value
        spans = self._known.find(value)
        if spans:
            value = "".join(_masked(value, spans))
        return value if value.isascii() else value.encode("utf-8", "replace").decode()

    def shows(self, value: str) -> bool:
        """Whether a known secret, or a part of one, stands in ``value``."""
        return bool(self._known.find(value))

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Around a session with a server that ends with it: what is learnt within is forgotten at the end."""
        with self._lock:
            before = dict(self._kept), dict(self._tokens), self._known
        try:
            yield
        finally:
            with self._lock:
                self._kept, self._tokens, self._known = before

    def _keep(self, secret: str, found: frozenset[str]) -> None:
        with self._lock:
            self._kept[secret] = found
            self._known = self._known.with_forms(found)


@cache
def of_process() -> Redactor:
    """The one redactor of this process: what it knows is masked in every text that leaves the process."""
    return Redactor()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is searched for: ``grams`` are all pieces of eight characters of the long forms."""

    long: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    grams: frozenset[str] = frozenset()

    def with_forms(self, added: Iterable[str]) -> _Known:
        """The same, and these forms."""
        new = {form for form in added if len(form) >= _SHORTEST}
        long = {form for form in new if len(form) >= _TELLING} - set(self.long)
        grams = {form[at : at + _GRAM] for form in long for at in range(len(form) - _GRAM + 1)}
        return _Known(
            tuple(sorted({*self.long, *long}, key=len, reverse=True)),
            tuple(sorted({*self.short, *(new - long - set(self.long))}, key=len, reverse=True)),
            self.grams | grams,
        )

    def find(self, value: str) -> list[tuple[int, int]]:
        """Where secrets stand in ``value``, sorted; they do not overlap."""
        if not self.grams and not self.short:
            return []
        spans = self._spans(value) if self._suspects(value) else []
        layers = [value]
        while unescaping.has_escapes(layers[-1]) and len(layers) < _LAYERS:
            layers.append(unescaping.plain(layers[-1]))
            if layers[-1] == layers[-2]:
                break
            if self._suspects(layers[-1]) and (found := self._spans(layers[-1])):
                places = _places(layers[:-1])
                spans += [(places[start], places[end]) for start, end in found]
        return _joined(spans) if spans else spans

    def _suspects(self, text: str) -> bool:
        """Whether a closer look is needed; quick."""
        return any(form in text for form in self.short) or not self.grams.isdisjoint(_GRAMS.findall(text))

    def _spans(self, text: str) -> list[tuple[int, int]]:
        spans = [(m.start(), m.end()) for form in self.short for m in re.finditer(re.escape(form), text)]
        done = 0
        for at in range(0, len(text) - _GRAM + 1, _STEP):
            if at >= done and text[at : at + _GRAM] in self.grams:
                start, end = max((self._common(form, text, at, done) for form in self.long), key=lambda s: s[1] - s[0])
                if end - start >= _TELLING:
                    spans.append((start, end))
                    done = end
        return spans

    def _common(self, form: str, text: str, at: int, since: int) -> tuple[int, int]:
        """The longest part of ``text`` that it has in common with ``form``, around ``at`` and not before ``since``."""
        gram = text[at : at + _GRAM]
        best, place = (at, at), form.find(gram)
        while place >= 0:
            after = _shared(text[at : at + len(form) - place], form[place:])
            room = min(place, at - since)
            before = _shared(text[at - room : at][::-1], form[place - room : place][::-1])
            best = max(best, (at - before, at + after), key=lambda s: s[1] - s[0])
            place = form.find(gram, place + 1)
        return best


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    least, most = 0, min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (middle, most) if one[:middle] == other[:middle] else (least, middle)
    return least


def _places(layers: list[str]) -> list[int]:
    """Where each character stood before the escapes of ``layers`` were resolved, one after the other."""
    first, *rest = map(unescaping.starts, layers)
    for starts in rest:
        first = [first[start] for start in starts]
    return first


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _masked(value: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    done = 0
    for start, end in spans:
        yield value[done:start]
        yield MASK
        done = end
    yield value[done:]
