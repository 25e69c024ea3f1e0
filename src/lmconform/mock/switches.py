"""The switches: behaviour that the contract leaves open, with all legal values and the default first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import lifecycle


@dataclass(frozen=True, slots=True)
class Switch:
    """One point that the contract leaves open.

    The first of ``values`` is the default; ``source`` names a row of specs/lm/FACTS.md. Every value conforms to
    the contract, and SAP's client works with each of them.
    """

    name: str
    values: tuple[str, ...]
    text: str
    source: str


SWITCHES = (
    # The gateway, and checks before the operation
    Switch("no-authorization", ("403", "401"), "status without an Authorization header", "D2"),
    Switch("gateway-body", ("text", "json"), "form of the gateway's 401 and 403", "D2"),
    Switch("authorization-first", ("yes", "no"), "whether the token is checked before the path", "F64"),
    Switch("resource-group-check", ("first", "last"), "whether the group is checked before the request", "F64"),
    Switch("missing-resource-group", ("400", "default"), "request without AI-Resource-Group", "F17"),
    Switch("unknown-resource-group", ("403", "404"), "resource group that does not exist", "F18"),
    Switch("foreign-id", ("404", "403"), "id of another resource group", "F15"),
    Switch("wrong-method", ("405", "404"), "unsupported method of a path", "F57"),
    Switch(
        "unknown-path-body",
        ("json", "text", "empty", "sibling"),
        "body of 404 and 405 when no operation matches; sibling as another service below /v2/lm sends it",
        "M27",
    ),
    Switch("outside-path", ("bare", "as-unknown"), "404 for a path without /v2; bare has no media type", "M7"),
    Switch("wrong-secret", ("unauthorized", "invalid_client"), "error of the token endpoint for a wrong secret", "M22"),
    Switch("fresh-group", ("ready", "412", "403", "404"), "deployments of a resource group not used before", "M10"),
    Switch("too-large-body", ("envelope", "bare"), "body of 413; bare has request_id and message", "M23"),
    Switch("path-id-invalid", ("400", "404"), "path id that breaks its pattern", "F63"),
    Switch("invalid-query", ("400", "ignore"), "query parameter that breaks its schema", "F3"),
    Switch("undollared", ("ignore", "honour"), "top, skip, order without the dollar sign", "F4"),
    Switch("unsupported-media-type", ("415", "400"), "request body of another media type", "F62"),
    # Errors
    Switch(
        "error-request-id",
        ("requestId", "requestID", "request_id", "absent", "empty"),
        "name of the request id in errors; empty sends no text",
        "M6",
    ),
    Switch("request-id-form", ("uuid", "hex"), "form of the request id in errors", "M6"),
    Switch("error-details", ("absent", "array", "object"), "form of details in errors", "D2"),
    Switch("error-target", ("present", "absent"), "target in errors", "D2"),
    Switch("error-codes", ("own", "status"), "codes of errors whose code is not published", "J"),
    # All responses
    Switch("null-optionals", ("absent", "null"), "optional members that have no value", "D1"),
    Switch("optional-members", ("full", "sparse"), "optional members that clients do not need", "D1"),
    Switch("extra-members", ("no", "yes"), "undeclared member in every object", "D1"),
    Switch("time-form", ("z", "offset", "fraction"), "format of date-times", "D1"),
    Switch("messages", ("real", "published"), "messages of real tenants, or of the published examples", "D1"),
    Switch("extra-status", ("yes", "no"), "undeclared targetStatus in the response to DELETE", "I3"),
    Switch("location", ("relative", "absolute", "absent"), "form of the Location header", "F55"),
    # Lists
    Switch("list-order", ("newest", "created", "id"), "order of lists of what a resource group holds", "M16"),
    Switch("count-under-top", ("page", "total"), "count of a list that $top shortens", "F1"),
    Switch("count-media-type", ("text", "json"), "media type of $count", "A1"),
    Switch("list-lag", ("none", "late"), "delay of lists of executions and deployments", "C2"),
    Switch("unknown-filter-id", ("200", "400", "404"), "list filtered by an id that does not exist", "F12"),
    Switch("artifact-name-filter", ("exact", "contains"), "how the parameter name filters artifacts", "F8"),
    # Scenarios, artifacts, configurations
    Switch("unknown-scenario", ("404", "400"), "versions, executables, models of an unknown scenario", "A1"),
    Switch("server-labels", ("no", "yes"), "labels that the server adds to scenarios", "I16"),
    Switch(
        "lists-when-none",
        ("absent", "empty"),
        "labels of scenarios and executables, and outputs of what serves, without any",
        "M25",
    ),
    Switch("template-times", ("own", "one"), "times of executables and their scenario: per template, or one", "M25"),
    Switch("foundation-models", ("offered", "absent"), "whether the scenario foundation-models exists", "F61"),
    Switch("models-elsewhere", ("empty", "404"), "models of other scenarios", "F61"),
    Switch("model-details", ("yes", "no"), "optional members of models", "D1"),
    Switch("labels-when-none", ("absent", "empty"), "labels of an artifact without labels", "D1"),
    Switch(
        "artifact-url", ("as-sent", "slash"), "whether the url of an artifact is shown with a slash at its end", "M2"
    ),
    Switch("unknown-artifact-on-configuration", ("accept", "400"), "binding to an unknown artifact", "F20"),
    Switch("unknown-executable", ("400", "404"), "configuration for an unknown executable", "F19"),
    # Executions and deployments
    Switch("unknown-configuration", ("400", "404"), "start of an unknown configuration", "F23"),
    Switch("wrong-executable", ("400", "404"), "execution of a deployable executable, or the reverse", "F24"),
    Switch("wrong-bindings", ("DEAD", "PENDING"), "final status of an execution with wrong bindings", "F22"),
    Switch("execution-life", lifecycle.LIVES, "lifecycle of executions; stuck stays UNKNOWN, queued PENDING", "M24"),
    Switch("deployment-life", lifecycle.LIVES, "lifecycle of deployments; stuck stays UNKNOWN, queued PENDING", "M24"),
    Switch("room", ("enough", "one"), "executions and deployments that run at once in a group; others wait", "M24"),
    Switch("stop", ("normal", "slow", "unseen"), "duration of a stop; unseen shows no STOPPING", "M14"),
    Switch("deletion", ("normal", "fast", "slow"), "duration of a deletion", "C2"),
    Switch("forbidden-stop", ("400", "412"), "PATCH STOPPED in a status that forbids it", "C3"),
    Switch("forbidden-delete", ("412", "400"), "DELETE in a status that forbids it", "C3"),
    Switch("second-delete", ("202", "404", "412"), "DELETE while targetStatus is already DELETED", "J"),
    Switch("bulk-duplicate", ("400", "accept"), "repeated id in one bulk request", "J"),
    Switch("bulk-unannotated", ("refuse", "accept"), "bulk update that the template does not allow", "C4"),
    Switch("empty-modification", ("400", "202"), "PATCH that changes nothing", "F62"),
    Switch("execution-progress", ("no", "yes"), "undeclared member progress of executions", "D1"),
    Switch(
        "status-details", ("tenant", "snake", "no", "yes"), "statusDetails of a single execution or deployment", "M20"
    ),
    Switch(
        "submission-time",
        ("scheduled", "creation", "update"),
        "submissionTime: when it was scheduled, already while the status is UNKNOWN, or anew at an update",
        "M15",
    ),
    Switch("modified-at", ("change", "creation"), "modifiedAt when the status changes", "M12"),
    Switch("deployment-executable", ("shown", "absent"), "executableId of deployments", "M19"),
    Switch("fresh-deployment", ("full", "bare"), "optional members of an UNKNOWN deployment", "M13"),
    Switch("fresh-message", ("absent", "not-found"), "statusMessage of an UNKNOWN deployment", "M5"),
    Switch("deployment-gap", ("none", "late"), "deployment is unknown for a moment after its creation", "C2"),
    Switch(
        "deployment-details", ("texts", "full", "twice", "snake", "empty", "absent"), "details of deployments", "M21"
    ),
    Switch("url-when-stopped", ("kept", "empty"), "deploymentUrl of a stopped or dead deployment", "C2"),
    Switch("deployment-update", ("restarts", "serves-on"), "status while an update rolls out", "C2"),
    Switch("latest-running", ("previous", "new"), "latestRunningConfigurationId while an update rolls out", "M11"),
    Switch("unknown-model", ("400", "accept"), "deployment of a foundation model that is not listed", "M8"),
    Switch("forbidden-update", ("400", "412"), "update in a status that forbids it", "C3"),
    Switch("dead-deployment-update", ("accept", "400", "412"), "update of a DEAD deployment", "C23"),
    Switch("same-configuration-update", ("accept", "400"), "update to the configuration in use", "C2"),
    Switch("stop-and-update", ("accept", "400"), "targetStatus and configurationId in one PATCH", "C2"),
    Switch("ttl-below-minimum", ("400", "accept"), "ttl below the minimum that meta advertises", "F59"),
    # Schedules
    Switch("cron-six-fields", ("accept", "400"), "cron with a field for seconds", "I18"),
    Switch("cron-too-often", ("400", "accept"), "cron that runs more than once an hour", "C5"),
    Switch("schedule-window", ("400", "accept"), "end before the start, or in the past", "C5"),
    # Logs, files, meta
    Switch("logs-before-start", ("empty", "404"), "logs before the start", "M4"),
    Switch("logs-window-reversed", ("empty", "400"), "logs with start after end", "F49"),
    Switch("logs-without-group", ("anywhere", "default", "400"), "logs without AI-Resource-Group", "A1"),
    Switch("log-origin", ("yes", "no-stream", "no"), "undeclared container, pod, stream in logs", "M3"),
    Switch("empty-file", ("accept", "400"), "upload of an empty file", "A1"),
    Switch("meta", ("full", "without-limits", "tenant", "absent"), "content of GET /lm/meta", "M26"),
    # Metrics
    Switch("metrics-order", ("grouped", "by-step"), "order of metric points", "F38"),
    Switch("metrics-duplicate", ("append", "replace"), "metric point that is sent twice", "F37"),
    Switch("metrics-same-name", ("replace", "keep"), "tag or custom info whose name exists", "F37"),
    Switch("metrics-unknown-execution", ("204", "400", "404"), "metrics for an execution that does not exist", "F42"),
    Switch("metrics-outlive-execution", ("no", "yes"), "metrics of a deleted execution", "F47"),
    Switch("metrics-server-tags", ("no", "yes"), "tags that the server adds", "F39"),
    Switch("metrics-filter", ("yes", "501"), "whether $filter on metrics is implemented", "F33"),
    Switch("metrics-tag-filters", ("yes", "501"), "whether tagFilters on metrics is implemented", "F48"),
    Switch("metrics-partly-unknown", ("200", "404"), "several execution ids, some of them unknown", "F32"),
    Switch("metrics-without-ids", ("400", "404", "all"), "request without executionIds and $filter", "F30"),
    Switch("metrics-many-ids", ("400", "accept"), "more than ten execution ids", "F30"),
    Switch("metrics-tags-alone", ("yes", "400"), "tagFilters without execution ids", "F48"),
)

# Values that differ from the defaults: "tenant-2025" as the published answers of tenants show them, "tenant-like" with
# what tenants were seen to do beside that, "terse" with minimal responses.
PRESETS: dict[str, dict[str, str]] = {
    "plain": {},
    "tenant-like": {
        "null-optionals": "null",
        "error-details": "array",
        "execution-progress": "yes",
        "deployment-details": "twice",
        "metrics-server-tags": "yes",
        "unknown-path-body": "text",
    },
    "tenant-2025": {
        "fresh-deployment": "bare",
        "submission-time": "creation",
        "deployment-executable": "absent",
        "stop": "unseen",
        "log-origin": "no-stream",
        "meta": "tenant",
    },
    "terse": {
        "optional-members": "sparse",
        "error-request-id": "absent",
        "error-target": "absent",
        "error-codes": "status",
        "messages": "published",
        "extra-status": "no",
        "location": "absent",
        "log-origin": "no",
        "model-details": "no",
        "deployment-details": "absent",
        "meta": "without-limits",
        "unknown-path-body": "empty",
    },
}


class Switches(dict[str, str]):
    """The chosen value of each switch, by name; ``chosen`` (NAME=VALUE) overrides the preset. Raises ConfigError."""

    def __init__(self, chosen: Iterable[str] = (), preset: str = "plain") -> None:
        if preset not in PRESETS:
            raise ConfigError(f"--preset: {preset!r} is unknown{did_you_mean(preset, PRESETS)}")
        super().__init__({switch.name: switch.values[0] for switch in SWITCHES} | PRESETS[preset])
        legal = {switch.name: switch.values for switch in SWITCHES}
        for choice in chosen:
            name, equals, value = choice.partition("=")
            if name not in legal:
                raise ConfigError(f"--switch {choice}: {name!r} is no switch{did_you_mean(name, legal)}")
            if not equals or value not in legal[name]:
                raise ConfigError(f"--switch {choice}: expected {name}={'|'.join(legal[name])}")
            self[name] = value
