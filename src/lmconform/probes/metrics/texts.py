"""Probes of what becomes of the texts, numbers and times of metrics: one execution holds all of them."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import metrics_resource, point, stored_points
from lmconform.probes.builders.texts import TOLERATED, Family, is_legal, names, values
from lmconform.probes.context import METRICS, Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.metrics.limits import emptied
from lmconform.probes.registry import observation, probe
from lmconform.probes.shared.round_trip import Tolerated, expect_as_sent, schema_of

_PATCH: Final = "patchMetrics"
# What rounding to six or fifteen digits, single precision, or a decimal with few places would change.
_VALUES: Final = (
    *(0.1 + 0.2, 1 / 3, 123456789.12345679, -0.000001234567891, 1e-300, -1e300, 5e-07, 16777217.0),
    # As the number of JSON that it is, and as the double that comes back (RFC 8259, section 6).
    *(9007199254740993, 2**31, 0, -1),
)
# The description gives steps no format; what fits into 32 bits is safe, and 2^24 + 1 is no single-precision number.
_STEPS: Final = (0, 1, 255, 65_536, 16_777_217, 2**31 - 2, 2**31 - 1)
_TIMES: Final = (
    "2024-02-29T23:59:59.999Z",
    "2024-05-06T07:08:09+02:00",
    "2024-12-31T23:30:00-01:30",
    "1999-12-31T23:59:59Z",
)
# What is judged of the points of a PATCH beside their names, where it is not their labels.
_OF_POINTS: Final = {"VALUES": "value", "STEPS": "step", "TIMES": "timestamp"}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What was sent for one execution, the answers to the PATCHes, and the metrics resource read back."""

    sent: Mapping[str, Json]
    answers: Mapping[str, Exchange]
    resource: Json


@fixture()
def _stored(ctx: Context) -> _Stored:
    """Everything that these probes judge: one PATCH for each of them, and one GET."""
    sent = {family.value: _texts(ctx, family) for family in Family}
    sent |= {"VALUES": _values(ctx), "STEPS": _steps(ctx), "TIMES": _times(ctx)}
    with emptied(ctx) as execution:
        answers = {name: ctx.send(_PATCH, json={"executionId": execution, **body}) for name, body in sent.items()}
        return _Stored(sent, answers, metrics_resource(ctx, execution))


def _texts(ctx: Context, family: Family) -> Json:
    seed, token = ctx.session.config.seed, ctx.unique(family.lower())
    body: Json = {section: _named(ctx, section, family, token) for section in ("tags", "customInfo")}
    value, name = (schema_of(ctx, _PATCH, "metrics", "*", "labels", "*", member) for member in ("value", "name"))
    labels = [{"name": f"Label {n}", "value": text} for n, text in enumerate(values(family, value, seed)[-10:])]
    labels += [{"name": text, "value": "as sent"} for text in names(family, name, seed)[-10:]]
    metric = schema_of(ctx, _PATCH, "metrics", "*", "name")
    body["metrics"] = [point(token, labels=labels)]
    body["metrics"] += [point(text) for text in _distinct(token, names(family, metric, seed)) if is_legal(text, metric)]
    return body


def _named(ctx: Context, section: str, family: Family, token: str) -> list[Json]:
    seed = ctx.session.config.seed
    name, value = (schema_of(ctx, _PATCH, section, "*", member) for member in ("name", "value"))
    entries = [{"name": f"{token}-{n}", "value": text} for n, text in enumerate(values(family, value, seed))]
    return entries + [{"name": text, "value": "as sent"} for text in names(family, name, seed)]


def _distinct(token: str, texts: list[str]) -> list[str]:
    """The texts as names that no other metric has: the token stands in their middle, in a long one in its place."""
    halves = [
        (text, len(text) // 2, len(text) // 2 + (len(token) if len(text) > 2 * len(token) else 0)) for text in texts
    ]
    return [f"{text[:first]}{token}{text[second:]}" for text, first, second in halves]


def _values(ctx: Context) -> Json:
    token, chance = ctx.unique("value"), random.Random(f"{ctx.session.config.seed} values")
    drawn = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-30, 30) for _ in range(4)]
    return {"metrics": [point(f"{token}-{n}", value) for n, value in enumerate((*_VALUES, *drawn))]}


def _steps(ctx: Context) -> Json:
    token = ctx.unique("step")
    return {"metrics": [point(f"{token}-{n}", step=step) for n, step in enumerate(_STEPS)]}


def _times(ctx: Context) -> Json:
    token = ctx.unique("time")
    return {"metrics": [point(f"{token}-{n}", timestamp=moment) for n, moment in enumerate(_TIMES)]}


def _expect_stored(ctx: Context, name: str, tolerated: Tolerated = None) -> None:
    stored = _stored(ctx)
    ctx.expect_status(stored.answers[name], {204})
    sent = stored.sent[name]
    members = ("name", _OF_POINTS.get(name, "labels"))
    points = [{member: metric[member] for member in members if member in metric} for metric in sent["metrics"]]
    expect_as_sent(ctx, {**sent, "metrics": points}, stored.resource, tolerated, what="GET")


def _text_probe(family: Family, tolerated: Tolerated, suffix: str = "") -> None:
    @probe(f"LM-METRICS-TEXT-{family}{suffix}")
    def texts_come_back_as_sent(ctx: Context) -> None:
        _expect_stored(ctx, family.value, tolerated)


for _family in Family:
    _text_probe(_family, TOLERATED.get(_family))
for _family in TOLERATED:
    _text_probe(_family, None, "-EXACT")


@probe("LM-METRICS-VALUE-EXACT")
def values_keep_their_digits(ctx: Context) -> None:
    _expect_stored(ctx, "VALUES")


@probe("LM-METRICS-STEP-GREAT")
def great_steps_come_back(ctx: Context) -> None:
    _expect_stored(ctx, "STEPS")


@probe("LM-METRICS-TIME-INSTANT")
def times_are_the_same_instants(ctx: Context) -> None:
    _expect_stored(ctx, "TIMES")


@observation(
    "LM-OBS-METRIC-STEP-LARGE",
    costly=True,
    operation=_PATCH,
    source="F36",
    capability=METRICS,
    text="A step that needs more than 32 bits, and one that needs more than 53.",
)
def large_steps(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("large")
    steps = {"2^31": 2**31, "2^53+1": 2**53 + 1}
    answers = [
        ctx.send(_PATCH, json={"executionId": execution, "metrics": [point(f"{name}-{word}", step=step)]})
        for word, step in steps.items()
    ]
    stored = {m.get("name"): m.get("step") for m in metrics_resource(ctx, execution).get("metrics") or []}
    forms = [
        ("kept" if stored.get(f"{name}-{word}") == step else "changed") if answer.ok else f"{answer.status}"
        for (word, step), answer in zip(steps.items(), answers, strict=True)
    ]
    return ", ".join(f"{word} {form}" for word, form in zip(steps, forms, strict=True))


@observation(
    "LM-OBS-METRIC-TIME-PRECISION",
    costly=True,
    operation=_PATCH,
    source="D1",
    capability=METRICS,
    text="How many digits of a second the timestamp of a metric keeps.",
)
def time_precision(ctx: Context) -> str:
    execution, name = enactment_pool.base(ctx).id, ctx.unique("precise")
    answer = ctx.send(
        _PATCH,
        json={"executionId": execution, "metrics": [point(name, timestamp="2024-05-06T07:08:09.123456789Z")]},
    )
    if not answer.ok:
        return f"{answer.status}"
    moments = [str(m.get("timestamp")) for m in stored_points(ctx, execution, name)]
    digits = re.match(r"\.(\d*)", moments[0][19:]) if moments else None
    return f"{len(digits[1].rstrip('0')) if digits else 0} digits"
