"""Probes of the token: without a valid one nothing is shown and nothing is changed."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from lmconform.errors import NotApplicable, NotTestable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.artifacts import artifact_body, create_artifact
from lmconform.probes.builders.configurations import configuration_body, create_configuration
from lmconform.probes.builders.metrics import store
from lmconform.probes.builders.resource_type import batch
from lmconform.probes.builders.schedules import SCHEDULE, schedule_body
from lmconform.probes.context import BULK, BULK_DEPLOYMENTS, DEPLOYMENTS, EXECUTIONS, LOGS, METRICS, SCHEDULES, Context
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.registry import probe

_REFUSED: Final = frozenset({401, 403})
# Reads without an id, and the capability that each belongs to.
_LISTS: Final = (
    ("listScenarios", ""),
    ("listArtifacts", ""),
    ("countArtifacts", ""),
    ("listConfigurations", ""),
    ("countConfigurations", ""),
    ("listExecutions", EXECUTIONS),
    ("countExecutions", EXECUTIONS),
    ("listExecutionSchedules", SCHEDULES),
    ("countExecutionSchedules", SCHEDULES),
    ("listDeployments", DEPLOYMENTS),
    ("countDeployments", DEPLOYMENTS),
)
# An operation, and the other arguments of ``Context.send``.
Arguments = tuple[str, dict[str, Any]]


def send_with_authorization(ctx: Context, operation: str, authorization: str | None = None) -> Exchange:
    """Send a request with another Authorization header than that of the session; None sends no such header."""
    headers = {"Authorization": authorization} if authorization else {}
    return ctx.send(operation, headers=headers, authorize=False)


def _expect_refused(ctx: Context, answer: Exchange) -> None:
    if answer.status == 429:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    ctx.expect(answer.status in _REFUSED, expected="401 or 403", actual=answer.brief, exchange=answer)


@probe("LM-AUTH-TOKEN-REQUIRED")
def request_without_a_token_is_refused(ctx: Context) -> None:
    # Where the target does not serve a path, the order of 401 and 404 is not published (F57, F64).
    served = ("listExecutions",) if ctx.offers(EXECUTIONS) else ()
    for operation in ("listScenarios", "listArtifacts", *served):
        _expect_refused(ctx, send_with_authorization(ctx, operation))


@probe("LM-AUTH-TOKEN-GARBAGE")
def garbage_is_no_token(ctx: Context) -> None:
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", "Bearer lmconform"))


@probe("LM-AUTH-TOKEN-UNSIGNED")
def unsigned_token_is_refused(ctx: Context) -> None:
    # RFC 7519, section 6: an unsecured JWT is well-formed, and proves nothing.
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "lmconform", "sub": "lmconform", "exp": 4102444800})
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", f"Bearer {'.'.join(map(_segment, parts))}."))


@probe("LM-AUTH-TOKEN-CHANGED")
def changed_token_is_refused(ctx: Context) -> None:
    changed = changed_claims(ctx.session.transport.token.token())
    if changed is None:
        raise NotApplicable("the tokens of the target are no JWTs")
    # The original token could be restored from the changed one.
    ctx.session.redactor.learn(changed)
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", f"Bearer {changed}"))


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


@probe("LM-AUTH-SCHEME")
def other_schemes_are_refused(ctx: Context) -> None:
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", "Basic bG1jb25mb3JtOmxtY29uZm9ybQ=="))


@probe("LM-AUTH-REFUSED-NOT-STORED")
def refused_creation_is_not_stored(ctx: Context) -> None:
    body = artifact_body(ctx)
    answer = ctx.send("createArtifact", json=body, authorize=False)
    _expect_refused(ctx, answer)
    listing = ctx.get("listArtifacts", {"$search": body["name"]})
    if listing.status != 200:
        raise NotTestable(f"{ctx.label(listing)} answered {listing.brief}")
    stored = listing.json_object().get("resources")
    ctx.expect(not stored, expected="no artifact from a refused request", actual=str(stored))


@probe("LM-AUTH-EVERY-LIST")
def every_list_needs_a_token(ctx: Context) -> None:
    for operation, capability in _LISTS:
        if ctx.offers(capability):
            _expect_refused(ctx, send_with_authorization(ctx, operation))


@probe("LM-AUTH-CHANGE")
def change_needs_a_token(ctx: Context) -> None:
    pooled = enactment_pool.base(ctx)
    path = {"executionId": pooled.id}
    for operation, rest in (("modifyExecution", {"json": {"targetStatus": "STOPPED"}}), ("deleteExecution", {})):
        _expect_refused(ctx, ctx.send(operation, path, authorize=False, **rest))
    body = ctx.get_or_fail("getExecution", executionId=pooled.id)
    ctx.expect_if_present({"targetStatus": "COMPLETED"}, body, what="an execution after refused changes")


@probe("LM-AUTH-EVERY-READ")
def every_read_needs_a_token(ctx: Context) -> None:
    _expect_none_carried_out(ctx, _reads)


@probe("LM-AUTH-EVERY-CHANGE")
def every_change_needs_a_token(ctx: Context) -> None:
    _expect_none_carried_out(ctx, _changes)


def _expect_none_carried_out(ctx: Context, requests: Callable[[Context, str], Iterator[Arguments]]) -> None:
    """Raise Failure when a request without a token is carried out; requests that cannot be built are left out.

    Any refusal will do: the order in which a server checks a request is not published (F64).
    """
    for capability in ("", EXECUTIONS, LOGS, METRICS, SCHEDULES, DEPLOYMENTS, BULK, BULK_DEPLOYMENTS):
        try:
            ctx.require(capability)
            for operation, rest in requests(ctx, capability):
                answer = ctx.send(operation, authorize=False, **rest)
                ctx.expect(not answer.ok, expected="a refusal: no token was sent", actual=answer.brief, exchange=answer)
        except Skip:
            if not capability:
                raise


def _reads(ctx: Context, capability: str) -> Iterator[Arguments]:
    if not capability:
        configuration = create_configuration(ctx)
        scenario = {"path": {"scenarioId": configuration.sent["scenarioId"]}}
        yield "getArtifact", {"path": {"artifactId": create_artifact(ctx).id}}
        yield "getConfiguration", {"path": {"configurationId": configuration.id}}
        yield from ((operation, scenario) for operation in ("getScenario", "listScenarioVersions", "listExecutables"))
    elif capability == SCHEDULES:
        created = batch(ctx, SCHEDULE).members[0]
        yield "getExecutionSchedule", {"path": {"executionScheduleId": created.id}}
    elif capability == DEPLOYMENTS:
        yield "getDeployment", {"path": enactment_pool.base(ctx, DEPLOYMENT).path}
    elif capability in (EXECUTIONS, LOGS):
        yield (
            "getExecution" if capability == EXECUTIONS else "getExecutionLogs",
            {"path": enactment_pool.base(ctx).path},
        )
    elif capability == METRICS:
        execution = enactment_pool.base(ctx).id
        # Without stored metrics any answer would be empty.
        store(ctx, execution, tags=[{"name": ctx.unique("token"), "value": "none"}])
        yield "findMetrics", {"query": {"executionIds": [execution]}}


def _changes(ctx: Context, capability: str) -> Iterator[Arguments]:
    stop = {"json": {"targetStatus": "STOPPED"}}
    if not capability:
        yield "createConfiguration", {"json": configuration_body(ctx)}
    elif capability == SCHEDULES:
        created = SCHEDULE.make(ctx)
        path = {"executionScheduleId": created.id}
        yield "createExecutionSchedule", {"json": schedule_body(ctx)}
        yield "modifyExecutionSchedule", {"path": path, "json": {"status": "INACTIVE"}}
        yield "deleteExecutionSchedule", {"path": path}
    elif capability == EXECUTIONS:
        yield "createExecution", {"json": {"configurationId": enactment_pool.base(ctx).configuration.id}}
    elif capability == DEPLOYMENTS:
        pooled = enactment_pool.base(ctx, DEPLOYMENT)
        yield "createDeployment", {"json": {"configurationId": pooled.configuration.id}}
        yield "modifyDeployment", {"path": pooled.path, **stop}
        yield "deleteDeployment", {"path": pooled.path}
    elif capability == METRICS:
        tag = {"name": ctx.unique("token"), "value": "none"}
        yield "patchMetrics", {"json": {"executionId": enactment_pool.base(ctx).id, "tags": [tag]}}
        yield "deleteMetrics", {"query": {"executionId": enactment_pool.base(ctx).id}}
    elif capability in (BULK, BULK_DEPLOYMENTS):
        operation, collection = (
            ("modifyExecutions", "executions") if capability == BULK else ("modifyDeployments", "deployments")
        )
        yield operation, {"json": {collection: [{"id": ctx.absent_id(), "targetStatus": "STOPPED"}]}}
