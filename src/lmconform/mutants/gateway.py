"""Authentication, resource groups and isolation that leak."""

from __future__ import annotations

import re
import time

from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.problems import Problem
from lmconform.mock.tokens import TokenIssuer
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import lists_everything, needs_no_token, reads_everywhere
from lmconform.mutants.registry import mutant


@mutant("auth-none", "LM-AUTH-TOKEN-REQUIRED", "LM-AUTH-REFUSED-NOT-STORED")
def none(bench: Bench) -> None:
    """BUG: "A request without a token is refused with 401 or 403." It is served."""

    @bench.patch(Authority, "check")
    def without(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if authorization is not None:
            original(self, authorization, switches)


@mutant("auth-any-token", "LM-AUTH-TOKEN-GARBAGE", "LM-AUTH-TOKEN-UNSIGNED", "LM-AUTH-TOKEN-CHANGED")
def any_token(bench: Bench) -> None:
    """BUG: "A bearer token that is no token is refused with 401 or 403." Any will do."""

    @bench.patch(Authority, "check")
    def garbage(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not (authorization or "").lower().startswith("bearer "):
            original(self, authorization, switches)


@mutant("auth-unsigned-token", "LM-AUTH-TOKEN-UNSIGNED", "LM-AUTH-TOKEN-CHANGED")
def unsigned(bench: Bench) -> None:
    """BUG: "A JWT without a signature is refused with 401 or 403." Three parts are enough, the last may be empty."""

    @bench.patch(Authority, "check")
    def three_parts(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if (authorization or "").count(".") != 2:
            original(self, authorization, switches)


@mutant("auth-unverified-token", "LM-AUTH-TOKEN-CHANGED")
def unverified(bench: Bench) -> None:
    """BUG: "A token whose claims were changed after it was signed is refused with 401 or 403." Its issuer is enough."""

    @bench.patch(TokenIssuer, "_read")
    def read(original, self, token):  # type: ignore[no-untyped-def]
        try:
            return original(self, token)
        except Problem as problem:
            if problem.text != "Jwt verification fails":
                raise
            return time.time() + 60


@mutant("auth-any-scheme", "LM-AUTH-SCHEME")
def any_scheme(bench: Bench) -> None:
    """BUG: "Basic authentication is no substitute for the token." It is."""

    @bench.patch(Authority, "check")
    def basic(original, self, authorization, switches):  # type: ignore[no-untyped-def]
        if not (authorization or "").lower().startswith("basic "):
            original(self, authorization, switches)


@mutant("auth-refused-yet-stored", "LM-AUTH-REFUSED-NOT-STORED")
def refused_yet_stored(bench: Bench) -> None:
    """BUG: "An artifact that is sent without a token is refused and not stored." Refused, and stored."""

    @bench.patch(App, "_answer")
    def stored(original, self, scope, path, headers, body):  # type: ignore[no-untyped-def]
        try:
            return original(self, scope, path, headers, body)
        except Problem as problem:
            if problem.status in (401, 403) and scope["method"] == "POST" and path.endswith("/artifacts"):
                import json

                group = self._store.groups.get(headers.get("ai-resource-group"))
                if group is not None:
                    group.add_artifact(json.loads(body))
            raise


@mutant("auth-one-open", "LM-AUTH-EVERY-READ")
def one_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is read by its id, and neither logs nor metrics are." What has an id is."""
    named = re.compile(r"/v2/lm/(artifacts|configurations|executions|deployments|executionSchedules)/[^/$]+")
    needs_no_token(bench, lambda method, path: method == "GET" and bool(named.fullmatch(path)))


@mutant("auth-logs-open", "LM-AUTH-EVERY-READ")
def logs_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is read by its id, and neither logs nor metrics are." Logs are."""
    needs_no_token(bench, lambda method, path: path.endswith("/logs"))


@mutant("auth-metrics-open", "LM-AUTH-EVERY-READ")
def metrics_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is read by its id, and neither logs nor metrics are." Metrics are."""
    needs_no_token(bench, lambda method, path: method == "GET" and path.endswith("/metrics"))


@mutant("auth-catalogue-open", "LM-AUTH-EVERY-READ")
def catalogue_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is read by its id, and neither logs nor metrics are." Executables are."""
    needs_no_token(bench, lambda method, path: method == "GET" and path.endswith("/executables"))


@mutant("auth-start-open", "LM-AUTH-EVERY-CHANGE")
def start_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is made, changed or deleted." Executions and deployments are started."""
    needs_no_token(bench, lambda method, path: method == "POST" and path.endswith(("/executions", "/deployments")))


@mutant("auth-configuration-open", "LM-AUTH-EVERY-CHANGE")
def configuration_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is made, changed or deleted." Configurations are made."""
    needs_no_token(bench, lambda method, path: method == "POST" and path.endswith("/configurations"))


@mutant("auth-metrics-written", "LM-AUTH-EVERY-CHANGE")
def metrics_written(bench: Bench) -> None:
    """BUG: "Without a token nothing is made, changed or deleted." Metrics are written."""
    needs_no_token(bench, lambda method, path: method == "PATCH" and path.endswith("/metrics"))


@mutant("auth-bulk-open", "LM-AUTH-EVERY-CHANGE")
def bulk_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is made, changed or deleted." Many at once are changed."""
    needs_no_token(bench, lambda method, path: method == "PATCH" and path.endswith(("/executions", "/deployments")))


@mutant("auth-schedules-open", "LM-AUTH-EVERY-CHANGE")
def schedules_open(bench: Bench) -> None:
    """BUG: "Without a token nothing is made, changed or deleted." Schedules are."""
    needs_no_token(bench, lambda method, path: method != "GET" and "/executionSchedules" in path)


@mutant("isolation-none", "LM-ISOLATION-ARTIFACT-LIST", "LM-ISOLATION-CONFIGURATION-LIST", "LM-ISOLATION-ARTIFACT-GET")
def isolation_none(bench: Bench) -> None:
    """BUG: "Artifacts are neither listed nor counted in another resource group." All groups are one."""

    @bench.patch(App, "_group")
    def one(original, self, operation, headers, values):  # type: ignore[no-untyped-def]
        original(self, operation, headers, values)
        return self._store.groups["tutorial"]


@mutant("isolation-artifact-get", "LM-ISOLATION-ARTIFACT-GET")
def artifact_get(bench: Bench) -> None:
    """BUG: "An artifact cannot be read from another resource group." It can."""
    reads_everywhere(bench, "artifacts", "artifactId", "getArtifact")


@mutant("isolation-configuration-get", "LM-ISOLATION-CONFIGURATION-GET")
def configuration_get(bench: Bench) -> None:
    """BUG: "A configuration cannot be read from another resource group." It can."""
    reads_everywhere(bench, "configurations", "configurationId", "getConfiguration")


@mutant("isolation-execution-get", "LM-ISOLATION-EXECUTION-GET")
def execution_get(bench: Bench) -> None:
    """BUG: "An execution cannot be read from another resource group." It can."""
    reads_everywhere(bench, "executions", "executionId", "getExecution")


@mutant("isolation-execution-change", "LM-ISOLATION-EXECUTION-CHANGE")
def execution_change(bench: Bench) -> None:
    """BUG: "An execution can be neither stopped nor deleted from another resource group." It can."""
    reads_everywhere(bench, "executions", "executionId", "modifyExecution", "deleteExecution")


@mutant("isolation-artifact-list", "LM-ISOLATION-ARTIFACT-LIST")
def artifact_list(bench: Bench) -> None:
    """BUG: "Artifacts are neither listed nor counted in another resource group." They are."""
    lists_everything(bench, "artifacts", "listArtifacts", "countArtifacts")


@mutant("isolation-artifact-count", "LM-ISOLATION-ARTIFACT-LIST")
def artifact_count(bench: Bench) -> None:
    """BUG: "Artifacts are neither listed nor counted in another resource group." They are counted."""
    lists_everything(bench, "artifacts", "countArtifacts")


@mutant("isolation-configuration-list", "LM-ISOLATION-CONFIGURATION-LIST")
def configuration_list(bench: Bench) -> None:
    """BUG: "Configurations are neither listed nor counted in another resource group." They are."""
    lists_everything(bench, "configurations", "listConfigurations", "countConfigurations")


@mutant("isolation-execution-list", "LM-ISOLATION-EXECUTION-LIST")
def execution_list(bench: Bench) -> None:
    """BUG: "Executions are not listed in another resource group." They are."""
    lists_everything(bench, "executions", "listExecutions")
