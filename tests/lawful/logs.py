"""Logs of executions and deployments."""

from .checking import moment
from .enactments import UNKNOWN_CODES, WORDS, runs_of
from .shapes import Refused, Reply, refuse


def getter(deploys):
    """GET …/logs: nothing before the run has started."""

    def get(api, call):
        choices, now = api.choices, api.world.now()
        if choices["logs"] == "off":
            raise refuse(choices["off_answer"], "Logs are not supported")
        identifier = call.id("deploymentId" if deploys else "executionId")
        groups = [call.group] if choices["log_group"] == "kept" else api.world.groups.values()
        run = next((runs_of(g, deploys)[identifier] for g in groups if identifier in runs_of(g, deploys)), None)
        if run is None or run.is_gone(now):
            raise Refused(404, f"{WORDS[deploys]} not found", UNKNOWN_CODES[deploys])
        top = call.query.number("$top", 1000, largest=5000, smallest=1)
        order = call.query.choice("$order", ("asc", "desc")) or "asc"
        begin, end = _window(api, call, "start", now - 3600), _window(api, call, "end", now)
        # Nobody may have seen it run, but what has ended has run.
        started = run.reached("RUNNING", now) or run.finished(now)
        if started is None and choices["early_logs"] == "404":
            # What was seen of deployments (M4); of executions nothing was.
            code = "05011000" if deploys else None
            raise Refused(404, f"DeploymentNotFoundError: Deployment {run.id} not found.", code)
        lines = [] if started is None else _lines(started, choices["log_lines"])
        lines = [line for line in lines if begin <= line[0] <= end]
        lines = (lines if order == "asc" else lines[::-1])[:top]
        shape = choices["log_shape"]
        if shape == "empty-object" and not lines:
            return Reply(200, {"data": {}} if api.chance(0.5) else {})
        more = {"container": "main", "pod": run.id, "stream": "stderr"} if shape == "full" else {}
        if not choices["log_stream"]:
            more.pop("stream", None)
        text = api.shapes.line_text
        return Reply(200, {"data": {"result": [{"timestamp": text(at), "msg": said, **more} for at, said in lines]}})

    return get


def _lines(started, number):
    """So many lines, two of them at one time."""
    first = [(started, "Starting"), (started, "epoch 1 loss=0.3"), (started + 0.001, "é✓")]
    return first + [(started + 0.001 * n, f"step {n}") for n in range(2, number - 1)]


def _window(api, call, name, default):
    value = call.query.one(name)
    if value is None:
        return default
    try:
        return moment(value.replace(" ", "+"), name).timestamp()
    except Refused:
        if api.choices["log_window"] == "400":
            raise
        return default
