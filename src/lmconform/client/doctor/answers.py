"""What the first answers say beside their bodies: the clock, limits of the rate, and whether our requests are right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from lmconform.client import backoff
from lmconform.client.doctor.line import Line, advice, ok
from lmconform.contract import paths
from lmconform.contract.openapi import Contract, Parameter
from lmconform.evidence.exchange import Exchange

# Of a Date header whole seconds are known, and gateways keep answers for some.
_MOST_SKEW: Final = 60.0
# Years in which a target may be: who names another one has no clock, and its times are of no use.
_YEARS: Final = range(2024, 2200)
_RATE: Final = ("x-ratelimit", "x-rate-limit", "ratelimit", "retry-after")


def skew(exchange: Exchange) -> float | None:
    """By how many seconds the target's clock is ahead of this machine's; None when the target does not tell its time.

    The time of the target is the Date header of an answer (RFC 9110, section 6.6.1). One that cannot be is none.
    """
    there = backoff.http_date(exchange.header("Date"))
    if there is None or there.year not in _YEARS:
        return None
    here = datetime.fromisoformat(exchange.started) + timedelta(seconds=exchange.elapsed / 2)
    return (there - here).total_seconds()


def clock(exchange: Exchange) -> Line:
    """What to say of the ``skew``; no judgement depends on it."""
    ahead, date = skew(exchange), exchange.header("Date")
    if ahead is None and backoff.http_date(date) is not None:
        return advice("clock", f"the target says that it is {date}, which cannot be, and is not used: set its clock")
    if ahead is None:
        return ok("clock", "the target does not tell its time")
    if abs(ahead) <= _MOST_SKEW:
        return ok("clock", f"within {max(1, round(abs(ahead)))} s of the target's")
    side = "behind" if ahead > 0 else "ahead of"
    return advice("clock", f"{abs(ahead):.0f} s {side} the target's: set the clock of this machine, or of the target")


def rate(exchanges: Iterable[Exchange]) -> Line:
    """What the newest answer with such headers says about how many requests may come."""
    found: dict[str, str] = {}
    for exchange in exchanges:
        found |= {n: v for n, v in exchange.headers if n.lower().startswith(_RATE)}
    if not found:
        return ok("rate", "no limit is announced")
    text = ", ".join(f"{name}: {value}" for name, value in found.items())
    spent = any("remaining" in name.lower() and value.strip() == "0" for name, value in found.items())
    return advice("rate", f"{text}; wait, or run with fewer workers") if spent else ok("rate", text)


def own_requests(contract: Contract, exchanges: Iterable[Exchange]) -> Line:
    """Whether what was sent so far is what the contract describes: a wrong option shows here, and not as a finding."""
    sent = list(exchanges)
    problems = [text for exchange in sent for text in _problems(contract, exchange)]
    if problems:
        return advice("requests", f"{problems[0]}; check the option that it comes from, such as --resource-group")
    return ok("requests", f"{len(sent)} are as the contract {contract.version} describes them")


def _problems(contract: Contract, exchange: Exchange) -> Iterator[str]:
    label = paths.label(exchange.method, exchange.path)
    found = contract.match(exchange.method, exchange.path)
    if found is None:
        yield f"{label} is no operation of the contract"
        return
    # Ids in the path come from answers of the target.
    operation, _ = found
    values = {
        "query": dict(parse_qsl(urlsplit(exchange.url).query)),
        "header": {name.lower(): value for name, value in exchange.request_headers},
    }
    for parameter in operation.parameters:
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        value = values.get(parameter.location, {}).get(name)
        if value is None and parameter.required and parameter.location in values:
            yield f"{label} lacks {parameter.name}"
        elif value is not None and (
            error := contract.first_error(parameter.schema, _typed(contract, parameter, value))
        ):
            yield f"{label} has {parameter.name} {value!r}: {error}"
    for name in sorted(set(values["query"]) - {p.name for p in operation.parameters if p.location == "query"}):
        yield f"{label} has {name}, which the contract does not know"


def _typed(contract: Contract, parameter: Parameter, value: str) -> Any:
    """A value as its schema counts it."""
    schema = contract.resolve(parameter.schema)
    kind = schema.get("type") if isinstance(schema, dict) else None
    if kind == "integer" and value.lstrip("-").isdigit():
        return int(value)
    return value.split(",") if kind == "array" else value
