"""Probe of one execution or deployment at rest: GET, lists, $select and filters agree on it, at the end of a run."""

from __future__ import annotations

from typing import Final

from lmconform.client.polling import grace, rest
from lmconform.probes import enactment_pool
from lmconform.probes.context import Context, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.reading import objects
from lmconform.probes.registry import probe
from lmconform.probes.shared.enactments import of_base

# A list may shorten the message; a target may note that it looked at a resource that did not change (M12).
_NOT_COMPARED: Final = frozenset({"modifiedAt", "statusMessage", "progress"})
_OUTPUTS: Final = "outputArtifacts"
_OF_OUTPUT: Final = ("name", "kind", "url", "scenarioId", "executionId")
_SELECT: Final = {"$select": "status"}
# Twenty polls are the time for which a list may lag; one of them is a moment.
_MOMENT: Final = 1 / 20


def install(kind: Enactment) -> None:
    """Register the probe of views at rest."""

    @probe(f"LM-{kind.noun}-VIEWS-AGREE", last=True)
    def views_agree_at_rest(ctx: Context) -> None:
        pooled = enactment_pool.base(ctx, kind)
        path = pooled.path
        if pooled.last.get("status") not in kind.settled:
            # A view that is remembered shows the status of now for ever; LM-*-SELECT-STATUS has asked in a whole run.
            ctx.get(kind.get, _SELECT, **path)

        def judge(body: Json) -> None:
            status = {"status": body["status"]}
            single = ctx.get_or_fail(kind.get, **path)
            lost = _outputs(body) - _outputs(single)
            ctx.expect(not lost, expected="the output artifacts as before", actual=f"{', '.join(sorted(lost))} lost")
            views = {
                "GET with $select=status": ctx.get_or_fail(kind.get, _SELECT, **path),
                "the list": _listed(ctx, kind, {}),
                "the list with $select=status": _listed(ctx, kind, _SELECT),
                "the list of its status": _listed(ctx, kind, status),
            }
            for what, view in views.items():
                expect_agreement(ctx, kind, single, view, what)
            rest(grace(ctx.session.target.poll_interval) * _MOMENT)
            expect_agreement(ctx, kind, single, ctx.get_or_fail(kind.get, **path), "GET a moment later")
            expect_agreement(ctx, kind, single, _listed(ctx, kind, {}), "the list a moment later")

        enactment_pool.judge_at_rest(ctx, kind, judge)


def _listed(ctx: Context, kind: Enactment, query: Json) -> Json:
    """The base as a list shows it; raises Failure when the list does not hold it."""
    own = enactment_pool.base(ctx, kind).id
    listed = {item.get("id"): item for item in of_base(ctx, kind, query)}
    text = f"the {kind.word} {own} in the list with {query or 'no other filter'}"
    ctx.expect(own in listed, expected=text, actual=f"{len(listed)} others" if listed else "an empty list")
    return listed[own]


def expect_agreement(ctx: Context, kind: Enactment, single: Json, view: Json, what: str) -> None:
    """Raise Failure unless two views have the same texts, numbers and outputs where both have a value (M13)."""
    known = ctx.session.contract.members(kind.get) - _NOT_COMPARED
    both = {n: v for n, v in single.items() if n in known and isinstance(v, str | int) and view.get(n) is not None}
    ctx.expect_same(both, view, what=f"{what} as GET")
    if view.get(_OUTPUTS) is not None:
        wanted, shown = sorted(_outputs(single)), sorted(_outputs(view))
        ctx.expect(shown == wanted, expected=f"{what} with the output artifacts of GET, {wanted}", actual=f"{shown}")
        there = {artifact.get("id"): artifact for artifact in objects(view, _OUTPUTS)}
        for output in objects(single, _OUTPUTS):
            # Whether a url ends in a slash is open (M2).
            one, other = ({n: str(v).rstrip("/") for n, v in o.items() if v} for o in (output, there[output.get("id")]))
            same: Json = {name: one[name] for name in _OF_OUTPUT if name in one and name in other}
            ctx.expect_same(same, other, what=f"the output artifact {output.get('id')} in {what} as in GET")


def _outputs(body: Json) -> set[str]:
    return {str(artifact.get("id")) for artifact in objects(body, _OUTPUTS)}
