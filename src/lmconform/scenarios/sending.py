"""Builds the request of a step out of its parameters and body, and sends it through the item's client."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lmconform.client.client import Client, encode_query
from lmconform.client.transport import Request
from lmconform.errors import SafetyRefusal
from lmconform.evidence.exchange import Exchange
from lmconform.scenarios.expressions import MISSING, Scope, as_text, evaluate, find, point, resolve
from lmconform.scenarios.model import Body, Call, Parameter, Step


class Unresolved(Exception):
    """A value that the request needs was never received; ``expression`` names it."""

    def __init__(self, expression: str, step: str) -> None:
        super().__init__(expression)
        self.expression = expression
        self.step = step


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it was built: what ``$request.path`` and ``$request.query`` see, and its answer."""

    path: dict[str, Any]
    query: dict[str, Any]
    exchange: Exchange


def send(
    client: Client, call: Call, parameters: Iterable[Parameter], body: Body | None, scope: Scope, *, judge: bool = True
) -> Sent:
    """Send; raises Unresolved, SafetyRefusal, and what the transport raises."""
    found: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in parameters:
        found[parameter.location][parameter.name] = values(parameter.value, scope)
    path = {name: as_text(value) for name, value in found["path"].items()}
    headers = {name: as_text(value) for name, value in found["header"].items()}
    operation = call.operation
    content = media = None
    if body is not None and body.payload is not None:
        payload = _payload(body, scope)
        if operation.id == "createArtifact":
            _refuse_slash(payload)
        content = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else _json(payload)
        media = body.content_type or "application/json"
    if operation.id in client.session.contract and call.judged:
        exchange = client.send(
            operation.id,
            path,
            found["query"],
            body=content,
            media_type=media,
            headers=headers,
            resource_group=None,
            judge=judge,
        )
    else:
        if media:
            headers.setdefault("Content-Type", media)
        request = Request(
            item=client.item,
            operation=operation.id,
            method=operation.method,
            path=operation.fill(path),
            query=encode_query(operation, found["query"]),
            headers=tuple(headers.items()),
            body=content or b"",
        )
        # The contract in force does not have the operation: it can say nothing about the answer.
        exchange = client.dispatch(operation, request, path, found["query"], judge=False)
    return Sent(path, found["query"], exchange)


def send_step(step: Step, client: Client, scope: Scope) -> Exchange:
    """Send the request of ``step``; ``scope`` then sees its answer."""
    assert step.call is not None
    # A request in another dialect is wrong on purpose: the contract cannot judge its answer.
    judge = not step.dialect or step.dialect == client.session.contract.dialect
    sent = send(client, step.call, step.parameters, step.body, scope, judge=judge)
    scope.exchange, scope.path, scope.query = sent.exchange, sent.path, sent.query
    return sent.exchange


def values(tree: Any, scope: Scope) -> Any:
    """``tree`` with its expressions replaced; raises Unresolved when one points to nothing."""
    for expression in find(tree):
        if evaluate(expression, scope) is MISSING:
            step = expression.parts[1] if expression.root == "steps" else ""
            raise Unresolved(expression.text, step)
    return resolve(tree, scope)


def _payload(body: Body, scope: Scope) -> Any:
    payload = copy.deepcopy(values(body.payload, scope))
    for pointer, raw in body.replacements:
        parent, _, name = pointer.rpartition("/")
        name = name.replace("~1", "/").replace("~0", "~")
        owner = point(payload, parent)
        if isinstance(owner, dict):
            owner[name] = values(raw, scope)
        elif isinstance(owner, list) and name.isdigit() and int(name) < len(owner):
            owner[int(name)] = values(raw, scope)
        else:
            raise Unresolved(f"the replacement at {pointer}", "")
    return payload


def _refuse_slash(payload: Any) -> None:
    try:
        document = json.loads(payload) if isinstance(payload, str) else payload
    except ValueError:
        return
    url = document.get("url") if isinstance(document, dict) else None
    if isinstance(url, str) and url.endswith("/"):
        # The server takes it, and only the run fails, much later (FACTS.md, F26).
        raise SafetyRefusal(
            f"not sent: the artifact's url {url!r} ends in '/', and no run could load it; drop the slash"
        )


def _json(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
