"""The contract's links: which operation leads to which, and what a sequence starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lmconform.contract.openapi import Contract, Operation


@dataclass(frozen=True, slots=True)
class Link:
    """One curated link: from an answer of ``source`` to ``target``; ``node`` is its Link Object."""

    name: str
    status: str
    source: Operation
    target: Operation
    node: dict[str, Any]


def links(contract: Contract) -> Iterator[Link]:
    """Every link of the description, in its order."""
    for operation in contract.operations:
        node = contract.document["paths"][operation.path][operation.method.lower()]
        for status, response in node["responses"].items():
            for name, raw in contract.resolve(response).get("links", {}).items():
                link = contract.resolve(raw)
                if link["operationId"] not in contract:
                    # It leads to what came after the version that the target is judged by.
                    continue
                yield Link(name, str(status), operation, contract.operation(link["operationId"]), link)


def starts(contract: Contract) -> tuple[Operation, ...]:
    """The operations that a sequence may start with: those that have links."""
    return tuple({link.source.id: link.source for link in links(contract)}.values())


def reachable(contract: Contract, start: Operation, without: Iterable[str] = ()) -> tuple[Operation, ...]:
    """``start`` and what its links lead to, whatever the number of steps."""
    left_out, found, waiting = frozenset(without), {start.id: start}, [start]
    while waiting:
        here = waiting.pop()
        for link in links(contract):
            if link.source.id == here.id and link.target.id not in {*found, *left_out}:
                found[link.target.id] = link.target
                waiting.append(link.target)
    return tuple(found.values())


def linked(contract: Contract, document: dict[str, Any], operations: Iterable[Operation]) -> dict[str, Any]:
    """``document`` with the links between ``operations``, and without every other."""
    wanted = {operation.id for operation in operations}
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for link in links(contract):
        if {link.source.id, link.target.id} <= wanted:
            kept.setdefault((link.source.id, link.status), {})[link.name] = _safe(link)
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        for method, node in item.items():
            if "operationId" not in node:
                # What is about the path as a whole.
                continue
            responses = {
                status: {**contract.resolve(raw), "links": kept.get((node["operationId"], str(status)), {})}
                for status, raw in node["responses"].items()
            }
            paths.setdefault(path, {})[method] = {**node, "responses": responses}
    return {**document, "paths": paths}


def reader(contract: Contract, creator: Operation) -> Operation | None:
    """The operation that reads what ``creator`` made, by its link; None when it makes nothing that can be read."""
    if creator.method == "GET":
        return None
    for link in links(contract):
        below = link.target.path.removeprefix(creator.path).strip("/")
        is_it = link.target.path == creator.path or (below.startswith("{") and below.endswith("}"))
        if link.source.id == creator.id and link.target.method == "GET" and is_it:
            return link.target
    return None


def _safe(link: Link) -> dict[str, Any]:
    """The link without the time that it gives a schedule: ours name one so far ahead that nothing fires."""
    body = link.node.get("requestBody")
    if isinstance(body, dict) and "cron" in body:
        return {**link.node, "requestBody": {name: value for name, value in body.items() if name != "cron"}}
    return link.node
