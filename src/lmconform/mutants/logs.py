"""Logs of executions and deployments: of another time, in another order, too many or too few."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import forget
from lmconform.mutants.registry import mutant

_NOTHING: dict[str, dict[str, list[str]]] = {"data": {"result": []}}


@mutant("logs-unknown-empty", "LM-LOGS-UNKNOWN-404")
def logs_unknown_empty(bench: Bench) -> None:
    """BUG: logs of an execution that does not exist answer 200 without lines."""
    _empty(bench, "getExecutionLogs")


@mutant("logs-deployment-unknown-empty", "LM-LOGS-DEPLOYMENT-UNKNOWN-404")
def logs_deployment_unknown_empty(bench: Bench) -> None:
    """BUG: logs of a deployment that does not exist answer 200 without lines."""
    _empty(bench, "getDeploymentLogs")


@mutant("logs-bad-id-empty", "LM-LOGS-BAD-ID", "LM-LOGS-DEPLOYMENT-BAD-ID")
def logs_bad_id_empty(bench: Bench) -> None:
    """BUG: logs of an id that breaks the pattern answer 200 without lines."""

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id not in ("getExecutionLogs", "getDeploymentLogs"):
            original(contract, operation, values, switches)

    @bench.instead("getExecutionLogs", "getDeploymentLogs")
    def nothing(call: Call, handler: Handler) -> Reply:
        wanted = next(iter(call.path.values()))
        return handler(call) if 4 <= len(wanted) <= 64 and " " not in wanted else Reply(200, _NOTHING)


@mutant("logs-deployment-bad-id-422", "LM-LOGS-DEPLOYMENT-BAD-ID")
def logs_deployment_bad_id_422(bench: Bench) -> None:
    """BUG: logs of a deployment whose id breaks the pattern answer 422."""

    @bench.patch(validation, "path")
    def other(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            if operation.id == "getDeploymentLogs":
                raise Problem(422, problem.code, problem.message) from problem
            raise


@mutant("logs-gone-with-the-pod", "LM-LOGS-SERVED", "LM-LOGS-ORDER", "LM-LOGS-WINDOW")
def logs_gone_with_the_pod(bench: Bench) -> None:
    """BUG: logs of an execution are always answered with 404."""

    @bench.after("getExecutionLogs")
    def ended(call: Call, reply: Reply) -> None:
        raise Problem(404, "01010020", "The pod of the execution is gone")


@mutant("logs-of-deployments-missing", "LM-LOGS-DEPLOYMENT-SERVED")
def logs_of_deployments_missing(bench: Bench) -> None:
    """BUG: logs of a deployment are always answered with 404."""

    @bench.after("getDeploymentLogs")
    def missing(call: Call, reply: Reply) -> None:
        raise Problem(404, "01010016", "There is no such execution")


@mutant("logs-message-renamed", "LM-LOGS-MEMBERS")
def logs_message_renamed(bench: Bench) -> None:
    """BUG: the message of a line is called message instead of msg."""

    @bench.after("getExecutionLogs")
    def renamed(call: Call, reply: Reply) -> None:
        for line in reply.json["data"]["result"]:
            line["message"] = line.pop("msg")


@mutant("logs-time-number", "LM-LOGS-MEMBERS")
def logs_time_number(bench: Bench) -> None:
    """BUG: the time of a line is a number of seconds instead of a date."""

    @bench.after("getExecutionLogs")
    def number(call: Call, reply: Reply) -> None:
        for place, line in enumerate(reply.json["data"]["result"]):
            line["timestamp"] = 1_700_000_000 + place


@mutant("logs-time-missing", "LM-LOGS-MEMBERS")
def logs_time_missing(bench: Bench) -> None:
    """BUG: the lines of logs have no time."""

    @bench.after("getExecutionLogs")
    def missing(call: Call, reply: Reply) -> None:
        for line in reply.json["data"]["result"]:
            line.pop("timestamp", None)


@mutant("logs-window-ignored", "LM-LOGS-WINDOW")
def logs_window_ignored(bench: Bench) -> None:
    """BUG: start and end are ignored when logs are read."""

    @bench.before("getExecutionLogs")
    def ignored(call: Call) -> None:
        call.query.pop("start", None)
        call.query.pop("end", None)


@mutant("logs-end-ignored", "LM-LOGS-WINDOW")
def logs_end_ignored(bench: Bench) -> None:
    """BUG: end is ignored when logs are read."""
    forget(bench, "end", "getExecutionLogs")


@mutant("logs-start-ignored", "LM-LOGS-WINDOW")
def logs_start_ignored(bench: Bench) -> None:
    """BUG: start is ignored when logs are read."""
    forget(bench, "start", "getExecutionLogs")


@mutant("logs-start-alone-ignored", "LM-LOGS-WINDOW")
def logs_start_alone_ignored(bench: Bench) -> None:
    """BUG: start is ignored when logs are read without end."""

    @bench.before("getExecutionLogs")
    def ignored(call: Call) -> None:
        if "end" not in call.query:
            call.query.pop("start", None)


@mutant("logs-top-latest-first", "LM-LOGS-TOP-AT-LIMIT")
def logs_top_latest_first(bench: Bench) -> None:
    """BUG: with $top and without $order the latest line of the logs comes first."""

    @bench.before("getExecutionLogs")
    def turned(call: Call) -> None:
        if "$top" in call.query and "$order" not in call.query:
            call.query["$order"] = "desc"


@mutant("logs-deployment-window-ignored", "LM-LOGS-DEPLOYMENT-SERVED")
def logs_deployment_window_ignored(bench: Bench) -> None:
    """BUG: start and end are ignored when logs of a deployment are read."""
    forget(bench, "start", "getDeploymentLogs")
    forget(bench, "end", "getDeploymentLogs")


@mutant("logs-deployment-order-ignored", "LM-LOGS-DEPLOYMENT-SERVED")
def logs_deployment_order_ignored(bench: Bench) -> None:
    """BUG: $order is ignored when logs of a deployment are read."""
    forget(bench, "$order", "getDeploymentLogs")


@mutant("logs-zone-dropped", "LM-LOGS-ZONE")
def logs_zone_dropped(bench: Bench) -> None:
    """BUG: the time zone of start is dropped when logs are read."""

    @bench.before("getExecutionLogs")
    def dropped(call: Call) -> None:
        if "start" in call.query:
            call.query["start"] = call.query["start"][:19] + "Z"


@mutant("logs-order-ignored", "LM-LOGS-ORDER")
def logs_order_ignored(bench: Bench) -> None:
    """BUG: $order is ignored when logs are read."""
    forget(bench, "$order", "getExecutionLogs")


@mutant("logs-descending-empty", "LM-LOGS-ORDER")
def logs_descending_empty(bench: Bench) -> None:
    """BUG: logs with $order=desc have no lines."""

    @bench.after("getExecutionLogs")
    def nothing(call: Call, reply: Reply) -> None:
        if call.query.get("$order") == "desc":
            reply.json["data"]["result"] = []


@mutant("logs-by-text", "LM-LOGS-ORDER")
def logs_by_text(bench: Bench) -> None:
    """BUG: the lines of logs are sorted by their messages."""

    @bench.after("getExecutionLogs")
    def sort(call: Call, reply: Reply) -> None:
        reply.json["data"]["result"].sort(key=lambda line: line["msg"])


@mutant("logs-top-one-more", "LM-LOGS-TOP")
def logs_top_one_more(bench: Bench) -> None:
    """BUG: $top gives one line too many."""

    @bench.before("getExecutionLogs")
    def more(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] += 1


@mutant("logs-cut-before-ordered", "LM-LOGS-TOP-OF-ORDER")
def logs_cut_before_ordered(bench: Bench) -> None:
    """BUG: with $order=desc the earliest lines are chosen first, and then reversed."""

    @bench.instead("getExecutionLogs")
    def turned(call: Call, handler: Handler) -> Reply:
        descending = call.query.pop("$order", "asc") == "desc"
        reply = handler(call)
        if descending:
            reply.json["data"]["result"].reverse()
        return reply


@mutant("logs-top-below-limit", "LM-LOGS-TOP-AT-LIMIT")
def logs_top_below_limit(bench: Bench) -> None:
    """BUG: $top beyond 4999 is refused when logs are read."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 4999, "getExecutionLogs")


@mutant("logs-few-by-default", "LM-LOGS-TOP-AT-LIMIT")
def logs_few_by_default(bench: Bench) -> None:
    """BUG: without $top logs hold three lines."""

    @bench.before("getExecutionLogs")
    def few(call: Call) -> None:
        call.query.setdefault("$top", 3)


@mutant("logs-top-is-pages", "LM-LOGS-TOP-AT-LIMIT")
def logs_top_is_pages(bench: Bench) -> None:
    """BUG: $top beyond 1000 gives one line."""

    @bench.after("getExecutionLogs")
    def one(call: Call, reply: Reply) -> None:
        if call.query.get("$top", 0) > 1000:
            del reply.json["data"]["result"][1:]


def _empty(bench: Bench, operation: str) -> None:
    @bench.instead(operation)
    def nothing(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 404:
                raise
            return Reply(200, _NOTHING)
