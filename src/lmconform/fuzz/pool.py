"""Resources of our own that generated requests may name, made when they are first needed."""

from __future__ import annotations

import itertools
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lmconform.client import polling
from lmconform.client.session import Session
from lmconform.contract.life import Runs
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Named, Resource, Role
from lmconform.errors import NotTestable, SafetyRefusal
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import amounts, clock, described
from lmconform.fuzz.described import ABSENT
from lmconform.fuzz.formats import begin_names_with
from lmconform.fuzz.recipes import Recipe, recipes
from lmconform.safety.guard import labelled
from lmconform.settings.time_limits import TimeLimit

__all__ = ["ABSENT", "Pool", "Recipe", "Things"]

_TRAINS = ("text-clf-tutorial", "text-clf-train-tutorial")
_SERVES = ("text-clf-tutorial", "text-clf-infer-tutorial")
_MOST_SCENARIOS = 20
# Seconds until what is new must be seen, for all of one resource together, and between two looks.
_UNSEEN, _LOOK_AGAIN = 10.0, 0.1
# Seconds until what is new can be stopped; a longer wait belongs to probes.
_UNSTOPPABLE = 30.0
_LISTED = 3
_CSV = ("text/csv", b"a,b\n1,2\n")


@dataclass(slots=True)
class Things:
    """Ids of one resource: ``steady`` ones are only read, ``spare`` ones may be changed and deleted."""

    steady: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)


class Pool:
    """Ids by the noun of their resource; empty where the tenant has no executable, or refuses to make one.

    ``runnable`` and ``servable`` are configurations; ``folder`` is where the run's files lie; ``scenarios_seen`` are
    the ids of all scenarios of the target.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._client = session.client("fuzz/pool")
        self._prefix = session.run.prefix
        begin_names_with(self._prefix)
        self._things: dict[str, Things] = {}
        self.contract = session.contract
        self.resources = session.resources
        self.disposable = session.target.disposable
        self.resource_group = session.target.resource_group
        self.folder = f"default/{session.run.prefix}{uuid.uuid4().hex[:12]}"
        self.trains: Recipe | None = None
        self.serves: Recipe | None = None
        self.scenarios: list[str] = []
        self.scenarios_seen: list[str] = []
        self._artifacts: dict[str, list[str]] = {}
        self.runnable: list[str] = []
        self.servable: list[str] = []
        self._patience: dict[str, float] = {}
        self._shown: Counter[str] = Counter()
        self._find()
        self._make_base()

    def now(self) -> datetime:
        """The time by the clock of the target."""
        return self._session.target.now()

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The one that trains and the one that serves, as far as they are there."""
        return tuple(r for r in (self.trains, self.serves) if r is not None)

    @property
    def artifacts(self) -> list[str]:
        """All artifacts that the run created."""
        return [made for ids in self._artifacts.values() for made in ids]

    def bindings(self, recipe: Recipe) -> list[list[dict[str, str]]]:
        """What may be bound to the inputs of a recipe: artifacts of the kind that it takes."""
        return [recipe.bindings(artifact) for artifact in self._artifacts.get(recipe.executable, [])]

    @property
    def configurations(self) -> list[str]:
        """All configurations that the run created."""
        return [*self.runnable, *self.servable]

    def configurations_for(self, resource: Resource) -> list[str]:
        """Those that may be named by what creates or changes one of the resource: what trains is not deployed."""
        if resource.cost.runs is Runs.UNTIL_STOPPED:
            return self.servable
        return self.runnable if resource.cost.runs or resource.cost.starts else self.configurations

    def ids(self, resource: Resource, *, spare: bool = False) -> list[str]:
        """Ids of a resource that a request may name; ``spare``: to change or delete what they name."""
        match resource.noun:
            case "artifact":
                return self.artifacts
            case "configuration":
                return self.configurations
            case "scenario":
                return self.scenarios
            case "executable":
                return [recipe.executable for recipe in self.recipes]
        things = self.of(resource.noun)
        return things.spare if spare else things.steady

    def makes(self, resource: Resource) -> bool:
        """Whether the pool creates resources of that kind from the plainest body, or by uploading."""
        can_be = Role.CREATE in resource.operations and not resource.parent and not resource.owner
        return can_be and resource.noun not in ("artifact", "configuration")

    def of(self, noun: str) -> Things:
        """Those of one resource; made now if they are not there, or looked up where they cannot be made."""
        if noun not in self._things:
            resource = self.resources[noun]
            # Two resources may name each other: the first one then gets along without the second.
            self._things[noun] = Things()
            if self.makes(resource):
                steady, spare = amounts.needed(resource, disposable=self.disposable)
                self._things[noun] = Things(self._make(resource, steady), self._make(resource, spare))
            else:
                self._things[noun] = Things(self._listed(resource))
        return self._things[noun]

    def replace_spare(self, resource: Resource) -> None:
        """New ones to change and delete, in place of those that were."""
        if not self.makes(resource):
            return
        is_new = resource.noun not in self._things
        things = self.of(resource.noun)
        if is_new:
            return
        if resource.cost.runs is Runs.UNTIL_STOPPED and not self.disposable:
            # What was generated is ours as well, and another one would cost money.
            left = self._session.journal.left(resource.noun, self.resource_group)
            things.spare = [made for made in left if made not in things.steady][:1]
            return
        things.spare = self._make(resource, amounts.needed(resource, disposable=self.disposable)[1])

    def stoppable(self, resource: Resource, resource_id: str) -> str:
        """One that can be stopped now: this one, or a new one where it has ended meanwhile.

        Where none can be stopped in a moment, the last one that was tried.
        """
        status = self._settle_in(resource, resource_id)
        if resource.life is None or status not in resource.life.terminal:
            return resource_id
        fresh = next(iter(self._make(resource, 1)), "")
        if not fresh:
            return resource_id
        self._settle_in(resource, fresh)
        return fresh

    def make(self, operation: Operation, body: Any) -> str:
        """Send a creation; the new id, or an empty text when it is refused."""
        try:
            answer = self._client.send(operation.id, json=body, judge=False)
        except (NotTestable, SafetyRefusal):
            return ""
        return str(answer.json_object().get("id") or "") if answer.ok else ""

    def look_up(self, named: Named) -> None:
        """Note in the journal that an id of the description names nothing here, if GET does not find it."""
        journal = self._session.journal
        resource = self.resources[named.resource.owner or named.resource.noun]
        if journal.made(resource.noun, named.id) or journal.is_nowhere(resource.noun, named.id):
            return
        with suppress(NotTestable):
            if Role.GET in resource.operations and self._look(resource, named.id).status == 404:
                journal.nowhere(resource.noun, named.id)

    def can_make(self, operation: Operation) -> bool:
        """Whether the plainest creation of the kind works now: if not, a refusal of another says nothing of its data.

        True for operations that create nothing of the kind.
        """
        resource = self.resources.resource_of(operation)
        is_creation = self.resources.role_of(operation) == Role.CREATE
        if resource is None or not is_creation or not self.makes(resource):
            return True
        self._shown[resource.noun] += 1
        if self._shown[resource.noun] > amounts.MOST_SHOWN and not self.disposable:
            return False
        return bool(self._create(resource, 0))

    def names(self, operation: Operation) -> described.Ids:
        """The ids that members of the operation's body may hold, by the name of the member."""
        own = self.resources.resource_of(operation)

        def ids(name: str) -> list[str] | None:
            named = self.resources.identified_by(name)
            if named is None:
                return None
            if named.noun == "configuration" and own is not None:
                return self.configurations_for(own)
            found = self.ids(named)
            # A scenario and an executable in one body have to belong together.
            return found[:1] if named.noun in ("scenario", "executable") else found

        return ids

    def _make(self, resource: Resource, count: int) -> list[str]:
        return [made for number in range(count) if (made := self._made(resource, number))]

    def _made(self, resource: Resource, number: int) -> str:
        made = self._create(resource, number)
        if made and not self._becomes_visible(resource, made):
            return ""
        for below in self.resources if made else ():
            if below.owner == resource.noun and Role.CREATE in below.operations:
                self._add(below, made)
        return made

    def _becomes_visible(self, resource: Resource, made: str) -> bool:
        """Whether GET finds it; one budget of time for all of a resource, so that a second wait in vain is short."""
        left, began = self._patience.setdefault(resource.noun, _UNSEEN), time.monotonic()
        policy = polling.Policy(_LOOK_AGAIN, TimeLimit("", max(left, 0.0)))
        try:
            return polling.poll(lambda: self._is_there(resource, made), bool, policy, what="it", state=str)
        except polling.Overdue:
            return False
        finally:
            self._patience[resource.noun] = left - (time.monotonic() - began)

    def _create(self, resource: Resource, number: int) -> str:
        """Create the plainest one; ``number`` chooses the configuration. Returns its id, or an empty text."""
        operation = resource.operations[Role.CREATE]
        if resource.names_itself:
            return self._upload(resource)
        body = self._plain(operation, number)
        return self.make(operation, body) if body is not None else ""

    def _plain(self, operation: Operation, number: int, known: dict[str, Any] | None = None) -> Any:
        """The plainest body of an operation; None when it would have to name what is not there."""
        resource = self.resources.resource_of(operation)
        schema = operation.request_body.json_schema if operation.request_body else None
        if schema is None or resource is None:
            return {}
        values = dict(known or {})
        if resource.cost.at:
            values[resource.cost.at] = clock.far_cron(self.now())
        ids = self.names(operation)

        def turned(name: str) -> list[str] | None:
            found = ids(name)
            return [*itertools.islice(itertools.cycle(found), number, number + 1)] if found else found

        return described.plain(self.contract, schema, turned, values)

    def _add(self, below: Resource, owner_id: str) -> None:
        """Add to what belongs to a resource of the run, such as metrics to an execution."""
        operation = below.operations[Role.CREATE]
        body = self._plain(operation, 0, {below.id_parameter: owner_id})
        schema = operation.request_body.json_schema if operation.request_body else None
        entries = described.entries(self.contract, schema, self.names(operation))
        if body is not None:
            self.make(operation, body | entries)

    def _settle_in(self, resource: Resource, resource_id: str) -> str:
        """Wait a moment until one can be stopped or has ended; returns its last status, empty when it has none."""
        life = resource.life
        if life is None:
            return ""
        seconds = min(_UNSTOPPABLE, self._session.target.limits.poll.seconds)
        pause = min(self._session.target.poll_interval, 2.0)
        over = life.stoppable | life.terminal
        policy = polling.Policy(pause, TimeLimit("", seconds))
        try:
            return polling.poll(
                lambda: self._status(resource, resource_id), lambda s: s in over, policy, what="", state=str
            )
        except polling.Overdue as overdue:
            return overdue.state

    def _status(self, resource: Resource, resource_id: str) -> str:
        try:
            answer = self._look(resource, resource_id)
        except NotTestable:
            return ""
        return str(answer.json_object().get("status") or "")

    def _look(self, resource: Resource, resource_id: str) -> Exchange:
        operation = resource.operations[Role.GET]
        address: dict[str, Any] = dict(resource.address(operation, resource_id))
        return self._client.send(operation.id, **address, judge=False)

    def _is_there(self, resource: Resource, resource_id: str) -> bool:
        operation = resource.operation(Role.GET)
        if operation is None or not self._session.capabilities.has(self.resources.capability(operation)):
            return True
        try:
            return self._look(resource, resource_id).ok
        except NotTestable:
            return False

    def _upload(self, resource: Resource) -> str:
        operation = resource.operations[Role.CREATE]
        path = f"{self.folder}/{uuid.uuid4().hex[:8]}.csv"
        media_type, body = _CSV
        try:
            address: dict[str, Any] = dict(resource.address(operation, path))
            answer = self._client.send(operation.id, **address, body=body, media_type=media_type, judge=False)
        except (NotTestable, SafetyRefusal):
            return ""
        return path if answer.ok else ""

    def _find(self) -> None:
        found: list[tuple[str, dict[str, Any]]] = []
        scenarios = [str(s.get("id")) for s in self._resources(self.resources["scenario"], {})]
        self.scenarios_seen = scenarios
        executables = self.resources["executable"]
        content = self._session.target.content
        # Those of the tutorial, unless the owner of the target names others.
        wanted = {content.train.scenario or _TRAINS[0], content.serve.scenario or _SERVES[0]}
        for scenario in sorted(scenarios, key=lambda s: s not in wanted)[:_MOST_SCENARIOS]:
            found += [(scenario, e) for e in self._resources(executables, {"scenarioId": scenario})]
            wanted.discard(scenario)
            if not wanted and found:
                break
        named = [f for f in found if isinstance(f[1].get("id"), str)]
        self.trains = next(recipes(named, deployable=False, first=_TRAINS, known=content.train), None)
        self.serves = next(recipes(named, deployable=True, first=_SERVES, known=content.serve), None)
        self.scenarios = list(dict.fromkeys(r.scenario for r in self.recipes)) or scenarios[:1]

    def _make_base(self) -> None:
        register = self.resources["artifact"].operations[Role.CREATE]
        configure = self.resources["configuration"].operations[Role.CREATE]
        most = amounts.configurations(disposable=self.disposable)
        for recipe, kept in ((self.trains, self.runnable), (self.serves, self.servable)):
            if recipe is None:
                continue
            bodies = [labelled(recipe.artifact(number, self._prefix), self._session.run.id) for number in range(2)]
            artifacts = [self.make(register, body) for body in bodies]
            artifacts = [made for made in artifacts if made]
            self._artifacts[recipe.executable] = artifacts
            for count, artifact in zip(range(most), itertools.cycle(artifacts), strict=False):
                made = self.make(configure, recipe.configuration(artifact, count, self._prefix))
                kept += [made] if made else []

    def _listed(self, resource: Resource) -> list[str]:
        """A few that the target has, to be read."""
        operation = resource.operation(Role.LIST)
        if operation is None or "{" in operation.path:
            return []
        found = (item.get("id") for item in self._resources(resource, {}))
        return [one for one in found if isinstance(one, str)][:_LISTED]

    def _resources(self, resource: Resource, path: dict[str, str]) -> list[dict[str, Any]]:
        try:
            answer = self._client.send(resource.operations[Role.LIST].id, path=path, judge=False)
        except (NotTestable, SafetyRefusal):
            return []
        return answer.resources()
