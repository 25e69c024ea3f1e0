"""What a request and its answer say of what a run has made: notes for the journal and the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Named, Resource, Resources, Role
from lmconform.safety.budget import Budget
from lmconform.safety.journal import Journal, MaybeStarted, Possible


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that changes something; ``taken`` is the noun that the guard took from the budget for it.

    ``number`` is that of its note in the journal, 0 for a request that creates nothing new.
    """

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    resource_group: str
    taken: str = ""
    number: int = 0

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

    def sending(self, sent: Sent) -> Sent:
        """A request is about to be sent: what it may create is in the journal when this returns. Raises StorageLost."""
        role = self._resources.role_of(sent.operation)
        if role in (Role.MODIFY, Role.BULK_MODIFY, Role.DELETE):
            for one in self._changed(sent):
                self._journal.asked(role, one.resource.noun, one.id)
        resources = self._resources.creates(sent.operation)
        if not resources:
            return sent
        maybe = tuple(one for resource in resources for one in _maybe(resource, sent))
        own_names = tuple((r.noun, own) for r in resources if (own := self._named_by_request(r, sent)) is not None)
        if own_names and not maybe and all(self._journal.made(*one) for one in own_names):
            # It adds to what is there: nothing new can be left behind.
            return sent
        try:
            number = self._journal.sending(Possible(sent.resource_group, maybe, own_names))
        except BaseException:
            self.refused(sent)
            raise
        return replace(sent, number=number)

    def in_doubt(self, sent: Sent, *, says_nothing: bool = True) -> None:
        """There is no answer, or one that does not say whether a change was carried out.

        What was taken from the budget stays taken. ``says_nothing`` False: the API itself answered that it failed.
        """
        for one in self._changed(sent):
            self._journal.doubt(one.resource.noun, one.id)
        for resource in self._resources.creates(sent.operation):
            own = self._named_by_request(resource, sent)
            if own is not None:
                self._journal.created(resource.noun, own, sent.resource_group)
            self._maybe_started(resource, sent)
        if sent.taken and says_nothing:
            self._budget.unusable(sent.taken)
        self._answered(sent)

    def refused(self, sent: Sent) -> None:
        """The target did nothing."""
        self._give_back(sent)
        self._answered(sent)

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
        self._created(made, sent, answer)
        if made.noun != sent.taken:
            self._give_back(sent)
            self._budget.count(made.noun, counts_for_all=not made.owner)
        self._answered(sent)

    def not_found(self, operation: Operation, path: Mapping[str, str], resource_group: str) -> None:
        """A GET with a token was answered with 404."""
        resource = self._resources.resource_of(operation)
        if resource is not None and self._resources.role_of(operation) == Role.GET:
            for one in self._resources.ids_named(operation, path, {}, None)[-1:]:
                self._journal.not_found(resource.noun, one.id, resource_group)

    def not_own(self, noun: str, resource_id: str, resource_group: str) -> None:
        """The answer to a creation named something else: what was created is somewhere, under another id."""
        for origin, value in self._journal.origins(noun, resource_id).items():
            self._journal.maybe_started(MaybeStarted(noun, origin, value, resource_group))
        self._journal.disown(noun, resource_id)
        self._budget.unusable(noun)

    def own(self, noun: str, resource_id: str) -> None:
        """An answer shows that it belongs to this run."""
        self._journal.seen(noun, resource_id)
        self._budget.usable(noun)

    def _created(self, made: Resource, sent: Sent, answer: Mapping[str, Any]) -> None:
        resource_id = self._named_by_request(made, sent) if made.names_itself else answer.get("id")
        is_new = made.names_itself or not self._knows(made.noun, resource_id)
        if not isinstance(resource_id, str) or not is_new or not (made.names_itself or made.is_id(resource_id)):
            # It is there, and the answer does not say under which id.
            if isinstance(resource_id, str) and not self._journal.made(made.noun, resource_id):
                self._journal.disown(made.noun, resource_id)
            self._maybe_started(made, sent)
            self._budget.unusable(made.noun)
            return
        origins = {name: value for name in made.origins if isinstance(value := sent.member(name), str)}
        name = sent.member("name")
        self._journal.created(
            made.noun, resource_id, sent.resource_group, origins, name if isinstance(name, str) else ""
        )
        if not self._resources.made_from(made):
            self._budget.usable(made.noun)

    def _changed(self, sent: Sent) -> list[Named]:
        """What a request changes: a change of what is known by the id of another resource does not change that one."""
        named = self._resources.ids_named(sent.operation, sent.path, sent.query, sent.body)
        return [one for one in named if not one.resource.owner]

    def _knows(self, noun: str, resource_id: Any) -> bool:
        known = isinstance(resource_id, str)
        return known and (self._journal.made(noun, resource_id) or self._journal.is_disowned(noun, resource_id))

    def _give_back(self, sent: Sent) -> None:
        if sent.taken:
            owner = self._resources[sent.taken].owner
            self._budget.give_back(sent.taken, counts_for_all=not owner)

    def _answered(self, sent: Sent) -> None:
        if sent.number:
            self._journal.answered(sent.number)

    def _maybe_started(self, resource: Resource, sent: Sent) -> None:
        for maybe in _maybe(resource, sent):
            self._journal.maybe_started(maybe)

    def _named_by_request(self, resource: Resource, sent: Sent) -> str | None:
        """The id that the request gives to what it creates; None where the answer gives it."""
        if not resource.names_itself:
            return None
        named = self._resources.ids_named(sent.operation, sent.path, sent.query, sent.body)
        return next((one.id for one in named if one.resource.noun == resource.noun), None)


def _maybe(resource: Resource, sent: Sent) -> list[MaybeStarted]:
    """What may have been started by a request, by each of its origins."""
    values = ((origin, sent.member(origin)) for origin in resource.origins)
    return [MaybeStarted(resource.noun, name, v, sent.resource_group) for name, v in values if isinstance(v, str)]
