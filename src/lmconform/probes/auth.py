"""Probes of the token: without a good one nothing is shown and nothing is done."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

from lmconform.errors import NotApplicable, NotTestable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool, schedules
from lmconform.probes.context import BULK, BULK_DEPLOYMENTS, DEPLOYMENTS, EXECUTIONS, LOGS, METRICS, SCHEDULES, Context
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.metrics import store
from lmconform.probes.registry import probe
from lmconform.probes.resources import batch

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
    ("listExecutionSchedules", SCHEDULES),
    ("countExecutionSchedules", SCHEDULES),
    ("listDeployments", DEPLOYMENTS),
    ("countDeployments", DEPLOYMENTS),
)

# An operation, and what else ``Context.send`` takes.
Asked = tuple[str, dict[str, Any]]


def without_token(ctx: Context, operation: str, authorization: str | None = None) -> Exchange:
    """Send a request with ``authorization`` in the place of our token; None sends no such header."""
    headers = {"Authorization": authorization} if authorization else {}
    return ctx.send(operation, headers=headers, authorize=False)


def _expect_refused(ctx: Context, answer: Exchange) -> None:
    if answer.status == 429:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    ctx.expect(answer.status in _REFUSED, expected="401 or 403", actual=answer.brief, exchange=answer)


@probe("LM-AUTH-TOKEN-REQUIRED", effect="read")
def no_token_no_answer(ctx: Context) -> None:
    # Where there is nothing behind a path, nobody said what answers first (F57, F64).
    served = ("listExecutions",) if ctx.offers(EXECUTIONS) else ()
    for operation in ("listScenarios", "listArtifacts", *served):
        _expect_refused(ctx, without_token(ctx, operation))


@probe("LM-AUTH-TOKEN-GARBAGE", effect="read")
def garbage_is_no_token(ctx: Context) -> None:
    _expect_refused(ctx, without_token(ctx, "listScenarios", "Bearer lmconform"))


@probe("LM-AUTH-TOKEN-UNSIGNED", effect="read")
def unsigned_token_is_refused(ctx: Context) -> None:
    # RFC 7519, section 6: an unsecured JWT is well-formed, and proves nothing.
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "lmconform", "sub": "lmconform", "exp": 4102444800})
    _expect_refused(ctx, without_token(ctx, "listScenarios", f"Bearer {'.'.join(map(_segment, parts))}."))


@probe("LM-AUTH-TOKEN-CHANGED", effect="read")
def changed_token_is_refused(ctx: Context) -> None:
    changed = changed_claims(ctx.session.transport.token.token())
    if changed is None:
        raise NotApplicable("the tokens of the target are no JWTs")
    # Whoever reads it could change it back.
    ctx.session.redactor.learn(changed)
    _expect_refused(ctx, without_token(ctx, "listScenarios", f"Bearer {changed}"))


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
def other_schemes_are_refused(ctx: Context) -> None:
    _expect_refused(ctx, without_token(ctx, "listScenarios", "Basic bG1jb25mb3JtOmxtY29uZm9ybQ=="))


@probe("LM-AUTH-REFUSED-NOT-STORED")
def refused_write_leaves_nothing(ctx: Context) -> None:
    body = ctx.artifact_body()
    answer = ctx.send("createArtifact", json=body, authorize=False)
    _expect_refused(ctx, answer)
    found = ctx.get("listArtifacts", {"$search": body["name"]})
    if found.status != 200:
        raise NotTestable(f"{ctx.label(found)} answered {found.brief}")
    left = found.json_object().get("resources")
    ctx.expect(not left, expected="no artifact from a refused request", actual=str(left))


@probe("LM-AUTH-EVERY-LIST", effect="read")
def no_list_without_a_token(ctx: Context) -> None:
    for operation, capability in _LISTS:
        if ctx.offers(capability):
            _expect_refused(ctx, without_token(ctx, operation))


@probe("LM-AUTH-CHANGE", effect="destructive")
def no_change_without_a_token(ctx: Context) -> None:
    pooled = enactment_pool.base(ctx)
    path = {"executionId": pooled.id}
    for operation, rest in (("modifyExecution", {"json": {"targetStatus": "STOPPED"}}), ("deleteExecution", {})):
        _expect_refused(ctx, ctx.send(operation, path, authorize=False, **rest))
    found = ctx.get_or_fail("getExecution", executionId=pooled.id)
    ctx.expect_if_present({"targetStatus": "COMPLETED"}, found, what="an execution that nobody may change")


@probe("LM-AUTH-EVERY-READ")
def nothing_of_ours_is_shown_without_a_token(ctx: Context) -> None:
    _expect_none_carried_out(ctx, _reads)


@probe("LM-AUTH-EVERY-CHANGE", effect="destructive")
def nothing_is_made_or_changed_without_a_token(ctx: Context) -> None:
    _expect_none_carried_out(ctx, _changes)


def _expect_none_carried_out(ctx: Context, asked: Callable[[Context, str], Iterator[Asked]]) -> None:
    """Nobody published what is looked at first (F64), so any refusal will do; what cannot be asked is left out."""
    for capability in ("", EXECUTIONS, LOGS, METRICS, SCHEDULES, DEPLOYMENTS, BULK, BULK_DEPLOYMENTS):
        try:
            ctx.require(capability)
            for operation, rest in asked(ctx, capability):
                answer = ctx.send(operation, authorize=False, **rest)
                ctx.expect(not answer.ok, expected="a refusal: no token was sent", actual=answer.brief, exchange=answer)
        except Skip:
            if not capability:
                raise


def _reads(ctx: Context, capability: str) -> Iterator[Asked]:
    if not capability:
        configuration = ctx.configuration()
        scenario = {"path": {"scenarioId": configuration.sent["scenarioId"]}}
        yield "getArtifact", {"path": {"artifactId": ctx.artifact().id}}
        yield "getConfiguration", {"path": {"configurationId": configuration.id}}
        yield from ((operation, scenario) for operation in ("getScenario", "listScenarioVersions", "listExecutables"))
    elif capability == SCHEDULES:
        made = batch(ctx, schedules.SCHEDULE).members[0]
        yield "getExecutionSchedule", {"path": {"executionScheduleId": made.id}}
    elif capability == DEPLOYMENTS:
        yield "getDeployment", {"path": enactment_pool.base(ctx, DEPLOYMENT).path}
    elif capability in (EXECUTIONS, LOGS):
        yield (
            "getExecution" if capability == EXECUTIONS else "getExecutionLogs",
            {"path": enactment_pool.base(ctx).path},
        )
    elif capability == METRICS:
        execution = enactment_pool.base(ctx).id
        # There has to be something to see.
        store(ctx, execution, tags=[{"name": ctx.unique("token"), "value": "none"}])
        yield "findMetrics", {"query": {"executionIds": [execution]}}


def _changes(ctx: Context, capability: str) -> Iterator[Asked]:
    stop = {"json": {"targetStatus": "STOPPED"}}
    if not capability:
        yield "createConfiguration", {"json": ctx.configuration_body()}
    elif capability == SCHEDULES:
        made = schedules.SCHEDULE.make(ctx)
        path = {"executionScheduleId": made.id}
        yield "createExecutionSchedule", {"json": schedules.body(ctx)}
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
        entry = {"name": ctx.unique("token"), "value": "none"}
        yield "patchMetrics", {"json": {"executionId": enactment_pool.base(ctx).id, "tags": [entry]}}
        yield "deleteMetrics", {"query": {"executionId": enactment_pool.base(ctx).id}}
    elif capability in (BULK, BULK_DEPLOYMENTS):
        operation, collection = (
            ("modifyExecutions", "executions") if capability == BULK else ("modifyDeployments", "deployments")
        )
        yield operation, {"json": {collection: [{"id": ctx.absent_id(), "targetStatus": "STOPPED"}]}}
