"""Requests that a target carries out when nothing but their sender is wrong: one for each operation of the contract.

Requirements about tokens and about resource groups are judged with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Role
from lmconform.evidence.exchange import Exchange
from lmconform.probes.builders import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.shared.sources import Ready, Source, source_of

# What these do needs one in the right status.
_CHANGING: Final = (Role.MODIFY, Role.DELETE, Role.BULK_MODIFY)
_COLLECTIVE: Final = (Role.LIST, Role.COUNT, Role.CREATE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that is right.

    ``names`` are the ids of what it is about, by parameter. ``content`` is its body as an argument of
    ``Context.send``. ``token`` is a text in the body that nothing else in the tenant has, or empty. ``doubt`` says why
    a target may refuse it nevertheless, and is empty when it may not. ``before`` is what the last GET showed of what it
    changes, or empty.
    """

    operation: Operation
    resource: Resource
    names: Mapping[str, str]
    query: Json
    content: Json
    token: str = ""
    doubt: str = ""
    before: Json = field(default_factory=dict)

    def send(self, ctx: Context, **rest: Any) -> Exchange:
        """Send it; ``rest`` as in ``Client.send``."""
        return ctx.send(self.operation.id, named_in(self.operation, self.names), self.query, **self.content, **rest)


def named_in(operation: Operation, names: Mapping[str, str]) -> dict[str, str]:
    """Those of the names that the path of the operation holds."""
    return {name: value for name, value in names.items() if f"{{{name}}}" in operation.path}


def own_query(operation: Operation, resource: Resource, names: Mapping[str, str]) -> Json:
    """The query that names what is read or deleted, of a resource that is known by the id of another one."""
    own = names.get(resource.id_parameter)
    if not resource.owner or own is None:
        return {}
    wanted = {resource.id_parameter: own, f"{resource.id_parameter}s": [own]}
    return {name: value for name, value in wanted.items() if operation.parameter(name) is not None}


def prepare(ctx: Context, operation: Operation) -> Prepared:
    """The request of an operation, with resources of this run.

    Raises NotApplicable when the target does not offer the operation, NotTestable and Inconclusive when what it needs
    cannot be made.
    """
    found = ctx.session.resources
    ctx.require(found.capability(operation))
    resource, role = found.resource_of(operation), found.role_of(operation)
    assert resource is not None, operation.id
    source, token, ready = source_of(resource), "", Ready({})
    names = _names_above(ctx, operation, resource)
    content: Json = {}
    if role in _CHANGING:
        ready = source.ready(ctx, role)
        names |= ready.names
    elif role == Role.CREATE:
        made = source.creation(ctx)
        names, content, token = {**names, **made.names}, made.content, made.token
    elif role not in _COLLECTIVE and ("{" in operation.path or resource.owner):
        names |= source.names(ctx)
    if role in (Role.MODIFY, Role.BULK_MODIFY):
        content = {"json": _modification(ctx, source, role, names)}
    if operation.request_body is None:
        content = {}
    names |= _only_for(ctx, operation)
    query = {} if role == Role.CREATE else own_query(operation, resource, names)
    return Prepared(operation, resource, names, query, content, token, ready.doubt, ready.before)


def _names_above(ctx: Context, operation: Operation, resource: Resource) -> dict[str, str]:
    """The ids of the resources below whose items the operation stands."""
    names: dict[str, str] = {}
    for other in ctx.session.resources.placeholders(operation).values():
        if other is not resource:
            names |= source_of(other).names(ctx)
    return names


def _modification(ctx: Context, source: Source, role: str, names: Mapping[str, str]) -> Json:
    change = source.modification(ctx)
    if role == Role.MODIFY:
        return change
    return {source.resource.bulk_key: [{"id": names[source.resource.id_parameter], **change}]}


def _only_for(ctx: Context, operation: Operation) -> dict[str, str]:
    """The values for which alone the operation has answers, where the target has what they name."""
    only = dict(ctx.session.resources.only_for(operation))
    return only if only and set(only.values()) <= {str(s["id"]) for s in executables.scenarios(ctx)} else {}
