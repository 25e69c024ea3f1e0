"""Logs that are of another time, in another order, too many or too few."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import forget, refuses_when
from lmconform.mutants.registry import mutant

_NOTHING: dict[str, dict[str, list[str]]] = {"data": {"result": []}}


@mutant("logs-unknown-empty", "LM-LOGS-UNKNOWN-404")
def unknown(bench: Bench) -> None:
    """BUG: "Logs of an execution that does not exist answer 404." No lines are answered, with 200."""
    _empty(bench, "getExecutionLogs")


@mutant("logs-deployment-unknown-empty", "LM-LOGS-DEPLOYMENT-UNKNOWN-404")
def deployment_unknown(bench: Bench) -> None:
    """BUG: "Logs of a deployment that does not exist answer 404." No lines are answered, with 200."""
    _empty(bench, "getDeploymentLogs")


@mutant("logs-bad-id-empty", "LM-LOGS-BAD-ID", "LM-LOGS-DEPLOYMENT-BAD-ID")
def bad_id(bench: Bench) -> None:
    """BUG: "Logs of an id that breaks the pattern of ids are answered with 400 or 404."

    No lines are answered, with 200.
    """

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id not in ("getExecutionLogs", "getDeploymentLogs"):
            original(contract, operation, values, switches)

    @bench.instead("getExecutionLogs", "getDeploymentLogs")
    def nothing(call: Call, handler: Handler) -> Reply:
        wanted = next(iter(call.path.values()))
        return handler(call) if 4 <= len(wanted) <= 64 and " " not in wanted else Reply(200, _NOTHING)


@mutant("logs-deployment-bad-id-422", "LM-LOGS-DEPLOYMENT-BAD-ID")
def deployment_bad_id(bench: Bench) -> None:
    """BUG: "Logs of a deployment whose id breaks the pattern of ids are answered with 400 or 404." It is 422."""

    @bench.patch(validation, "path")
    def other(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            if operation.id == "getDeploymentLogs":
                raise Problem(422, problem.code, problem.message) from problem
            raise


@mutant("logs-gone-with-the-pod", "LM-LOGS-SERVED", "LM-LOGS-ORDER", "LM-LOGS-WINDOW")
def gone(bench: Bench) -> None:
    """BUG: "Logs of an execution that ran are answered with 200." When it has ended they are not found any more."""

    @bench.after("getExecutionLogs")
    def ended(call: Call, reply: Reply) -> None:
        raise Problem(404, "01010020", "The pod of the execution is gone")


@mutant("logs-message-renamed", "LM-LOGS-MEMBERS")
def message(bench: Bench) -> None:
    """BUG: "A line of a log has a message and a time." What it says is called message."""

    @bench.after("getExecutionLogs")
    def renamed(call: Call, reply: Reply) -> None:
        for line in reply.json["data"]["result"]:
            line["message"] = line.pop("msg")


@mutant("logs-time-number", "LM-LOGS-MEMBERS")
def time_number(bench: Bench) -> None:
    """BUG: "A line of a log has a message and a time." The time is a number of seconds."""

    @bench.after("getExecutionLogs")
    def number(call: Call, reply: Reply) -> None:
        for place, line in enumerate(reply.json["data"]["result"]):
            line["timestamp"] = 1_700_000_000 + place


@mutant("logs-window-ignored", "LM-LOGS-WINDOW")
def window(bench: Bench) -> None:
    """BUG: "Logs are those between start and end." The bounds are not looked at."""

    @bench.before("getExecutionLogs")
    def ignored(call: Call) -> None:
        call.query.pop("start", None)
        call.query.pop("end", None)


@mutant("logs-end-ignored", "LM-LOGS-WINDOW")
def end(bench: Bench) -> None:
    """BUG: "Logs are those between start and end." The end is not looked at."""
    forget(bench, "end", "getExecutionLogs")


@mutant("logs-zone-dropped", "LM-LOGS-ZONE")
def zone(bench: Bench) -> None:
    """BUG: "The start of logs may be told in another time zone." The offset is dropped."""

    @bench.before("getExecutionLogs")
    def dropped(call: Call) -> None:
        if "start" in call.query:
            call.query["start"] = call.query["start"][:19] + "Z"


@mutant("logs-order-ignored", "LM-LOGS-ORDER")
def order(bench: Bench) -> None:
    """BUG: "Logs have their earliest line first, and with $order=desc the latest." The earliest is always first."""
    forget(bench, "$order", "getExecutionLogs")


@mutant("logs-by-text", "LM-LOGS-ORDER")
def by_text(bench: Bench) -> None:
    """BUG: "Logs have their earliest line first, and with $order=desc the latest." They are sorted by what they say."""

    @bench.after("getExecutionLogs")
    def sort(call: Call, reply: Reply) -> None:
        reply.json["data"]["result"].sort(key=lambda line: line["msg"])


@mutant("logs-top-one-more", "LM-LOGS-TOP")
def top(bench: Bench) -> None:
    """BUG: "With $top logs hold that many lines when there are more." They hold one more."""

    @bench.before("getExecutionLogs")
    def more(call: Call) -> None:
        if "$top" in call.query:
            call.query["$top"] += 1


@mutant("logs-cut-before-ordered", "LM-LOGS-TOP-OF-ORDER")
def cut_first(bench: Bench) -> None:
    """BUG: "With $order=desc and $top=1 logs hold the latest line." The earliest are taken, and turned round then."""

    @bench.instead("getExecutionLogs")
    def turned(call: Call, handler: Handler) -> Reply:
        descending = call.query.pop("$order", "asc") == "desc"
        reply = handler(call)
        if descending:
            reply.json["data"]["result"].reverse()
        return reply


@mutant("logs-of-deployments-missing", "LM-LOGS-DEPLOYMENT-SERVED")
def deployments_missing(bench: Bench) -> None:
    """BUG: "Logs of a deployment that runs are answered with 200." They are looked for among executions: 404."""

    @bench.after("getDeploymentLogs")
    def missing(call: Call, reply: Reply) -> None:
        raise Problem(404, "01010016", "There is no such execution")


@mutant("logs-top-below-limit", "LM-LOGS-TOP-AT-LIMIT")
def top_at_limit(bench: Bench) -> None:
    """BUG: "The greatest $top for logs is taken." 4999 is the most."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) > 4999, "getExecutionLogs")


@mutant("logs-top-is-pages", "LM-LOGS-TOP-AT-LIMIT")
def top_is_pages(bench: Bench) -> None:
    """BUG: "The greatest $top for logs is taken." It is taken for the number of pages, and one line comes back."""

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
