"""exchanges.jsonl, as a run of lmconform leaves it: redacted, bodies beyond 64 KiB cut."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from lmconform.contract import paths
from lmconform.contract.openapi import Contract, Operation
from lmconform.errors import ConfigError
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recordings.lines import objects
from lmconform.evidence.recordings.recording import Recorded, Recording, Unjudged, Why, place
from lmconform.evidence.redaction import MASK

RESULTS: Final = "results.jsonl"


class OwnRecording(Recording):
    """The exchanges of a run."""

    format = "exchanges of a run"

    def read(self, contract: Contract) -> Iterator[Recorded | Unjudged]:
        """Each exchange with the operation that it was sent for."""
        for number, line in objects(self.file):
            try:
                exchange = _exchange(line)
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                raise ConfigError(
                    f"{self.file}:{number}: no exchange of a run ({error!r}); expected a line of exchanges.jsonl as "
                    "this version of lmconform writes it"
                ) from error
            operation = _operation(contract, exchange)
            if operation is not None:
                yield Recorded(exchange, (operation,))
            else:
                # Requests beside the operations are wrong on purpose: the probe that sent them judges them.
                why = Why.UNKNOWN if exchange.operation else Why.NO_OPERATION
                yield Unjudged(why, paths.label(exchange.method, exchange.path))

    @property
    def origin(self) -> Any:
        """The header of results.jsonl, which lies beside the exchanges."""
        beside = self.file.with_name(RESULTS)
        # It may have been left behind when the exchanges were copied.
        with suppress(ConfigError):
            for _, line in objects(beside):
                return line if line.get("type") == "header" else None
        return None


def _operation(contract: Contract, exchange: Exchange) -> Operation | None:
    if exchange.operation in contract:
        return contract.operation(exchange.operation)
    found = contract.match(exchange.method, exchange.path) if exchange.operation else None
    return found[0] if found else None


def _exchange(line: dict[str, Any]) -> Exchange:
    request, response = line["request"], line["response"]
    body = _body(response)
    return Exchange(
        id=str(line["id"]),
        item=str(line["item"]),
        operation=str(line["operation"]),
        method=str(request["method"]),
        url=str(request["url"]),
        path=place(request["url"]) or request["url"],
        request_headers=_headers(request["headers"]),
        request_body=_body(request),
        status=int(response["status"]),
        headers=_headers(response["headers"]),
        body=body,
        # A mask in a body is none of what the target sent.
        truncated=bool(response.get("truncated")) or MASK.encode() in body,
        started=str(line["started"]),
        elapsed=float(line["elapsed"]),
    )


def _headers(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)


def _body(part: dict[str, Any]) -> bytes:
    text: str = part["body"]
    return base64.b64decode(text) if part.get("encoding") == "base64" else text.encode("utf-8", "replace")
