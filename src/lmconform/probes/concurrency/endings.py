"""Probes of stops and deletions at the same time: one of them is carried out, and lists stay lists."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.builders.schedules import SCHEDULE, wait_until_gone
from lmconform.probes.concurrency.burst import Send, burst
from lmconform.probes.concurrency.cost import require_budget
from lmconform.probes.concurrency.creations import shared_schedules
from lmconform.probes.context import DEPLOYMENTS, EXECUTIONS, SCHEDULES, Context
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.enactment_pool import STOPPABLE
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe

# Attempts that may each start an execution on a tenant.
_ATTEMPTS: Final = 2
_LISTS: Final = 3
# They concern the client or the load, and nothing that happens at the same time.
_GATEWAY: Final = frozenset({401, 403, 429})


@dataclass(frozen=True, slots=True)
class Deletions:
    """Deletions of schedules of one configuration, and lists of them, at the same time.

    ``kept`` is not deleted; ``twice`` was deleted by two requests, whose answers are ``pair``. ``lists`` are answers.
    """

    ids: tuple[str, ...]
    kept: frozenset[str]
    twice: str
    pair: tuple[Exchange, Exchange]
    lists: tuple[Exchange, ...]


@probe("LM-CONCURRENT-STOP")
def one_of_two_stops_is_carried_out(ctx: Context) -> None:
    for kind in _kinds(ctx):
        ctx.judge_part(kind.modify, partial(_expect_stopped, ctx, kind))
    _require_parts(ctx)


@probe("LM-CONCURRENT-DELETE", late=True)
def one_of_two_deletions_is_carried_out(ctx: Context) -> None:
    if ctx.offers(SCHEDULES):
        ctx.judge_part("deleteExecutionSchedule", partial(_expect_schedule_gone, ctx))
    for kind in _kinds(ctx):
        ctx.judge_part(kind.delete, partial(_expect_gone, ctx, kind))
    _require_parts(ctx)


@probe("LM-CONCURRENT-DELETE-LISTED", late=True)
def list_during_a_deletion_is_a_list(ctx: Context) -> None:
    sent = _deletions(ctx)
    for answer in sent.lists:
        ctx.expect(answer.status == 200, expected="200", actual=answer.brief, exchange=answer)
        entries = answer.json_object().get("resources")
        good = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        ctx.expect(good, expected="resources: a list of schedules", actual=answer.brief, exchange=answer)
        listed = [str(entry.get("id")) for entry in entries] if isinstance(entries, list) else []
        text = "each once"
        ctx.expect(len(set(listed)) == len(listed), expected=text, actual=f"{listed}", exchange=answer)
        missing = sorted(sent.kept - set(listed))
        text = "those that nothing deletes are listed"
        ctx.expect(not missing, expected=text, actual=f"{missing} missing", exchange=answer)
        others = sorted(set(map(str, listed)) - set(sent.ids))
        ctx.expect(not others, expected="only schedules of the configuration", actual=f"{others} too", exchange=answer)


def _kinds(ctx: Context) -> Iterator[Enactment]:
    if ctx.offers(EXECUTIONS):
        yield EXECUTION
    if ctx.offers(DEPLOYMENTS):
        yield DEPLOYMENT


def _require_parts(ctx: Context) -> None:
    if not ctx.parts:
        raise NotApplicable("the target advertises nothing that is stopped or deleted")


def _expect_one_accepted(ctx: Context, answers: Sequence[Exchange]) -> None:
    """Raise Failure when an answer is a 5xx, or when none of them is 202; which refusals are declared a check says."""
    for answer in answers:
        text = "202, or a refusal: another request came first"
        ctx.expect(answer.status < 500, expected=text, actual=answer.brief, exchange=answer)
    refused = " and ".join(answer.brief for answer in answers)
    if all(answer.status in _GATEWAY for answer in answers):
        raise NotTestable(f"both were refused in front of the API: {refused}")
    ctx.expect(any(answer.ok for answer in answers), expected="202 for one of the two", actual=refused)


@fixture()
def _deletions(ctx: Context) -> Deletions:
    """The burst that several probes judge: one deleted twice, one once, and the others stay."""
    accepted = [resource_id for resource_id, _ in shared_schedules(ctx).accepted()]
    ids = tuple(dict.fromkeys(accepted))
    if len(ids) < 3:
        raise NotTestable(f"{len(ids)} schedules were created at the same time, wanted 3")
    query = {"configurationId": shared_schedules(ctx).bodies[0]["configurationId"]}
    deletions: list[Send] = [partial(ctx.send, "deleteExecutionSchedule", {SCHEDULE.parameter: i}) for i in ids[:2]]
    lists: list[Send] = [partial(ctx.send, SCHEDULE.list, query=query) for _ in range(_LISTS)]
    first, second, other, *listed = burst([deletions[0], deletions[0], deletions[1], *lists])
    for resource_id, answer in ((ids[0], first), (ids[0], second), (ids[1], other)):
        if answer.ok:
            ctx.session.journal.removed("schedule", resource_id)
    return Deletions(ids, frozenset(ids[2:]), ids[0], (first, second), tuple(listed))


def _expect_schedule_gone(ctx: Context) -> None:
    sent = _deletions(ctx)
    _expect_one_accepted(ctx, sent.pair)
    liveness.expect(ctx, partial(wait_until_gone, ctx, sent.twice), "LM-SCHEDULE-DELETE")


def _expect_gone(ctx: Context, kind: Enactment) -> None:
    require_budget(ctx, kind)
    pooled = enactment_pool.any_terminal(ctx, kind=kind)
    answers = burst([partial(pooled.delete, ctx)] * 2)
    if any(answer.ok for answer in answers):
        enactment_pool.remove(ctx, pooled)
    _expect_one_accepted(ctx, answers)
    liveness.expect(ctx, partial(pooled.wait_until_gone, ctx), f"LM-{kind.noun}-DELETE")


def _expect_stopped(ctx: Context, kind: Enactment) -> None:
    require_budget(ctx, kind)
    ends: list[str] = []
    is_excused = False
    for _ in range(2 * _ATTEMPTS):
        if len(ends) == _ATTEMPTS:
            break
        pooled = enactment_pool.active(ctx, kind)
        answers = burst([partial(pooled.stop, ctx)] * 2)
        if not any(answer.ok for answer in answers) and pooled.current_status(ctx) not in STOPPABLE:
            continue  # It ended between GET and PATCH.
        _expect_one_accepted(ctx, answers)
        before = len(pooled.statuses)
        liveness.expect(ctx, partial(enactment_pool.wait_for_stop, ctx, pooled), f"LM-{kind.noun}-STOP")
        statuses = pooled.statuses[before:]
        _expect_no_way_back(ctx, kind, statuses)
        if statuses[-1] == "STOPPED":
            after = ctx.get_or_fail(kind.get, **pooled.path).get("status")
            ctx.expect(after == "STOPPED", expected="STOPPED, and nothing after it", actual=f"STOPPED → {after}")
            return
        ends.append(statuses[-1])
        is_excused = is_excused or pooled.may_have_ended_first(ctx)
    if is_excused or len(ends) < _ATTEMPTS:
        raise Inconclusive(f"{kind.word}s end before two stops at the same time are carried out")
    # One may have ended before the stop was carried out; several in a row are no chance.
    ctx.fail(expected="STOPPED after two accepted stops", actual=" and ".join(ends))


def _expect_no_way_back(ctx: Context, kind: Enactment, statuses: Sequence[str]) -> None:
    """Raise Failure when a status followed that the life of the resource has not after the one before."""
    life = ctx.session.resources[kind.word].life
    reachable = life.reachable if life is not None else {}
    for before, after in pairwise(statuses):
        good = before == after or after in reachable.get(before, frozenset({after}))
        ctx.expect(good, expected="STOPPING, then STOPPED", actual=" → ".join(statuses))
