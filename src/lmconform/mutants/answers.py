"""Statuses, media types, headers, bodies and errors that the description does not have."""

from __future__ import annotations

from lmconform.mock import problems
from lmconform.mock.app import App
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import unknown_is_200, wrong_status
from lmconform.mutants.registry import mutant


@mutant("status-artifact-200", "LM-HTTP-STATUS-DECLARED", "LM-FLOW-ARTIFACT-REGISTERED")
def artifact_200(bench: Bench) -> None:
    """BUG: "The status of an answer is declared for its operation, or comes from a gateway." A creation is 200."""
    wrong_status(bench, "createArtifact", 200)


@mutant("status-execution-201", "LM-HTTP-STATUS-DECLARED", "LM-FLOW-EXECUTION-STARTED")
def execution_201(bench: Bench) -> None:
    """BUG: "The status of an answer is declared for its operation, or comes from a gateway." A start is 201."""
    wrong_status(bench, "createExecution", 201)


@mutant("status-delete-204", "LM-HTTP-STATUS-DECLARED", "LM-EXECUTION-DELETE")
def delete_204(bench: Bench) -> None:
    """BUG: "The status of an answer is declared for its operation, or comes from a gateway." A deletion is 204."""

    @bench.after("deleteExecution")
    def empty(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 204, None


@mutant("status-validation-422", "LM-HTTP-STATUS-DECLARED")
def validation_422(bench: Bench) -> None:
    """BUG: "The status of an answer is declared for its operation, or comes from a gateway." Wrong bodies are 422."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.status == 400:
            reply.status = 422
        return reply


@mutant("status-500-odd-name", "LM-HTTP-NO-SERVER-ERROR")
def odd_name(bench: Bench) -> None:
    """BUG: "No request is answered with a 5xx status that the contract does not declare." A long name breaks it."""

    @bench.before("createConfiguration")
    def breaks(call: Call) -> None:
        if len(call.body["name"]) > 50:
            raise Problem(500, "500", "Internal error")


@mutant("status-500-blank", "LM-HTTP-NO-SERVER-ERROR")
def blank(bench: Bench) -> None:
    """BUG: "No request is answered with a 5xx status that the contract does not declare."

    A search for several words breaks it.
    """

    @bench.before("listArtifacts", "listConfigurations")
    def breaks(call: Call) -> None:
        if " " in call.query.get("$search", ""):
            raise Problem(500, "500", "Internal error")


@mutant("status-unknown-artifact-200", "LM-ARTIFACT-UNKNOWN-404")
def artifact_unknown(bench: Bench) -> None:
    """BUG: "Reading an artifact that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getArtifact")


@mutant("status-unknown-configuration-200", "LM-CONFIGURATION-UNKNOWN-404")
def configuration_unknown(bench: Bench) -> None:
    """BUG: "Reading a configuration that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getConfiguration")


@mutant("status-unknown-execution-200", "LM-EXECUTION-UNKNOWN-404")
def execution_unknown(bench: Bench) -> None:
    """BUG: "Reading an execution that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getExecution")


@mutant("status-unknown-scenario-200", "LM-SCENARIO-UNKNOWN-404")
def scenario_unknown(bench: Bench) -> None:
    """BUG: "Reading a scenario that does not exist answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getScenario")


@mutant("status-unknown-executable-200", "LM-EXECUTABLE-UNKNOWN-404")
def executable_unknown(bench: Bench) -> None:
    """BUG: "Reading an executable that its scenario does not have answers 404." An empty object answers with 200."""
    unknown_is_200(bench, "getExecutable")


@mutant("media-type-text", "LM-HTTP-MEDIA-TYPE-DECLARED")
def media_text(bench: Bench) -> None:
    """BUG: "A successful answer has a media type that the contract declares." Lists come as text/html."""

    @bench.after("listConfigurations")
    def html(call: Call, reply: Reply) -> None:
        reply.headers["Content-Type"] = "text/html"


@mutant("body-required-missing", "LM-HTTP-BODY-SCHEMA")
def required_missing(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." An artifact has no createdAt."""

    @bench.after("getArtifact", "listArtifacts")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource.pop("createdAt", None)


@mutant("body-status-lower-case", "LM-HTTP-BODY-SCHEMA")
def lower_case(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." A status is in lower case."""

    @bench.after("getExecution")
    def lower(call: Call, reply: Reply) -> None:
        reply.json["status"] = str(reply.json["status"]).lower()


@mutant("body-kind-unknown", "LM-HTTP-BODY-SCHEMA")
def kind_unknown(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." A result set is called results."""

    @bench.after("getArtifact", "listArtifacts")
    def renamed(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("kind") == "resultset":
                resource["kind"] = "results"


@mutant("body-labels-object", "LM-HTTP-BODY-SCHEMA")
def labels_object(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." Labels are an object."""

    @bench.after("getArtifact")
    def mapping(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("labels"):
                resource["labels"] = {label["key"]: label["value"] for label in resource["labels"]}


@mutant("body-list-is-array", "LM-HTTP-BODY-SCHEMA")
def list_is_array(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." The scenarios are a bare array."""

    @bench.after("listScenarios")
    def bare(call: Call, reply: Reply) -> None:
        reply.json = reply.json["resources"]


@mutant("body-time-epoch", "LM-HTTP-BODY-SCHEMA")
def time_epoch(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." createdAt is a number."""

    @bench.after("getConfiguration")
    def number(call: Call, reply: Reply) -> None:
        reply.json["createdAt"] = 1700000000


@mutant("envelope-bare-message", "LM-ERROR-ENVELOPE")
def bare_message(bench: Bench) -> None:
    """BUG: "A declared 400, 404 or 412 carries an error object with code and message." A message stands alone."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.json and "error" in reply.json:
            reply.json = {"message": problem.message}
        return reply


@mutant("envelope-code-number", "LM-ERROR-ENVELOPE")
def code_number(bench: Bench) -> None:
    """BUG: "A declared 400, 404 or 412 carries an error object with code and message." The code is a number."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.json and "error" in reply.json:
            reply.json["error"]["code"] = problem.status
        return reply


@mutant("envelope-404-html", "LM-ERROR-ENVELOPE")
def html_404(bench: Bench) -> None:
    """BUG: "A declared 400, 404 or 412 carries an error object with code and message." 404 is a page."""

    @bench.patch(App, "_problem")
    def page(original, self, problem, path):  # type: ignore[no-untyped-def]
        if problem.status == 404 and problem.text is None:
            return Reply(404, text="<html>Not found</html>")
        return original(self, problem, path)


@mutant("meta-version-words", "LM-META-API-VERSION")
def meta_version(bench: Bench) -> None:
    """BUG: "The capabilities name the version of the AI API as three numbers." It is called latest."""

    @bench.after("getMeta")
    def words(call: Call, reply: Reply) -> None:
        reply.json["aiApi"]["version"] = "latest"


@mutant("meta-executions-not-served", "LM-META-EXECUTIONS-SERVED")
def not_served(bench: Bench) -> None:
    """BUG: "A target that advertises executions lists them." It answers 404."""

    @bench.before("listExecutions")
    def gone(call: Call) -> None:
        raise Problem(404, "404", "Not found")


@mutant("flow-scenario-hidden", "LM-FLOW-SCENARIO-LISTED")
def scenario_hidden(bench: Bench) -> None:
    """BUG: "The list of scenarios holds the scenario that the tutorial's templates define." It is read, not listed."""

    @bench.after("listScenarios")
    def hidden(call: Call, reply: Reply) -> None:
        rows = [r for r in reply.json["resources"] if r["id"] != "text-clf-tutorial"]
        reply.json = {"count": len(rows), "resources": rows}


@mutant("flow-metrics-refused", "LM-FLOW-METRICS-STORED")
def metrics_refused(bench: Bench) -> None:
    """BUG: "Storing the tutorial's metrics as a merge patch answers 204." A name with a space is refused."""

    @bench.before("patchMetrics")
    def space(call: Call) -> None:
        if any(" " in m["name"] for m in call.body.get("metrics") or []):
            raise problems.bad_request("a metric's name has a space")


@mutant("flow-metrics-lost", "LM-FLOW-METRICS-READ-BACK")
def metrics_lost(bench: Bench) -> None:
    """BUG: "The tutorial's metric, labels, tags and custom information come back unchanged." Spaces become _."""

    @bench.after("findMetrics")
    def underscores(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["name"] = point["name"].replace(" ", "_")


@mutant("path-id-trimmed", "LM-FUZZ-NEGATIVE-PATH-REFUSED", "LM-SCENARIO-BAD-ID")
def path_trimmed(bench: Bench) -> None:
    """BUG: "A generated path id that clearly breaks its pattern is refused." The first scenario answers to any."""
    from lmconform.mock import validation

    @bench.patch(validation, "path")
    def anything(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id != "getScenario":
            original(contract, operation, values, switches)

    @bench.before("getScenario")
    def first(call: Call) -> None:
        if len(call.path["scenarioId"]) < 4 or " " in call.path["scenarioId"] or len(call.path["scenarioId"]) > 64:
            call.path["scenarioId"] = next(iter(call.catalog.scenarios))
