"""One resource of the API as a value, and how it is read out of the description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lmconform.contract.life import Cost, Life, read_cost, read_life
from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.shapes import Layout, Role, placeholders, singular

_GROUP_HEADER: Final = "AI-Resource-Group"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    ``collection`` is its path; ``id_parameter`` the name of its id in requests, empty when it has none, ``id_pattern``
    what the description says of such an id, empty when nothing.
    ``operations`` has one operation for each role; ``every`` also has those at other paths, such as a second way
    to create it. ``in_group``: it belongs to one resource group. ``owner`` is the noun of the resource whose id it
    is known by (metrics: execution), ``parent`` the noun of the one below whose items it stands. ``origins`` are ids
    of other resources that a creation names and by which the list can be filtered. ``bulk_key`` is the member of a
    bulk modification that holds the entries.
    """

    noun: str
    collection: str
    id_parameter: str
    operations: Mapping[str, Operation]
    every: tuple[Operation, ...]
    capability: str
    cost: Cost
    life: Life | None
    in_group: bool
    owner: str
    parent: str
    origins: tuple[str, ...]
    bulk_key: str
    id_pattern: str = ""

    def operation(self, role: str) -> Operation | None:
        """The operation of that role, or None."""
        return self.operations.get(role)

    @property
    def is_permanent(self) -> bool:
        """Whether it can be created and not deleted."""
        return Role.CREATE in self.operations and Role.DELETE not in self.operations

    @property
    def is_temporary(self) -> bool:
        """Whether it stands at the top, with ids of its own, and can be created and deleted."""
        return {Role.CREATE, Role.DELETE} <= set(self.operations) and not self.parent and not self.owner

    @property
    def names_itself(self) -> bool:
        """Whether the request that creates one names its id, as that of a file does; else the answer has it."""
        created = self.operations.get(Role.CREATE)
        return created is not None and created.method != "POST"

    def is_id(self, value: object) -> bool:
        """Whether requests may name one by this value: it is an id by the description, and one segment of a path."""
        if not isinstance(value, str) or not value.strip(".") or "/" in value or not value.isprintable():
            return False
        return re.search(self.id_pattern, value, re.ASCII) is not None

    def address(self, operation: Operation, resource_id: str) -> dict[str, dict[str, str]]:
        """How ``operation`` names one of them: ``{"path": {…}}`` or ``{"query": {…}}``."""
        place = "path" if f"{{{self.id_parameter}}}" in operation.path else "query"
        return {place: {self.id_parameter: resource_id}}


class Reader:
    """Reads the resources of one contract."""

    def __init__(self, contract: Contract, layout: Layout) -> None:
        self._contract = contract
        self._layout = layout
        self._found: dict[str, dict[str, Operation]] = {collection: {} for collection in layout.collections}
        self._every: dict[str, list[Operation]] = {collection: [] for collection in layout.collections}
        for operation in sorted(contract.operations, key=lambda o: not self._is_at_home(o)):
            collection, role = layout.place(operation)
            self._found[collection].setdefault(role, operation)
            self._every[collection].append(operation)
        self._nouns = {collection: self._noun(collection) for collection in layout.collections}
        self._ids = {collection: self._id(collection) for collection in layout.collections}

    def read(self) -> Iterator[Resource]:
        """All of them, in the order of the paths."""
        for collection in self._layout.collections:
            operations = self._found[collection]
            parent = next(reversed([c for c, _ in placeholders(collection)]), "")
            yield Resource(
                noun=self._nouns[collection],
                collection=collection,
                id_parameter=self._ids[collection],
                operations=operations,
                every=tuple(self._every[collection]),
                capability=self._inherited(collection, "x-lm-capability") or "",
                cost=self._cost(operations.get(Role.CREATE)),
                life=self._life(collection),
                in_group=self._is_in_group(collection),
                owner=self._owner(collection),
                parent=self._nouns.get(parent, ""),
                origins=self._origins(collection),
                bulk_key=self._bulk_key(operations.get(Role.BULK_MODIFY)),
                id_pattern=self._id_pattern(collection),
            )

    def _is_at_home(self, operation: Operation) -> bool:
        return operation.path.startswith(self._layout.place(operation)[0])

    def _noun(self, collection: str) -> str:
        return self._layout.extension(collection, "x-lm-noun") or singular(collection.rpartition("/")[2])

    def _id(self, collection: str) -> str:
        at_items = (o.path for o in self._every[collection] if o.path.startswith(f"{collection}/{{"))
        own = next((dict(placeholders(path))[collection] for path in at_items), "")
        return self._layout.extension(collection, "x-lm-id") or own

    def _id_pattern(self, collection: str) -> str:
        found = (operation.parameter(self._ids[collection]) for operation in self._every[collection])
        parameter = next((one for one in found if one is not None), None)
        schema: Any = self._contract.resolve(parameter.schema) if parameter is not None else {}
        return str(schema.get("pattern", "")) if isinstance(schema, dict) else ""

    def _owner(self, collection: str) -> str:
        borrowed = self._layout.extension(collection, "x-lm-id")
        owners = (c for c, name in self._ids.items() if borrowed and name == borrowed and c != collection)
        return self._nouns.get(next(owners, ""), "")

    def _inherited(self, collection: str, name: str) -> Any:
        """A member of the resource, or of the nearest one below whose items it stands."""
        above = [collection, *reversed([c for c, _ in placeholders(collection)])]
        return next((found for c in above if (found := self._layout.extension(c, name)) is not None), None)

    def _is_in_group(self, collection: str) -> bool:
        asks = any(o.parameter(_GROUP_HEADER) for o in self._every[collection])
        return asks and self._inherited(collection, "x-lm-scope") != "tenant"

    def _cost(self, created: Operation | None) -> Cost:
        node = created.extensions.get("x-lm-cost", {}) if created else {}
        return read_cost(created.label, node) if created else Cost()

    def _life(self, collection: str) -> Life | None:
        node = self._layout.extension(collection, "x-lm-life")
        return read_life(collection, node, self._changes(collection)) if node is not None else None

    def _changes(self, collection: str) -> Iterator[Mapping[str, Any]]:
        """The bodies that links name for the modification of what was created."""
        modified = self._found[collection].get(Role.MODIFY)
        for link in self._contract.document.get("components", {}).get("links", {}).values():
            if modified is not None and link.get("operationId") == modified.id and "requestBody" in link:
                yield link["requestBody"]

    def _origins(self, collection: str) -> tuple[str, ...]:
        created, listed = (self._found[collection].get(role) for role in (Role.CREATE, Role.LIST))
        if created is None or listed is None:
            return ()
        others = [name for c, name in self._ids.items() if c != collection]
        members = properties(self._contract, created)
        return tuple(n for n in others if n in members and getattr(listed.parameter(n), "location", "") == "query")

    def _bulk_key(self, modified: Operation | None) -> str:
        members = properties(self._contract, modified) if modified else {}
        return next((n for n, schema in members.items() if self._contract.resolve(schema).get("type") == "array"), "")


def properties(contract: Contract, operation: Operation) -> dict[str, Any]:
    """The members that the JSON body of a request may have, with their schemas."""
    content = operation.request_body.content.values() if operation.request_body else ()
    return dict(member for schema in content for member in _properties(contract, schema))


def _properties(contract: Contract, schema: Any) -> Iterator[tuple[str, Any]]:
    node = contract.resolve(schema)
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        for part in (*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())):
            yield from _properties(contract, part)
