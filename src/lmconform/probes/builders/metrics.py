"""Builds metrics: values to send, metrics stored for an execution, and what is stored there."""

from __future__ import annotations

from typing import Any, Final

from lmconform.probes.context import Context, Json
from lmconform.probes.reading import objects

SECTIONS: Final = ("metrics", "tags", "customInfo")
_TIME: Final = "2024-05-06T07:08:09.123Z"


def point(name: str, value: float = 0.5, step: int | None = 0, **members: Any) -> Json:
    """One metric value as it is sent; a member None is left out."""
    metric = {"name": name, "value": value, "timestamp": _TIME, "step": step, **members}
    return {key: member for key, member in metric.items() if member is not None}


def store(ctx: Context, execution: str, **sections: list[Json]) -> None:
    """PATCH metrics that a probe needs; raises NotTestable."""
    answer = ctx.send("patchMetrics", json={"executionId": execution, **sections})
    ctx.require_success(answer)


def metrics_resource(ctx: Context, execution: str, query: Json | None = None) -> Json:
    """The metrics resource of an execution; raises Failure unless there is exactly one."""
    resources = ctx.items("findMetrics", {"executionIds": [execution], **(query or {})})
    own = [r for r in resources if r.get("executionId") == execution]
    ctx.expect(len(own) == 1, expected=f"one resource for {execution}", actual=f"{len(own)} of {len(resources)}")
    return own[0]


def stored_points(ctx: Context, execution: str, name: str) -> list[Json]:
    """The stored values of one metric."""
    return [m for m in objects(metrics_resource(ctx, execution), "metrics") if m.get("name") == name]


def expect_stored_values(ctx: Context, execution: str, name: str, wanted: list[float]) -> None:
    """Raise Failure unless the stored values of a metric are ``wanted``, in ascending order."""
    values = sorted(m["value"] for m in stored_points(ctx, execution, name) if isinstance(m.get("value"), int | float))
    ctx.expect(values == wanted, expected=f"metric {name} with the values {wanted}", actual=f"{values}")
