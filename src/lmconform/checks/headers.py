"""Response headers that the contract names."""

from __future__ import annotations

from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, broken, kept

_ID = "LM-HTTP-HEADERS-DECLARED"


def declared_headers(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """Required headers are there, and those that are there match their schema."""
    response = operation.response(exchange.status)
    if response is None or not exchange.ok or not response.headers:
        return None
    for header in response.headers:
        value = exchange.header(header.name)
        if value is None:
            if header.required:
                return broken(_ID, f"header {header.name}", "no such header")
            continue
        problem = contract.first_error(header.schema, value)
        if problem:
            return broken(_ID, f"{header.name} that is valid: {problem[:300]}", value[:200])
    return kept(_ID)
