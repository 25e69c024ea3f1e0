"""Probe of PATCHes of metrics at the same time: what was acknowledged is stored."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Final

from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.metrics import SECTIONS, metrics_resource, point, store
from lmconform.probes.concurrency.burst import Send, burst
from lmconform.probes.context import Context
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

_PATCHES: Final = 5
_READS: Final = 1


@dataclass(frozen=True, slots=True)
class Patches:
    """A burst of PATCHes for one execution: the names that each stores, the answers, and those to reads meanwhile."""

    execution: str
    names: tuple[str, ...]
    answers: tuple[Exchange, ...]
    reads: tuple[Exchange, ...]

    @property
    def every(self) -> tuple[Exchange, ...]:
        """All answers of the burst."""
        return (*self.answers, *self.reads)


@probe("LM-CONCURRENT-METRICS", late=True)
def acknowledged_metrics_are_all_stored(ctx: Context) -> None:
    sent, since = patches(ctx), time.monotonic()
    names = {name for name, answer in zip(sent.names, sent.answers, strict=True) if answer.ok}
    if len(names) < 2:
        refusals = [answer.brief for answer in sent.answers if not answer.ok]
        raise NotTestable(f"{len(names)} of {_PATCHES} PATCHes at the same time were accepted: {refusals[:1]}")

    def judge() -> None:
        stored = metrics_resource(ctx, sent.execution)
        for section in SECTIONS:
            missing = names - {str(entry.get("name")) for entry in stored.get(section) or []}
            text = f"{section} of all {len(names)} acknowledged PATCHes"
            ctx.expect(not missing, expected=text, actual=f"{len(missing)} missing: {sorted(missing)}")

    ctx.retry_in_grace(since, judge)


@fixture()
def patches(ctx: Context) -> Patches:
    """The burst of this session that several probes judge."""
    execution = enactment_pool.base(ctx).id
    # The resource is there before: what a first PATCH makes is another matter.
    store(ctx, execution, metrics=[point(ctx.unique("before"))])
    names = tuple(ctx.unique("together") for _ in range(_PATCHES))
    writes: list[Send] = [partial(_patch, ctx, execution, name) for name in names]
    reads: list[Send] = [partial(ctx.send, "findMetrics", query={"executionIds": [execution]}) for _ in range(_READS)]
    answers = burst([*reads, *writes])
    return Patches(execution, names, tuple(answers[_READS:]), tuple(answers[:_READS]))


def _patch(ctx: Context, execution: str, name: str) -> Exchange:
    entry = {"name": name, "value": "sent"}
    body = {"executionId": execution, "metrics": [point(name)], "tags": [entry], "customInfo": [entry]}
    return ctx.send("patchMetrics", json=body)
