"""Answers of any operation: statuses, media types, bodies, headers and errors that the description does not have."""

from __future__ import annotations

import re
from email.utils import formatdate

from lmconform.mock.app import App
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.http_protocol import Protocol
from lmconform.mock.problems import Problem
from lmconform.mock.times import parse_instant
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import breaks_down_when, wrong_status
from lmconform.mutants.registry import mutant

_TIMES = ("createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime")


@mutant("status-artifact-200", "LM-HTTP-STATUS-DECLARED", "LM-FLOW-ARTIFACT-REGISTERED")
def status_artifact_200(bench: Bench) -> None:
    """BUG: registering an artifact answers 200 instead of 201."""
    wrong_status(bench, "createArtifact", 200)


@mutant("status-execution-201", "LM-HTTP-STATUS-DECLARED", "LM-FLOW-EXECUTION-STARTED")
def status_execution_201(bench: Bench) -> None:
    """BUG: starting an execution answers 201 instead of 202."""
    wrong_status(bench, "createExecution", 201)


@mutant("status-delete-204", "LM-HTTP-STATUS-DECLARED", "LM-EXECUTION-DELETE")
def status_delete_204(bench: Bench) -> None:
    """BUG: deleting an execution answers 204 without a body instead of 202."""

    @bench.after("deleteExecution")
    def empty(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 204, None


@mutant("status-validation-422", "LM-HTTP-STATUS-DECLARED")
def status_validation_422(bench: Bench) -> None:
    """BUG: every request that should be refused with 400 is refused with 422."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.status == 400:
            reply.status = 422
        return reply


@mutant("metrics-patch-200", "LM-HTTP-STATUS-DECLARED")
def metrics_patch_200(bench: Bench) -> None:
    """BUG: storing metrics answers 200 with an empty object instead of 204."""

    @bench.after("patchMetrics")
    def ok(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 200, {}


@mutant("status-500-odd-name", "LM-HTTP-NO-SERVER-ERROR")
def status_500_odd_name(bench: Bench) -> None:
    """BUG: a configuration name of more than 50 characters is answered with 500."""
    breaks_down_when(bench, lambda call: len(call.body["name"]) > 50, "createConfiguration")


@mutant("status-500-blank", "LM-HTTP-NO-SERVER-ERROR")
def status_500_blank(bench: Bench) -> None:
    """BUG: a search text with a blank in it is answered with 500."""
    breaks_down_when(bench, lambda call: " " in call.query.get("$search", ""), "listArtifacts", "listConfigurations")


@mutant("generated-quote", "LM-HTTP-NO-SERVER-ERROR")
def generated_quote(bench: Bench) -> None:
    """BUG: an apostrophe in the description of an artifact is answered with 500."""
    breaks_down_when(bench, lambda call: "'" in call.body.get("description", ""), "createArtifact")


@mutant("media-type-text", "LM-HTTP-MEDIA-TYPE-DECLARED")
def media_type_text(bench: Bench) -> None:
    """BUG: the list of configurations is sent as text/html."""

    @bench.after("listConfigurations")
    def html(call: Call, reply: Reply) -> None:
        reply.headers["Content-Type"] = "text/html"


@mutant("body-required-missing", "LM-HTTP-BODY-SCHEMA")
def body_required_missing(bench: Bench) -> None:
    """BUG: artifacts are shown without createdAt, which is required."""

    @bench.after("getArtifact", "listArtifacts")
    def without(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource.pop("createdAt", None)


@mutant("body-status-lower-case", "LM-HTTP-BODY-SCHEMA")
def body_status_lower_case(bench: Bench) -> None:
    """BUG: the status of an execution is shown in lower case."""

    @bench.after("getExecution")
    def lower(call: Call, reply: Reply) -> None:
        reply.json["status"] = str(reply.json["status"]).lower()


@mutant("body-kind-unknown", "LM-HTTP-BODY-SCHEMA")
def body_kind_unknown(bench: Bench) -> None:
    """BUG: the kind resultset of an artifact is shown as results, which is no kind."""

    @bench.after("getArtifact", "listArtifacts")
    def renamed(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("kind") == "resultset":
                resource["kind"] = "results"


@mutant("body-labels-object", "LM-HTTP-BODY-SCHEMA")
def body_labels_object(bench: Bench) -> None:
    """BUG: the labels of an artifact are shown as an object instead of an array."""

    @bench.after("getArtifact")
    def mapping(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("labels"):
                resource["labels"] = {label["key"]: label["value"] for label in resource["labels"]}


@mutant("body-list-is-array", "LM-HTTP-BODY-SCHEMA")
def body_list_is_array(bench: Bench) -> None:
    """BUG: the list of scenarios is a bare array without count and resources."""

    @bench.after("listScenarios")
    def bare(call: Call, reply: Reply) -> None:
        reply.json = reply.json["resources"]


@mutant("body-time-epoch", "LM-HTTP-BODY-SCHEMA")
def body_time_epoch(bench: Bench) -> None:
    """BUG: createdAt of a configuration is a number of seconds instead of a date."""

    @bench.after("getConfiguration")
    def number(call: Call, reply: Reply) -> None:
        reply.json["createdAt"] = 1700000000


@mutant("count-is-text", "LM-HTTP-BODY-SCHEMA")
def count_is_text(bench: Bench) -> None:
    """BUG: counting artifacts answers "3 artifacts" instead of a number."""

    @bench.after("countArtifacts")
    def words(call: Call, reply: Reply) -> None:
        reply.text = f"{reply.text} artifacts"


@mutant("deployment-details-list", "LM-HTTP-BODY-SCHEMA")
def deployment_details_list(bench: Bench) -> None:
    """BUG: the details of a deployment are shown as an array instead of an object."""

    @bench.after("getDeployment")
    def wrapped(call: Call, reply: Reply) -> None:
        if "details" in reply.json:
            reply.json["details"] = [reply.json["details"]]


@mutant("executable-deployable-text", "LM-HTTP-BODY-SCHEMA")
def executable_deployable_text(bench: Bench) -> None:
    """BUG: deployable of an executable is the text yes or no instead of a boolean."""

    @bench.after("getExecutable")
    def words(call: Call, reply: Reply) -> None:
        reply.json["deployable"] = "yes" if reply.json["deployable"] else "no"


@mutant("model-latest-text", "LM-HTTP-BODY-SCHEMA")
def model_latest_text(bench: Bench) -> None:
    """BUG: isLatest of a model version is a text instead of a boolean."""

    @bench.after("listScenarioModels")
    def text(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            for version in model["versions"]:
                version["isLatest"] = str(version["isLatest"]).lower()


@mutant("schedule-status-word", "LM-HTTP-BODY-SCHEMA")
def schedule_status_word(bench: Bench) -> None:
    """BUG: a paused schedule shows the status PAUSED, which is not in the enumeration."""

    @bench.after("getExecutionSchedule")
    def paused(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "INACTIVE":
            reply.json["status"] = "PAUSED"


@mutant("select-metrics-without-id", "LM-HTTP-BODY-SCHEMA")
def select_metrics_without_id(bench: Bench) -> None:
    """BUG: metrics read with $select come without executionId, which is required."""

    @bench.after("findMetrics")
    def without_id(call: Call, reply: Reply) -> None:
        if "$select" in call.query and reply.json:
            for resource in reply.json["resources"]:
                resource.pop("executionId", None)


@mutant("time-http-date", "LM-HTTP-DATE-TIME")
def time_http_date(bench: Bench) -> None:
    """BUG: artifacts and configurations show their times in the format of HTTP dates."""

    @bench.after("getArtifact", "listArtifacts", "getConfiguration", "listConfigurations")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for name in _TIMES:
                if resource.get(name):
                    resource[name] = formatdate(parse_instant(resource[name], name), usegmt=True)


@mutant("time-without-zone", "LM-HTTP-DATE-TIME")
def time_without_zone(bench: Bench) -> None:
    """BUG: executions show their times without a time zone."""

    @bench.after("getExecution", "listExecutions")
    def naive(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for name in _TIMES:
                if resource.get(name):
                    resource[name] = resource[name].removesuffix("Z")


@mutant("file-header-missing", "LM-HTTP-HEADERS-DECLARED", "LM-FILE-DOWNLOAD-HEADERS")
def file_header_missing(bench: Bench) -> None:
    """BUG: a download is sent without the header Content-Security-Policy."""

    @bench.after("downloadFile")
    def without(call: Call, reply: Reply) -> None:
        reply.headers.pop("Content-Security-Policy", None)


@mutant("envelope-bare-message", "LM-ERROR-ENVELOPE")
def envelope_bare_message(bench: Bench) -> None:
    """BUG: an error body is a bare message without the object error."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.json and "error" in reply.json:
            reply.json = {"message": problem.message}
        return reply


@mutant("envelope-code-number", "LM-ERROR-ENVELOPE")
def envelope_code_number(bench: Bench) -> None:
    """BUG: the code of an error is a number instead of a text."""

    @bench.patch(App, "_problem")
    def other(original, self, problem, path):  # type: ignore[no-untyped-def]
        reply = original(self, problem, path)
        if reply.json and "error" in reply.json:
            reply.json["error"]["code"] = problem.status
        return reply


@mutant("envelope-404-html", "LM-ERROR-ENVELOPE")
def envelope_404_html(bench: Bench) -> None:
    """BUG: a 404 is an HTML page instead of an error object."""

    @bench.patch(App, "_problem")
    def page(original, self, problem, path):  # type: ignore[no-untyped-def]
        if problem.status == 404 and problem.text is None:
            return Reply(404, text="<html>Not found</html>")
        return original(self, problem, path)


@mutant("file-error-text", "LM-ERROR-ENVELOPE")
def file_error_text(bench: Bench) -> None:
    """BUG: a file that does not exist is answered with 404 and a bare text."""

    @bench.instead("downloadFile")
    def word(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(404, "not found")


@mutant("file-conflict-text", "LM-ERROR-ENVELOPE")
def file_conflict_text(bench: Bench) -> None:
    """BUG: an upload to a path that exists is refused with 409 and a bare text."""

    @bench.instead("uploadFile")
    def word(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 409:
                raise
            return Reply(409, text=problem.message)


def _breaks_down_for(bench: Bench, method: str, path: str) -> None:
    """A method is answered with 500 at paths that match a pattern."""

    @bench.patch(App, "_answer")
    def answer(original, app, scope, asked, headers, body):  # type: ignore[no-untyped-def]
        if scope["method"] == method and re.fullmatch(path, asked):
            raise Problem(500, "01010500", "Internal Server Error")
        return original(app, scope, asked, headers, body)


@mutant("method-head-500", "LM-HTTP-HARMLESS-METHOD")
def method_head_500(bench: Bench) -> None:
    """BUG: HEAD is answered with 500 everywhere."""
    _breaks_down_for(bench, "HEAD", r".*")


@mutant("header-lower-case", "LM-HTTP-HEADER-CASE")
def header_lower_case(bench: Bench) -> None:
    """BUG: the resource group is not read from a header in lower case."""

    @bench.patch(Protocol, "on_header")
    def spelled(original, self, name, value):  # type: ignore[no-untyped-def]
        if name != b"ai-resource-group":
            original(self, name, value)


@mutant("method-options-500", "LM-HTTP-HARMLESS-METHOD")
def method_options_500(bench: Bench) -> None:
    """BUG: OPTIONS is answered with 500 at the list of deployments."""
    _breaks_down_for(bench, "OPTIONS", r"/v2/lm/deployments")


@mutant("method-head-item-500", "LM-HTTP-HARMLESS-METHOD")
def method_head_item_500(bench: Bench) -> None:
    """BUG: HEAD of a single execution is answered with 500."""
    _breaks_down_for(bench, "HEAD", r"/v2/lm/executions/[^/]+")


@mutant("method-head-count-500", "LM-HTTP-HARMLESS-METHOD-BELOW")
def method_head_count_500(bench: Bench) -> None:
    """BUG: HEAD at the counts is answered with 500."""
    _breaks_down_for(bench, "HEAD", r"/v2/lm/\w+/\$count")


@mutant("method-options-logs-500", "LM-HTTP-HARMLESS-METHOD-BELOW")
def method_options_logs_500(bench: Bench) -> None:
    """BUG: OPTIONS at the logs of an execution is answered with 500."""
    _breaks_down_for(bench, "OPTIONS", r"/v2/lm/executions/[^/]+/logs")
