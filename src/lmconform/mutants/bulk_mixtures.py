"""Bulk updates that do well what is alike, and mix up entries that ask for different things."""

from __future__ import annotations

from lmconform.mock import enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import WRONG_STATE
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import each
from lmconform.mutants.registry import mutant


@mutant("bulk-first-target-for-all", "LM-BULK-MIXED")
def first_target(bench: Bench) -> None:
    """BUG: "A bulk update stops one execution and deletes another, also after an error, with their results in order."

    What the first entry asks for is done with all.
    """

    @bench.before("modifyExecutions")
    def alike(call: Call) -> None:
        for entry in call.body["executions"]:
            entry["targetStatus"] = call.body["executions"][0]["targetStatus"]


@mutant("bulk-ends-at-error", "LM-BULK-MIXED")
def ends_at_error(bench: Bench) -> None:
    """BUG: "A bulk update stops one execution and deletes another, also after an error, with their results in order."

    After an error everything else is promised, and not done.
    """
    _ends_at_error(bench, "modifyExecutions", "executions")


@mutant("bulk-errors-last", "LM-BULK-MIXED")
def errors_last(bench: Bench) -> None:
    """BUG: "A bulk update stops one execution and deletes another, also after an error, with their results in order."

    Errors come last.
    """

    @bench.after("modifyExecutions")
    def last(call: Call, reply: Reply) -> None:
        reply.json["executions"].sort(key=lambda entry: "error" in entry)


@mutant("bulk-completed-stays", "LM-BULK-DELETE-COMPLETED")
def completed_stays(bench: Bench) -> None:
    """BUG: "A bulk update deletes an execution that has completed." Its entry is an error."""

    @bench.instead("modifyExecutions")
    def refused(call: Call, handler: Handler) -> Reply:
        done = [
            entry["id"]
            for entry in call.body["executions"]
            if entry["targetStatus"] == "DELETED"
            and (found := call.group.executions.get(entry["id"])) is not None
            and enactments.moment(call, found).status == "COMPLETED"
        ]
        reply = handler(call)
        for entry in each(reply, "executions"):
            if entry["id"] in done:
                del entry["message"]
                entry["error"] = {"code": WRONG_STATE, "message": "Current status COMPLETED cannot be changed"}
        return reply


@mutant("deployment-bulk-first-target-for-all", "LM-DEPLOYMENT-BULK-MIXED")
def deployment_first_target(bench: Bench) -> None:
    """BUG: "A bulk update stops one deployment and deletes another, also after an error, with their results in order."

    What the first entry asks for is done with all.
    """

    @bench.before("modifyDeployments")
    def alike(call: Call) -> None:
        for entry in call.body["deployments"]:
            entry["targetStatus"] = call.body["deployments"][0]["targetStatus"]


@mutant("deployment-bulk-ends-at-error", "LM-DEPLOYMENT-BULK-MIXED")
def deployment_ends_at_error(bench: Bench) -> None:
    """BUG: "A bulk update stops one deployment and deletes another, also after an error, with their results in order."

    After an error everything else is promised, and not done.
    """
    _ends_at_error(bench, "modifyDeployments", "deployments")


def _ends_at_error(bench: Bench, operation: str, key: str) -> None:
    @bench.instead(operation)
    def promised(call: Call, handler: Handler) -> Reply:
        shelf, asked = getattr(call.group, key), call.body[key]
        first = next((place for place, entry in enumerate(asked) if entry["id"] not in shelf), len(asked))
        late, call.body[key] = asked[first + 1 :], asked[: first + 1]
        reply = handler(call)
        reply.json[key] += [{"id": entry["id"], "message": "Modification scheduled"} for entry in late]
        return reply
