"""What a request and its answer say of what a run has made: notes for the journal and the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Resources, Role
from lmconform.safety.budget import Budget
from lmconform.safety.journal import Journal, MaybeStarted


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that changes something; ``taken`` is the noun that the guard took from the budget for it."""

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    resource_group: str
    taken: str = ""

    def member(self, name: str) -> Any:
        """A value of the body, or else of the path; None when neither has it."""
        value = self.body.get(name) if isinstance(self.body, Mapping) else None
        return self.path.get(name) if value is None else value


class Bookkeeper:
    """Keeps the journal and the budget of one session. Safe to use from several threads, as both are."""

    def __init__(self, resources: Resources, journal: Journal, budget: Budget) -> None:
        self._resources = resources
        self._journal = journal
        self._budget = budget

    def in_doubt(self, sent: Sent) -> None:
        """There is no answer, or a gateway's: a change may have been carried out all the same.

        What was taken from the budget stays taken.
        """
        named = self._resources.ids_named(sent.operation, sent.path, sent.query, sent.body)
        # A change of what is known by the id of another resource does not change that other one.
        self._journal.doubt(one.id for one in named if not one.resource.owner)
        for resource in self._resources.creates(sent.operation):
            own = self._named_by_request(resource, sent)
            if own is not None:
                self._journal.created(resource.noun, own, sent.resource_group)
            self._maybe_started(resource, sent)

    def refused(self, sent: Sent) -> None:
        """The target did nothing."""
        if sent.taken:
            self._budget.give_back(sent.taken)

    def carried_out(self, sent: Sent, status: int, answer: Mapping[str, Any]) -> None:
        """The target did what it was asked for; ``status`` is 2xx, ``answer`` the JSON object of its body."""
        if self._resources.role_of(sent.operation) == Role.DELETE:
            for one in self._resources.ids_named(sent.operation, sent.path, sent.query, sent.body)[-1:]:
                self._journal.ending(one.resource.noun, one.id)
                if status != 202:
                    # 202 is a promise (RFC 9110, section 15.3.3): the clean-up asks whether it was kept.
                    self._journal.removed(one.resource.noun, one.id)
        made = self._resources.created(sent.operation, status, answer)
        if made is None:
            self.refused(sent)
            return
        resource_id = self._named_by_request(made, sent) if made.names_itself else answer.get("id")
        if not isinstance(resource_id, str):
            # It is there, and the answer does not say under which id.
            self._maybe_started(made, sent)
            return
        origins = {name: value for name in made.origins if isinstance(value := sent.member(name), str)}
        self._journal.created(made.noun, resource_id, sent.resource_group, origins)
        if made.noun != sent.taken:
            self.refused(sent)
            self._budget.count(made.noun)

    def not_found(self, operation: Operation, path: Mapping[str, str], resource_group: str) -> None:
        """A GET with a token was answered with 404."""
        resource = self._resources.resource_of(operation)
        if resource is not None and self._resources.role_of(operation) == Role.GET:
            for one in self._resources.ids_named(operation, path, {}, None)[-1:]:
                self._journal.not_found(resource.noun, one.id, resource_group)

    def _maybe_started(self, resource: Resource, sent: Sent) -> None:
        for origin in resource.origins:
            value = sent.member(origin)
            if isinstance(value, str):
                self._journal.maybe_started(MaybeStarted(resource.noun, origin, value, sent.resource_group))

    def _named_by_request(self, resource: Resource, sent: Sent) -> str | None:
        """The id that the request gives to what it creates; None where the answer gives it."""
        if not resource.names_itself:
            return None
        named = self._resources.ids_named(sent.operation, sent.path, sent.query, sent.body)
        return next((one.id for one in named if one.resource.noun == resource.noun), None)
