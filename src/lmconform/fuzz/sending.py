"""Sends generated requests: what cannot be sent is passed over, what passes is asked once more."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from lmconform.client import backoff, polling
from lmconform.client.client import Client
from lmconform.contract.openapi import Operation
from lmconform.errors import BudgetSpent, CreationStopped, Inconclusive, NotTestable, SafetyRefusal
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import described
from lmconform.fuzz.case_encoding import Wire
from lmconform.safety.guard import labelled

_BROKEN_CONNECTIONS = 3
# The transport waits where it may repeat a request; the others are repeated here, once.
_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
# After so many requests that waiting did not help, waiting stops until it helps.
_IN_VAIN = 3


@dataclass(slots=True)
class Sender:
    """Sends the requests of one item. ``refusal`` is why the last one that got no answer got none."""

    client: Client
    sent: int = 0
    dropped: int = 0
    in_vain: int = 0
    refusal: SafetyRefusal | NotTestable | None = None

    def send(self, operation: Operation, wire: Wire, *, repeat: bool = True) -> Exchange | None:
        """The answer, not judged yet; None when there is none.

        ``repeat``: the transport may repeat it as often as it likes. Raises NotTestable when the
        target breaks one connection after the other, and when it has answered creations so that none is sent.
        """
        try:
            exchange = self._dispatch(operation, wire, repeat)
            if exchange.status not in backoff.PASSING or self.in_vain >= _IN_VAIN:
                return exchange
            asked = backoff.asked(exchange.headers)
            polling.rest(min(_PAUSE if asked is None else asked, _LONGEST_PAUSE))
            exchange = self._dispatch(operation, wire, repeat)
            self.in_vain = self.in_vain + 1 if exchange.status in backoff.PASSING else 0
            return exchange
        except CreationStopped as refusal:
            if not self.sent:
                raise NotTestable(str(refusal)) from refusal
            return None
        except SafetyRefusal as refusal:
            self.refusal = refusal
            return None
        except NotTestable as error:
            self.dropped, self.refusal = self.dropped + 1, error
            if self.dropped >= _BROKEN_CONNECTIONS:
                raise NotTestable(f"{self.dropped} generated requests got no answer, the last: {error}") from error
            return None

    def nothing_sent(self) -> Inconclusive:
        """What it means for an item that none of its requests got an answer: nothing was judged."""
        option = self.refusal.option if isinstance(self.refusal, BudgetSpent) else ""
        return Inconclusive(f"no generated request was answered: {self.refusal or 'none could be sent'}", option)

    def _marked(self, operation: Operation, wire: Wire) -> Wire:
        """With the label of the run, where the body may have labels: a name that was generated may say nothing.

        What is wrong with the body stays wrong, and what is right stays right.
        """
        session, value = self.client.session, wire.value
        schema = operation.request_body.json_schema if operation.request_body is not None else None
        if schema is None or not isinstance(value, dict) or not isinstance(value.get("labels", []), list):
            return wire
        contract = session.contract
        if not session.resources.creates(operation) or "labels" not in described.members(contract, schema):
            return wire
        marked = labelled(value, session.run.id)
        if contract.is_valid(schema, marked) is not contract.is_valid(schema, value):
            return wire
        return replace(wire, value=marked, body=json.dumps(marked).encode())

    def _dispatch(self, operation: Operation, wire: Wire, repeat: bool) -> Exchange:
        request = self._marked(operation, wire).request(self.client.item, repeat)
        exchange = self.client.dispatch(operation, request, wire.path_parameters, wire.query_values, judge=False)
        self.sent += 1
        return exchange
