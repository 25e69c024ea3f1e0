"""Whether what a run is said to have made belongs to it: seen to run its configuration, or to have the name it gave.

An answer to a creation may name something that was there before. Without a look, a run would change and delete that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Resources, Role
from lmconform.errors import NotOwn
from lmconform.safety.journal import Journal


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something to look at with its GET before it is changed: its resource, its id."""

    resource: Resource
    id: str


class Ownership:
    """Decides by answers of the target. Safe to use from several threads: what it knows is in the journal."""

    def __init__(self, resources: Resources, journal: Journal, prefix: str) -> None:
        self._resources = resources
        self._journal = journal
        self._prefix = prefix

    def unseen(self, operation: Operation, path: Mapping[str, str], query: Any, body: Any) -> Iterator[Unseen]:
        """What a change names, was created by this run, and was not seen yet."""
        for named in self._resources.ids_named(operation, path, query, body):
            resource = named.resource
            if resource.owner:
                # Metrics belong to whom their execution belongs.
                resource = self._resources[resource.owner]
            if self._is_unseen(resource, named.id):
                yield Unseen(resource, named.id)

    def named(self, resource: Resource, resource_id: str) -> Unseen | None:
        """One that was not seen yet; None for any other."""
        return Unseen(resource, resource_id) if self._is_unseen(resource, resource_id) else None

    def awaits(self, operation: Operation, path: Mapping[str, str]) -> Unseen | None:
        """What the answer to a GET would show for the first time; None for any other request."""
        if self._resources.role_of(operation) != Role.GET:
            return None
        named = self._resources.ids_named(operation, path, {}, None)[-1:]
        return next((Unseen(n.resource, n.id) for n in named if self._is_unseen(n.resource, n.id)), None)

    def listed(self, operation: Operation, entries: Iterable[Mapping[str, Any]]) -> Iterator[Unseen]:
        """What was not seen yet and a list shows to belong to the run; nothing for any other request."""
        resource = self._resources.resource_of(operation)
        if resource is None or self._resources.role_of(operation) != Role.LIST:
            return
        for entry in entries:
            found = entry.get("id")
            if isinstance(found, str) and self._is_unseen(resource, found):
                unseen = Unseen(resource, found)
                with suppress(NotOwn):
                    if self.origins(unseen, entry) == []:
                        yield unseen

    def origins(self, unseen: Unseen, shown: Mapping[str, Any]) -> list[Unseen] | None:
        """What else has to be seen for ``unseen`` to belong to this run; None when the answer shows that it does not.

        ``shown`` is the body of the answer to its GET. Raises NotOwn when that does not say whose it is.
        """
        resource = unseen.resource
        made_from = self._resources.made_from(resource)
        if not any(isinstance(shown.get(name), str) for name in made_from or ("name",)):
            raise NotOwn(f"the answer does not say what the {resource.noun} {unseen.id!r} was made from")
        if made_from:
            found = [self._identified(name, shown.get(name)) for name in made_from]
            known = [one for one in found if one is not None and self._journal.made(one.resource.noun, one.id)]
            return [one for one in known if self._is_unseen(one.resource, one.id)] if known else None
        sent, name = self._journal.name(resource.noun, unseen.id), str(shown.get("name"))
        return [] if not sent or name == sent or name.startswith(self._prefix) else None

    def _identified(self, name: str, value: Any) -> Unseen | None:
        resource = self._resources.identified_by(name)
        return Unseen(resource, value) if resource is not None and isinstance(value, str) else None

    def _is_unseen(self, resource: Resource, resource_id: str) -> bool:
        one = (resource.noun, resource_id)
        if resource.names_itself or resource.operation(Role.GET) is None or self._journal.is_seen(*one):
            return False
        can_be_known = bool(self._resources.made_from(resource) or self._journal.name(*one))
        return can_be_known and self._journal.made(*one)
