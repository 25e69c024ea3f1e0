"""Operations on executions and deployments: create, look, stop, reconfigure, delete, in bulk."""

from . import habits
from .catalog import listed
from .checking import ID, STATUSES, TTL, Body, bad
from .records import artifact_body, counted, created, page_of
from .runs import TERMINAL
from .shapes import Refused, Reply, refuse

FORBIDDEN = "01010076"
UNKNOWN_CODES = {False: "01010020", True: "01010016"}
WORDS = {False: "Execution", True: "Deployment"}


def runs_of(group, deploys):
    """The executions or the deployments of a group."""
    return group.deployments if deploys else group.executions


def _allowed(api, deploys):
    if api.choices["deployments" if deploys else "executions"] == "off":
        raise refuse(api.choices["off_answer"], f"{WORDS[deploys]}s are not supported by this runtime")


def run_body(api, group, run, *, detailed, only_status=False):
    """An execution or deployment as it is shown."""
    now, text, configuration = api.world.now(), api.shapes.now_text, run.configuration
    finished, started, status = run.finished(now), run.reached("RUNNING", now), run.status(now)
    latest = max(m for m in (run.modified, started, finished, run.created) if m is not None)
    members = {
        "id": run.id,
        "configurationId": configuration["id"],
        "status": status,
        "createdAt": text(run.created),
        "modifiedAt": text(latest),
    }
    if only_status:
        members["modifiedAt"] = text(run.created) if api.choices["modified"] == "creation" else members["modifiedAt"]
        return api.shapes.shuffled_members(members)
    members |= {
        "configurationName": configuration["name"],
        "executableId": configuration["executableId"],
        "scenarioId": configuration["scenarioId"],
        "targetStatus": run.target,
        "statusMessage": run.message if status in ("DEAD", "UNKNOWN", "PENDING") else None,
        "submissionTime": text(run.created) if status != "UNKNOWN" else None,
        "startTime": _start(api, started) if started is not None else None,
        "completionTime": text(finished) if finished is not None else None,
    }
    if finished is not None and now < finished + api.choices["late_completion"]:
        members["completionTime"] = None
    optional = ["statusMessage", "submissionTime", "startTime", "completionTime", "statusDetails", "outputArtifacts"]
    optional += ["executableId", "details"]
    if detailed:
        members["statusDetails"] = {"workflow_info": []} if api.chance(0.5) else None
    if run.deploys:
        running = status == "RUNNING"
        url = f"{api.url}/v2/inference/deployments/{run.id}" if running else ""
        members |= {"deploymentUrl": url, "lastOperation": run.operation, "ttl": run.ttl}
        members["latestRunningConfigurationId"] = run.previous or (configuration["id"] if running else None)
        members["details"] = {"scaling": {"backendDetails": {}}, "resources": {"backend_details": {"a": None}}}
        optional += ["deploymentUrl", "ttl", "latestRunningConfigurationId", "lastOperation"]
    else:
        members["outputArtifacts"] = [artifact_body(api, a) for a in api.world.outputs(group, run)]
        members["executionScheduleId"] = run.schedule
        optional.append("executionScheduleId")
    habits.apply(api, run, members, now)
    plain = ["configurationName", "scenarioId"] + ([] if run.target != "COMPLETED" else ["targetStatus"])
    return api.shapes.thing(members, optional=optional, plain=plain)


def _start(api, started):
    """When it began to run: some count that in whole seconds."""
    shown = api.shapes.now_text(started)
    return shown[:19] + "Z" if api.choices["coarse_start"] and shown.endswith("Z") else shown


def _configuration(api, call, body, name="configurationId"):
    identifier = body.reference(name)
    configuration = call.group.configurations.get(identifier)
    if configuration is None:
        raise refuse(api.choices["unknown_configuration"], f"Configuration {identifier} not found")
    return configuration


def _check_quota(api, group, deploys):
    way = api.choices["quota"]
    now = api.world.now()
    mine = [r for r in runs_of(group, deploys).values() if not r.foreign and not r.is_gone(now)]
    running = [r for r in mine if r.status(now) not in TERMINAL]
    words = {"quota": f"The quota of {WORDS[deploys]}s is exhausted", "count": "maxRunningCount is reached"}
    words["limit"] = f"You have exceeded the maximum number of {WORDS[deploys]}s that may run"
    if way not in ("none", "queue") and len(running) >= api.choices["quota_size"]:
        raise refuse(way, words[api.choices["quota_words"]])
    if deploys and api.choices["deployment_room"] == "none":
        raise refuse("400", words[api.choices["quota_words"]])


def _fitting(api, configuration, deploys):
    """Whether the executable is of the right kind; refuses a deployment that cannot be right."""
    executable = api.world.executable_of(configuration)
    fits = executable["deployable"] is deploys
    if not fits and (deploys or api.choices["wrong_kind"] == "400"):
        raise bad("the executable of this configuration is of the other kind")
    if deploys and not api.world.is_complete(configuration):
        raise bad("Missing input parameter or artifacts, one or more placeholder values are not resolved")
    return fits


def creator(deploys):
    """POST /lm/executions, POST /lm/deployments."""

    def create(api, call):
        _allowed(api, deploys)
        body = Body.read(api, call, merge=False)
        body.need("configurationId")
        ttl = ttl_of(api, body) if deploys else None
        configuration = _configuration(api, call, body)
        fits = _fitting(api, configuration, deploys)
        if deploys:
            habits.check_template(api)
        _check_quota(api, call.group, deploys)
        run = api.world.add_run(call.group, configuration, deploys=deploys, ttl=ttl, kind_fits=fits)
        said = {"id": run.id, "message": api.shapes.said(f"{WORDS[deploys]} scheduled" + "." * deploys)}
        if api.choices["sdk_members"]:
            said |= {"status": "UNKNOWN"} | ({"deploymentUrl": ""} if deploys else {"targetStatus": "COMPLETED"})
            said |= {"ttl": ttl} if ttl else {}
        return created(api, call, run.id, 202, said)

    return create


def ttl_of(api, body):
    """A deployment's time to live, in this server's opinion."""
    if api.choices["ttl"] == "ignore" or body.members.get("ttl") is None:
        return None
    ttl = body.text("ttl", pattern=TTL)
    if api.choices["ttl"] == "400":
        raise bad("ttl is not supported")
    match = TTL.fullmatch(ttl)
    if match[2] in "mM" and int(match[1]) < 10 and api.choices["short_ttl"] == "400":
        raise bad("ttl is below the minimum")
    if api.choices["longest_ttl"] == "8h" and int(match[1]) * {"m": 1, "h": 60, "d": 1440}[match[2].lower()] > 480:
        raise bad("ttl is above the maximum of 8h")
    return ttl


def _found(api, call, deploys, lag=0.0):
    """The runs that a list or count is about; a count lags behind with statuses, too."""
    query, now = call.query, api.world.now() - lag
    deleting = api.choices["deleting_listed"]
    runs = [
        run
        for run in runs_of(call.group, deploys).values()
        if run.listed + api.choices["list_lag"] - lag <= now and not run.is_gone(now) and (deleting or run.gone is None)
    ]
    executables, configuration = query.ids("executableIds"), query.one_id("configurationId")
    scenario, status = query.one_id("scenarioId"), query.one_of("status", STATUSES)
    if executables is not None:
        runs = [r for r in runs if r.configuration["executableId"] in executables]
    if configuration is not None:
        runs = [r for r in runs if r.configuration["id"] == configuration]
    if scenario is not None:
        runs = [r for r in runs if r.configuration["scenarioId"] == scenario]
    if status is not None:
        runs = [r for r in runs if r.status(now) == status]
    schedule = None if deploys else query.one_id("executionScheduleId")
    if schedule is not None:
        runs = [r for r in runs if r.schedule == schedule]
    way = api.choices["order"]
    key = (lambda r: r.id) if way == "by-id" else (lambda r: (r.created, r.id))
    return sorted(runs, key=key, reverse=way == "newest-first")


def lister(deploys):
    """GET /lm/executions, GET /lm/deployments."""

    def list_runs(api, call):
        if api.choices["off_lists"]:
            _allowed(api, deploys)
        only = call.query.choice("$select", ("status",)) == "status"
        page, total = page_of(api, call, _found(api, call, deploys))
        bodies = [run_body(api, call.group, run, detailed=False, only_status=only) for run in page]
        return listed(api, bodies, total=total)

    return list_runs


def counter(deploys):
    """GET /lm/executions/$count, GET /lm/deployments/$count."""

    def count(api, call):
        if api.choices["off_lists"]:
            _allowed(api, deploys)
        return counted(api, _found(api, call, deploys, api.choices["list_lag"]))

    return count


def _one(api, call, deploys):
    identifier = call.id("deploymentId" if deploys else "executionId")
    run, now = runs_of(call.group, deploys).get(identifier), api.world.now()
    if run is None or run.is_gone(now) or run.visible > now:
        raise Refused(404, f"{WORDS[deploys]} not found", UNKNOWN_CODES[deploys])
    return run


def getter(deploys):
    """GET /lm/executions/{executionId}, GET /lm/deployments/{deploymentId}."""

    def get(api, call):
        run = _one(api, call, deploys)
        only = call.query.choice("$select", ("status",)) == "status"
        return Reply(200, run_body(api, call.group, run, detailed=True, only_status=only))

    return get


def stop_refusal(api, run):
    """Why a run cannot be stopped now, or None."""
    status = run.status(api.world.now())
    if run.gone is not None or status not in ("PENDING", "RUNNING"):
        return f"Current status {status} cannot be changed"
    if run.target == "STOPPED" and api.choices["second_stop"] == "400":
        return "It is being stopped"
    return None


def delete_refusal(api, run):
    """Why a run cannot be deleted now, or None."""
    status = run.status(api.world.now())
    if status in ("PENDING", "RUNNING", "STOPPING"):
        return f"Current status {status} cannot be changed"
    return None


def _modified(api, run):
    said = api.shapes.said(f"{WORDS[run.deploys]} modification scheduled")
    return Reply(202, api.shapes.thing({"id": run.id, "message": said}))


def modifier(deploys):
    """PATCH /lm/executions/{executionId}, PATCH /lm/deployments/{deploymentId}."""

    def modify(api, call):
        if api.choices["checked_first"] == "state":
            _check_stop(api, _one(api, call, deploys))
        body = Body.read(api, call, merge=False)
        target = _target(api, body)
        if not deploys:
            body.need("targetStatus")
        changes = deploys and body.given("configurationId")
        if changes:
            body.text("configurationId", pattern=ID)
        run = _one(api, call, deploys)
        api.world.touched(run, "PATCH")
        if target and changes and api.choices["patch_both"] == "400":
            raise bad("one change at a time")
        if target:
            _check_stop(api, run)
            if run.target != "STOPPED":
                api.world.planner.stop(run, api.world.now())
        elif changes:
            _reconfigure(api, call, run, body)
        elif api.choices["empty_patch"] == "400":
            raise bad("nothing to change")
        return _modified(api, run)

    return modify


def _check_stop(api, run):
    reason = stop_refusal(api, run)
    if reason:
        raise refuse(api.choices["forbidden_patch"], f"Invalid Request, {reason}..", FORBIDDEN)


def _target(api, body):
    """The targetStatus of a body; one that exists, and that nothing can be told to reach, is no STOPPED."""
    if body.members.get("targetStatus") in STATUSES and body.members["targetStatus"] != "STOPPED":
        raise refuse(api.choices["unfit_target"], "Invalid Request, this targetStatus cannot be set", FORBIDDEN)
    return body.one_of("targetStatus", ("STOPPED",))


def _reconfigure(api, call, run, body):
    configuration, now = _configuration(api, call, body), api.world.now()
    status = run.status(now)
    allowed = status in ("PENDING", "RUNNING") or (status == "DEAD" and api.choices["dead_patch"] == "202")
    if not allowed or run.target != "RUNNING":
        raise refuse(api.choices["forbidden_patch"], f"Invalid Request, Current status {status}..", FORBIDDEN)
    _fitting(api, configuration, True)
    if configuration is run.configuration:
        if api.choices["same_configuration"] == "400":
            raise bad("this configuration is in use")
        return
    if status == "RUNNING" or run.previous is None:
        run.previous = run.configuration["id"]
    run.configuration, run.operation = configuration, "UPDATE"
    run.updated = run.modified = now
    api.world.planner.restart(run, now)


def deleter(deploys):
    """DELETE /lm/executions/{executionId}, DELETE /lm/deployments/{deploymentId}."""

    def delete(api, call):
        run = _one(api, call, deploys)
        api.world.touched(run, "DELETE")
        if run.gone is not None and api.choices["second_delete"] != "202":
            raise refuse(api.choices["second_delete"], "It is being deleted")
        reason = delete_refusal(api, run)
        if reason:
            raise refuse(api.choices["forbidden_delete"], f"Invalid Request, {reason}..", FORBIDDEN)
        _forget(api, call.group, run)
        said = {"id": run.id, "message": api.shapes.said("Deletion scheduled")}
        return Reply(202, api.shapes.thing(said | ({"targetStatus": "DELETED"} if api.chance(0.5) else {})))

    return delete


def _forget(api, group, run):
    if run.gone is None:
        api.world.outputs(group, run)
        api.world.planner.delete(run, api.world.now())
        if not api.choices["metrics_survive"]:
            group.metrics.pop(run.id, None)


def bulk(deploys):
    """PATCH /lm/executions, PATCH /lm/deployments: one entry per input, in the same order."""
    name = "deployments" if deploys else "executions"

    def modify(api, call):
        _allowed(api, deploys)
        if api.choices["bulk"] == "off":
            raise refuse(api.choices["off_answer"], "Bulk updates are not enabled")
        body = Body.read(api, call, merge=True)
        entries = body.objects(name, most=100)
        if not entries and (entries == [] or api.choices["bulk_empty"] == "400"):
            raise bad(f"{name} is empty")
        asked = []
        if api.choices["bulk_wrong"] == "entry":
            answers = [_any_entry(api, call.group, deploys, entry) for entry in entries or []]
            return Reply(202, api.shapes.thing({name: answers}))
        for entry in entries or []:
            entry.need("id", "targetStatus")
            asked.append((entry.text("id", pattern=ID), entry.one_of("targetStatus", ("STOPPED", "DELETED"))))
        if len({i for i, _ in asked}) < len(asked) and (
            api.choices["bulk_double"] == "400" or len(set(asked)) < len(asked)
        ):
            raise bad("an id occurs twice")
        answers = [_bulk_entry(api, call.group, deploys, identifier, target) for identifier, target in asked]
        return Reply(202, api.shapes.thing({name: answers}))

    return modify


def _any_entry(api, group, deploys, entry):
    """The answer to an entry of which anything may be wrong but the id."""
    identifier = entry.text("id", pattern=ID)
    if identifier is None:
        raise bad("id is missing")
    if entry.members.get("targetStatus") not in ("STOPPED", "DELETED"):
        error = api.shapes.envelope(400, "Invalid Request, targetStatus", "01010001")
        return api.shapes.shuffled_members({"id": identifier, "error": error})
    return _bulk_entry(api, group, deploys, identifier, entry.members["targetStatus"])


def _bulk_entry(api, group, deploys, identifier, target):
    run, now = runs_of(group, deploys).get(identifier), api.world.now()
    code, reason = FORBIDDEN, None
    if run is None or run.is_gone(now) or run.visible > now:
        code, reason = UNKNOWN_CODES[deploys], f"{WORDS[deploys]} not found"
    elif not api.world.executable_of(run.configuration)["bulk"]:
        code, reason = "01010090", "Bulk updates are not enabled in the template"
    elif target == "STOPPED":
        reason = stop_refusal(api, run)
    elif run.gone is not None and api.choices["second_delete"] != "202":
        reason = "It is being deleted"
    else:
        reason = delete_refusal(api, run)
    if reason:
        error = api.shapes.envelope(400, reason, code, f"/{'deployments' if deploys else 'executions'}/{identifier}")
        return api.shapes.shuffled_members({"id": identifier, "error": error})
    api.world.touched(run, "bulk PATCH")
    if target == "DELETED":
        _forget(api, group, run)
    elif run.target != "STOPPED":
        api.world.planner.stop(run, now)
    said = api.shapes.said(f"{WORDS[deploys]} modification scheduled")
    return api.shapes.shuffled_members({"id": identifier, "message": said})
