"""Media types of answers."""

from __future__ import annotations

from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, broken, kept

_ID = "LM-HTTP-MEDIA-TYPE-DECLARED"


def declared_media_type(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """A 2xx answer has a declared media type; a 204 has no body.

    Errors are left to the envelope check: their text forms vary (fact D2).
    """
    response = operation.response(exchange.status)
    if response is None or not exchange.ok:
        return None
    if not response.content:
        if exchange.status == 204 and exchange.body:
            return broken(_ID, "204 without a body", exchange.brief)
        return kept(_ID)
    if exchange.media_type in response.content or "*/*" in response.content:
        return kept(_ID)
    return broken(_ID, " or ".join(response.content), exchange.header("Content-Type") or "no Content-Type")
