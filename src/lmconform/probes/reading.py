"""Reads members of an answer whatever they are: what breaks the schema is the business of the contract's checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lmconform.contract.typed import typed
from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange

if TYPE_CHECKING:
    from lmconform.probes.context import Context


def objects(body: Mapping[str, Any], name: str = "resources") -> list[dict[str, Any]]:
    """The objects in the list that ``body`` has under ``name``; none when it is no list."""
    found = body.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def entries(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources of a list, none where it has no such member.

    Raises NotTestable when they are no list of objects: to pass over them would be to judge an empty list.
    """
    found = body.get("resources")
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise NotTestable("the resources of the list are no list of objects, and cannot be read")
    return found


def text(body: Mapping[str, Any], name: str) -> str:
    """The text that ``body`` has under ``name``; empty when it is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def kept(ctx: Context, exchange: Exchange) -> dict[str, Any]:
    """The JSON object of a 200 for later probes, without what is of another type than its schema says.

    The item that sent the request has the finding; a later one has no answer that it could blame.
    """
    operation = ctx.session.contract.operation(exchange.operation)
    response = operation.response(200)
    schema = response.content.get("application/json", True) if response is not None else True
    body: dict[str, Any] = typed(ctx.session.contract, schema, dict(exchange.json_object()))
    return body
