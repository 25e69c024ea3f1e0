"""Whether a request that was refused, or should have been, was carried out all the same: one GET shows it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from lmconform.contract.resources import Role
from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import ACTIVE, Context, Json
from lmconform.probes.reading import entries
from lmconform.probes.shared.requests import Prepared, named_in, own_query
from lmconform.probes.shared.sources import source_of

_STOPPED: Final = frozenset({"STOPPING", "STOPPED"})


def expect_undone(ctx: Context, prepared: Prepared) -> None:
    """Raise Failure when a change was carried out; nothing is judged where no GET of the contract would show it."""
    role = ctx.session.resources.role_of(prepared.operation)
    if role in (Role.MODIFY, Role.BULK_MODIFY):
        _expect_unmodified(ctx, prepared)
    elif role == Role.DELETE:
        _expect_there(ctx, prepared)
    elif role == Role.CREATE:
        _expect_not_made(ctx, prepared)


def _expect_unmodified(ctx: Context, prepared: Prepared) -> None:
    sent = prepared.content.get("json", {})
    entries = sent.get(prepared.resource.bulk_key)
    change = {k: v for k, v in (entries[0] if entries else sent).items() if k != "id"}
    answer = _read(ctx, prepared) if change else None
    if answer is None:
        return
    _require(ctx, answer)
    body = answer.json_object()
    carried_out = change.items() <= body.items()
    carried_out = carried_out or _is_stopped(change, prepared.before, body)
    if carried_out and change.items() <= prepared.before.items():
        raise NotTestable(f"the {prepared.resource.noun} had {json.dumps(change)} before {prepared.operation.id}")
    _judge(ctx, prepared, answer, carried_out, "what the refused request would change", f"{json.dumps(change)}")


def _is_stopped(change: Json, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the status shows that a stop was carried out: targetStatus, which it names, is optional in answers.

    Of what was about to end before it, or whose status is not known, it shows nothing.
    """
    is_stop = change.get("targetStatus") == "STOPPED"
    return is_stop and before.get("status") in ACTIVE and after.get("status") in _STOPPED


def _expect_there(ctx: Context, prepared: Prepared) -> None:
    answer = _read_in_grace(ctx, prepared)
    if answer is None:
        return
    if answer.status != 404:
        _require(ctx, answer)
    is_deleted = answer.status == 404 or answer.json_object().get("targetStatus") == "DELETED"
    if is_deleted:
        _require_kept(ctx, prepared)
    _judge(ctx, prepared, answer, is_deleted, "what the refused request would delete", answer.brief)


def _require_kept(ctx: Context, prepared: Prepared) -> None:
    """Raise NotTestable when what nothing deletes is gone as well: another one that was made just now."""
    if prepared.before.get("targetStatus") == "DELETED":
        raise NotTestable(f"the {prepared.resource.noun} was to be deleted before {prepared.operation.id}")
    names = source_of(prepared.resource).another(ctx)
    answer = _read_in_grace(ctx, replace(prepared, names={**prepared.names, **names})) if names else None
    if answer is not None and answer.status == 404:
        text = f"{ctx.label(answer)} answered {answer.brief}, also when nothing was deleted"
        raise NotTestable(text)


def _expect_not_made(ctx: Context, prepared: Prepared) -> None:
    resource = prepared.resource
    if resource.owner:
        answer = _read(ctx, prepared)
        if answer is not None:
            _judge(ctx, prepared, answer, prepared.token in answer.text, "nothing of the refused request", answer.brief)
    elif resource.names_itself:
        answer = _read(ctx, prepared)
        if answer is not None:
            if answer.ok:
                _require_free(ctx, prepared)
            _judge(ctx, prepared, answer, answer.ok, "404", answer.brief)
    else:
        made = _made(ctx, prepared)
        ctx.expect(not made, expected="nothing made by the refused request", actual=f"{made}")


def _require_free(ctx: Context, prepared: Prepared) -> None:
    """Raise NotTestable when there is something also where no request was sent."""
    answer = _read(ctx, replace(prepared, names=source_of(prepared.resource).creation(ctx).names))
    if answer is not None and answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}, and nothing was sent there")


def _made(ctx: Context, prepared: Prepared) -> list[str]:
    """The ids in the list that only the refused request can have made."""
    operation = prepared.resource.operation(Role.LIST)
    if operation is None:
        return []
    body: Json = prepared.content.get("json", {})
    query = {name: body[name] for name in prepared.resource.origins if name in body}
    if prepared.token and operation.parameter("$search") is not None:
        query = {"$search": prepared.token}
    if not query and not prepared.token:
        return []
    answer = ctx.get(operation.id, query, **named_in(operation, prepared.names))
    _require(ctx, answer)
    items = entries(answer.json_object())
    # Without a name of its own, it is known by what it was made from: nothing else is made from that.
    made, noun = ctx.session.journal.made, prepared.resource.noun
    foreign = [i for i in items if not made(noun, str(i.get("id"))) and query.items() <= i.items()]
    return [str(i.get("id")) for i in (foreign if not prepared.token else items) if prepared.token in json.dumps(i)]


def _read(ctx: Context, prepared: Prepared) -> Exchange | None:
    """The GET of what the request names; None where the target has no such operation."""
    operation = prepared.resource.operation(Role.GET)
    if operation is None or not ctx.offers(ctx.session.resources.capability(operation)):
        return None
    return ctx.get(
        operation.id, own_query(operation, prepared.resource, prepared.names), **named_in(operation, prepared.names)
    )


def _read_in_grace(ctx: Context, prepared: Prepared) -> Exchange | None:
    """The same, where it is not found, again until the grace has passed: what was made a moment ago may be missing."""
    seen: list[Exchange | None] = []

    def judge() -> None:
        answer = _read(ctx, prepared)
        seen.append(answer)
        if answer is not None and answer.status == 404:
            raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")

    with suppress(NotTestable):
        ctx.retry_in_grace(time.monotonic(), judge)
    return seen[-1]


def _require(ctx: Context, answer: Exchange) -> None:
    if not answer.ok:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")


def _judge(ctx: Context, prepared: Prepared, answer: Exchange, is_done: bool, kept: str, actual: str) -> None:
    expected = f"{kept}, as before {prepared.operation.id}"
    ctx.expect(not is_done, expected=expected, actual=actual, exchange=answer)
