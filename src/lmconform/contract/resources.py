"""The resources of the API, read from the description: operations by role, ids, capability, cost and life.

Everything here follows from the shapes of the paths, the links and the ``x-lm-…`` members of specs/lm/openapi.yaml,
whose head explains them. An operation that SAP adds needs a description, and nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.resource import Reader, Resource, properties
from lmconform.contract.shapes import Layout, Role, placeholders
from lmconform.errors import ContractError, did_you_mean

__all__ = ["Access", "Named", "Resource", "Resources", "Role", "resources"]


class Access(StrEnum):
    """What an operation gives away or does, for requirements about tokens and resource groups.

    ``list``: a list or a count that names no id; ``read``: what a named id stands for; ``change``: makes, changes or
    deletes something; ``general``: says something of the target itself.
    """

    LIST = "list"
    READ = "read"
    CHANGE = "change"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Named:
    """An id that a request names, and the resource that it is one of."""

    resource: Resource
    id: str


class Resources:
    """All resources of one contract, in the order of its paths; ``resources`` gives those of a contract."""

    def __init__(self, contract: Contract) -> None:
        # The contract itself is not kept: these live as long as it does, and no longer.
        self._layout = Layout(contract)
        self._all = tuple(Reader(contract, self._layout).read())
        self._by_collection = {resource.collection: resource for resource in self._all}
        self._by_noun: dict[str, Resource] = {}
        self._by_id = {r.id_parameter: r for r in self._all if r.id_parameter.endswith("Id") and not r.owner}
        for resource in self._all:
            other = self._by_noun.setdefault(resource.noun, resource)
            if other is not resource:
                places = f"{other.collection} and {resource.collection}"
                raise ContractError(f"{places} are both called {resource.noun!r}; set x-lm-noun at one of them")
        self._gated = {o.id: dict(_gated(contract, o)) for o in contract.operations}
        for operation in contract.operations:
            # A noun that is wrong in the description is seen here, not in the middle of a run.
            self.creates(operation)
            self._check_only_for(operation)
        for resource in self._all:
            if resource.cost.starts:
                self[resource.cost.starts]

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, noun: object) -> bool:
        return noun in self._by_noun

    def __getitem__(self, noun: str) -> Resource:
        """The resource of that noun; ContractError suggests the nearest one."""
        try:
            return self._by_noun[noun]
        except KeyError:
            raise ContractError(f"there is no resource {noun!r}{did_you_mean(noun, self._by_noun)}") from None

    @property
    def nouns(self) -> tuple[str, ...]:
        """All nouns, in the same order."""
        return tuple(self._by_noun)

    def resource_of(self, operation: Operation) -> Resource | None:
        """The resource that an operation is about; None at a path that is like none of the contract's."""
        return self._by_collection.get(self._layout.place(operation)[0])

    def role_of(self, operation: Operation) -> str:
        """What an operation does to its resource: a ``Role``, or the last segment of its path (``logs``)."""
        return self._layout.place(operation)[1]

    def creates(self, operation: Operation) -> tuple[Resource, ...]:
        """What an operation may create, the usual resource first; nothing for one that creates nothing."""
        if "x-lm-creates" in operation.extensions:
            return tuple(self[noun] for noun in operation.extensions["x-lm-creates"])
        resource = self.resource_of(operation)
        return (resource,) if resource is not None and self.role_of(operation) == Role.CREATE else ()

    def created(self, operation: Operation, status: int, answer: Mapping[str, Any]) -> Resource | None:
        """What an operation created by its 2xx answer; None when it creates nothing.

        Where two are possible (the tutorial's page has two endpoints transposed), the answer says which: a status,
        or 202 (RFC 9110, section 15.3.3), is that of a resource with a life.
        """
        possible = self.creates(operation)
        alive, lifeless = ([r for r in possible if (r.life is not None) is lives] for lives in (True, False))
        if not alive or not lifeless:
            return next(iter(possible), None)
        if status == 202 or "status" in answer or "targetStatus" in answer:
            return alive[0]
        return lifeless[0] if status == 201 else possible[0]

    def placeholders(self, operation: Operation) -> dict[str, Resource]:
        """The placeholders of the operation's path, each with the resource whose id it holds."""
        found = ((name, self._layout.real(collection)) for collection, name in placeholders(operation.path))
        return {name: self._by_collection[at] for name, at in found if at in self._by_collection}

    def identified_by(self, name: str) -> Resource | None:
        """The resource whose id, or list of ids, a member or parameter of that name holds.

        ``executionId`` and ``executionIds`` are ids of executions. None for a name that says no such thing.
        """
        return self._by_id.get(name) or self._by_id.get(name.removesuffix("s"))

    def made_from(self, resource: Resource) -> tuple[str, ...]:
        """Those of the ``origins`` of a resource that name what a client creates, such as a configuration."""
        return tuple(n for n in resource.origins if (o := self.identified_by(n)) and Role.CREATE in o.operations)

    def subject(self, operation: Operation) -> Resource | None:
        """The resource that has to exist for an operation to have something to work on.

        That is the operation's own, or, where that is known by the id of another one (metrics), the other one.
        """
        resource = self.resource_of(operation)
        return self[resource.owner] if resource is not None and resource.owner else resource

    def capability(self, operation: Operation) -> str:
        """What ``GET /lm/meta`` must advertise for the operation (a dotted path), or an empty text."""
        own = operation.extensions.get("x-lm-capability")
        resource = self.resource_of(operation)
        return str(own or (resource.capability if resource is not None else ""))

    def gated_members(self, operation: Operation) -> Mapping[str, str]:
        """The members of an operation's body that need a further capability, with that capability."""
        return self._gated.get(operation.id, {})

    def implied(self) -> dict[str, str]:
        """For each capability the one that it needs: there is no second without the first."""
        needs: dict[str, str] = {}
        for resource in self._all:
            starts = self[resource.cost.starts].capability if resource.cost.starts else ""
            parent = self[resource.parent].capability if resource.parent else ""
            needs |= {resource.capability: starts or parent}
            for operation in resource.every:
                own = self.capability(operation)
                needs |= {own: resource.capability} if own != resource.capability else {}
                needs |= dict.fromkeys(self.gated_members(operation).values(), own)
        return {one: other for one, other in needs.items() if one and other and one != other}

    def ids_named(self, operation: Operation, path: Mapping[str, str], query: Any, body: Any) -> tuple[Named, ...]:
        """The ids of what a request reads or changes, in its path, its query and its body.

        What a body only refers to, such as the configuration of a new execution, is not among them.
        """
        return tuple(self._named(operation, path, query, body))

    def access(self, operation: Operation) -> Access:
        """What an operation gives away or does."""
        resource = self.resource_of(operation)
        if operation.method != "GET" or operation.effect != "read":
            return Access.CHANGE
        if "{" in operation.path or (resource is not None and resource.owner):
            return Access.READ
        return Access.LIST if self.role_of(operation) in (Role.LIST, Role.COUNT) else Access.GENERAL

    def is_promised(self, operation: Operation) -> bool:
        """Whether a valid request that names existing things has to be accepted, whatever state they are in."""
        plain = self.role_of(operation) not in (Role.MODIFY, Role.DELETE, Role.BULK_MODIFY, Role.BULK_DELETE)
        return plain and "x-lm-may-refuse" not in operation.extensions

    def only_for(self, operation: Operation) -> Mapping[str, str]:
        """Parameters and the only values for which the operation has answers; a target may lack what they name."""
        return dict(operation.extensions.get("x-lm-only-for", {}))

    def _check_only_for(self, operation: Operation) -> None:
        known = {parameter.name for parameter in operation.parameters}
        for name in self.only_for(operation):
            if name not in known:
                raise ContractError(f"{operation.label}: x-lm-only-for names {name!r}{did_you_mean(name, known)}")

    def _named(self, operation: Operation, path: Mapping[str, str], query: Any, body: Any) -> Iterator[Named]:
        for name, resource in self.placeholders(operation).items():
            if name in path:
                yield Named(resource, path[name])
        own = self.resource_of(operation)
        members = body if isinstance(body, Mapping) else {}
        if own is not None and own.owner:
            values = query if isinstance(query, Mapping) else {}
            for value in (values.get(own.id_parameter), members.get(own.id_parameter)):
                if isinstance(value, str):
                    yield Named(own, value)
            yield from (Named(own, value) for value in _texts(values.get(f"{own.id_parameter}s")))
        elif own is not None and self.role_of(operation) == Role.BULK_MODIFY:
            entries = members.get(own.bulk_key)
            for entry in entries if isinstance(entries, list) else ():
                if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
                    yield Named(own, entry["id"])


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _gated(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    for name, schema in properties(contract, operation).items():
        node = contract.resolve(schema)
        if isinstance(node, dict) and "x-lm-capability" in node:
            yield name, node["x-lm-capability"]


def resources(contract: Contract) -> Resources:
    """The resources of a contract; read once. Raises ContractError."""
    if contract not in _READ:
        _READ[contract] = Resources(contract)
    return _READ[contract]


_READ: WeakKeyDictionary[Contract, Resources] = WeakKeyDictionary()
