"""What tenants were seen to do (FACTS.md, section M): options of the server, and how it does these things."""

import unicodedata

from .shapes import Refused, refuse

# The first option of each is what `plain` does.
HABITS = {
    "log_stream": (True, False),  # M3
    "log_lines": (3, 1500),  # M3
    "fresh_message": (False, True),  # M5
    "pattern_refusal": ("usual", "as-seen"),  # M6
    "outside": ("as-unknown", "bare"),  # M7
    "placeholders": ("resolved", "unresolved"),  # M9
    "fresh_group": ("ready", "412-json", "412-empty", "403-text", "404-json"),  # M10
    "latest_running": ("previous", "new"),  # M11
    "modified": ("latest", "creation"),  # M12
    "url_when_stopped": ("empty", "kept"),  # M13
    "fresh_members": ("all", "none"),  # M13
    "stop_shown": (True, False),  # M14
    "submission": ("scheduled", "update", "creation"),  # M15
    "deployment_executable": ("shown", "absent"),  # M19
    "status_details": ("open", "as-seen"),  # M20
    "replicas": ("none", "texts"),  # M21
    "wrong_secret": ("unauthorized", "invalid_client"),  # M22
    "too_large": ("envelope", "bare"),  # M23
    "meta_versions": ("2.21.0 2.18.0", "2.40.0 2.31.0"),  # M26
}
# All of them at once, with what older options say of section M: a style.
AS_SEEN = {name: options[-1] for name, options in HABITS.items() if name not in ("fresh_group", "placeholders")} | {
    "fresh_group": ("412-json", "412-empty", "403-text", "404-json"),
    "placeholders": "resolved",
    "artifact_url": "slash",
    "request_id": ("requestId", "empty"),
    "early_logs": ("empty", "404"),
    "order": "newest-first",
    "stamps": "as-seen",
    "ids": "usual",
    "optional": ("absent", "mixed"),
    "content": ("tutorial", "deployable-only", "rich"),
    "fate": ("good", "good", "pending", "unknown"),
    "stop_time": (0.3, 1.5),
    "unknown_path": ("bare-json", "json"),
    "meta": "full",
    "foreign": 12,
}
# Seconds for which a resource group is fresh, from the first request for its deployments.
FRESH = 0.6


def text_of(api, text):
    """A text as it is stored: no publication says that its ends and the form of its letters are kept."""
    way = api.choices["texts"]
    if way == "trimmed":
        return text.strip() or text
    return unicodedata.normalize("NFC", text) if way == "composed" else text


def check_group(api, group, method, inner):
    """Refuse the deployments of a group that is fresh (M10)."""
    way = api.choices["fresh_group"]
    asked = (method in ("GET", "POST") and inner == "/deployments") or (
        method == "GET" and inner.count("/") == 2 and inner.startswith("/deployments/") and "$" not in inner
    )
    if way == "ready" or not asked:
        return
    now = api.world.now()
    group.opened = group.opened or now
    if now < group.opened + FRESH:
        raise refuse(way, "RBAC: access denied" if way == "403-text" else "The resource group is not set up yet")


def check_template(api):
    """Refuse a deployment whose template has a placeholder that nothing fills (M9)."""
    if api.choices["placeholders"] == "unresolved":
        why = "one or more placeholder values are not resolved in the serving spec"
        inner = '{"code":"400","message":"Missing input parameter or artifacts, ' + why + '"}'
        raise Refused(400, f"Runtime Adapter Exception; Failed to post deployments : {inner}")


def unlike_pattern(api, name, value):
    """The refusal of a filter that breaks the pattern of ids (M6), or None."""
    if api.choices["pattern_refusal"] == "usual":
        return None
    message = f"Invalid Request, {value!r} does not match '^[\\\\w.-]{{4,64}}$' in {name}"
    return Refused(400, message, "400", request_id="")


def apply(api, run, members, now):
    """Change the members of an execution or deployment to what was seen."""
    choices, status = api.choices, members["status"]
    started = run.reached("RUNNING", now)
    if choices["modified"] == "creation":
        members["modifiedAt"] = members["createdAt"]
    if choices["submission"] == "creation":
        members["submissionTime"] = api.shapes.now_text(run.created) if started is None else members["startTime"]
    if choices["submission"] == "update" and run.updated:
        members["submissionTime"] = api.shapes.now_text(run.updated)
    if choices["status_details"] == "as-seen" and "statusDetails" in members:
        members["statusDetails"] = None if run.deploys or status in ("UNKNOWN", "COMPLETED") else _details(run, status)
    if run.deploys:
        _apply_to_deployment(api, run, members, started is not None)


def _details(run, status):
    pod = {"containerName": "main", "podName": run.id, "exitCode": 1, "message": None, "ready": status == "RUNNING"}
    step = {"id": run.id, "name": "main", "type": "Pod", "phase": status.title(), "message": None, "exitCode": 1}
    return {"details": [pod | {"lastLogMessages": ""}], "workflowInfo": [step]}


def _apply_to_deployment(api, run, members, has_run):
    choices, status = api.choices, members["status"]
    if choices["deployment_executable"] == "absent":
        members["executableId"] = None
    if choices["latest_running"] == "new" and run.previous:
        members["latestRunningConfigurationId"] = members["configurationId"]
    if choices["url_when_stopped"] == "kept" and has_run:
        members["deploymentUrl"] = f"{api.url}/v2/inference/deployments/{run.id}"
    if choices["replicas"] == "texts":
        running = 1 if status == "RUNNING" else 0
        replicas = {"minReplicas": "1", "maxReplicas": "1", "runningReplicas": running}
        members["details"] = {"scaling": {"backendDetails": {"predictor": replicas}}}
    if status == "UNKNOWN" and choices["fresh_message"]:
        members["statusMessage"] = f"Deployment id {run.id} not found"
    if status == "UNKNOWN" and choices["fresh_members"] == "none":
        members |= dict.fromkeys(("lastOperation", "latestRunningConfigurationId", "details"))
