"""Probe of creations in the second resource group: what is made there is there."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import functools

from lmconform.contract.resources import Role
from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.builders.configurations import CONFIGURATION
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.builders.schedules import SCHEDULE, schedule_body
from lmconform.probes.context import Context
from lmconform.probes.registry import probe
from lmconform.probes.shared.other_group import foreign, other_group


@probe("LM-ISOLATION-CREATE")
def what_is_made_in_a_group_is_there(ctx: Context) -> None:
    other = other_group(ctx)
    for kind in (ARTIFACT, CONFIGURATION, SCHEDULE):
        ctx.judge_part(kind.create, functools.partial(_expect_there, ctx, kind, other))


def _expect_there(ctx: Context, kind: ResourceType, other: str) -> None:
    resource = ctx.session.resources.resource_of(ctx.session.contract.operation(kind.create))
    assert resource is not None, kind.create
    ctx.require(ctx.session.resources.capability(resource.operations[Role.CREATE]))
    try:
        made = _made(ctx, kind, other)
    except NotTestable as refusal:
        # Whether a second group is ready, and who may write there, is not published.
        raise Inconclusive(f"in resource group {other!r}: {refusal}") from refusal
    path = {kind.parameter: made}
    there = ctx.send(kind.get, path, resource_group=other)
    if there.status != 404:
        ctx.expect_status(there, {200})
        return
    here = ctx.get(kind.get, **path)
    own = ctx.session.target.resource_group
    if here.ok:
        # The clean-up looks for it where it is.
        ctx.session.journal.moved(resource.noun, made, own)
    ctx.fail(
        expected=f"the {resource.noun} that was made in resource group {other!r} is found there",
        actual=f"404 there, and {here.status} in resource group {own!r}",
        exchange=there,
    )


def _made(ctx: Context, kind: ResourceType, other: str) -> str:
    """The id of one that was made in the other group; raises NotTestable and Inconclusive."""
    found = foreign(ctx, other, deployable=False)
    if kind is CONFIGURATION:
        return found.configuration
    if kind is SCHEDULE:
        body = schedule_body(ctx, configurationId=found.configuration)
    elif found.artifacts:
        return found.artifacts[0]
    else:
        body = kind.body(ctx)
    return ctx.make(kind.create, body, resource_group=other).id
