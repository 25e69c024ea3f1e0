"""What a sequence created and deleted, and whether the target still knows of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from lmconform.client.client import Client
from lmconform.client.polling import Overdue, Policy, poll
from lmconform.contract.openapi import Operation
from lmconform.contract.shapes import last_placeholder
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import links, oracle
from lmconform.fuzz.case_encoding import Wire
from lmconform.judgement import Judgement, State, broken, kept, stated
from lmconform.settings.time_limits import TimeLimit

READABLE = "LM-FUZZ-SEQUENCE-READABLE"
GONE = "LM-FUZZ-SEQUENCE-GONE"
# "Not found" is documented for a moment after a creation (fact C26): how long a moment lasts is not.
_MOMENT = 10.0
_PAUSE = 2.0
# Reading everything that a long walk made would cost more than the walk.
_MOST_READ = 8


@dataclass(slots=True)
class Resource:
    """One resource: how it is read, and what became of it. ``step`` is what created it, in words.

    ``case`` is the number of the case that was the last to do something to it.
    """

    reader: Operation
    id: str
    step: str
    fleeting: bool
    case: int = 0
    was_read: bool = False
    deleted_by: str = ""


@dataclass(slots=True)
class Ledger:
    """Everything that one item's sequences created, by path and id."""

    client: Client
    _resources: dict[tuple[str, str], Resource] = field(default_factory=dict)

    def note(self, operation: Operation, wire: Wire, exchange: Exchange, step: str, case: int) -> Iterator[Judgement]:
        """Take down what the exchange changed, and judge it when it reads a resource of these sequences."""
        contract = self.client.session.contract
        reader = links.reader(contract, operation)
        if reader is not None and exchange.ok:
            created = wire.path_parameters.get(last_placeholder(operation.path)) or exchange.json_object().get("id")
            # What has a time to live may be gone before it is read.
            fleeting = isinstance(wire.value, dict) and wire.value.get("ttl") is not None
            if isinstance(created, str):
                self._resources[reader.path, created] = Resource(reader, created, step, fleeting, case)
        values = wire.path_parameters.values()
        resource = next((self._resources.get((operation.path, value)) for value in values), None)
        if resource is None:
            return
        resource.case = case
        if operation.method == "DELETE" and exchange.ok:
            resource.deleted_by = step
        elif operation.id == resource.reader.id and not resource.deleted_by:
            yield self._readable(resource, exchange)

    def settle(self) -> Iterator[Judgement]:
        """Read what no sequence happened to read, and wait until what was deleted is gone."""
        resources = self._resources.values()
        unread = [r for r in resources if not (r.was_read or r.deleted_by or r.fleeting)]
        for resource in unread[:_MOST_READ]:
            yield self._readable(resource, self._read(resource))
        yield from self._all_gone([resource for resource in resources if resource.deleted_by][:_MOST_READ])

    def _all_gone(self, deleted: list[Resource]) -> Iterator[Judgement]:
        """Wait until all of them are gone, or until the time that the target has for it is over."""
        target = self.client.session.target
        seen: dict[str, Exchange] = {}

        def look() -> list[Resource]:
            """Those that are still there."""
            left = [r for r in deleted if r.id not in seen or not _is_decided(seen[r.id])]
            seen.update((resource.id, self._read(resource)) for resource in left)
            return [resource for resource in left if not _is_decided(seen[resource.id])]

        policy = Policy(target.poll_interval, target.limits.delete)
        overdue: Overdue | None = None
        try:
            poll(look, lambda left: not left, policy, what="404 after a deletion", state=lambda left: "there")
        except Overdue as error:
            overdue = error
        for resource in deleted:
            exchange = seen[resource.id]
            if exchange.status == 404:
                yield kept(GONE)
            elif overdue is None or _is_decided(exchange):
                yield _open(GONE, exchange)
            else:
                rule = f"404 within {overdue.limit.seconds:g} s after {resource.deleted_by}"
                found = self._broken(GONE, rule, resource, exchange)
                yield replace(found, actual=f"{found.actual}; {overdue.limit.option} raises the limit")

    def _readable(self, resource: Resource, exchange: Exchange) -> Judgement:
        resource.was_read = True
        if not exchange.ok:
            # Asked again as plainly as can be: what was generated beside the id is judged elsewhere.
            exchange = self._read(resource)
        # What was to be deleted, and no answer said whether it was, may be there or not.
        doubted = self.client.session.journal.doubts_any([resource.id])
        if exchange.status == 404:
            policy = Policy(min(self.client.session.target.poll_interval, _PAUSE), TimeLimit("", _MOMENT))
            with suppress(Overdue):
                exchange = exchange if doubted else self._found(resource, policy)
        if exchange.ok:
            is_named = not self._says_its_id(resource) or exchange.json_object().get("id") == resource.id
        elif resource.fleeting or doubted or exchange.status in oracle.NO_REFUSAL or exchange.status >= 500:
            return _open(READABLE, exchange)
        else:
            is_named = False
        if is_named:
            return kept(READABLE)
        rule = f"200 with the id {resource.id!r}, which {resource.step} gave"
        return self._broken(READABLE, rule, resource, exchange)

    def _found(self, resource: Resource, policy: Policy) -> Exchange:
        """The answer when it is found; raises Overdue."""
        return poll(lambda: self._read(resource), lambda e: e.status != 404, policy, what="it", state=lambda e: e.brief)

    def _says_its_id(self, resource: Resource) -> bool:
        """Whether the answer has the id: what is stored as bytes has none."""
        return "id" in self.client.session.contract.members(resource.reader.id)

    def _broken(self, requirement: str, rule: str, resource: Resource, exchange: Exchange) -> Judgement:
        judgement = self.client.shown(broken(requirement, rule, exchange.brief), exchange)
        return replace(judgement, case=resource.case)

    def _read(self, resource: Resource) -> Exchange:
        name = last_placeholder(resource.reader.path)
        return self.client.send(resource.reader.id, path={name: resource.id}, judge=False)


def _is_decided(exchange: Exchange) -> bool:
    """Whether another look would say nothing new: it is gone, or the answer is not about the resource."""
    return exchange.status == 404 or exchange.status in oracle.NO_REFUSAL or exchange.status >= 500


def _open(requirement: str, exchange: Exchange) -> Judgement:
    """This exchange cannot decide it."""
    return replace(stated(State.INCONCLUSIVE, exchange.brief), requirement=requirement)
