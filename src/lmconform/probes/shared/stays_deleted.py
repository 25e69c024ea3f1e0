"""Probes at the end of a run: what it deleted, and did not find any more, is still gone."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Final

from lmconform.client import polling
from lmconform.contract.resources import Resource, Role
from lmconform.errors import NotTestable
from lmconform.probes import enactment_pool, liveness
from lmconform.probes.context import TERMINAL, Context
from lmconform.probes.enactment import Enactment
from lmconform.probes.registry import probe
from lmconform.probes.shared.counts import counted, expect_counted

# Of each resource so many are looked for again: the first and the last that were deleted.
_MOST: Final = 4
# Which of the declared errors a change of what is gone gets is open, apart from 404.
_REFUSED: Final = frozenset({400, 404, 412})
# Their lists, by what they were made from.
_MOST_LISTS: Final = 2


def install(
    requirement: str,
    noun: str,
    delete: Callable[[Context], None],
    create: Callable[[Context], object],
    *,
    again: Callable[[Context, str], None] | None = None,
    status_of: Callable[[Context, str], str] = lambda ctx, resource_id: "",
) -> None:
    """Register the probe of a resource.

    ``delete`` makes one and deletes it until it is gone, for a run that deleted none; ``create`` makes another one.
    ``again`` judges whether one can be made under an id that is free again. ``status_of`` is the last status of one
    with that id, if lists can be filtered by it, or empty.
    """

    @probe(requirement, last=True)
    def deleted_ones_stay_gone(ctx: Context) -> None:
        if not _gone(ctx, noun):
            delete(ctx)
            create(ctx)
            # What comes back may take a moment; in a whole run this moment has passed long ago.
            polling.rest(polling.grace(ctx.session.target.poll_interval))
        ids = _require_gone(ctx, noun)
        resource = ctx.session.resources[noun]
        _expect_not_found(ctx, resource, ids)
        if {Role.LIST, Role.COUNT} <= set(resource.operations):
            _expect_not_listed(ctx, resource, ids, lambda resource_id: status_of(ctx, resource_id))
        if again is not None:
            again(ctx, ids[0])


def install_enactments(kind: Enactment) -> None:
    """Register the probe of executions or of deployments."""

    def delete(ctx: Context) -> None:
        deletion = enactment_pool.deleted(ctx, kind)
        ctx.require_success(deletion.answer)
        liveness.need(lambda: deletion.pooled.wait_until_gone(ctx), f"LM-{kind.noun}-DELETE")

    def status_of(ctx: Context, resource_id: str) -> str:
        statuses = (p.last.get("status") for p in enactment_pool.everyone(ctx, kind) if p.id == resource_id)
        return next((str(status) for status in statuses if status in TERMINAL), "")

    @probe(f"LM-{kind.noun}-DELETED-REFUSES", last=True, costly=True)
    def deleted_one_takes_no_change(ctx: Context) -> None:
        if not _gone(ctx, kind.word):
            delete(ctx)
        path = {kind.parameter: _require_gone(ctx, kind.word)[0]}
        for answer in (ctx.send(kind.modify, path, json={"targetStatus": "STOPPED"}), ctx.send(kind.delete, path)):
            ctx.expect_refused(answer, _REFUSED)

    create = functools.partial(enactment_pool.fresh, kind=kind)
    install(f"LM-{kind.noun}-STAYS-DELETED", kind.word, delete, create, status_of=status_of)


def _require_gone(ctx: Context, noun: str) -> Sequence[str]:
    """``_gone``; raises NotTestable when there is none."""
    ids = _gone(ctx, noun)
    if not ids:
        raise NotTestable(f"no {noun} of this run was deleted and then not found")
    return ids


def _gone(ctx: Context, noun: str) -> Sequence[str]:
    ids = ctx.session.journal.absent(noun, ctx.session.target.resource_group)
    return ids if len(ids) <= _MOST else ids[: _MOST // 2] + ids[-_MOST // 2 :]


def _expect_not_found(ctx: Context, resource: Resource, ids: Sequence[str]) -> None:
    operation = resource.operations[Role.GET]

    def judge() -> None:
        for resource_id in ids:
            answer = ctx.send(operation.id, **resource.address(operation, resource_id))
            if answer.status != 404:
                ctx.expect_refused(answer, {404})

    ctx.retry_in_grace(time.monotonic(), judge)


def _expect_not_listed(ctx: Context, resource: Resource, ids: Sequence[str], status_of: Callable[[str], str]) -> None:
    queries = _queries(ctx, resource, ids, status_of)

    def judge() -> None:
        for query in queries:
            listed = ctx.ids(resource.operations[Role.LIST].id, query)
            back = sorted(set(ids) & set(listed))
            ctx.expect(not back, expected=f"no deleted one in the list for {query}", actual=f"{back} in the list again")
            if query is not queries[-1] and query.items() <= queries[-1].items():
                continue  # It is counted with its status.
            number = counted(ctx, resource.operations[Role.COUNT].id, query)
            text = f"$count = {len(listed)}, as the list has"
            expect_counted(ctx, resource, query, listed, number, text)

    ctx.retry_in_grace(time.monotonic(), judge)


def _queries(
    ctx: Context, resource: Resource, ids: Sequence[str], status_of: Callable[[str], str]
) -> list[dict[str, str]]:
    """Queries of lists that held them: by what they were made from, the last one also by the last status."""
    origins = {tuple(ctx.session.journal.origins(resource.noun, one).items()): status_of(one) for one in ids}
    known = [(dict(origin), status) for origin, status in origins.items() if origin][:_MOST_LISTS]
    plain = [origin for origin, _ in known]
    narrow = [{**origin, "status": status} for origin, status in known[-1:] if status]
    return [*(plain[:-1] if narrow and len(plain) > 1 else plain), *narrow]
