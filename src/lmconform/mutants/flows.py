"""What shows when one request follows another: each of them is answered as it should be."""

from __future__ import annotations

import dataclasses

from lmconform.mock import lifecycle, problems
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import elsewhere, wrong_status
from lmconform.mutants.defects.bulk import each
from lmconform.mutants.registry import mutant


@mutant("flow-scenario-hidden", "LM-FLOW-SCENARIO-LISTED")
def flow_scenario_hidden(bench: Bench) -> None:
    """BUG: the tutorial's scenario is read by its id, and not listed."""

    @bench.after("listScenarios")
    def hidden(call: Call, reply: Reply) -> None:
        rows = [r for r in reply.json["resources"] if r["id"] != "text-clf-tutorial"]
        reply.json = {"count": len(rows), "resources": rows}


@mutant("flow-executable-hidden", "LM-FLOW-EXECUTABLE-LISTED")
def flow_executable_hidden(bench: Bench) -> None:
    """BUG: an executable of the tutorial is read by its id, and not listed."""

    @bench.after("listExecutables")
    def hidden(call: Call, reply: Reply) -> None:
        rows = [row for row in reply.json["resources"] if row["id"] != "text-clf-infer-tutorial"]
        reply.json = {"count": len(rows), "resources": rows}


@mutant("flow-expanded-unlabelled", "LM-FLOW-ARTIFACTS-LABELLED")
def flow_expanded_unlabelled(bench: Bench) -> None:
    """BUG: an artifact read with $expand comes without its labels."""

    @bench.after("getArtifact")
    def either(call: Call, reply: Reply) -> None:
        if "$expand" in call.query:
            reply.json.pop("labels", None)


@mutant("flow-search-second-word", "LM-FLOW-ARTIFACTS-FOUND")
def flow_search_second_word(bench: Bench) -> None:
    """BUG: a search for artifacts ignores the first word of descriptions."""

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
def flow_search_drops_labels(bench: Bench) -> None:
    """BUG: the label selector is ignored beside $search."""

    @bench.before("listArtifacts")
    def drop(call: Call) -> None:
        if "$search" in call.query:
            call.query.pop("artifactLabelSelector", None)


@mutant("flow-configuration-known-late", "LM-FLOW-METRICS-TRAINED", "LM-FLOW-BULK-STARTED", "LM-FLOW-EXECUTION-STARTED")
def flow_configuration_known_late(bench: Bench) -> None:
    """BUG: the first execution of a new configuration is refused with 404."""
    known: set[str] = set()

    @bench.before("createExecution")
    def late(call: Call) -> None:
        wanted = call.body.get("configurationId")
        if wanted not in known:
            known.add(str(wanted))
            raise Problem(404, "01010006", "Configuration does not exist")


@mutant("flow-one-execution-at-a-time", "LM-FLOW-BULK-STARTED")
def flow_one_execution_at_a_time(bench: Bench) -> None:
    """BUG: a second execution of a configuration is refused with 409 while the first runs."""

    @bench.before("createExecution")
    def busy(call: Call) -> None:
        wanted = call.body.get("configurationId")
        active = [e for e in call.group.executions.values() if e.stopped is None and e.deleted is None]
        if any(e.configuration["id"] == wanted and e.created > call.group.now() - 0.5 for e in active):
            raise Problem(409, "01010078", "The configuration is running")


@mutant("execution-outputs-missing", "LM-FLOW-EXECUTION-COMPLETES")
def execution_outputs_missing(bench: Bench) -> None:
    """BUG: an execution has no output artifacts."""
    elsewhere(bench, "getExecution", "outputArtifacts", [])


@mutant("execution-never-completes", "LM-FLOW-EXECUTION-COMPLETES")
def execution_never_completes(bench: Bench) -> None:
    """BUG: an execution ends as DEAD instead of COMPLETED."""

    @bench.patch(lifecycle, "at")
    def dead(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        return dataclasses.replace(moment, status="DEAD") if moment.status == "COMPLETED" else moment


@mutant("execution-never-ends", "LM-FLOW-EXECUTION-COMPLETES", "LM-EXECUTION-ENDS")
def execution_never_ends(bench: Bench) -> None:
    """BUG: an execution stays RUNNING for ever."""

    @bench.patch(lifecycle, "at")
    def running(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        is_over = moment.status in ("COMPLETED", "DEAD") and not enactment.serves
        return dataclasses.replace(moment, status="RUNNING", completed=None) if is_over else moment


@mutant("deployment-dies", "LM-FLOW-SERVING-RUNS")
def deployment_dies(bench: Bench) -> None:
    """BUG: a deployment ends as DEAD instead of RUNNING."""

    @bench.patch(lifecycle, "at")
    def dead(original, enactment, now, timing):  # type: ignore[no-untyped-def]
        moment = original(enactment, now, timing)
        is_running = moment.status == "RUNNING" and enactment.serves
        return dataclasses.replace(moment, status="DEAD") if is_running else moment


@mutant("flow-metrics-refused", "LM-FLOW-METRICS-STORED")
def flow_metrics_refused(bench: Bench) -> None:
    """BUG: a metric whose name has a space is refused."""

    @bench.before("patchMetrics")
    def space(call: Call) -> None:
        if any(" " in m["name"] for m in call.body.get("metrics") or []):
            raise problems.bad_request("a metric's name has a space")


@mutant("flow-metrics-lost", "LM-FLOW-METRICS-READ-BACK")
def flow_metrics_lost(bench: Bench) -> None:
    """BUG: spaces in the names of metrics become underscores."""

    @bench.after("findMetrics")
    def underscores(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for point in resource.get("metrics") or []:
                point["name"] = point["name"].replace(" ", "_")


@mutant("flow-tags-for-metrics", "LM-FLOW-METRICS-APPENDED")
def flow_tags_for_metrics(bench: Bench) -> None:
    """BUG: storing tags deletes the metrics that were stored before."""

    @bench.before("patchMetrics")
    def instead_of(call: Call) -> None:
        tracking = call.group.tracking.get(call.body["executionId"])
        if tracking is not None and call.body.get("tags") and not call.body.get("metrics"):
            tracking.metrics = []


@mutant("flow-metrics-half-deleted", "LM-FLOW-METRICS-DELETED", "LM-METRICS-DELETE")
def flow_metrics_half_deleted(bench: Bench) -> None:
    """BUG: deleted metrics are read back as an empty resource instead of 404."""
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


@mutant("flow-bulk-results-swapped", "LM-FLOW-BULK-STOPPED", "LM-FLOW-BULK-DELETED", "LM-BULK-RESULTS-IN-ORDER")
def flow_bulk_results_swapped(bench: Bench) -> None:
    """BUG: the results of a bulk update of executions come in reverse order."""

    @bench.after("modifyExecutions")
    def reverse(call: Call, reply: Reply) -> None:
        reply.json["executions"].reverse()


@mutant("flow-bulk-stopped-goes-on", "LM-FLOW-BULK-STOPPED", "LM-BULK-STOP")
def flow_bulk_stopped_goes_on(bench: Bench) -> None:
    """BUG: an execution stopped in bulk shows PENDING again once it is STOPPED."""
    stopped: set[str] = set()

    @bench.before("modifyExecutions")
    def remember(call: Call) -> None:
        stopped.update(e["id"] for e in call.body["executions"] if e["targetStatus"] == "STOPPED")

    @bench.after("getExecution")
    def pending(call: Call, reply: Reply) -> None:
        if reply.json["id"] in stopped and reply.json["status"] == "STOPPED":
            reply.json["status"] = "PENDING"


@mutant("flow-bulk-deletes-first", "LM-FLOW-BULK-DELETED")
def flow_bulk_deletes_first(bench: Bench) -> None:
    """BUG: a bulk update deletes the first execution only, and answers success for all."""
    _first_alone(bench, "DELETED")


@mutant("flow-configuration-202", "LM-FLOW-SCHEDULE-CONFIGURED", "LM-FLOW-SERVING-CONFIGURED")
def flow_configuration_202(bench: Bench) -> None:
    """BUG: creating a configuration answers 202 instead of 201."""
    wrong_status(bench, "createConfiguration", 202)


@mutant("flow-model-bound-once", "LM-FLOW-SERVING-CONFIGURED")
def flow_model_bound_once(bench: Bench) -> None:
    """BUG: a second serving configuration with the same model is refused."""
    bound: set[str] = set()

    @bench.before("createConfiguration")
    def once(call: Call) -> None:
        if call.body["executableId"] == "text-clf-infer-tutorial":
            wanted = {str(b.get("artifactId")) for b in call.body.get("inputArtifactBindings") or []}
            if wanted & bound:
                raise bad_request("the model is bound already")
            bound.update(wanted)


@mutant("flow-schedules-unlisted", "LM-FLOW-SCHEDULE-LISTED", "LM-SCHEDULE-FILTER-CONFIGURATION")
def flow_schedules_unlisted(bench: Bench) -> None:
    """BUG: the list of schedules is empty under the filter configurationId."""

    @bench.after("listExecutionSchedules")
    def nothing(call: Call, reply: Reply) -> None:
        if "configurationId" in call.query:
            reply.json = {"count": 0, "resources": []}


@mutant("schedule-pause-deletes", "LM-FLOW-SCHEDULE-PAUSED", "LM-SCHEDULE-PAUSE")
def schedule_pause_deletes(bench: Bench) -> None:
    """BUG: pausing a schedule deletes it."""

    @bench.after("modifyExecutionSchedule")
    def gone(call: Call, reply: Reply) -> None:
        if call.body.get("status") == "INACTIVE":
            call.group.unschedule(call.path["executionScheduleId"])


@mutant("schedule-paused-keeps-cron", "LM-FLOW-SCHEDULE-RESUMED")
def schedule_paused_keeps_cron(bench: Bench) -> None:
    """BUG: a new cron is ignored while the schedule is paused."""

    @bench.before("modifyExecutionSchedule")
    def keep(call: Call) -> None:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "INACTIVE" and "cron" in call.body:
            call.body["cron"] = found.data["cron"]


@mutant("schedule-delete-pauses", "LM-FLOW-SCHEDULE-DELETED", "LM-SCHEDULE-DELETE")
def schedule_delete_pauses(bench: Bench) -> None:
    """BUG: deleting an active schedule only pauses it."""

    @bench.instead("deleteExecutionSchedule")
    def paused(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.status == "ACTIVE":
            found.status = "INACTIVE"
            return Reply(202, {"id": found.id, "message": "Execution Schedule deleted"})
        return handler(call)


@mutant("deployment-without-ttl-201", "LM-FLOW-SERVING-DEPLOYED")
def deployment_without_ttl_201(bench: Bench) -> None:
    """BUG: where no time to live is advertised, creating a deployment answers 201."""

    @bench.after("getMeta")
    def none(call: Call, reply: Reply) -> None:
        reply.json["aiApi"]["capabilities"]["timeToLiveDeployments"] = False

    @bench.after("createDeployment")
    def created(call: Call, reply: Reply) -> None:
        reply.status = 201


@mutant("flow-serving-aims-elsewhere", "LM-FLOW-SERVING-RUNS")
def flow_serving_aims_elsewhere(bench: Bench) -> None:
    """BUG: a RUNNING deployment has the targetStatus COMPLETED."""

    @bench.after("getDeployment")
    def completed(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "RUNNING":
            reply.json["targetStatus"] = "COMPLETED"


@mutant("flow-serving-restarts", "LM-FLOW-SERVING-STOPPED")
def flow_serving_restarts(bench: Bench) -> None:
    """BUG: an updated deployment that was stopped shows UNKNOWN in the end."""

    @bench.after("getDeployment")
    def unknown(call: Call, reply: Reply) -> None:
        if reply.json["status"] == "STOPPED" and reply.json.get("lastOperation") == "UPDATE":
            reply.json["status"] = "UNKNOWN"


@mutant("flow-serving-updated-stays", "LM-FLOW-SERVING-DELETED")
def flow_serving_updated_stays(bench: Bench) -> None:
    """BUG: an updated deployment that was stopped cannot be deleted, though the answer is 202."""

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


@mutant("deployment-update-loses-url", "LM-FLOW-SERVING-UPDATED")
def deployment_update_loses_url(bench: Bench) -> None:
    """BUG: a deployment that was updated runs with an empty deploymentUrl."""

    @bench.after("getDeployment", "listDeployments")
    def lost(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            found = call.group.deployments.get(resource["id"])
            if "deploymentUrl" in resource and found is not None and found.updated is not None:
                resource["deploymentUrl"] = ""
