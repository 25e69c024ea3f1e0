"""Probes of tag filters whose values have signs and letters of all kinds."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lmconform.client.client import percent
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import store
from lmconform.probes.context import METRICS, Context
from lmconform.probes.reading import entries
from lmconform.probes.registry import observation, probe

# Without comma, equals and plus sign and percent-encoded parts: whether a filter is decoded once or twice, and before
# or after it is split, is open.
_VALUES: Final = (
    *("v&a", "l#u!", "e^2%", "50% off", "'q'", '"d"', "<t>", "x;y", "p/q?r", "(w)*{z}", r"b\s|", "Two  Words"),
    *("Gr\u00f6\u00dfe", "\u65e5\u672c\U0001f680"),
)
# Values of tags, and for each a filter that is a pattern of LIKE for it.
_PATTERNS: Final[Mapping[str, str]] = {"uZv": "u_v", "aZZb": "a%b"}


@probe("LM-METRICS-TAG-FILTER-SIGNS")
def tags_filter_whatever_signs_they_have(ctx: Context) -> None:
    token = ctx.unique("sign")
    tags = {f"{token}-{number}": value for number, value in enumerate(_VALUES)}
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, tags=[{"name": name, "value": value} for name, value in tags.items()])
    if _finds(ctx, execution, tags):
        return
    for name, value in tags.items():
        found = _finds(ctx, execution, {name: value})
        ctx.expect(found, expected=f"a match for the value {value!r}", actual="none")
    ctx.fail(expected="a match for all tags at once", actual="none, and one for each of them")


@probe("LM-METRICS-TAG-FILTER-NO-PATTERN")
def tag_values_are_no_patterns(ctx: Context) -> None:
    token = ctx.unique("pattern")
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, tags=[{"name": f"{token}-{v}", "value": v} for v in _PATTERNS])
    for value, pattern in _PATTERNS.items():
        found = _finds(ctx, execution, {f"{token}-{value}": pattern})
        ctx.expect(not found, expected=f"no match for {pattern!r}", actual=f"a tag with the value {value!r}")


def _finds(ctx: Context, execution: str, tags: Mapping[str, str]) -> bool:
    """Whether the metrics are found by these tags; the values are percent-encoded, the equals signs are not."""
    expressions = ",".join(f"{name}={percent(value)}" for name, value in tags.items())
    answer = ctx.get_raw("findMetrics", f"executionIds={execution}&tagFilters={expressions}")
    # Whether no match is an empty list or a 404 is open (F32).
    ctx.expect_status(answer, {200, 404})
    return execution in [r.get("executionId") for r in entries(answer.json_object())]


@observation(
    "LM-OBS-TAG-FILTER-ENCODED",
    costly=True,
    operation="findMetrics",
    source="F48",
    capability=METRICS,
    text="A tag filter whose value holds an encoded comma, equals or plus sign.",
)
def encoded_signs(ctx: Context) -> str:
    token = ctx.unique("encoded")
    signs = {"comma": "a,b", "equals": "a=b", "plus": "a+b"}
    execution = enactment_pool.base(ctx).id
    store(ctx, execution, tags=[{"name": f"{token}-{name}", "value": value} for name, value in signs.items()])
    found = {name: _finds(ctx, execution, {f"{token}-{name}": value}) for name, value in signs.items()}
    return ", ".join(f"{name} {'found' if is_found else 'not found'}" for name, is_found in found.items())
