"""Where probes get one of a resource, to read, to change or to make; its description is enough for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from lmconform.contract.openapi import Schema
from lmconform.contract.resources import Resource, Role
from lmconform.contract.samples import sample
from lmconform.errors import Inconclusive
from lmconform.probes import enactment_pool
from lmconform.probes.builders import executables
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.builders.configurations import CONFIGURATION
from lmconform.probes.builders.files import accepted_content, new_file, new_path, shared_file
from lmconform.probes.builders.metrics import store
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.builders.schedules import SCHEDULE
from lmconform.probes.context import ACTIVE, TERMINAL, Context, Created, Json
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.fixtures import fixture

# By which lists are filtered; one that is gone has none.
_STATUSES: Final = frozenset({*ACTIVE, *TERMINAL, "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Creation:
    """What a request that creates one sends: ids in its path, its body as an argument of ``Context.send``.

    ``token`` is a text in the body that nothing else in the tenant has, or empty.
    """

    content: Json
    token: str = ""
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """One to which a change can be applied: ``names`` are its ids by parameter.

    ``doubt`` is why the change may be refused all the same, ``before`` is what its last GET showed; both may be empty.
    """

    names: dict[str, str]
    doubt: str = ""
    before: Json = field(default_factory=dict)


class Source:
    """One resource as its description has it: bodies follow from their schemas, and one is made for each purpose."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def names(self, ctx: Context) -> dict[str, str]:
        """The ids of one that no probe changes, by parameter, with those of what it stands below."""
        return _made(ctx, self.resource.noun, Role.GET)

    def ready(self, ctx: Context, role: str) -> Ready:
        """One to which ``role`` can be applied."""
        names = _made(ctx, self.resource.noun, role)
        return Ready(names, f"the status of the {self.resource.noun} may forbid it")

    def another(self, ctx: Context) -> dict[str, str]:
        """The ids of one that was made or written to just now; nothing where what is made is read at once anyway."""
        return {}

    def listed(self, ctx: Context) -> tuple[Json, list[str]]:
        """A query that lists, beside others perhaps, the ids that come with it."""
        return {}, [self.names(ctx)[self.resource.id_parameter]]

    def filtered(self, ctx: Context) -> list[Json]:
        """More queries that list the ids of ``listed``, beside others perhaps: by other filters, or in another view."""
        return []

    def counted(self, ctx: Context) -> Json:
        """A query that counts resources of this run and no others; raises Inconclusive when there is none."""
        raise Inconclusive(f"no query counts the {self.resource.noun}s of this run alone")

    def creation(self, ctx: Context) -> Creation:
        """What makes another one."""
        name = ctx.unique(self.resource.noun)
        body = _body(ctx, self.resource, Role.CREATE, name)
        return Creation({"json": body}, name if name in body.values() else "")

    def modification(self, ctx: Context) -> Json:
        """A body that changes one: that which stops it, if there is such a one."""
        stop = dict(self.resource.life.stop) if self.resource.life is not None else {}
        return stop or _body(ctx, self.resource, Role.MODIFY, ctx.unique(self.resource.noun))


def _body(ctx: Context, resource: Resource, role: str, name: str) -> Json:
    operation = resource.operations[role]
    schema: Schema | None = operation.request_body.json_schema if operation.request_body else None
    body = sample(
        ctx.session.contract, {} if schema is None else schema, lambda member: _known(ctx, resource, member, name)
    )
    if not isinstance(body, dict):
        raise Inconclusive(f"the description of {operation.label} is no recipe for a body")
    return body


def _known(ctx: Context, own: Resource, member: str, name: str) -> str | None:
    """The value of a member by its name: a name that nothing else has, the id of one that exists."""
    if member == "name":
        return name
    named = ctx.session.resources.identified_by(member)
    if named is None or named is own:
        return None
    return source_of(named).names(ctx)[named.id_parameter]


@fixture(builds_on=lambda names: names.values())
def _made(ctx: Context, noun: str, role: str) -> dict[str, str]:
    """The ids of one that is made for requests of that role, by parameter; raises NotTestable and Inconclusive."""
    resource = ctx.session.resources[noun]
    operation = resource.operation(Role.CREATE)
    if operation is None or resource.names_itself:
        raise Inconclusive(f"the description does not say how a {noun} is made, and under which id")
    names: dict[str, str] = {}
    for other in ctx.session.resources.placeholders(operation).values():
        names |= source_of(other).names(ctx)
    path = {name: value for name, value in names.items() if f"{{{name}}}" in operation.path}
    creation = source_of(resource).creation(ctx)
    return {**names, resource.id_parameter: ctx.make(operation.id, creation.content["json"], path).id}


class _Catalogue(Source):
    """What a tenant has, and no request makes: scenarios and what stands below them."""

    def names(self, ctx: Context) -> dict[str, str]:
        if self.resource.noun != "executable":
            return {"scenarioId": str(executables.first_scenario(ctx)["id"])}
        scenario_id, executable = executables.first_executable(ctx)
        return {"scenarioId": scenario_id, "executableId": str(executable["id"])}


class _Plain(Source):
    """Artifacts, configurations and schedules: what changes only on request."""

    def __init__(self, resource: Resource, kind: ResourceType, change: Json) -> None:
        super().__init__(resource)
        self._kind = kind
        self._change = change

    def names(self, ctx: Context) -> dict[str, str]:
        return self._named(batch(ctx, self._kind).members[0])

    def ready(self, ctx: Context, role: str) -> Ready:
        spare, before = _spare(ctx, self._kind, role)
        return Ready(self._named(spare), before=before)

    def listed(self, ctx: Context) -> tuple[Json, list[str]]:
        group = batch(ctx, self._kind)
        # Other queries name ids, and such a filter may be refused where they are unknown (F12).
        return group.query if self._kind.searchable else {}, group.ids

    def filtered(self, ctx: Context) -> list[Json]:
        sent, searched = batch(ctx, self._kind).members[0].sent, batch(ctx, self._kind).query
        if "executableId" in sent:
            return [{"executableIds": [sent["executableId"]]}]
        return [{**searched, "$expand": "scenario"}] if self._kind.searchable else []

    def counted(self, ctx: Context) -> Json:
        return batch(ctx, self._kind).query

    def creation(self, ctx: Context) -> Creation:
        body = self._kind.body(ctx)
        return Creation({"json": body}, str(body["name"]))

    def modification(self, ctx: Context) -> Json:
        return dict(self._change)

    def _named(self, created: Created) -> dict[str, str]:
        return {self._kind.parameter: created.id}


@fixture(builds_on=lambda spare: [spare[0].id])
def _spare(ctx: Context, kind: ResourceType, role: str) -> tuple[Created, Json]:
    """One that requests of that role name, which must not be carried out, and its GET before them."""
    made = kind.make(ctx)
    return made, ctx.get_or_skip(kind.get, **{kind.parameter: made.id})


class _Enactments(Source):
    """Executions and deployments: one that can be stopped, one that can be deleted, or else the one that is read."""

    def __init__(self, resource: Resource, kind: Enactment) -> None:
        super().__init__(resource)
        self._kind = kind

    def names(self, ctx: Context) -> dict[str, str]:
        return enactment_pool.base(ctx, self._kind).path

    def ready(self, ctx: Context, role: str) -> Ready:
        try:
            if role == Role.DELETE:
                pooled = enactment_pool.any_terminal(ctx, kind=self._kind)
            else:
                pooled = enactment_pool.active(ctx, self._kind)
        except Inconclusive as reason:
            return Ready(self.names(ctx), str(reason))
        if len(pooled.created.sent) > 1:
            return Ready(self.names(ctx), f"the time to live of the {self._kind.word} may be over")
        return Ready(pooled.path, before=pooled.last)

    def listed(self, ctx: Context) -> tuple[Json, list[str]]:
        pooled = enactment_pool.base(ctx, self._kind)
        return {"scenarioId": pooled.configuration.sent["scenarioId"]}, [pooled.id]

    def filtered(self, ctx: Context) -> list[Json]:
        pooled = enactment_pool.base(ctx, self._kind)
        # The status of now: a list of the one before would not hold it anywhere.
        status = pooled.current_status(ctx)
        of_executable: Json = {"executableIds": [pooled.configuration.sent["executableId"]]}
        return [of_executable, *([{"status": status}] if status in _STATUSES else [])]

    def counted(self, ctx: Context) -> Json:
        return {"configurationId": enactment_pool.base(ctx, self._kind).configuration.id}

    def creation(self, ctx: Context) -> Creation:
        return Creation({"json": {"configurationId": enactment_pool.base(ctx, self._kind).configuration.id}})


@fixture()
def kept_tag(ctx: Context) -> str:
    """The name of the tag that metrics of the execution that is read have; its value is ``none``."""
    return ctx.unique("kept")


class _Metrics(Source):
    """Metrics of the execution that is read."""

    def names(self, ctx: Context) -> dict[str, str]:
        # Without metrics any answer would be empty.
        store(ctx, enactment_pool.base(ctx).id, tags=[{"name": kept_tag(ctx), "value": "none"}])
        return {self.resource.id_parameter: enactment_pool.base(ctx).id}

    def ready(self, ctx: Context, role: str) -> Ready:
        return Ready(self.names(ctx))

    def another(self, ctx: Context) -> dict[str, str]:
        return self.names(ctx)

    def creation(self, ctx: Context) -> Creation:
        # Not the one that is read: from now on it may have metrics in two resource groups (F42).
        token, names = ctx.unique("refused"), {self.resource.id_parameter: enactment_pool.spare(ctx).id}
        return Creation({"json": {**names, "tags": [{"name": token, "value": "none"}]}}, token, names)


class _Files(Source):
    """Files below the prefix of this harness."""

    def names(self, ctx: Context) -> dict[str, str]:
        return {self.resource.id_parameter: shared_file(ctx).path}

    def ready(self, ctx: Context, role: str) -> Ready:
        return Ready(self.names(ctx))

    def another(self, ctx: Context) -> dict[str, str]:
        return {self.resource.id_parameter: new_file(ctx).path}

    def creation(self, ctx: Context) -> Creation:
        return Creation({"body": accepted_content(ctx)}, names={self.resource.id_parameter: new_path(ctx)})


_KNOWN: Final[dict[str, Callable[[Resource], Source]]] = {
    "artifact": lambda resource: _Plain(resource, ARTIFACT, {}),
    "configuration": lambda resource: _Plain(resource, CONFIGURATION, {}),
    "schedule": lambda resource: _Plain(resource, SCHEDULE, {"status": "INACTIVE"}),
    "execution": lambda resource: _Enactments(resource, EXECUTION),
    "deployment": lambda resource: _Enactments(resource, DEPLOYMENT),
    "metrics": _Metrics,
    "file": _Files,
    **dict.fromkeys(("scenario", "executable", "version", "model"), _Catalogue),
}


def source_of(resource: Resource) -> Source:
    """The source of a resource: its own, or what its description says."""
    return _KNOWN.get(resource.noun, Source)(resource)
