"""Requests without a valid token that are served."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping

from lmconform.contract.openapi import Operation
from lmconform.contract.published import published
from lmconform.contract.resources import Access, resources
from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mock.tokens import TokenIssuer
from lmconform.mutants.bench import Bench
from lmconform.mutants.bench import resources as resources_of
from lmconform.mutants.registry import Apply, mutant


@mutant("auth-none", "LM-AUTH-TOKEN-REQUIRED", "LM-AUTH-REFUSED-NOT-STORED")
def auth_none(bench: Bench) -> None:
    """BUG: a request without an Authorization header is served."""

    @bench.patch(Authority, "check")
    def without(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if authorization is not None:
            original(self, authorization, switches)


@mutant("auth-any-token", "LM-AUTH-TOKEN-GARBAGE", "LM-AUTH-TOKEN-UNSIGNED", "LM-AUTH-TOKEN-CHANGED")
def auth_any_token(bench: Bench) -> None:
    """BUG: any bearer text is accepted as a token."""

    @bench.patch(Authority, "check")
    def garbage(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not (authorization or "").lower().startswith("bearer "):
            original(self, authorization, switches)


@mutant("auth-unsigned-token", "LM-AUTH-TOKEN-UNSIGNED", "LM-AUTH-TOKEN-CHANGED")
def auth_unsigned_token(bench: Bench) -> None:
    """BUG: any text of three parts is accepted as a JWT, and the signature may be empty."""

    @bench.patch(Authority, "check")
    def three_parts(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or token.count(".") != 2:
            original(self, authorization, switches)


@mutant("auth-unverified-token", "LM-AUTH-TOKEN-CHANGED")
def auth_unverified_token(bench: Bench) -> None:
    """BUG: the signature of a JWT is not verified."""

    @bench.patch(TokenIssuer, "_read")
    def read(original, self, token):  # type: ignore[no-untyped-def]
        try:
            return original(self, token)
        except Problem as problem:
            if problem.text != "Jwt verification fails":
                raise
            return time.time() + 60


@mutant("auth-known-claims", "LM-AUTH-TOKEN-CHANGED")
def auth_known_claims(bench: Bench) -> None:
    """BUG: a token is looked up by its claims once it was verified, so that its signature no longer counts."""

    @bench.patch(TokenIssuer, "_read")
    def known(original, self, token):  # type: ignore[no-untyped-def]
        claims = token.rpartition(".")[0]
        verified = (until for other, until in self._known.items() if other.rpartition(".")[0] == claims)
        return next(verified, None) or original(self, token)


@mutant("auth-any-scheme", "LM-AUTH-SCHEME")
def auth_any_scheme(bench: Bench) -> None:
    """BUG: Basic authentication is accepted instead of a bearer token."""

    @bench.patch(Authority, "check")
    def basic(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not (authorization or "").lower().startswith("basic "):
            original(self, authorization, switches)


@mutant("auth-refused-yet-stored", "LM-AUTH-REFUSED-NOT-STORED")
def auth_refused_yet_stored(bench: Bench) -> None:
    """BUG: an artifact sent without a token is refused and stored all the same."""

    @bench.patch(App, "_answer")
    def stored(original, self, scope, path, headers, body):  # type: ignore[no-untyped-def]
        try:
            return original(self, scope, path, headers, body)
        except Problem as problem:
            if problem.status in (401, 403) and scope["method"] == "POST" and path.endswith("/artifacts"):
                group = self._store.groups.get(headers.get("ai-resource-group"))
                if group is not None:
                    group.add_artifact(json.loads(body))
            raise


@mutant("auth-one-open", "LM-AUTH-EVERY-READ")
def auth_one_open(bench: Bench) -> None:
    """BUG: artifacts, configurations, executions, deployments and schedules are read by id without a token."""
    named = re.compile(r"/v2/lm/(artifacts|configurations|executions|deployments|executionSchedules)/[^/$]+")
    _needs_no_token(bench, lambda method, path: method == "GET" and bool(named.fullmatch(path)))


@mutant("auth-logs-open", "LM-AUTH-EVERY-READ")
def auth_logs_open(bench: Bench) -> None:
    """BUG: the logs of executions and deployments are read without a token."""
    _needs_no_token(bench, lambda method, path: path.endswith("/logs"))


@mutant("auth-metrics-open", "LM-AUTH-EVERY-READ")
def auth_metrics_open(bench: Bench) -> None:
    """BUG: metrics are read without a token."""
    _needs_no_token(bench, lambda method, path: method == "GET" and path.endswith("/metrics"))


@mutant("auth-catalogue-open", "LM-AUTH-EVERY-READ")
def auth_catalogue_open(bench: Bench) -> None:
    """BUG: the executables of a scenario are listed without a token."""
    _needs_no_token(bench, lambda method, path: method == "GET" and path.endswith("/executables"))


@mutant("auth-start-open", "LM-AUTH-EVERY-CHANGE")
def auth_start_open(bench: Bench) -> None:
    """BUG: executions and deployments are started without a token."""
    _needs_no_token(bench, lambda method, path: method == "POST" and path.endswith(("/executions", "/deployments")))


@mutant("auth-configuration-open", "LM-AUTH-EVERY-CHANGE")
def auth_configuration_open(bench: Bench) -> None:
    """BUG: configurations are created without a token."""
    _needs_no_token(bench, lambda method, path: method == "POST" and path.endswith("/configurations"))


@mutant("auth-metrics-written", "LM-AUTH-EVERY-CHANGE")
def auth_metrics_written(bench: Bench) -> None:
    """BUG: metrics are stored without a token."""
    _needs_no_token(bench, lambda method, path: method == "PATCH" and path.endswith("/metrics"))


@mutant("auth-bulk-open", "LM-AUTH-EVERY-CHANGE")
def auth_bulk_open(bench: Bench) -> None:
    """BUG: executions and deployments are changed in bulk without a token."""
    _needs_no_token(bench, lambda method, path: method == "PATCH" and path.endswith(("/executions", "/deployments")))


@mutant("auth-schedules-open", "LM-AUTH-EVERY-CHANGE")
def auth_schedules_open(bench: Bench) -> None:
    """BUG: schedules are created, changed and deleted without a token."""
    _needs_no_token(bench, lambda method, path: method != "GET" and "/executionSchedules" in path)


@mutant("auth-counts-open", "LM-AUTH-EVERY-LIST")
def auth_counts_open(bench: Bench) -> None:
    """BUG: every $count is answered without a token."""
    _needs_no_token(bench, lambda method, path: path.endswith("$count"))


@mutant("auth-deployments-open", "LM-AUTH-EVERY-LIST")
def auth_deployments_open(bench: Bench) -> None:
    """BUG: deployments are listed without a token."""
    _needs_no_token(bench, lambda method, path: path.endswith("/deployments") and method == "GET")


@mutant("auth-delete-open", "LM-AUTH-CHANGE", "LM-AUTH-FILE")
def auth_delete_open(bench: Bench) -> None:
    """BUG: every DELETE is carried out without a token."""
    _needs_no_token(bench, lambda method, path: method == "DELETE")


@mutant("auth-change-open", "LM-AUTH-CHANGE")
def auth_change_open(bench: Bench) -> None:
    """BUG: every PATCH is carried out without a token."""
    _needs_no_token(bench, lambda method, path: method == "PATCH")


@mutant("auth-files-open", "LM-AUTH-FILE")
def auth_files_open(bench: Bench) -> None:
    """BUG: files are downloaded without a token."""
    _needs_no_token(bench, lambda method, path: method == "GET" and "/dataset/files/" in path)


@mutant("auth-files-written", "LM-AUTH-FILE")
def auth_files_written(bench: Bench) -> None:
    """BUG: files are uploaded without a token."""
    _needs_no_token(bench, lambda method, path: method == "PUT")


def _needs_no_token(bench: Bench, free: Callable[[str, str], bool], queried: bytes = b"") -> None:
    """Requests for whose method and path ``free`` is true, and whose query has ``queried``, need no token."""
    now = [False]

    @bench.patch(App, "_answer")
    def look(original, self, scope, path, headers, body):  # type: ignore[no-untyped-def]
        now[0] = free(scope["method"], path) and queried in scope.get("query_string", b"")
        return original(self, scope, path, headers, body)

    @bench.patch(Authority, "check")
    def check(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not now[0]:
            original(self, authorization, switches)


@mutant("auth-refused-yet-done", "LM-AUTH-EVERY-CHANGE")
def auth_refused_yet_done(bench: Bench) -> None:
    """BUG: a change without a token is refused, and carried out all the same."""
    _refuses_and_does(bench, lambda method, headers, body: not _sent(headers))


@mutant("auth-refused-yet-stopped", "LM-AUTH-EVERY-CHANGE")
def auth_refused_yet_stopped(bench: Bench) -> None:
    """BUG: a stop without a token is refused, and carried out all the same; answers have no targetStatus."""
    _refuses_and_does(bench, lambda method, headers, body: not _sent(headers) and b'"STOPPED"' in body)

    @bench.after("getExecution", "getDeployment", "listExecutions", "listDeployments")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources_of(reply):
            resource.pop("targetStatus", None)


def _sent(headers: Mapping[str, str]) -> str:
    return headers.get("authorization", "")


def _refuses_and_does(bench: Bench, concerned: Callable[[str, Mapping[str, str], bytes], bool]) -> None:
    """Changes that are ``concerned`` by method, headers and body are refused, and carried out all the same."""
    bare = [False]

    @bench.patch(App, "_answer")
    def refused(original, self, scope, path, headers, body):  # type: ignore[no-untyped-def]
        bare[0] = scope["method"] != "GET" and concerned(scope["method"], headers, body)
        reply = original(self, scope, path, headers, body)
        if bare[0]:
            raise Problem(401, text="RBAC: access denied")
        return reply

    @bench.patch(Authority, "check")
    def check(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not bare[0]:
            original(self, authorization, switches)


@mutant("auth-garbage-yet-done", "LM-AUTH-EVERY-CHANGE")
def auth_garbage_yet_done(bench: Bench) -> None:
    """BUG: a DELETE with a token that is none is refused, and carried out all the same."""
    _refuses_and_does(bench, lambda method, headers, body: method == "DELETE" and "." not in _sent(headers))


@mutant("auth-selected-lists-open", "LM-AUTH-EVERY-LIST")
def auth_selected_lists_open(bench: Bench) -> None:
    """BUG: executions and deployments are listed without a token when $select is sent."""
    _needs_no_token(bench, lambda method, path: path.endswith(("/executions", "/deployments")), b"select")


@mutant("auth-token-of-any-scheme", "LM-AUTH-SCHEME")
def auth_token_of_any_scheme(bench: Bench) -> None:
    """BUG: a valid token is accepted behind every scheme, such as Basic."""

    @bench.patch(Authority, "check")
    def any_scheme(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        _, _, token = (authorization or "").partition(" ")
        original(self, f"Bearer {token}" if token else authorization, switches)


# Which requirement judges that an operation needs a token.
_JUDGES = {
    Access.GENERAL: "LM-AUTH-META",
    Access.LIST: "LM-AUTH-EVERY-LIST",
    Access.READ: "LM-AUTH-EVERY-READ",
    Access.CHANGE: "LM-AUTH-EVERY-CHANGE",
}


def _open(operation: Operation) -> Apply:
    def needs_no_token(bench: Bench) -> None:
        _needs_no_token(bench, lambda method, path: _is(operation, method, path))

    needs_no_token.__doc__ = f"BUG: {operation.id} needs no token, and nothing else does without one."
    return needs_no_token


def _is(operation: Operation, method: str, path: str) -> bool:
    found = published().match(method, path.removeprefix("/v2"))
    return found is not None and found[0].id == operation.id


for _operation in published().operations:
    _access = resources(published()).access(_operation)
    mutant(f"auth-open-{_operation.id}", _JUDGES[_access])(_open(_operation))
