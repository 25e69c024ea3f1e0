"""Helpers of observations: answers, ids and times as values, and requests for no operation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import Context
from lmconform.probes.enactment import Enactment
from lmconform.probes.reading import objects

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def answer(exchange: Exchange) -> str:
    """An answer as a value: status, media type, code of the error; nothing that changes between runs."""
    error = exchange.json_object().get("error")
    code = error.get("code") if isinstance(error, dict) else None
    media_type = (exchange.media_type or "no media type") if exchange.body else "no body"
    return f"{exchange.status} {media_type}" + (f" code {code}" if code else "")


def listed(exchange: Exchange) -> str:
    """The answer of a list as a value: how many resources it holds, or the refusal."""
    if not exchange.ok:
        return answer(exchange)
    body = exchange.json_object()
    return f"{exchange.status} with {len(objects(body))} of count {body.get('count')}"


def raw(ctx: Context, method: str, path: str, **rest: Any) -> Exchange:
    """Send a request that belongs to no operation of the contract."""
    request = ctx.session.raw(ctx.client.item, method, path, **rest)
    return ctx.client.dispatch(None, request, {}, {})


def answer_to_start(ctx: Context, kind: Enactment, configuration_id: str, **fields: str) -> str:
    """The answer to a start that may be refused, as a value; one that starts nevertheless is deleted at once."""
    exchange = ctx.send(kind.create, json={"configurationId": configuration_id, **fields})
    enactment_id = exchange.json_object().get("id")
    if exchange.ok and isinstance(enactment_id, str) and ctx.send(kind.delete, {kind.parameter: enactment_id}).ok:
        ctx.session.journal.removed(kind.word, enactment_id)
    return answer(exchange)


def without_ids(text: object) -> str:
    """A message of the target without the ids in it, in one line, cut after 80 characters."""
    return re.sub(r"\s+", " ", _UUID.sub("<id>", str(text)))[:80]


def id_form(identifier: str) -> str:
    """The form of an id: UUID, hexadecimal digits, or a number of characters."""
    if _UUID.fullmatch(identifier):
        return "UUID"
    if re.fullmatch(r"[0-9a-f]+", identifier):
        return f"{len(identifier)} hexadecimal digits"
    return f"{len(identifier)} characters"


def time_form(value: object) -> str:
    """The form of a time: digits of its seconds, Z or an offset."""
    match = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", str(value))
    if not match:
        return "no RFC 3339"
    digits = f"{len(match[1]) - 1} digits of seconds" if match[1] else "whole seconds"
    return f"{digits}, {'Z' if match[2] == 'Z' else 'offset'}"


def empty_form(body: Any, names: Iterable[str]) -> str:
    """How an object shows members without a value: absent, null, empty or set."""
    forms = {
        name: "absent" if name not in body else "null" if body[name] is None else "empty" if not body[name] else "set"
        for name in names
    }
    different = set(forms.values())
    return different.pop() if len(different) == 1 else ", ".join(f"{name} {form}" for name, form in forms.items())
