"""What a generated request proves: whether it is wrong beyond doubt, or right beyond doubt."""

from __future__ import annotations

import re
from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.paths import META
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz.pool import ABSENT, Pool

ANSWERED = "LM-FUZZ-ANSWERED"
ACCEPTED = "LM-FUZZ-POSITIVE-ACCEPTED"
BODY_REFUSED = "LM-FUZZ-NEGATIVE-BODY-REFUSED"
PATH_REFUSED = "LM-FUZZ-NEGATIVE-PATH-REFUSED"

# Said by gateways, quotas and services of their own accord: no judgement of the data.
NO_REFUSAL = frozenset({401, 403, 408, 413, 414, 415, 429, 431, 501})

# For these, valid data that names real things is promised to be accepted; what depends on
# the state of an execution, on whether there are metrics or logs, or on what an
# implementation lets into its object store, is left to probes.
JUDGED = frozenset(
    {
        *("listScenarios", "getScenario", "listScenarioVersions", "listExecutables", "getExecutable"),
        *("listArtifacts", "createArtifact", "getArtifact", "countArtifacts"),
        *("listConfigurations", "createConfiguration", "getConfiguration", "countConfigurations"),
        *("listExecutions", "createExecution", "getExecution", "countExecutions", "patchMetrics"),
        *("listDeployments", "createDeployment", "getDeployment", "countDeployments"),
        *("listExecutionSchedules", "createExecutionSchedule", "getExecutionSchedule", "countExecutionSchedules"),
        *("listScenarioModels", "downloadFile"),
    }
)
# What must exist already, made with the same data, before a refusal of more of it says anything.
_SHOWN_BY = {
    "createExecution": "execution",
    "createDeployment": "deployment",
    "createExecutionSchedule": "schedule",
    "patchMetrics": "execution",
    "downloadFile": "file",
}
_BULK = frozenset({"modifyExecutions", "modifyDeployments"})
# What lists below a scenario that does not exist answer is open, and it need not matter why there is none.
_BELOW_SCENARIOS = frozenset({"listExecutables", "listScenarioVersions", "listScenarioModels"})
_CAPABILITIES = "aiApi.capabilities"
_FILES = "extensions.dataset.capabilities"
_NEEDED = {
    "getExecutionLogs": f"{_CAPABILITIES}.logs.executions",
    "getDeploymentLogs": f"{_CAPABILITIES}.logs.deployments",
    "modifyExecutions": f"{_CAPABILITIES}.bulkUpdates.executions",
    "modifyDeployments": f"{_CAPABILITIES}.bulkUpdates.deployments",
    "uploadFile": f"{_FILES}.upload",
    "downloadFile": f"{_FILES}.download",
    "deleteFile": f"{_FILES}.delete",
}
_NEEDED_BELOW = {
    "/lm/executionSchedules": f"{_CAPABILITIES}.executionSchedules",
    "/lm/executions": f"{_CAPABILITIES}.userExecutions",
    "/lm/deployments": f"{_CAPABILITIES}.userDeployments",
    "/lm/metrics": "extensions.metrics",
}

_ID = re.compile(r"[\w.-]{4,64}")


def judged(operation: Operation) -> tuple[str, ...]:
    """The requirements that generated data for the operation can judge, besides those of the checks."""
    can_be = {
        ANSWERED: True,
        ACCEPTED: operation.id in JUDGED,
        BODY_REFUSED: can_be_wrong(operation),
        PATH_REFUSED: "Id}" in operation.path,
    }
    return tuple(requirement for requirement, is_judged in can_be.items() if is_judged)


def capability(operation: Operation) -> str:
    """What ``/lm/meta`` must advertise for the operation to be judged (dotted path), or an empty text."""
    below = (c for path, c in _NEEDED_BELOW.items() if operation.path == path or operation.path.startswith(f"{path}/"))
    return _NEEDED.get(operation.id) or next(below, "")


def why_not(capabilities: Capabilities, operation: Operation) -> str:
    """Why the operation is not to be expected of a target with these capabilities, or an empty text."""
    needed = capability(operation)
    if not capabilities.has(needed):
        return f"{META} does not advertise {needed}"
    return f"there is no {META} to advertise {needed}" if capabilities.opt_in_unadvertised(needed) else ""


def is_promised(operation: Operation, pool: Pool) -> bool:
    """Whether valid data that names real things must be accepted by this operation, in this tenant."""
    if operation.id not in JUDGED or not pool.runnable:
        return False
    if operation.id == "listScenarioModels":
        # Nobody says what other scenarios answer (fact F61).
        return pool.has_models
    shown_by = _SHOWN_BY.get(operation.id)
    return shown_by is None or bool(pool.of(shown_by).steady)


def can_be_wrong(operation: Operation) -> bool:
    """Whether a body can be wrong beyond doubt: bulk entries are answered one by one, and bytes never are."""
    return operation.request_body is not None and operation.id not in {*_BULK, "uploadFile"}


def is_refusal(exchange: Exchange) -> bool:
    """Whether the answer refuses what the request asks for: a 4xx that no gateway sends, and that names no quota."""
    refused = 400 <= exchange.status < 500 and exchange.status not in NO_REFUSAL
    return refused and "quota" not in exchange.text.lower()


def must_refuse_wrong_ids(operation: Operation) -> bool:
    """Whether a path id that breaks its pattern must be refused by this operation."""
    return operation.id not in _BELOW_SCENARIOS


def is_wrong_body(contract: Contract, operation: Operation, value: Any) -> str:
    """Why a JSON body is wrong by every reading of its schema, or an empty text.

    Readings differ on null for optional members, on numbers such as 1.0, on the edges of
    lengths and on what ``\\w`` means: no judgement.
    """
    body = operation.request_body
    if body is None or not can_be_wrong(operation):
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
