"""Probe of the names of request headers, which have no case."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import NotTestable
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.context import Context
from lmconform.probes.observing import raw
from lmconform.probes.registry import probe


@probe("LM-HTTP-HEADER-CASE")
def names_of_headers_have_no_case(ctx: Context) -> None:
    # One of our own artifacts: a server that takes a missing header for the default group finds nothing there.
    path = {ARTIFACT.parameter: batch(ctx, ARTIFACT).members[0].id}
    operation = ctx.session.contract.operation(ARTIFACT.get)
    lower = (("ai-resource-group", ctx.session.target.resource_group),)
    answer = raw(ctx, operation.method, operation.fill(path), group=False, headers=lower)
    if answer.ok:
        return
    usual = ctx.get(ARTIFACT.get, **path)
    if not usual.ok:
        raise NotTestable(f"{ctx.label(usual)} answered {usual.brief}, expected 200")
    text = "200 with the header spelled ai-resource-group, as with AI-Resource-Group"
    ctx.expect(answer.ok, expected=text, actual=answer.brief, exchange=answer)
