"""Builds artifacts: valid bodies, and a batch with kinds and labels that filters can separate."""

from __future__ import annotations

from typing import Any, Final

from lmconform.probes.builders import executables
from lmconform.probes.builders.resource_type import ResourceType, without_none
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.safety.guard import labelled
from lmconform.settings.runnable import ARTIFACT_URL

LABEL_PREFIX: Final = "ext.ai.sap.com/"
# The kinds of the three members of the batch.
BATCH_KINDS: Final = ("model", "dataset", "resultset")


def artifact_body(ctx: Context, **overrides: Any) -> Json:
    """A valid body for POST of an artifact; an override None leaves the member out."""
    body: Json = {
        "name": ctx.unique("artifact"),
        "kind": "dataset",
        "url": ARTIFACT_URL,
        "description": "made by a conformance run",
        "scenarioId": overrides["scenarioId"] if "scenarioId" in overrides else executables.scenario_id(ctx),
        "labels": [],
    }
    body |= overrides
    return without_none(body if body["labels"] is None else labelled(body, ctx.session.run.id))


def create_artifact(ctx: Context, **overrides: Any) -> Created:
    """Register an artifact; raises NotTestable."""
    return ctx.make("createArtifact", artifact_body(ctx, **overrides))


@fixture()
def input_artifact_id(ctx: Context, kind: str, scenario_id: str, url: str) -> str:
    """An artifact that configurations of a scenario bind: no probe changes it, so that they can share it."""
    return create_artifact(ctx, kind=kind, scenarioId=scenario_id, url=url).id


def _vary(ctx: Context, index: int) -> Json:
    # The first has all labels, the second has one of them with another value, the third has none.
    values = ({"color": "red", "size": "big", "version": "1.0"}, {"color": "blue"}, {})[index]
    labels = [{"key": f"{LABEL_PREFIX}{key}", "value": value} for key, value in values.items()]
    return {"kind": BATCH_KINDS[index], "labels": labels or None}


ARTIFACT: Final = ResourceType(
    noun="ARTIFACT",
    body=artifact_body,
    vary=_vary,
)
