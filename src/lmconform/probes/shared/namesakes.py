"""Ids that mean something else in another resource group: nobody published that two groups never use the same (M17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lmconform.contract.resources import Resource, Role
from lmconform.errors import Inconclusive
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import entries
from lmconform.probes.shared.requests import named_in, own_query

# What tells two resources apart, and no request changes.
_STABLE: Final = ("createdAt", "name", "url", "executableId", "configurationId")


def expect_none(ctx: Context, resource: Resource, own: str, group: str, *, home: str = "") -> None:
    """Raise Inconclusive when ``own``, an id of this run, is another resource in ``group`` than in its ``home``.

    Whoever changes there what has that id would change what is not of this run. Without a ``home`` it is in the
    resource group of the target.
    """
    if _is_another(ctx, resource.noun, own, group, home or ctx.session.target.resource_group):
        text = f"resource group {group!r} has another {resource.noun} with the id {own}"
        raise Inconclusive(f"{text}: ids are not the same in all groups")


def expect_none_named(ctx: Context, names: Mapping[str, Any], group: str) -> None:
    """The same for all ids in members, parameters or a query, by the names that say of what they are ids."""
    for name, value in names.items():
        named = ctx.session.resources.identified_by(name)
        if named is not None and named.in_group:
            for own in value if isinstance(value, list) else [value]:
                expect_none(ctx, named, str(own), group)


@fixture()
def _is_another(ctx: Context, noun: str, own: str, group: str, home: str) -> bool:
    resource = ctx.session.resources[noun]
    operation = resource.operation(Role.GET)
    if operation is None:
        return False
    names = {resource.id_parameter: own}
    query, path = own_query(operation, resource, names), named_in(operation, names)
    there = ctx.send(operation.id, path, query, resource_group=group, judge=False)
    here = ctx.send(operation.id, path, query, resource_group=home, judge=False) if there.ok else there
    if not (there.ok and here.ok):
        return False
    one, other = here.json_object(), there.json_object()
    if resource.owner:
        # What is known by the id of another resource has a list: whatever is in it belongs to that id.
        return bool(entries(other)) and entries(one) != entries(other)
    return any(one[name] != other[name] for name in _STABLE if name in one and name in other)
