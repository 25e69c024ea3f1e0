"""Probes of the token: without a good one nothing is shown and nothing is done."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import base64
import json

from lmconform.errors import NotApplicable, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import trials
from lmconform.probes.lab import EXECUTIONS, Lab
from lmconform.probes.registry import probe

_REFUSED = frozenset({401, 403})
# What is read without naming anything, and the capability that it belongs to.
_LISTS = (
    ("listScenarios", ""),
    ("listArtifacts", ""),
    ("countArtifacts", ""),
    ("listConfigurations", ""),
    ("countConfigurations", ""),
    ("listExecutions", EXECUTIONS),
    ("countExecutions", EXECUTIONS),
    ("listExecutionSchedules", "aiApi.capabilities.executionSchedules"),
    ("countExecutionSchedules", "aiApi.capabilities.executionSchedules"),
    ("listDeployments", "aiApi.capabilities.userDeployments"),
    ("countDeployments", "aiApi.capabilities.userDeployments"),
)


def without_token(lab: Lab, operation: str, authorization: str | None = None) -> Exchange:
    """Send a request with ``authorization`` in the place of our token; None sends no such header."""
    headers = {"Authorization": authorization} if authorization else {}
    return lab.send(operation, headers=headers, authorize=False)


def _expect_refused(lab: Lab, answer: Exchange) -> None:
    lab.expect(answer.status in _REFUSED, expected="401 or 403", actual=answer.brief, exchange=answer)


@probe("LM-AUTH-TOKEN-REQUIRED", effect="read")
def no_token_no_answer(lab: Lab) -> None:
    for operation in ("listScenarios", "listArtifacts", "listExecutions"):
        _expect_refused(lab, without_token(lab, operation))


@probe("LM-AUTH-TOKEN-GARBAGE", effect="read")
def garbage_is_no_token(lab: Lab) -> None:
    _expect_refused(lab, without_token(lab, "listScenarios", "Bearer lmconform"))


@probe("LM-AUTH-TOKEN-UNSIGNED", effect="read")
def unsigned_token_is_refused(lab: Lab) -> None:
    # RFC 7519, section 6: an unsecured JWT is well-formed, and proves nothing.
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "lmconform", "sub": "lmconform", "exp": 4102444800})
    _expect_refused(lab, without_token(lab, "listScenarios", f"Bearer {'.'.join(map(_segment, parts))}."))


@probe("LM-AUTH-TOKEN-CHANGED", effect="read")
def changed_token_is_refused(lab: Lab) -> None:
    changed = changed_claims(lab.session.transport.token.token())
    if changed is None:
        raise NotApplicable("the tokens of the target are no JWTs")
    # Whoever reads it could change it back.
    lab.session.redactor.learn(changed)
    _expect_refused(lab, without_token(lab, "listScenarios", f"Bearer {changed}"))


def changed_claims(token: str) -> str | None:
    """The JWT with one claim more and its old signature (RFC 7519, section 7.2); None when it is no JWT."""
    head, *rest = token.split(".")
    try:
        payload, signature = rest
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return f"{head}.{_segment({**claims, 'lmconform': 1})}.{signature}" if isinstance(claims, dict) else None


def _segment(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


@probe("LM-AUTH-SCHEME", effect="read")
def other_schemes_are_refused(lab: Lab) -> None:
    _expect_refused(lab, without_token(lab, "listScenarios", "Basic bG1jb25mb3JtOmxtY29uZm9ybQ=="))


@probe("LM-AUTH-REFUSED-NOT-STORED")
def refused_write_leaves_nothing(lab: Lab) -> None:
    body = lab.artifact_body()
    answer = lab.send("createArtifact", json=body, authorize=False)
    _expect_refused(lab, answer)
    found = lab.get("listArtifacts", {"$search": body["name"]})
    if found.status != 200:
        raise NotTestable(f"{lab.label(found)} answered {found.brief}")
    left = found.json_object().get("resources")
    lab.expect(not left, expected="no artifact from a refused request", actual=str(left))


@probe("LM-AUTH-EVERY-LIST", effect="read")
def no_list_without_a_token(lab: Lab) -> None:
    for operation, capability in _LISTS:
        if lab.session.capabilities.has(capability):
            _expect_refused(lab, without_token(lab, operation))


@probe("LM-AUTH-CHANGE", effect="destructive")
def no_change_without_a_token(lab: Lab) -> None:
    trial = trials.base(lab)
    path = {"executionId": trial.id}
    for operation, rest in (("modifyExecution", {"json": {"targetStatus": "STOPPED"}}), ("deleteExecution", {})):
        _expect_refused(lab, lab.send(operation, path, authorize=False, **rest))
    found = lab.read("getExecution", executionId=trial.id)
    lab.expect_told({"targetStatus": "COMPLETED"}, found, what="an execution that nobody may change")
