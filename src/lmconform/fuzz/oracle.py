"""What a generated request proves: whether it is wrong beyond doubt, or right beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Final

from lmconform.checks.status import GATEWAY
from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.paths import META
from lmconform.contract.resources import Role, resources
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz.described import ABSENT

if TYPE_CHECKING:
    from lmconform.fuzz.pool import Pool

ANSWERED: Final = "LM-FUZZ-ANSWERED"
ACCEPTED: Final = "LM-FUZZ-POSITIVE-ACCEPTED"
BODY_REFUSED: Final = "LM-FUZZ-NEGATIVE-BODY-REFUSED"
PATH_REFUSED: Final = "LM-FUZZ-NEGATIVE-PATH-REFUSED"

# Of what gateways say, these may be about the data all the same.
_ABOUT_DATA = frozenset({400, 404, 405})
# Said by gateways, quotas and services of their own accord: no judgement of the data. A resource group that was made a
# moment ago answers 412 (fact M10).
NO_REFUSAL: Final = (GATEWAY - _ABOUT_DATA) | {412, 501}
_SET_BY_SERVER: Final = frozenset({"createdAt", "modifiedAt"})


def judged(contract: Contract, operation: Operation) -> tuple[str, ...]:
    """The requirements that generated data for the operation can judge, besides those of the checks.

    Valid data that names real things is promised to be accepted, but by what depends on the state of an execution, on
    whether there are metrics or logs, or on what an implementation lets into its object store: that is left to probes.
    """
    can_be = {
        ANSWERED: True,
        ACCEPTED: resources(contract).is_promised(operation),
        BODY_REFUSED: can_be_wrong(contract, operation),
        PATH_REFUSED: bool(_patterns(contract, operation)),
    }
    return tuple(requirement for requirement, is_judged in can_be.items() if is_judged)


def why_not(capabilities: Capabilities, contract: Contract, operation: Operation) -> str:
    """Why the operation is not to be expected of a target with these capabilities, or an empty text."""
    needed = resources(contract).capability(operation)
    if not capabilities.has(needed):
        return f"{META} does not advertise {needed}"
    return f"there is no {META} to advertise {needed}" if capabilities.opt_in_unadvertised(needed) else ""


def is_promised(operation: Operation, pool: Pool) -> bool:
    """Whether valid data that names real things must be accepted by this operation, in this tenant.

    What the data names, or more of the same kind, must have been created before: else a refusal may be about the
    tenant. What the pool cannot create needs a tenant in which at least a configuration can be created.
    """
    found = pool.resources
    if not found.is_promised(operation):
        return False
    if not set(found.only_for(operation).values()) <= set(pool.scenarios_seen):
        return False
    subject = found.subject(operation)
    if subject is not None and pool.makes(subject):
        return bool(pool.of(subject.noun).steady)
    return bool(pool.runnable)


def changes(contract: Contract, operation: Operation) -> bool:
    """Whether the operation changes or deletes what its path or query names."""
    return resources(contract).role_of(operation) in (Role.MODIFY, Role.DELETE)


def can_be_wrong(contract: Contract, operation: Operation) -> bool:
    """Whether a body can be wrong beyond doubt: bulk entries are answered one by one, and bytes never are."""
    body = operation.request_body
    has_json = body is not None and body.json_schema is not None
    return has_json and resources(contract).role_of(operation) != Role.BULK_MODIFY


def is_refusal(exchange: Exchange) -> bool:
    """Whether the answer refuses what the request asks for: a 4xx that no gateway sends, and that names no quota."""
    refused = 400 <= exchange.status < 500 and exchange.status not in NO_REFUSAL
    return refused and "quota" not in exchange.text.lower()


def names_wrong_id(contract: Contract, operation: Operation, path: dict[str, str]) -> bool:
    """Whether an id in the path breaks its pattern beyond doubt, and must be refused for it.

    What lists below an item that does not exist answer is open, and it need not matter why there is none.
    """
    if resources(contract).role_of(operation) == Role.LIST:
        return False
    patterns = _patterns(contract, operation)
    return any(name in patterns and is_wrong_id(value, patterns[name]) for name, value in path.items())


def is_wrong_body(
    contract: Contract, operation: Operation, value: Any, passed_over: Collection[str] = frozenset()
) -> str:
    """Why a JSON body is wrong by every reading of its schema, or an empty text.

    Readings differ on null for optional members, on numbers such as 1.0, on the edges of
    lengths and on what ``\\w`` means: no judgement. Nor is there one of members that the server sets, and that a body
    has only because it shares a schema with answers: a server may pass over them, and over those ``passed_over``.
    """
    unread = {*_SET_BY_SERVER, *passed_over}
    schema = operation.request_body.json_schema if operation.request_body is not None else None
    if schema is None:
        return ""
    for error in contract.validator(schema).iter_errors(value):
        if _is_clear(error) and not unread & set(error.instance_path):
            return str(error.message)[:200]
    return ""


def is_wrong_id(value: str, pattern: str) -> bool:
    """Whether a path id breaks its pattern beyond doubt, in characters that any server reads alike.

    One that is too long by a character or two, and else right, is not: readings differ on the edges of lengths.
    """
    if not value or not value.isascii() or not value.isprintable() or set(value) & set("/\\%?#;."):
        return False
    try:
        found = re.compile(pattern, re.ASCII)
    except re.error:
        # A pattern that Python does not read, and schemas may have.
        return False
    at_edge = any(found.search(value[n:]) and found.search(value[:-n]) for n in (1, 2) if len(value) > n)
    return found.search(value) is None and not at_edge


def names_only_real_things(url: str, body: bytes) -> bool:
    """Whether nothing in the request is known to be absent."""
    return ABSENT not in url and ABSENT.encode() not in body


def _patterns(contract: Contract, operation: Operation) -> dict[str, str]:
    """The patterns of the ids in the path; a path of a file is no id."""
    ids = (p for p in operation.parameters if p.location == "path" and not p.slashes)
    found = ((p.name, contract.resolve(p.schema)) for p in ids)
    return {name: schema["pattern"] for name, schema in found if isinstance(schema, dict) and "pattern" in schema}


def _is_clear(error: Any) -> bool:
    kind, found = error.kind.name, error.instance
    if kind == "required":
        return True
    if kind == "type":
        whole = isinstance(found, float) and found.is_integer()
        return found is not None and not whole
    if kind == "enum" and isinstance(found, str):
        return found.strip().lower() not in {str(option).lower() for option in error.kind.options}
    if kind == "pattern" and isinstance(found, str):
        pattern = str(error.kind.pattern)
        return not any(re.search(pattern, text, flags) for text in (found, found.strip()) for flags in (0, re.ASCII))
    if kind == "maxLength" and isinstance(found, str):
        return len(found) > int(error.kind.limit) + 1
    return False
