"""Probes of the views of one resource: it is listed, list and GET agree and stay, $expand embeds the scenario."""

from __future__ import annotations

from typing import Final

from lmconform.errors import NotTestable
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# What an embedded scenario and the scenario itself must agree on.
_OF_SCENARIO: Final = ("id", "name", "description", "createdAt")


def install(resource: ResourceType) -> None:
    """Register the probes of lists and of GET."""

    @probe(f"LM-{resource.noun}-LISTED")
    def created_resources_are_listed(ctx: Context) -> None:
        group = batch(ctx, resource)
        ids = ctx.ids(resource.list, group.query)
        missing = sorted(set(group.ids) - set(ids))
        ctx.expect(not missing, expected="all three created resources", actual=f"{missing} missing")
        ctx.expect(len(ids) == len(set(ids)), expected="each id once", actual=f"{ids}")

    @probe(f"LM-{resource.noun}-LIST-EQUALS-GET")
    def list_and_get_agree(ctx: Context) -> None:
        group = batch(ctx, resource)
        listed = {str(item.get("id")): item for item in ctx.items(resource.list, group.query)}
        for created, body in zip(group.members, _first_read(ctx, resource), strict=True):
            if created.id not in listed:
                raise NotTestable(f"{resource.list} does not hold {created.id}")
            ctx.expect_list_agrees(resource.get, body, listed[created.id])

    @probe(f"LM-{resource.noun}-STAYS", late=True)
    def nothing_changes_by_itself(ctx: Context) -> None:
        group, first = batch(ctx, resource), _first_read(ctx, resource)
        listed = {str(item.get("id")): item for item in ctx.items(resource.list, group.query)}
        # What the contract does not declare may change with each read (D1).
        known = ctx.session.contract.members(resource.get) - {"modifiedAt"}
        kept = {name: v for name, v in first[0].items() if name in known and v is not None}
        ctx.expect_same(kept, resource.fetch(ctx, group.members[0]), what="a later GET")
        for body in first:
            view = listed.get(str(body.get("id")), {})
            ctx.expect_list_agrees(resource.get, _without(body, "modifiedAt"), view)
            ctx.expect(bool(view), expected=f"{body.get('id')} in a later list", actual="missing")


@fixture(builds_on=lambda bodies: [str(body.get("id")) for body in bodies])
def _first_read(ctx: Context, resource: ResourceType) -> tuple[Json, ...]:
    """The GETs of the batch when it was read for the first time; raises Failure."""
    return tuple(resource.fetch(ctx, created) for created in batch(ctx, resource).members)


def _without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def install_expand(resource: ResourceType) -> None:
    """Register the probes of $expand=scenario."""

    @probe(f"LM-{resource.noun}-EXPAND-SCENARIO")
    def expand_embeds_the_scenario(ctx: Context) -> None:
        group = batch(ctx, resource)
        wanted = group.members[0].sent["scenarioId"]
        views = [resource.fetch(ctx, group.members[0], **{"$expand": "scenario"})]
        views += ctx.items(resource.list, {"$search": group.token, "$expand": "scenario"})
        for view in views:
            scenario = view.get("scenario")
            scenario_id = scenario.get("id") if isinstance(scenario, dict) else scenario
            ctx.expect(scenario_id == wanted, expected=f"scenario.id = {wanted}", actual=f"scenario = {scenario}")

    @probe(f"LM-{resource.noun}-EXPAND-AGREES")
    def expand_changes_nothing_else(ctx: Context) -> None:
        group = batch(ctx, resource)
        plain = _first_read(ctx, resource)[0]
        scenario = ctx.get_or_skip("getScenario", scenarioId=str(plain.get("scenarioId")))
        views = [resource.fetch(ctx, group.members[0], **{"$expand": "scenario"})]
        # The same GET leaves out no list that is not empty; a list of resources may (D1).
        declared = ctx.session.contract.members(resource.get)
        lists = [name for name, value in plain.items() if name in declared and value and isinstance(value, list)]
        missing = [name for name in lists if not views[0].get(name)]
        text = f"{' and '.join(missing)} of {plain.get('id')} with $expand as without"
        ctx.expect(not missing, expected=text, actual="nothing there")
        # One of three: where a target is fresh, there may be nothing but the batch.
        alone = {"$search": group.name(0)} if resource.searchable else group.query
        listed = ctx.items(resource.list, {**alone, "$expand": "scenario"})
        found = sorted(str(item.get("id")) for item in listed)
        wanted = group.ids[:1] if resource.searchable else sorted(group.ids)
        text = f"with $expand the list for {alone}, {wanted}, as without"
        ctx.expect(found == wanted, expected=text, actual=f"{len(found)} {resource.noun.lower()}s")
        views += [item for item in listed if item.get("id") == group.ids[0]]
        for view in views:
            ctx.expect_list_agrees(resource.get, _without(plain, "scenario"), view)
            embedded = view.get("scenario")
            if isinstance(embedded, dict):
                # A scenario changes when its templates do (M25), and only id and name are always embedded (F13).
                known = {
                    n: scenario[n]
                    for n in _OF_SCENARIO
                    if scenario.get(n) is not None and (n == "name" or embedded.get(n) is not None)
                }
                ctx.expect_same(known, embedded, what="the scenario as its own GET has it")
