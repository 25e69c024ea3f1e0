"""Probes of creations at the same time: each has an id of its own, and is read as it was sent."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.artifacts import ARTIFACT
from lmconform.probes.builders.configurations import CONFIGURATION
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.builders.schedules import SCHEDULE, schedule_configuration
from lmconform.probes.concurrency.burst import Send, burst
from lmconform.probes.context import EXECUTIONS, SCHEDULES, Context, Created, Json
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# How many are created at once. Artifacts and configurations stay for ever (F53), executions are work for a tenant.
_ARTIFACTS: Final = 3
_CONFIGURATIONS: Final = 2
_SCHEDULES: Final = 3
_EXECUTIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Creations:
    """A burst of creations, and of lists and counts that show what they make.

    ``get`` reads one by the ``parameter``; ``bodies`` and ``answers`` are in one order; ``reads`` are the answers to
    ``listing`` and to ``count``. ``seen`` has the answers of GETs that were sent already, by id.
    """

    create: str
    listing: str
    count: str
    get: str
    parameter: str
    bodies: tuple[Json, ...]
    answers: tuple[Exchange, ...]
    reads: tuple[Exchange, ...]
    seen: dict[str, Exchange] = field(default_factory=dict)

    @property
    def every(self) -> tuple[Exchange, ...]:
        """All answers of the burst."""
        return (*self.answers, *self.reads)

    def accepted(self) -> list[tuple[str, Json]]:
        """The ids in the answers, with the bodies of their requests."""
        both = zip(self.answers, self.bodies, strict=True)
        pairs = ((answer.json_object().get("id"), body) for answer, body in both if answer.ok)
        return [(resource_id, body) for resource_id, body in pairs if isinstance(resource_id, str)]


@probe("LM-CONCURRENT-CREATE", late=True)
def creations_at_the_same_time_make_as_many(ctx: Context) -> None:
    for operation, creations in bursts(ctx):
        ctx.judge_part(operation, partial(_expect_all_there, ctx, creations))


def bursts(ctx: Context) -> Iterator[tuple[str, Callable[[], Creations]]]:
    """For each creation that the target offers: its operation, and what makes the burst."""
    yield ARTIFACT.create, partial(_named_at_once, ctx, ARTIFACT, _ARTIFACTS)
    yield CONFIGURATION.create, partial(_named_at_once, ctx, CONFIGURATION, _CONFIGURATIONS)
    if ctx.offers(SCHEDULES):
        yield SCHEDULE.create, partial(shared_schedules, ctx)
    if ctx.offers(EXECUTIONS):
        yield EXECUTION.create, partial(_executions_at_once, ctx)


@fixture()
def shared_schedules(ctx: Context) -> Creations:
    """The schedules of this session that were created at the same time, and that other probes may delete."""
    configuration = schedule_configuration(ctx, "concurrency").id
    bodies = [SCHEDULE.body(ctx, configurationId=configuration) for _ in range(_SCHEDULES)]
    return _of_type(ctx, SCHEDULE, bodies, {"configurationId": configuration})


@fixture()
def _named_at_once(ctx: Context, resource: ResourceType, number: int) -> Creations:
    token = ctx.unique("together")
    bodies = [resource.body(ctx, name=f"{token}-{n}") for n in range(number)]
    return _of_type(ctx, resource, bodies, {"$search": token})


@fixture()
def _executions_at_once(ctx: Context) -> Creations:
    """Executions that were started at the same time; probes may stop and delete them."""
    configuration = enactment_pool.spare(ctx).configuration
    bodies: list[Json] = [{"configurationId": configuration.id} for _ in range(_EXECUTIONS)]
    names = (EXECUTION.create, EXECUTION.list, EXECUTION.count, EXECUTION.get, EXECUTION.parameter)
    made = _send(ctx, names, bodies, bodies[0])
    for resource_id, body in made.accepted():
        answer = next(a for a in made.answers if a.json_object().get("id") == resource_id)
        pooled = enactment_pool.adopt(ctx, configuration, Created(resource_id, body, answer))
        made.seen[resource_id] = pooled.first
    return made


def _of_type(ctx: Context, resource: ResourceType, bodies: list[Json], query: Json) -> Creations:
    names = (resource.create, resource.list, resource.count, resource.get, resource.parameter)
    return _send(ctx, names, bodies, query)


def _send(ctx: Context, names: tuple[str, str, str, str, str], bodies: list[Json], query: Json) -> Creations:
    create, listing, count, *_ = names
    writes: list[Send] = [partial(ctx.send, create, json=body) for body in bodies]
    reads: list[Send] = [partial(ctx.send, operation, query=query) for operation in (listing, count)]
    # A read stands between two creations, so that it is sent while they are carried out.
    answers = burst([*writes[:1], *reads, *writes[1:]])
    return Creations(*names, tuple(bodies), (answers[0], *answers[3:]), tuple(answers[1:3]))


def _expect_all_there(ctx: Context, creations: Callable[[], Creations]) -> None:
    made, since = creations(), time.monotonic()
    accepted = made.accepted()
    if len(accepted) < 2:
        refusals = [answer.brief for answer in made.answers if not answer.ok]
        # A quota may stop executions (C7), whatever the words of the refusal.
        kind = Inconclusive if made.create == EXECUTION.create else NotTestable
        raise kind(f"{len(accepted)} of {len(made.bodies)} creations were accepted: {refusals[:1]}")
    ids = [resource_id for resource_id, _ in accepted]
    ctx.expect(len(set(ids)) == len(ids), expected=f"{len(ids)} ids", actual=f"{len(set(ids))}: {sorted(ids)}")
    ctx.retry_in_grace(since, lambda: _expect_own(ctx, made, accepted))


def _expect_own(ctx: Context, made: Creations, accepted: list[tuple[str, Json]]) -> None:
    resource = ctx.session.resources.resource_of(ctx.session.contract.operation(made.get))
    assert resource is not None
    for resource_id, body in accepted:
        answer = made.seen.pop(resource_id, None) or ctx.get(made.get, **{made.parameter: resource_id})
        if answer.status == 404 and ctx.session.journal.is_removed(resource.noun, resource_id):
            continue  # A probe of deletions came first.
        ctx.expect_status(answer, {200})
        wanted: Json = {name: body[name] for name in ("name", "configurationId") if name in body}
        ctx.expect_same(wanted, answer.json_object(), what="what was created under this id")
