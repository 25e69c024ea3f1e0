"""What shows when one thing is done after the other: each request alone is answered as it should be."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import each, wrong_status
from lmconform.mutants.registry import mutant


@mutant("flow-executable-hidden", "LM-FLOW-EXECUTABLE-LISTED")
def executable_hidden(bench: Bench) -> None:
    """BUG: "The list of executables holds the one that a template of the tutorial defines."

    It is read by its id, and not listed.
    """

    @bench.after("listExecutables")
    def hidden(call: Call, reply: Reply) -> None:
        rows = [row for row in reply.json["resources"] if row["id"] != "text-clf-infer-tutorial"]
        reply.json = {"count": len(rows), "resources": rows}


@mutant("flow-expanded-unlabelled", "LM-FLOW-ARTIFACTS-LABELLED")
def expanded_unlabelled(bench: Bench) -> None:
    """BUG: "An artifact is registered with labels, and read back with them and its scenario."

    Either its labels or its scenario are shown.
    """

    @bench.after("getArtifact")
    def either(call: Call, reply: Reply) -> None:
        if "$expand" in call.query:
            reply.json.pop("labels", None)


@mutant("flow-search-second-word", "LM-FLOW-ARTIFACTS-FOUND")
def search_descriptions(bench: Bench) -> None:
    """BUG: "Registered artifacts are found by parts of their names and descriptions."

    Descriptions are looked at from their second word on.
    """

    @bench.after("listArtifacts")
    def later(call: Call, reply: Reply) -> None:
        wanted = call.query.get("$search")
        if wanted is not None and call.query.get("searchCaseInsensitive") is None:
            rows = [
                row
                for row in reply.json["resources"]
                if wanted in row["name"] or wanted in row.get("description", "").partition(" ")[2]
            ]
            reply.json = {"count": len(rows), "resources": rows}


@mutant("flow-search-drops-labels", "LM-FLOW-ARTIFACTS-SELECTED", "LM-ARTIFACT-LABEL-EQUALS")
def search_drops_labels(bench: Bench) -> None:
    """BUG: "Labels select among the artifacts that a search finds, also when they are counted."

    Beside a search labels are not looked at.
    """

    @bench.before("listArtifacts")
    def drop(call: Call) -> None:
        if "$search" in call.query:
            call.query.pop("artifactLabelSelector", None)


@mutant("flow-configuration-known-late", "LM-FLOW-METRICS-TRAINED", "LM-FLOW-BULK-STARTED", "LM-FLOW-EXECUTION-STARTED")
def known_late(bench: Bench) -> None:
    """BUG: "An execution is started that metrics are then stored for."

    The first who asks to run a new configuration is told that there is none.
    """
    known: set[str] = set()

    @bench.before("createExecution")
    def late(call: Call) -> None:
        wanted = call.body.get("configurationId")
        if wanted not in known:
            known.add(str(wanted))
            raise Problem(404, "01010006", "Configuration does not exist")


@mutant("flow-one-execution-at-a-time", "LM-FLOW-BULK-STARTED")
def one_at_a_time(bench: Bench) -> None:
    """BUG: "Two executions of one configuration are started."

    While one of a configuration runs there is no second: 409.
    """

    @bench.before("createExecution")
    def busy(call: Call) -> None:
        wanted = call.body.get("configurationId")
        active = [e for e in call.group.executions.values() if e.stopped is None and e.deleted is None]
        if any(e.configuration["id"] == wanted and e.created > call.group.now() - 0.5 for e in active):
            raise Problem(409, "01010078", "The configuration is running")


@mutant("flow-bulk-results-swapped", "LM-FLOW-BULK-STOPPED", "LM-FLOW-BULK-DELETED", "LM-BULK-RESULTS-IN-ORDER")
def results_swapped(bench: Bench) -> None:
    """BUG: "Two executions are stopped with one request." What became of the second stands first."""

    @bench.after("modifyExecutions")
    def reverse(call: Call, reply: Reply) -> None:
        reply.json["executions"].reverse()


@mutant("flow-bulk-stopped-goes-on", "LM-FLOW-BULK-STOPPED", "LM-BULK-STOP")
def stopped_goes_on(bench: Bench) -> None:
    """BUG: "Two executions are stopped with one request." After the first look they are PENDING again."""
    stopped: set[str] = set()

    @bench.before("modifyExecutions")
    def remember(call: Call) -> None:
        stopped.update(e["id"] for e in call.body["executions"] if e["targetStatus"] == "STOPPED")

    @bench.after("getExecution")
    def pending(call: Call, reply: Reply) -> None:
        if reply.json["id"] in stopped and reply.json["status"] == "STOPPED":
            reply.json["status"] = "PENDING"


@mutant("flow-bulk-deletes-first", "LM-FLOW-BULK-DELETED")
def bulk_deletes_first(bench: Bench) -> None:
    """BUG: "Two executions that were stopped are deleted with one request, and go away."

    The first alone is; the answer says both.
    """
    _first_alone(bench, "DELETED")


@mutant("flow-configuration-202", "LM-FLOW-SCHEDULE-CONFIGURED", "LM-FLOW-SERVING-CONFIGURED")
def configuration_202(bench: Bench) -> None:
    """BUG: "A configuration is created that is then run by the clock." The answer is 202."""
    wrong_status(bench, "createConfiguration", 202)


@mutant("flow-model-bound-once", "LM-FLOW-SERVING-CONFIGURED")
def bound_once(bench: Bench) -> None:
    """BUG: "A model is registered, and bound by two configurations of a serving executable."

    One configuration has it for itself.
    """
    bound: set[str] = set()

    @bench.before("createConfiguration")
    def once(call: Call) -> None:
        if call.body["executableId"] == "text-clf-infer-tutorial":
            wanted = {str(b.get("artifactId")) for b in call.body.get("inputArtifactBindings") or []}
            if wanted & bound:
                raise bad_request("the model is bound already")
            bound.update(wanted)


@mutant("flow-tags-for-metrics", "LM-FLOW-METRICS-APPENDED")
def tags_for_metrics(bench: Bench) -> None:
    """BUG: "What several requests store of an execution comes back from one."

    Tags are stored in the place of metrics.
    """

    @bench.before("patchMetrics")
    def instead_of(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("tags") and not call.body.get("metrics"):
            tracking.metrics = []


@mutant("flow-metrics-half-deleted", "LM-FLOW-METRICS-DELETED", "LM-METRICS-DELETE")
def half_deleted(bench: Bench) -> None:
    """BUG: "All that was stored of an execution goes with one request." What is left of them is an empty resource."""
    shadows: set[str] = set()

    @bench.after("deleteMetrics")
    def remember(call: Call, reply: Reply) -> None:
        shadows.add(call.query["executionId"])

    @bench.instead("findMetrics")
    def empty(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem:
            wanted = [i for i in call.query.get("executionIds") or () if i in shadows]
            if not wanted:
                raise
            return Reply(200, {"count": len(wanted), "resources": [{"executionId": i} for i in wanted]})


@mutant("flow-schedules-unlisted", "LM-FLOW-SCHEDULE-LISTED", "LM-SCHEDULE-FILTER-CONFIGURATION")
def schedules_unlisted(bench: Bench) -> None:
    """BUG: "A schedule is listed and counted under its configuration." Its configuration is not known to the list."""

    @bench.after("listExecutionSchedules")
    def nothing(call: Call, reply: Reply) -> None:
        if "configurationId" in call.query:
            reply.json = {"count": 0, "resources": []}


@mutant("flow-serving-aims-elsewhere", "LM-FLOW-SERVING-RUNS")
def aims_elsewhere(bench: Bench) -> None:
    """BUG: "A deployment goes to RUNNING by legal transitions, which is its target."

    Once it runs its target is COMPLETED.
    """

    @bench.after("getDeployment")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "RUNNING":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("flow-serving-restarts", "LM-FLOW-SERVING-STOPPED")
def serving_restarts(bench: Bench) -> None:
    """BUG: "A running deployment is stopped, and STOPPED after a while."

    One that was updated before says UNKNOWN in the end.
    """

    @bench.after("getDeployment")
    def unknown(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "STOPPED" and reply.json.get("lastOperation") == "UPDATE":
            reply.json["status"] = "UNKNOWN"


@mutant("flow-serving-updated-stays", "LM-FLOW-SERVING-DELETED")
def stays_after_update(bench: Bench) -> None:
    """BUG: "A deployment that was stopped is deleted, and gone after a while." One that was updated before stays."""

    @bench.instead("deleteDeployment")
    def stays(call: Call, handler: Handler) -> Reply:
        found = call.group.deployments.get(call.path["deploymentId"])
        if found is not None and found.updated is not None and found.stopped is not None:
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


def _first_alone(bench: Bench, target: str) -> None:
    """Of several entries with this target the first is acted upon."""

    @bench.instead("modifyExecutions")
    def first(call: Call, handler: Handler) -> Reply:
        entries = call.body["executions"]
        if [e["targetStatus"] for e in entries[1:]] != [target] * (len(entries) - 1) or len(entries) < 2:
            return handler(call)
        call.body["executions"] = entries[:1]
        reply = handler(call)
        said = [{"id": e["id"], "message": "Execution modification scheduled"} for e in entries[1:]]
        return Reply(202, {"executions": each(reply, "executions") + said})
