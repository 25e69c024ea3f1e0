"""What a sequence made and deleted, and whether the target still knows of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from lmconform.client.client import Client
from lmconform.contract.openapi import Operation
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import links, oracle
from lmconform.fuzz.case_encoding import Wire

READABLE = "LM-FUZZ-SEQUENCE-READABLE"
GONE = "LM-FUZZ-SEQUENCE-GONE"
# "Not found" is documented for a moment after a creation (fact C26): how long a moment lasts is not.
_MOMENT = 10.0
_PAUSE = 2.0
# Reading everything that a long walk made would cost more than the walk.
_MOST_READ = 8


@dataclass(slots=True)
class Made:
    """One thing: how it is read, and what became of it. ``step`` is what made it, in words.

    ``case`` is the number of the case that was the last to do something to it.
    """

    creator: Operation
    reader: Operation
    id: str
    step: str
    fleeting: bool
    case: int = 0
    was_read: bool = False
    deleted_by: str = ""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a requirement holds at one thing; ``ok`` None when this exchange cannot tell."""

    requirement: str
    ok: bool | None
    expected: str
    exchange: Exchange
    made: Made


@dataclass(slots=True)
class Ledger:
    """Everything that one item's sequences made, by path and id."""

    client: Client
    _made: dict[tuple[str, str], Made] = field(default_factory=dict)

    def note(
        self, operation: Operation, wire: Wire, exchange: Exchange, step: str, case: int
    ) -> Iterator[Availability]:
        """Take down what the exchange changed, and judge it if it reads something of ours."""
        contract = self.client.session.contract
        reader = links.reader(contract, operation)
        if reader is not None and exchange.ok:
            made = wire.path_parameters.get("path") or exchange.json_object().get("id")
            # What has a time to live may be gone before it is read.
            fleeting = isinstance(wire.value, dict) and wire.value.get("ttl") is not None
            if isinstance(made, str):
                self._made[reader.path, made] = Made(operation, reader, made, step, fleeting, case)
        found = next((self._made.get((operation.path, value)) for value in wire.path_parameters.values()), None)
        if found is None:
            return
        found.case = case
        if operation.method == "DELETE" and exchange.ok:
            found.deleted_by = step
        elif operation.id == found.reader.id and not found.deleted_by:
            yield self._readable(found, exchange)

    def settle(self) -> Iterator[Availability]:
        """Read what no sequence happened to read, and wait until what was deleted is gone."""
        waiting = [made for made in self._made.values() if not (made.was_read or made.deleted_by or made.fleeting)]
        for made in waiting[:_MOST_READ]:
            yield self._readable(made, self._read(made))
        going = [made for made in self._made.values() if made.deleted_by][:_MOST_READ]
        deadline = time.monotonic() + self.client.session.target.poll_timeout
        while going:
            still = []
            for made in going:
                exchange = self._read(made)
                if exchange.status == 404:
                    yield Availability(GONE, True, "", exchange, made)
                elif exchange.status in oracle.NO_REFUSAL or exchange.status >= 500:
                    yield Availability(GONE, None, "", exchange, made)
                elif time.monotonic() < deadline:
                    still.append(made)
                elif self._may_take_longer(exchange):
                    yield Availability(GONE, None, "", exchange, made)
                else:
                    rule = f"404 some time after {made.deleted_by}"
                    yield Availability(GONE, False, rule, exchange, made)
            going = still
            if going:
                time.sleep(min(self.client.session.target.poll_interval, max(0.0, deadline - time.monotonic())))

    def _may_take_longer(self, exchange: Exchange) -> bool:
        """Whether a deletion that is not over at the deadline has begun, as far as anybody can see.

        How long one takes is not published; the mock alone is known.
        """
        begun = exchange.json_object().get("targetStatus") in (None, "DELETED")
        return begun and not self.client.session.target.is_mock

    def _readable(self, made: Made, exchange: Exchange) -> Availability:
        made.was_read = True
        if not exchange.ok:
            # Asked again as plainly as can be: what was generated beside the id is judged elsewhere.
            exchange = self._read(made)
        # What was to be deleted, and nobody said whether it was, may be there or not.
        doubted = self.client.session.journal.is_doubted(made.id)
        deadline = time.monotonic() + (0.0 if doubted else _MOMENT)
        while exchange.status == 404 and time.monotonic() < deadline:
            time.sleep(min(self.client.session.target.poll_interval, _PAUSE))
            exchange = self._read(made)
        rule = f"200 with the id {made.id!r}, which {made.step} gave"
        if exchange.ok:
            named = made.reader.id == "downloadFile" or exchange.json_object().get("id") == made.id
            return Availability(READABLE, named, rule, exchange, made)
        is_open = made.fleeting or doubted or exchange.status in oracle.NO_REFUSAL or exchange.status >= 500
        return Availability(READABLE, None if is_open else False, rule, exchange, made)

    def _read(self, made: Made) -> Exchange:
        name = made.reader.path.rpartition("{")[2].rstrip("}")
        return self.client.send(made.reader.id, path={name: made.id}, judge=False)
