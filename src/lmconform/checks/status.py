"""Statuses: what the contract declares, and what any lawful gateway may say instead."""

from __future__ import annotations

from lmconform.checks.gateway import is_sent_on, is_turned_away
from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, broken, kept

# Answered in front of the API, by gateways and frameworks, on any operation: no description
# lists them everywhere, and no publication rules them out (fact D2). 400 is what a
# request gets that is wrong in a way the description did not think of (fact F62).
GATEWAY = frozenset({400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 429, 431})


def no_server_error(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """The target does not answer 5xx, but for a 5xx that the contract declares."""
    if exchange.status < 500 or str(exchange.status) in operation.responses:
        return kept("LM-HTTP-NO-SERVER-ERROR")
    return broken("LM-HTTP-NO-SERVER-ERROR", "no 5xx status", exchange.brief)


def declared_status(contract: Contract, operation: Operation, exchange: Exchange) -> Judgement | None:
    """The status is declared for the operation, or belongs to the gateway."""
    if exchange.status >= 500 or is_turned_away(exchange):
        return None
    if operation.response(exchange.status) is not None or exchange.status in GATEWAY or is_sent_on(exchange):
        return kept("LM-HTTP-STATUS-DECLARED")
    declared = ", ".join(sorted(operation.responses))
    return broken("LM-HTTP-STATUS-DECLARED", f"one of {declared}", exchange.brief)
