"""Answers that people and documents printed, one JSON object a line: operation, status and body, seldom the headers.

A line has ``method`` and ``path`` (a template of the description, or ``(gateway)``), ``status``, ``content_type`` and
``body`` (null where it was not printed), and ``form``: how it was brought into this form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from lmconform.contract import paths
from lmconform.contract.openapi import Contract, Operation
from lmconform.errors import ConfigError
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recordings.lines import objects
from lmconform.evidence.recordings.recording import Recorded, Recording, Unjudged, Why

GATEWAY: Final = "(gateway)"
# What a line has at least; by these members the format is known.
MEMBERS: Final = frozenset({"id", "method", "path", "status", "body"})


class Answers(Recording):
    """A corpus of printed answers."""

    format = "printed answers"

    def read(self, contract: Contract) -> Iterator[Recorded | Unjudged]:
        """Each answer with the operations that could have given it."""
        for number, line in objects(self.file):
            missing = sorted(MEMBERS - set(line))
            if missing:
                raise ConfigError(f"{self.file}:{number}: has no {missing[0]!r}; expected {', '.join(sorted(MEMBERS))}")
            try:
                found = operations(contract, line)
                if found:
                    yield Recorded(exchange(found[0], line), tuple(found), has_headers=False)
                else:
                    known = line["path"].startswith(paths.ROOT)
                    why = Why.UNKNOWN if known else Why.ELSEWHERE
                    yield Unjudged(why, f"{line['method']} {paths.BASE if known else ''}{line['path']}")
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                raise ConfigError(f"{self.file}:{number}: no printed answer ({error})") from error


def operations(contract: Contract, answer: dict[str, Any]) -> list[Operation]:
    """The operations that could have given the answer: one by method and path, all of them for a gateway's refusal.

    There is none for what is not below /v2/lm, or belongs to another API there.
    """
    if answer["path"] == GATEWAY:
        return list(contract.operations)
    return [o for o in contract.operations if (o.method, o.path) == (answer["method"], answer["path"])]


def exchange(operation: Operation, answer: dict[str, Any]) -> Exchange:
    """The answer as an exchange of the operation.

    A status that was not printed is 400 for an error object, else the operation's success; a media type that was not
    printed is JSON or plain text, whichever the body is. A body that is missing, or that its author cut so that it is
    no JSON any more, is marked as cut: only its status can be judged.
    """
    body, form = answer["body"], answer.get("form") or ""
    is_text = isinstance(body, str)
    refused = answer["path"] == GATEWAY
    was_cut = body is None or form == "no body" or (form == "repaired or cut" and is_text)
    is_error = isinstance(body, dict) and "error" in body
    status = answer["status"] or (401 if refused else 400 if is_error else success(operation))
    media_type = answer.get("content_type") or (
        "text/plain" if refused or (is_text and not was_cut) else "application/json"
    )
    content = body if is_text else json.dumps(body, ensure_ascii=False)
    return Exchange(
        id=str(answer["id"]),
        item="",
        operation=operation.id,
        method=operation.method,
        url=f"https://api.example.com{paths.BASE}{operation.path}",
        path=operation.path,
        request_headers=(),
        request_body=b"",
        status=int(status),
        headers=(("Content-Type", media_type),) if content else (),
        body=content.encode(),
        truncated=was_cut,
        started="2026-01-01T00:00:00Z",
        elapsed=0.0,
    )


def success(operation: Operation) -> int:
    """The lowest 2xx status that the description declares."""
    return min(int(status) for status in operation.responses if status.startswith("2"))
