"""The requests of an item in their order, and those by which the things in them were made: what led to a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lmconform.evidence.curl import LONGEST_BODY
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.redaction import Redactor
from lmconform.evidence.step import Step, step

# Requests that a story shows at most: so many of the first, and of the last.
_BEGINNING: Final = 5
_END: Final = 15
# Bytes of an answer that are remembered. A request is: it may be a curl line.
_KEPT: Final = 16 * 1024
# Creations that a session remembers.
_MAKERS: Final = 1000
# The shortest id by which one request is known to build on another.
_SHORTEST_ID: Final = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One request, the number of its exchange among those of the item, and how often it was sent in a row.

    The answer is the last one.
    """

    exchange: Exchange
    position: int
    times: int = 1

    @property
    def sent(self) -> str:
        """All of the request in which an id may stand."""
        return f"{self.exchange.url} {self.exchange.request_body.decode('utf-8', 'replace')}"


@dataclass(slots=True)
class Makers:
    """The creations of a session by the ids of what they created; the newest, for a run may create without an end."""

    _known: dict[str, Entry] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Remember a request that created something."""
        exchange = entry.exchange
        made = exchange.json_object().get("id") if exchange.method == "POST" and exchange.ok else None
        if isinstance(made, str) and len(made) >= _SHORTEST_ID:
            if len(self._known) >= _MAKERS:
                del self._known[next(iter(self._known))]
            self._known[made] = entry

    def named_in(self, text: str) -> Iterator[tuple[str, Entry]]:
        """The ids in ``text`` of things that were created, and the requests that did."""
        yield from ((made, entry) for made, entry in self._known.items() if made in text)

    def behind(self, about: list[Entry]) -> list[Entry]:
        """What created the things that the entries name, and what those were made of, the oldest first."""
        found: dict[str, Entry] = {}
        texts, inside = [entry.sent for entry in about], {entry.exchange.id for entry in about}
        while texts and len(found) < _BEGINNING:
            for made, entry in self.named_in(texts.pop()):
                if made not in found and entry.exchange.id not in inside:
                    found[made] = entry
                    texts.append(entry.sent)
        return sorted(found.values(), key=lambda entry: entry.exchange.started)


@dataclass(slots=True)
class Story:
    """What an item has sent, bounded: the first requests and the last ones; a poll is one entry.

    ``alone``: the requests are cases of their own, and a finding is about one of them and those that changed what it
    names; otherwise all that the item sent before belongs to it.
    """

    makers: Makers = field(default_factory=Makers)
    alone: bool = False
    _first: list[Entry] = field(default_factory=list)
    _last: list[Entry] = field(default_factory=list)

    def add(self, exchange: Exchange, position: int) -> None:
        """Take the newest exchange of the item."""
        entry = Entry(_light(exchange), position)
        self.makers.add(entry)
        part = self._last or self._first
        if part and _is_again(part[-1].exchange, exchange):
            part[-1] = replace(entry, position=part[-1].position, times=part[-1].times + 1)
        elif len(self._first) < _BEGINNING and not self._last:
            self._first.append(entry)
        else:
            self._last.append(entry)
            del self._last[: -2 * _END]

    def since(self, position: int) -> list[Entry]:
        """The entries from that position on."""
        return [entry for entry in (*self._first, *self._last) if entry.position >= position]

    def exchange(self, exchange_id: str) -> Exchange | None:
        """The exchange of that id, as far as it is remembered."""
        known = (entry.exchange for entry in (*self._last, *self._first))
        return next((one for one in known if one.id == exchange_id), None)

    def take(self, entries: Iterable[Entry], position: int) -> None:
        """Tell of what another item of the session sent as well, as if it were sent from ``position`` on."""
        known = {entry.exchange.id for entry in (*self._first, *self._last)}
        new = (entry for entry in entries if entry.exchange.id not in known)
        self._last += [replace(entry, position=position + n) for n, entry in enumerate(new)]

    def told(
        self, redactor: Redactor, telling: tuple[str, ...], *, since: int = 0, shown: Exchange | None = None
    ) -> tuple[Step, ...]:
        """The steps that led to a finding, the oldest first; ``results.schema.json`` describes a step.

        ``telling`` are the ids of exchanges that show it, the most telling first, and ``shown`` that exchange, where
        it may be long ago. ``since`` is the position of the first request that the finding is about.
        """
        about = self._about(telling, since, shown)
        behind = self.makers.behind(about)
        kept, dropped = about, 0
        if len(about) > _BEGINNING + _END:
            kept, dropped = [*about[:_BEGINNING], *about[-_END:]], len(about) - _BEGINNING - _END
        steps = [
            step(e.exchange, redactor, times=e.times, telling=e.exchange.id in telling[:1]) for e in (*behind, *kept)
        ]
        if dropped:
            steps[-_END]["left_out"] = dropped
        return tuple(steps)

    def _about(self, telling: tuple[str, ...], since: int, shown: Exchange | None) -> list[Entry]:
        """The entries up to the most telling one that belong to the finding."""
        whole = [*self._first, *self._last]
        end = next((n for n, entry in enumerate(whole) if entry.exchange.id in telling[:1]), None)
        last = [Entry(_light(shown), 0)] if end is None and shown else whole[end:][:1] if end is not None else []
        before = whole[:end] if end is not None or not shown else whole
        if not self.alone:
            return [*(entry for entry in before if entry.position >= since), *last]
        named = {made for entry in last for made, _ in self.makers.named_in(entry.sent)}
        changed = [e for e in before if e.exchange.method not in ("GET", "POST") and _names(e, named)]
        return [*changed, *last]


def _names(entry: Entry, ids: Iterable[str]) -> bool:
    return any(one in entry.exchange.url for one in ids)


def _is_again(before: Exchange, now: Exchange) -> bool:
    """Whether a request repeats the one before it, and gets the same status."""
    return before.method == "GET" and (before.method, before.url, before.status, before.request_headers) == (
        *(now.method, now.url, now.status),
        now.request_headers,
    )


def _light(exchange: Exchange) -> Exchange:
    """The exchange without the rest of long bodies: many are remembered, and few are told."""
    if len(exchange.body) <= _KEPT and len(exchange.request_body) <= LONGEST_BODY:
        return exchange
    # One byte more: what is too long for a command line stays too long.
    body, sent = exchange.body[:_KEPT], exchange.request_body[: LONGEST_BODY + 1]
    return replace(exchange, body=body, request_body=sent, truncated=True)
