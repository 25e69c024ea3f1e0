"""Builds the request of a step out of its parameters and body, and sends it through the item's client."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from lmconform.client.client import Client, encode_query
from lmconform.client.transport import Request
from lmconform.errors import SafetyRefusal, judged_refusals
from lmconform.evidence.exchange import Exchange
from lmconform.safety.guard import labelled
from lmconform.scenarios.expressions import MISSING, Scope, as_text, evaluate, find, resolve
from lmconform.scenarios.model import Body, Call, Parameter, Step


class Unresolved(Exception):
    """A value that the request needs was never received; ``expression`` names it."""

    def __init__(self, expression: str, step: str) -> None:
        super().__init__(expression)
        self.expression = expression
        self.step = step


def send(
    client: Client, call: Call, parameters: Iterable[Parameter], body: Body | None, scope: Scope, *, judge: bool = True
) -> Exchange:
    """Send; raises Unresolved, SafetyRefusal, what the transport raises, and a Skip for a request that is not sent."""
    found: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in parameters:
        found[parameter.location][parameter.name] = values(parameter.value, scope)
    path = {name: as_text(value) for name, value in found["path"].items()}
    headers = {name: as_text(value) for name, value in found["header"].items()}
    operation = call.operation
    content = media = None
    if body is not None:
        payload = values(body.payload, scope)
        if operation.id == "createArtifact":
            _refuse_slash(payload)
            payload = labelled(payload, client.session.run.id) if isinstance(payload, dict) else payload
        content = _json(payload)
        media = body.content_type or "application/json"
    if operation.id in client.session.contract and call.judged:
        with judged_refusals():
            return client.send(
                operation.id,
                path,
                found["query"],
                body=content,
                media_type=media,
                headers=headers,
                resource_group=None,
                judge=judge,
            )
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
    with judged_refusals():
        return client.dispatch(operation, request, path, found["query"], judge=False)


def send_step(step: Step, client: Client, scope: Scope) -> Exchange:
    """Send the request of ``step``; ``scope`` then sees its answer."""
    # A request in another dialect is wrong on purpose: the contract cannot judge its answer.
    judge = not step.dialect or step.dialect == client.session.contract.dialect
    scope.exchange = send(client, step.call, step.parameters, step.body, scope, judge=judge)
    return scope.exchange


def values(tree: Any, scope: Scope) -> Any:
    """``tree`` with its expressions replaced; raises Unresolved when one points to nothing."""
    for expression in find(tree):
        if evaluate(expression, scope) is MISSING:
            step = expression.parts[1] if expression.root == "steps" else ""
            raise Unresolved(expression.text, step)
    return resolve(tree, scope)


def _refuse_slash(payload: Any) -> None:
    url = payload.get("url") if isinstance(payload, dict) else None
    if isinstance(url, str) and url.endswith("/"):
        # The server takes it, and only the run fails, much later (FACTS.md, F26).
        raise SafetyRefusal(
            f"not sent: the artifact's url {url!r} ends in '/', and no run could load it; drop the slash"
        )


def _json(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
