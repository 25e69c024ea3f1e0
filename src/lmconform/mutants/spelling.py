"""Requests and times that are spelled in other ways than the first one that comes to mind."""

from __future__ import annotations

from email.utils import formatdate

from lmconform.mock import validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import bad_request
from lmconform.mock.times import parse_instant
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.registry import mutant

_TIMES = ("createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime")


@mutant("query-top-refused-by-schedules", "LM-QUERY-UNDECLARED-TOLERATED")
def top_refused(bench: Bench) -> None:
    """BUG: "The undeclared query parameter top, which SAP's Python client sends, is not refused." Schedules do."""

    @bench.patch(validation, "query")
    def strict(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "listExecutionSchedules" and raw.startswith(b"top="):
            raise bad_request("query parameter 'top' is unknown")
        return original(contract, operation, raw, switches)


@mutant("query-dollar-encoded", "LM-QUERY-DOLLAR-ENCODED")
def dollar_encoded(bench: Bench) -> None:
    """BUG: "The dollar sign in the name of a query parameter may be percent-encoded." Then it is another name."""

    @bench.patch(validation, "query")
    def literal(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        return original(contract, operation, raw.replace(b"%24", b"-"), switches)


@mutant("query-comma-encoded", "LM-QUERY-COMMA-ENCODED", "LM-METRICS-IDS-ENCODED")
def comma_encoded(bench: Bench) -> None:
    """BUG: "The commas of a list in a query may be percent-encoded." The list is split before it is decoded."""

    @bench.patch(validation, "query")
    def literal(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        return original(contract, operation, raw.replace(b"%2C", b"-"), switches)


@mutant("time-http-date", "LM-HTTP-DATE-TIME")
def http_date(bench: Bench) -> None:
    """BUG: "Times that the server tells are dates and times of RFC 3339." They are those of HTTP."""

    @bench.after("getArtifact", "listArtifacts", "getConfiguration", "listConfigurations")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for name in _TIMES:
                if resource.get(name):
                    resource[name] = formatdate(parse_instant(resource[name], name), usegmt=True)


@mutant("time-without-zone", "LM-HTTP-DATE-TIME")
def without_zone(bench: Bench) -> None:
    """BUG: "Times that the server tells are dates and times of RFC 3339." Executions leave the zone out."""

    @bench.after("getExecution", "listExecutions")
    def naive(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for name in _TIMES:
                if resource.get(name):
                    resource[name] = resource[name].removesuffix("Z")
