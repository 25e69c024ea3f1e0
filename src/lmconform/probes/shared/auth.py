"""Probes of the token: without a valid one nothing is shown and nothing is changed."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Access
from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import enactment_pool
from lmconform.probes.builders.artifacts import ARTIFACT, artifact_body
from lmconform.probes.context import EXECUTIONS, Context
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.registry import probe
from lmconform.probes.shared.effects import expect_undone
from lmconform.probes.shared.requests import Prepared, prepare

_REFUSED: Final = frozenset({401, 403})
# The valid token of a target, as a variable of a shell.
_VALID: Final = "$TOKEN"
# A token that is none.
_GARBAGE: Final = "Bearer lmconform"
# Lists that are asked without a query and without a token, and queries that must not open one.
_ASKED_PLAINLY: Final = (ARTIFACT.list, EXECUTION.list)
_OPTIONAL: Final = {"$select": "status", "$top": 1}
# Its base64 is too short to be found in that of anything else that a run sends: the changed token is masked.
_CLAIM: Final = "x"
# What ``changed_claims`` and ``changed_signature`` do, as expressions of a shell.
_CLAIMED: Final = (
    '$(python3 -c \'import base64, json, sys; head, payload, signature = sys.argv[1].split("."); '
    'claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"x": 1}; '
    'print(head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), signature, sep=".")\' '
    '"$TOKEN")'
)
_SIGNED: Final = (
    '$(python3 -c \'import sys; head, payload, signature = sys.argv[1].split("."); '
    'print(head, payload, ("B" if signature[0] == "A" else "A") + signature[1:], sep=".")\' "$TOKEN")'
)


def send_with_authorization(
    ctx: Context, operation: str, authorization: str | None = None, *, token: str = ""
) -> Exchange:
    """Send a request with another Authorization header than that of the session; None sends no such header.

    ``token`` makes its token in a shell, where it is a secret.
    """
    headers = {"Authorization": authorization} if authorization else {}
    return ctx.send(operation, headers=headers, authorize=False, token=token)


def _expect_refused(ctx: Context, answer: Exchange) -> None:
    if answer.status == 429:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    ctx.expect(answer.status in _REFUSED, expected="401 or 403", actual=answer.brief, exchange=answer)


@probe("LM-AUTH-TOKEN-REQUIRED")
def request_without_a_token_is_refused(ctx: Context) -> None:
    # Where the target does not serve a path, the order of 401 and 404 is not published (F57, F64).
    for operation in _ASKED_PLAINLY:
        if operation != EXECUTION.list or ctx.offers(EXECUTIONS):
            _expect_refused(ctx, send_with_authorization(ctx, operation))


@probe("LM-AUTH-TOKEN-GARBAGE")
def garbage_is_no_token(ctx: Context) -> None:
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", _GARBAGE))


@probe("LM-AUTH-TOKEN-UNSIGNED")
def unsigned_token_is_refused(ctx: Context) -> None:
    # RFC 7519, section 6: an unsecured JWT is well-formed, and proves nothing.
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "lmconform", "sub": "lmconform", "exp": 4102444800})
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", f"Bearer {'.'.join(map(_segment, parts))}."))


@probe("LM-AUTH-TOKEN-CHANGED")
def changed_token_is_refused(ctx: Context) -> None:
    own = ctx.session.transport.token.token()
    for changed, expression in ((changed_claims(own), _CLAIMED), (changed_signature(own), _SIGNED)):
        if changed is None:
            raise NotApplicable("the tokens of the target are no JWTs")
        # The original token could be restored from the changed one.
        ctx.session.redactor.learn_token(changed)
        _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", f"Bearer {changed}", token=expression))


def changed_claims(token: str) -> str | None:
    """The JWT with one claim more and its old signature (RFC 7519, section 7.2); None when it is no JWT."""
    head, *rest = token.split(".")
    try:
        payload, signature = rest
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return f"{head}.{_segment({**claims, _CLAIM: 1})}.{signature}" if isinstance(claims, dict) else None


def changed_signature(token: str) -> str | None:
    """The JWT with its claims and another signature, which has the same length; None when it has no signature."""
    unsigned, _, signature = token.rpartition(".")
    first = "B" if signature.startswith("A") else "A"
    return f"{unsigned}.{first}{signature[1:]}" if signature else None


def _segment(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


@probe("LM-AUTH-SCHEME")
def other_schemes_are_refused(ctx: Context) -> None:
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", "Basic bG1jb25mb3JtOmxtY29uZm9ybQ=="))
    # The scheme counts also where the rest is a valid token (RFC 6750, section 2.1).
    own = ctx.session.transport.token.token()
    _expect_refused(ctx, send_with_authorization(ctx, "listScenarios", f"Basic {own}", token=_VALID))


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


@probe("LM-AUTH-CHANGE")
def change_needs_a_token(ctx: Context) -> None:
    pooled = enactment_pool.base(ctx)
    path = pooled.path
    _expect_refused(ctx, ctx.send(EXECUTION.modify, path, json={"targetStatus": "STOPPED"}, authorize=False))
    _expect_refused(ctx, ctx.send(EXECUTION.delete, path, authorize=False))
    body = ctx.get_or_fail(EXECUTION.get, **path)
    # Nothing stops or deletes the execution that all probes read.
    before = {"targetStatus": pooled.first.json_object().get("targetStatus")}
    if None in before.values():
        raise NotApplicable("targetStatus is optional, and missing")
    ctx.expect_if_present(before, body, what="an execution after refused changes, as before them")


@probe("LM-AUTH-META")
def meta_needs_a_token(ctx: Context) -> None:
    _judge_each(ctx, Access.GENERAL, _expect_nothing_given)


@probe("LM-AUTH-EVERY-LIST")
def every_list_needs_a_token(ctx: Context) -> None:
    _judge_each(ctx, Access.LIST, _expect_unlisted)


@probe("LM-AUTH-EVERY-READ")
def every_read_needs_a_token(ctx: Context) -> None:
    _judge_each(ctx, Access.READ, _expect_nothing_given)


@probe("LM-AUTH-EVERY-CHANGE")
def every_change_needs_a_token(ctx: Context) -> None:
    _judge_each(ctx, Access.CHANGE, _expect_nothing_done)


def _judge_each(ctx: Context, access: Access, judge: Callable[[Context, Operation], None]) -> None:
    """Judge the requirement for each operation of that access, one by one."""
    for operation in ctx.session.contract.operations:
        if ctx.session.resources.access(operation) is access:
            ctx.judge_part(operation.id, functools.partial(judge, ctx, operation))


def _expect_unlisted(ctx: Context, operation: Operation) -> None:
    """Raise Failure unless a list, which needs nothing but a token, is refused for want of it."""
    prepared = prepare(ctx, operation)
    if operation.id in _ASKED_PLAINLY:
        names = [name for name in _OPTIONAL if operation.parameter(name) is not None][:1]
        prepared = replace(prepared, query={**prepared.query, **{name: _OPTIONAL[name] for name in names}})
    _expect_refused(ctx, prepared.send(ctx, authorize=False))


def _expect_nothing_given(ctx: Context, operation: Operation) -> None:
    """Raise Failure when a read without a token is served.

    Any refusal will do, as the order in which a server checks a request is not published (F64), where the same
    request with a token is served. Raises Inconclusive where there is nothing to read.
    """
    prepared = prepare(ctx, operation)
    if not _is_refused_for_the_token(ctx, prepared):
        answer = prepared.send(ctx)
        if not answer.ok:
            raise Inconclusive(f"with a token as well, {ctx.label(answer)} answered {answer.brief}")


def _expect_nothing_done(ctx: Context, operation: Operation) -> None:
    """Raise Failure when a change without a valid token is carried out, whatever the answer says.

    Every second operation gets a token that is none: a server may look at it too late. Raises Inconclusive when it
    was refused for what may be another reason than the token.
    """
    operations = [one for one in ctx.session.contract.operations if ctx.session.resources.access(one) is Access.CHANGE]
    authorization = _GARBAGE if operations.index(operation) % 2 else ""
    for _ in range(enactment_pool.ATTEMPTS):
        prepared = prepare(ctx, operation)
        is_clear = _is_refused_for_the_token(ctx, prepared, authorization)
        expect_undone(ctx, prepared)
        if is_clear:
            return
        # What is about to be stopped or deleted may have moved on by itself: another one is tried.
    if prepared.doubt:
        raise Inconclusive(f"{operation.label} is refused, perhaps not for want of a token: {prepared.doubt}")


def _is_refused_for_the_token(ctx: Context, prepared: Prepared, authorization: str = "") -> bool:
    """Send it without a valid token: whether the status says so; raises Failure for a success."""
    headers = {"Authorization": authorization} if authorization else {}
    answer = prepared.send(ctx, headers=headers, authorize=False)
    if answer.status == 429 or answer.status >= 500:
        raise NotTestable(f"{ctx.label(answer)} answered {answer.brief}")
    text = f"a refusal (401 or 403), since {'what was sent is no token' if authorization else 'no token was sent'}"
    ctx.expect(not answer.ok, expected=text, actual=answer.brief, exchange=answer)
    return answer.status in _REFUSED
