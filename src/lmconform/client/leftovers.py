"""What is left of an earlier run on a target: what its journal says, and what lists show to belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lmconform.client.cleanup import Cleanup, removable
from lmconform.client.session import Session
from lmconform.contract.resources import Resource, Role
from lmconform.errors import TargetLost
from lmconform.safety.guard import RUN_LABEL

# Entries of one page of a list, and pages that are read at most.
_PAGE: Final = 500
_PAGES: Final = 100


@dataclass(frozen=True, slots=True, order=True)
class Leftover:
    """One thing of a run that is there; ``status`` is empty when it has none."""

    noun: str
    id: str
    resource_group: str
    status: str = ""

    def __str__(self) -> str:
        """For a line of a report."""
        return f"{self.noun} {self.id}{f' {self.status}' if self.status else ''} in {self.resource_group}"


@dataclass(slots=True)
class Leftovers:
    """What is left: what can be deleted, in the order of removal, and what the API cannot delete.

    ``unknown`` are lists that the target refused, as texts: what they would show is not known.
    """

    removable: list[Leftover] = field(default_factory=list)
    permanent: list[Leftover] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Survey:
    """Looks for what belongs to the run of a session; sends GET and nothing else, and completes the journal."""

    def __init__(self, session: Session, groups: Iterable[str]) -> None:
        self._session = session
        self._journal = session.journal
        self._cleanup = Cleanup(session)
        self._groups = list(dict.fromkeys(groups))
        self._unknown: list[str] = []

    def look(self) -> Leftovers:
        """What there is now; raises TargetUnreachable and TargetLost."""
        found = Leftovers(unknown=self._unknown)
        resources = self._session.resources
        self._cleanup.adopt()
        permanent = [r for r in resources if r.is_permanent and r.operation(Role.LIST) is not None]
        for resource in permanent:
            found.permanent += [one for group in self._groups for one in self._named(resource, group)]
        for resource in (r for kind in removable(resources) for r in kind):
            for group in self._groups:
                found.removable += self._there(resource, group)
        made = self._cleanup.adopt_outputs()
        found.permanent += [Leftover(resource.noun, resource_id, group) for resource, group, resource_id in made]
        return found

    def _named(self, resource: Resource, group: str) -> Iterator[Leftover]:
        """What has a name of the run, or is in its journal."""
        for item in self._every(resource, group):
            resource_id = item.get("id")
            if not isinstance(resource_id, str):
                continue
            if self._is_marked(item):
                self._cleanup.take_over(resource, group, item)
            if self._journal.made(resource.noun, resource_id):
                yield Leftover(resource.noun, resource_id, group)

    def _is_marked(self, item: Mapping[str, Any]) -> bool:
        name, run = item.get("name"), self._session.run
        return (isinstance(name, str) and name.startswith(run.prefix)) or RUN_LABEL in _labels(item, run.id)

    def _there(self, resource: Resource, group: str) -> Iterator[Leftover]:
        shown: dict[str, dict[str, Any]] = {}
        left = self._journal.left(resource.noun, group)
        made_from = self._session.resources.made_from(resource)
        if made_from and resource.operation(Role.LIST) is not None:
            for item in self._every(resource, group):
                if any(self._is_own_origin(name, item.get(name)) for name in made_from):
                    self._cleanup.take_over(resource, group, item)
                    shown[str(item.get("id"))] = item
        for resource_id in self._journal.all(resource.noun, group):
            if resource_id not in shown and resource_id not in left:
                continue
            one: Mapping[str, Any] | None = shown.get(resource_id) or self._single(resource, group, resource_id)
            if one is None or one.get("targetStatus") == "DELETED":
                self._journal.removed(resource.noun, resource_id)
                continue
            self._journal.stays(resource.noun, resource_id)
            yield Leftover(resource.noun, resource_id, group, str(one.get("status") or ""))

    def _is_own_origin(self, name: str, value: Any) -> bool:
        origin = self._session.resources.identified_by(name)
        is_made = origin is not None and isinstance(value, str) and self._journal.made(origin.noun, value)
        return is_made and origin is not None and self._cleanup.is_own(origin, value)

    def _single(self, resource: Resource, group: str, resource_id: str) -> dict[str, Any] | None:
        """What a GET shows, empty where it shows nothing of use; None when it is gone."""
        if resource.operation(Role.GET) is None:
            # Whether it is there is not known before its deletion.
            return {}
        if resource.owner:
            # What belongs to another resource is found by a list of ids.
            answer = self._cleanup.find(resource, group, [resource_id])
            if answer is not None and answer.ok:
                return next(iter(answer.resources()), None)
        else:
            answer = self._cleanup.ask(resource, Role.GET, group, resource_id)
        if answer is None:
            raise TargetLost(f"the {resource.noun} {resource_id} cannot be asked for")
        return None if answer.status == 404 else dict(answer.json_object() if answer.ok else {})

    def _every(self, resource: Resource, group: str) -> Iterator[dict[str, Any]]:
        """All entries of a list, page by page where it has pages."""
        operation = resource.operations[Role.LIST]
        has_pages = operation.parameter("$top") is not None and operation.parameter("$skip") is not None
        seen = set[str]()
        for _ in range(_PAGES if has_pages else 1):
            query = {"$top": _PAGE, "$skip": len(seen)} if has_pages else {}
            answer = self._cleanup.listed(resource, group, query)
            if answer is None or not answer.ok:
                if answer is None or answer.status not in (403, 404):
                    self._unknown.append(
                        f"{operation.label} in {group} answered {answer.brief if answer else 'nothing'}"
                    )
                return
            fresh = {str(item.get("id")): item for item in answer.resources() if str(item.get("id")) not in seen}
            # A target may give less than it was asked for: only a page without news is the last one.
            if not fresh:
                return
            seen.update(fresh)
            yield from fresh.values()


def _labels(item: Mapping[str, Any], value: str) -> list[str]:
    """The keys of the labels that have a value."""
    labels = item.get("labels")
    entries = [one for one in labels if isinstance(one, dict)] if isinstance(labels, list) else []
    return [str(entry.get("key")) for entry in entries if entry.get("value") == value]
