"""Probes of the views of one resource: it is listed, the list and GET agree, $expand embeds the scenario."""

from __future__ import annotations

from lmconform.errors import NotTestable
from lmconform.probes.builders.resource_type import ResourceType, batch
from lmconform.probes.context import Context
from lmconform.probes.registry import probe


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
        for created in group.members:
            if created.id not in listed:
                raise NotTestable(f"{resource.list} does not hold {created.id}")
            ctx.expect_list_agrees(resource.get, resource.fetch(ctx, created), listed[created.id])


def install_expand(resource: ResourceType) -> None:
    """Register the probe of $expand=scenario."""

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
