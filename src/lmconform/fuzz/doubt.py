"""What a generated request proves: whether it is wrong beyond doubt, or right beyond doubt."""

from __future__ import annotations

import re
from typing import Any

from lmconform.contract.openapi import Contract, Operation
from lmconform.fuzz.pool import ABSENT

# Said by gateways, quotas and services of their own accord: no judgement of the data.
NO_REFUSAL = frozenset({401, 403, 408, 413, 414, 415, 429, 431, 501})

# For these, valid data that names real things is promised to be accepted; what depends on
# the state of an execution, or on whether there are metrics, is left to probes.
JUDGED = frozenset(
    {
        *("listScenarios", "getScenario", "listScenarioVersions", "listExecutables", "getExecutable"),
        *("listArtifacts", "createArtifact", "getArtifact", "countArtifacts"),
        *("listConfigurations", "createConfiguration", "getConfiguration", "countConfigurations"),
        *("listExecutions", "createExecution", "getExecution", "countExecutions", "patchMetrics"),
    }
)

_ID = re.compile(r"[\w.-]{4,64}")


def is_wrong_body(contract: Contract, operation: Operation, value: Any) -> str:
    """Why a JSON body is wrong by every reading of its schema, or an empty text.

    Bulk entries are answered one by one, and readings differ on null for optional members,
    on numbers such as 1.0, on the edges of lengths and on what ``\\w`` means: no judgement.
    """
    body = operation.request_body
    if body is None or operation.id == "modifyExecutions":
        return ""
    schema = next(iter(body.content.values()))
    for error in contract.validator(schema).iter_errors(value):
        if _is_clear(error):
            return str(error.message)[:200]
    return ""


def is_wrong_id(value: str) -> bool:
    """Whether a path id breaks ``^[\\w.-]{4,64}$`` beyond doubt, in characters that any server reads alike."""
    if not value.isascii() or not value.isprintable() or set(value) & set("/\\%?#;.") or len(value) in (65, 66):
        return False
    return len(value) > 0 and _ID.fullmatch(value) is None


def names_only_real_things(url: str, body: bytes) -> bool:
    """Whether nothing in the request is known to be absent."""
    return ABSENT not in url and ABSENT.encode() not in body


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
