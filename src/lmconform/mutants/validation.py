"""Requests that should be refused and are taken, or the other way round."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import SCHEMAS, acknowledges, malformed_422, optional, same_again
from lmconform.mutants.registry import mutant


def _refused_yet_stored(bench: Bench, operation: str, adder: str) -> None:
    @bench.patch(validation, "body")
    def stored(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id != operation:
            return original(contract, asked, media_type, raw, switches)
        try:
            return original(contract, asked, media_type, raw, switches)
        except Problem as problem:
            value = validation.parse(raw)
            if isinstance(value, dict) and isinstance(value.get("name"), str):
                return {**value, "__refused": problem}
            raise

    @bench.before(operation)
    def refuse(call: Call) -> None:
        problem = call.body.pop("__refused", None)
        if problem is not None:
            getattr(call.group, adder)(call.body)
            raise problem


@mutant("accepts-artifact-without-scenario", "LM-ARTIFACT-BODY-REQUIRED")
def artifact_required(bench: Bench) -> None:
    """BUG: "An artifact without name, kind, url or scenarioId is refused with 400." The scenarioId may lack."""
    optional(bench, "ArtifactCreation", "scenarioId")

    @bench.before("createArtifact")
    def default(call: Call) -> None:
        call.body.setdefault("scenarioId", "default-scenario")


@mutant("accepts-artifact-type", "LM-ARTIFACT-BODY-TYPE")
def artifact_type(bench: Bench) -> None:
    """BUG: "An artifact with a field of the wrong type is refused with 400." Numbers become texts."""
    bench.document[SCHEMAS.split("/")[0]]["schemas"]["ArtifactCreation"]["properties"]["description"] = {}
    bench.document["components"]["schemas"]["ArtifactCreation"]["properties"]["name"] = {}
    _texts(bench, "createArtifact", "name", "description")


@mutant("accepts-artifact-kind", "LM-ARTIFACT-BODY-KIND")
def artifact_kind(bench: Bench) -> None:
    """BUG: "An artifact of an unknown kind is refused with 400." It becomes other."""
    bench.schema(f"{SCHEMAS}/ArtifactCreation")["properties"]["kind"] = {"type": "string"}

    @bench.before("createArtifact")
    def other(call: Call) -> None:
        if call.body["kind"] not in ("model", "dataset", "resultset"):
            call.body["kind"] = "other"


@mutant("accepts-artifact-url", "LM-ARTIFACT-BODY-URL")
def artifact_url(bench: Bench) -> None:
    """BUG: "An artifact whose url has no scheme is refused with 400." It is taken."""
    bench.schema(f"{SCHEMAS}/ArtifactCreation")["properties"]["url"] = {"type": "string"}


@mutant("accepts-artifact-scenario-id", "LM-ARTIFACT-BODY-SCENARIO-ID")
def artifact_scenario(bench: Bench) -> None:
    """BUG: "An artifact whose scenarioId breaks the pattern of ids is refused with 400 or 404." It is taken."""
    bench.schema(f"{SCHEMAS}/ArtifactCreation")["properties"]["scenarioId"] = {"type": "string"}


@mutant("accepts-artifact-label", "LM-ARTIFACT-BODY-LABEL")
def artifact_label(bench: Bench) -> None:
    """BUG: "An artifact with a label of a foreign key, or without key or value, is refused with 400." It is taken."""
    bench.schema(f"{SCHEMAS}/ArtifactCreation")["properties"]["labels"] = {"type": "array"}

    @bench.before("createArtifact")
    def whole(call: Call) -> None:
        for label in call.body.get("labels") or []:
            label.setdefault("key", "ext.ai.sap.com/none")
            label.setdefault("value", "none")


@mutant("accepts-artifact-too-long", "LM-ARTIFACT-BODY-TOO-LONG")
def artifact_long(bench: Bench) -> None:
    """BUG: "A name, url, description, label key or value one character too long is refused with 400." It is cut."""
    bench.schema(f"{SCHEMAS}/ArtifactCreation")["properties"]["name"] = {"type": "string"}

    @bench.before("createArtifact")
    def cut(call: Call) -> None:
        call.body["name"] = call.body["name"][:256] or "artifact"


@mutant("refuses-artifact-at-limit", "LM-ARTIFACT-BODY-AT-LIMIT")
def artifact_at_limit(bench: Bench) -> None:
    """BUG: "A name, url, description, label key and value of the greatest length, and one less, are accepted."

    255 are the most.
    """

    @bench.before("createArtifact")
    def shorter(call: Call) -> None:
        if len(call.body["name"]) > 255:
            raise bad_request("name is too long")


@mutant("refuses-artifact-gs", "LM-ARTIFACT-URL-SCHEMES")
def artifact_gs(bench: Bench) -> None:
    """BUG: "Artifacts are accepted with urls that begin with ai://, gs:// and https://." gs is refused."""

    @bench.before("createArtifact")
    def ai_alone(call: Call) -> None:
        if call.body["url"].startswith("gs:"):
            raise bad_request("url has an unknown scheme")


@mutant("accepts-artifact-malformed", "LM-ARTIFACT-BODY-MALFORMED")
def artifact_malformed(bench: Bench) -> None:
    """BUG: "An artifact whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "createArtifact")


@mutant("stores-refused-artifact", "LM-ARTIFACT-REFUSED-NOT-STORED")
def artifact_stored(bench: Bench) -> None:
    """BUG: "An artifact that is refused is not stored." It is refused, and stored."""
    _refused_yet_stored(bench, "createArtifact", "add_artifact")


@mutant("stores-refused-configuration", "LM-CONFIGURATION-REFUSED-NOT-STORED")
def configuration_stored(bench: Bench) -> None:
    """BUG: "A configuration that is refused is not stored." It is refused, and stored."""
    _refused_yet_stored(bench, "createConfiguration", "add_configuration")


@mutant("artifact-same-id-again", "LM-ARTIFACT-CREATE-TWICE")
def artifact_twice(bench: Bench) -> None:
    """BUG: "Registering the same artifact twice makes two artifacts with two ids." The second is the first."""
    same_again(bench, "createArtifact")


@mutant("configuration-same-id-again", "LM-CONFIGURATION-CREATE-TWICE")
def configuration_twice(bench: Bench) -> None:
    """BUG: "Creating the same configuration twice makes two configurations with two ids." The second is the first."""
    same_again(bench, "createConfiguration")


@mutant("accepts-configuration-required", "LM-CONFIGURATION-BODY-REQUIRED")
def configuration_required(bench: Bench) -> None:
    """BUG: "A configuration without name, executableId or scenarioId is refused with 400." The name may lack."""
    optional(bench, "ConfigurationCreation", "name")

    @bench.before("createConfiguration")
    def default(call: Call) -> None:
        call.body.setdefault("name", "configuration")


@mutant("accepts-configuration-type", "LM-CONFIGURATION-BODY-TYPE")
def configuration_type(bench: Bench) -> None:
    """BUG: "A configuration with a field of the wrong type is refused with 400." Numbers become texts."""
    bench.schema(f"{SCHEMAS}/ConfigurationCreation")["properties"]["name"] = {}
    _texts(bench, "createConfiguration", "name")


@mutant("accepts-configuration-binding", "LM-CONFIGURATION-BODY-BINDING")
def configuration_binding(bench: Bench) -> None:
    """BUG: "A binding without its value, or with an impossible artifact id, is refused with 400 or 404." Dropped."""
    properties = bench.schema(f"{SCHEMAS}/ConfigurationCreation")["properties"]
    properties["inputArtifactBindings"] = properties["parameterBindings"] = {"type": "array"}

    @bench.before("createConfiguration")
    def drop(call: Call) -> None:
        for name, value in (("inputArtifactBindings", "artifactId"), ("parameterBindings", "value")):
            rows = call.body.get(name) or []
            call.body[name] = [r for r in rows if isinstance(r, dict) and {"key", value} <= set(r)]


@mutant("accepts-configuration-too-long", "LM-CONFIGURATION-BODY-TOO-LONG")
def configuration_long(bench: Bench) -> None:
    """BUG: "A name, parameter key or value one character too long is refused with 400." It is taken."""
    bench.schema(f"{SCHEMAS}/ConfigurationCreation")["properties"]["name"] = {"type": "string", "minLength": 1}


@mutant("refuses-configuration-at-limit", "LM-CONFIGURATION-BODY-AT-LIMIT")
def configuration_at_limit(bench: Bench) -> None:
    """BUG: "A configuration with a name of the greatest length, or one less, is accepted."

    255 characters are the most.
    """

    @bench.before("createConfiguration")
    def shorter(call: Call) -> None:
        if len(call.body["name"]) > 255:
            raise bad_request("name is too long")


@mutant("accepts-configuration-malformed", "LM-CONFIGURATION-BODY-MALFORMED")
def configuration_malformed(bench: Bench) -> None:
    """BUG: "A configuration whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "createConfiguration")


@mutant("refuses-configuration-version-id", "LM-CONFIGURATION-VERSION-ID-TOLERATED", "LM-FLOW-CONFIGURATION-CREATED")
def version_id(bench: Bench) -> None:
    """BUG: "A configuration whose body holds a versionId is accepted." It is refused."""

    @bench.before("createConfiguration")
    def refuse(call: Call) -> None:
        if "versionId" in call.body:
            raise bad_request("versionId is unknown")


@mutant("accepts-unknown-executable", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def unknown_executable(bench: Bench) -> None:
    """BUG: "A configuration of an executable that the scenario does not have is refused." It is created."""

    @bench.instead("createConfiguration")
    def create(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.code != "01010005":
                raise
            made = call.group.add_configuration({"parameterBindings": [], "inputArtifactBindings": [], **call.body})
            return Reply(201, {"id": made["id"], "message": "Configuration created"})


@mutant("accepts-execution-malformed", "LM-EXECUTION-BODY-MALFORMED")
def execution_malformed(bench: Bench) -> None:
    """BUG: "An execution whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "createExecution")


@mutant("accepts-execution-required", "LM-EXECUTION-BODY-REQUIRED")
def execution_required(bench: Bench) -> None:
    """BUG: "An execution without configurationId is refused with 400." It answers 404."""
    _status_for(bench, "createExecution", b"configurationId", 404)


@mutant("accepts-bulk-malformed", "LM-BULK-BODY-MALFORMED")
def bulk_malformed(bench: Bench) -> None:
    """BUG: "A bulk update whose JSON is broken is refused with 400." It answers 422."""
    malformed_422(bench, "modifyExecutions")


@mutant("accepts-bulk-target", "LM-BULK-BODY-TARGET")
def bulk_target(bench: Bench) -> None:
    """BUG: "A bulk update to anything but STOPPED and DELETED is refused, or is an error of its entry." Ignored."""
    bulk_entry(bench)["properties"]["targetStatus"] = {"type": "string"}
    acknowledges(bench, "modifyExecutions", "executions")


@mutant("accepts-bulk-required", "LM-BULK-BODY-REQUIRED")
def bulk_required(bench: Bench) -> None:
    """BUG: "A bulk update with an entry without id or targetStatus is refused, or is an error of its entry."

    Without targetStatus it does nothing.
    """
    bulk_entry(bench)["required"] = ["id"]
    acknowledges(bench, "modifyExecutions", "executions")


def bulk_entry(bench: Bench) -> dict:  # type: ignore[type-arg]
    """The schema of one entry of a bulk request."""
    items = bench.schema(f"{SCHEMAS}/ExecutionBulkModification")["properties"]["executions"]["items"]
    return bench.schema(items["$ref"].removeprefix("#/")) if "$ref" in items else items


@mutant("accepts-metrics-malformed", "LM-METRICS-BODY-MALFORMED")
def metrics_malformed(bench: Bench) -> None:
    """BUG: "Metrics whose JSON is broken are refused with 400." They answer 422."""
    malformed_422(bench, "patchMetrics")


@mutant("accepts-metrics-step", "LM-METRICS-BODY-TYPE")
def metrics_step(bench: Bench) -> None:
    """BUG: "A value or step that is no number, and a negative step, are refused with 400." A negative step is taken."""
    bench.schema(f"{SCHEMAS}/Metric")["properties"]["step"] = {"type": "integer"}


@mutant("accepts-metrics-long-tag", "LM-METRICS-BODY-TOO-LONG")
def metrics_tag(bench: Bench) -> None:
    """BUG: "A name, or a value of a tag or label, that is too long or empty is refused with 400 or 413."

    A tag may be.
    """
    bench.schema(f"{SCHEMAS}/Tag")["properties"]["value"] = {"type": "string"}


@mutant("accepts-metrics-without-name", "LM-METRICS-BODY-REQUIRED")
def metrics_name(bench: Bench) -> None:
    """BUG: "Metrics without executionId, name or value are refused with 400." A nameless one is called metric."""
    optional(bench, "Metric", "name")

    @bench.before("patchMetrics")
    def default(call: Call) -> None:
        for metric in call.body.get("metrics") or []:
            metric.setdefault("name", "metric")


def _texts(bench: Bench, operation: str, *names: str) -> None:
    @bench.before(operation)
    def texts(call: Call) -> None:
        for name in names:
            if name in call.body:
                call.body[name] = str(call.body[name])


def _status_for(bench: Bench, operation: str, member: bytes, status: int) -> None:
    @bench.patch(validation, "body")
    def other(original, contract, asked, media_type, raw, switches):  # type: ignore[no-untyped-def]
        if asked.id == operation and raw.startswith(b"{") and raw.endswith(b"}") and member not in raw:
            raise Problem(status, "01010006", "Configuration does not exist")
        return original(contract, asked, media_type, raw, switches)
