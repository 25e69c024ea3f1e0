"""The legal choices that nobody published: every row is a switch with a default and its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import lifecycle


@dataclass(frozen=True, slots=True)
class Switch:
    """One open point: the first of ``values`` is the default; ``source`` names a row of specs/lm/FACTS.md.

    Every value is lawful, and SAP's own client works with every one.
    """

    name: str
    values: tuple[str, ...]
    text: str
    source: str


SWITCHES = (
    # The gateway, and what comes before the operation
    Switch("no-authorization", ("403", "401"), "status without an Authorization header", "D2"),
    Switch("gateway-body", ("text", "json"), "form of the gateway's 401 and 403", "D2"),
    Switch("authorization-first", ("yes", "no"), "whether it is looked at before the path", "F64"),
    Switch("resource-group-check", ("first", "last"), "whether the group is looked at before the request", "F64"),
    Switch("missing-resource-group", ("400", "default"), "AI-Resource-Group left out", "F17"),
    Switch("unknown-resource-group", ("403", "404"), "a resource group that does not exist", "F18"),
    Switch("foreign-id", ("404", "403"), "the id of another resource group", "F15"),
    Switch("wrong-method", ("405", "404"), "a method that the path does not have", "F57"),
    Switch("unknown-path-body", ("json", "text", "empty"), "body of 404 and 405 outside the operations", "F57"),
    Switch("path-id-invalid", ("400", "404"), "a path id that breaks its pattern", "F63"),
    Switch("invalid-query", ("400", "ignore"), "a query parameter that breaks its schema", "F3"),
    Switch("undollared", ("ignore", "honour"), "top, skip, order without their dollar sign", "F4"),
    Switch("unsupported-media-type", ("415", "400"), "a body of another media type", "F62"),
    # Errors
    Switch("error-request-id", ("requestId", "requestID", "request_id", "absent"), "its name in errors", "D2"),
    Switch("error-details", ("absent", "array", "object"), "form of details in errors", "D2"),
    Switch("error-target", ("present", "absent"), "target in errors", "D2"),
    Switch("error-codes", ("own", "status"), "codes of errors for which none is known", "J"),
    # Every answer
    Switch("null-optionals", ("absent", "null"), "optional members without a value", "D1"),
    Switch("optional-members", ("full", "sparse"), "optional members that no client needs", "D1"),
    Switch("extra-members", ("no", "yes"), "an undeclared member in every object", "D1"),
    Switch("time-form", ("z", "offset", "fraction"), "how times are written", "D1"),
    Switch("messages", ("real", "published"), "messages as tenants send them, or as the description has them", "D1"),
    Switch("extra-status", ("yes", "no"), "undeclared targetStatus in the answer to DELETE", "I3"),
    Switch("location", ("relative", "absolute", "absent"), "form of the Location header", "F55"),
    # Lists
    Switch("list-order", ("created", "reverse", "id"), "order of lists", "F3"),
    Switch("count-under-top", ("page", "total"), "count of a list that $top cuts", "F1"),
    Switch("count-media-type", ("text", "json"), "media type of $count", "A1"),
    Switch("list-lag", ("none", "late"), "lists of executions and deployments run behind", "C2"),
    Switch("unknown-filter-id", ("200", "400", "404"), "a list filtered by an id that does not exist", "F12"),
    Switch("artifact-name-filter", ("exact", "contains"), "how name filters artifacts", "F8"),
    # Scenarios, artifacts, configurations
    Switch("unknown-scenario", ("404", "400"), "what belongs to a scenario that does not exist", "A1"),
    Switch("server-labels", ("no", "yes"), "labels that the server adds to scenarios", "I16"),
    Switch("foundation-models", ("offered", "absent"), "whether the tenant has the scenario", "F61"),
    Switch("models-elsewhere", ("empty", "404"), "models of another scenario", "F61"),
    Switch("model-details", ("yes", "no"), "optional members of models", "D1"),
    Switch("labels-when-none", ("absent", "empty"), "labels of an artifact that has none", "D1"),
    Switch("unknown-scenario-on-artifact", ("accept", "400"), "an artifact for an unknown scenario", "F21"),
    Switch("unknown-artifact-on-configuration", ("accept", "400"), "a binding to an unknown artifact", "F20"),
    Switch("unknown-executable", ("400", "404"), "a configuration for an unknown executable", "F19"),
    # Executions and deployments
    Switch("unknown-configuration", ("400", "404"), "a start of an unknown configuration", "F23"),
    Switch("wrong-executable", ("400", "404"), "executing what is to be deployed, or deploying a training", "F24"),
    Switch("wrong-bindings", ("DEAD", "PENDING"), "where an execution with wrong bindings ends", "F22"),
    Switch("execution-life", lifecycle.LIVES, "the course of executions; stuck ones stay UNKNOWN", "F51"),
    Switch("deployment-life", lifecycle.LIVES, "the course of deployments", "C2"),
    Switch("deletion", ("normal", "fast", "slow"), "how long a deletion takes", "C2"),
    Switch("forbidden-stop", ("400", "412"), "PATCH STOPPED in a status that forbids it", "C3"),
    Switch("forbidden-delete", ("412", "400"), "DELETE in a status that forbids it", "C3"),
    Switch("second-delete", ("202", "404", "412"), "DELETE while targetStatus is DELETED already", "J"),
    Switch("bulk-duplicate", ("400", "accept"), "an id twice in one bulk request", "J"),
    Switch("bulk-unannotated", ("refuse", "accept"), "bulk changes without the template's leave", "C4"),
    Switch("empty-modification", ("400", "202"), "a PATCH that changes nothing", "F62"),
    Switch("execution-progress", ("no", "yes"), "an undeclared member progress on executions", "D1"),
    Switch("status-details", ("no", "yes"), "statusDetails of one execution or deployment", "F14"),
    Switch("deployment-gap", ("none", "late"), "a deployment is unknown for a moment after its creation", "C2"),
    Switch("deployment-details", ("full", "twice", "empty", "absent"), "details of deployments", "I6"),
    Switch("url-when-stopped", ("kept", "empty"), "deploymentUrl after the end", "C2"),
    Switch("deployment-update", ("restarts", "serves-on"), "status while another configuration rolls out", "C2"),
    Switch("forbidden-update", ("400", "412"), "another configuration in a status that forbids it", "C3"),
    Switch("dead-deployment-update", ("accept", "400", "412"), "another configuration for a DEAD deployment", "C23"),
    Switch("same-configuration-update", ("accept", "400"), "an update to the configuration in use", "C2"),
    Switch("stop-and-update", ("accept", "400"), "targetStatus and configurationId in one PATCH", "C2"),
    Switch("ttl-below-minimum", ("400", "accept"), "a ttl below the minimum of meta", "F59"),
    # Schedules
    Switch("cron-six-fields", ("accept", "400"), "cron with seconds", "I18"),
    Switch("cron-too-often", ("400", "accept"), "cron that fires more than once an hour", "C5"),
    Switch("schedule-window", ("400", "accept"), "an end before the start, or in the past", "C5"),
    # Logs, files, meta
    Switch("logs-before-start", ("empty", "404"), "logs of what has not started", "F50"),
    Switch("logs-window-reversed", ("empty", "400"), "logs with start after end", "F49"),
    Switch("logs-without-group", ("anywhere", "default", "400"), "logs without AI-Resource-Group", "A1"),
    Switch("log-origin", ("yes", "no"), "undeclared container, pod, stream in logs", "I5"),
    Switch("empty-file", ("accept", "400"), "upload of nothing", "A1"),
    Switch("meta", ("full", "without-limits", "absent"), "what GET /lm/meta says", "I8"),
    # Metrics
    Switch("metrics-order", ("grouped", "by-step"), "order of metric points", "F38"),
    Switch("metrics-duplicate", ("append", "replace"), "the same metric point sent twice", "F37"),
    Switch("metrics-same-name", ("replace", "keep"), "a tag or custom info whose name is known", "F37"),
    Switch("metrics-unknown-execution", ("204", "400", "404"), "metrics of an execution that does not exist", "F42"),
    Switch("metrics-outlive-execution", ("no", "yes"), "metrics of a deleted execution", "F47"),
    Switch("metrics-server-tags", ("no", "yes"), "tags that the server adds", "F39"),
    Switch("metrics-filter", ("yes", "501"), "whether $filter on metrics is implemented", "F33"),
    Switch("metrics-partly-unknown", ("200", "404"), "several execution ids, some unknown", "F32"),
    Switch("metrics-without-ids", ("400", "404", "all"), "neither executionIds nor $filter", "F30"),
    Switch("metrics-many-ids", ("400", "accept"), "more than ten execution ids", "F30"),
    Switch("metrics-tags-alone", ("yes", "400"), "tagFilters without execution ids", "F48"),
)

# Only what differs from the defaults; what real tenants were seen to do, and what says as little as it may.
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
    """The chosen values; ``switches["list-order"]``. A choice wins over the preset."""

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
