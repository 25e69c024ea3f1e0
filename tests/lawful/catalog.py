"""Operations on what nobody can change: scenarios, versions, executables, models, meta."""

from .content import MODELS
from .shapes import Refused, Reply, refuse

# So many scenarios a tenant may have that follows its repository.
MOST = 50


def listed(api, items, *, total=None):
    """A list's reply; ``total`` is how many there are besides this page."""
    if api.choices["list_members"] == "short":
        # A model must be described.
        dropped = ("description", "labels")
        items = [{n: v for n, v in item.items() if "id" not in item or n not in dropped} for item in items]
    if api.choices["shuffle"] and total is None:
        api.rng.shuffle(items)
    count = len(items) if total is None or api.choices["count_under_top"] == "page" else total
    return Reply(200, api.shapes.shuffled_members({"count": count, "resources": items}))


def scenario_body(api, scenario):
    """A scenario as it is shown."""
    text = api.shapes.catalog_text
    members = {
        "id": scenario["id"],
        "name": scenario["name"],
        "description": scenario["description"],
        "labels": scenario["labels"],
        "createdAt": text(scenario["created"]),
        "modifiedAt": text(scenario["modified"]),
    }
    return api.shapes.thing(members, optional=("description", "labels"))


def executable_body(api, scenario, executable):
    """An executable as it is shown."""
    text = api.shapes.catalog_text
    members = {name: value for name, value in executable.items() if name != "bulk"}
    if api.choices["sdk_members"]:
        members["parameters"] = [{"type": "string", **p} for p in members["parameters"]]
    if api.choices["uneven_entries"]:
        members |= {name: _uneven(api, members[name]) for name in ("parameters", "inputArtifacts", "outputArtifacts")}
    members |= {"scenarioId": scenario["id"], "createdAt": text(scenario["created"])}
    # A template that did not synchronise shows the epoch.
    members["modifiedAt"] = text(0 if api.choices["optional"] == "mixed" else scenario["modified"])
    optional = ("description", "labels", "parameters", "inputArtifacts", "outputArtifacts")
    return api.shapes.thing(members, optional=optional, plain=("scenarioId",))


def _uneven(api, entries):
    """The entries in any order, with what has no value left out, null or empty, as it happens."""
    shown = []
    for entry in api.rng.sample(entries, len(entries)):
        known = {name: value for name, value in entry.items() if value not in (None, "", [])}
        ways = {"description": (None, ""), "labels": (None, [])}
        empty = {n: api.rng.choice(values) for n, values in ways.items() if n not in known and api.chance(0.5)}
        shown.append(known | empty)
    return shown


def _scenario(api, call):
    found = api.world.scenarios.get(call.id("scenarioId"))
    if found is None:
        raise Refused(404, "Scenario not found")
    return found


def _scenario_of_list(api, call):
    """The scenario of a list below it, or None when this server answers with an empty list."""
    any_id = api.choices["bad_scenario_lists"] == "empty"
    if any_id and call.ids["scenarioId"] not in api.world.scenarios:
        return None
    found = api.world.scenarios.get(call.id("scenarioId"))
    if found is None and api.choices["unknown_scenario_lists"] != "empty":
        raise refuse(api.choices["unknown_scenario_lists"], "Scenario not found")
    return found


def list_scenarios(api, call):
    """GET /lm/scenarios."""
    reply = listed(api, [scenario_body(api, s) for s in api.world.scenarios.values()])
    _follow_repository(api)
    return reply


def _follow_repository(api):
    """Another commit is synchronised, right after a list: templates are newer (M25), or there is one more."""
    way, scenarios = api.choices["templates"], api.world.scenarios
    if way == "touched":
        for scenario in scenarios.values():
            scenario["modified"] += 60
    if way == "added" and scenarios and len(scenarios) < MOST:
        first, own = next(iter(scenarios.values())), f"synchronised-{api.seen}"
        for executable in [*first["executables"].values()][:1]:
            first["executables"][own] = {**executable, "id": own}
        scenarios[own] = {**first, "id": own, "executables": {}}


def get_scenario(api, call):
    """GET /lm/scenarios/{scenarioId}."""
    return Reply(200, scenario_body(api, _scenario(api, call)))


def list_executables(api, call):
    """GET /lm/scenarios/{scenarioId}/executables."""
    scenario = _scenario_of_list(api, call)
    version = call.query.one("versionId")
    found = list(scenario["executables"].values()) if scenario else []
    if version is not None:
        _synchronise(api, found)
        found = [e for e in found if e["versionId"] == version]
        if not found and api.choices["unknown_version"] == "404":
            raise Refused(404, "Version not found")
    reply = listed(api, [executable_body(api, scenario, e) for e in found])
    _follow_repository(api)
    return reply


def _synchronise(api, executables):
    """The template of each gets a new version, once: right before somebody asks for the one that he knows."""
    for executable in executables if api.choices["synchronised"] else ():
        if not executable["versionId"].endswith(".new"):
            executable["versionId"] += ".new"


def get_executable(api, call):
    """GET /lm/scenarios/{scenarioId}/executables/{executableId}."""
    if call.id("scenarioId") not in api.world.scenarios:
        raise refuse(api.choices["executable_of_nothing"], "Scenario not found")
    scenario = _scenario(api, call)
    found = scenario["executables"].get(call.id("executableId"))
    if found is None:
        raise Refused(404, "Executable not found")
    return Reply(200, executable_body(api, scenario, found))


def list_versions(api, call):
    """GET /lm/scenarios/{scenarioId}/versions."""
    scenario = _scenario_of_list(api, call)
    executables = list(scenario["executables"].values()) if scenario else []
    if call.query.one("labelSelector") is not None:
        selectors = call.query.selectors("labelSelector")
        # A version shows no labels: it has those of its executables, or none.
        labels = {label["key"]: label["value"] for e in executables for label in e["labels"]}
        fits = all(key in labels and (labels[key] == value) is equal for key, equal, value in selectors)
        executables = executables if fits and api.choices["version_labels"] == "executables" else []
    made = []
    for version in sorted({e["versionId"] for e in executables}):
        members = {
            "id": version,
            "scenarioId": scenario["id"],
            "description": None,
            "createdAt": api.shapes.catalog_text(scenario["created"]),
            "modifiedAt": api.shapes.catalog_text(scenario["modified"]),
        }
        made.append(api.shapes.thing(members, optional=("description",), plain=("scenarioId",)))
    return listed(api, made)


def list_models(api, call):
    """GET /lm/scenarios/{scenarioId}/models."""
    scenario = _scenario_of_list(api, call)
    models = MODELS if scenario and scenario["id"] == "foundation-models" else []
    return listed(api, [api.shapes.thing(dict(m)) for m in models])


def meta(api, call):
    """GET /lm/meta: what is switched on is said, as far as this server says anything."""
    choices = api.choices
    if choices["meta"] == "grouped" and call.headers.get("ai-resource-group") is None:
        raise refuse("400", "Missing header parameter 'AI-Resource-Group'")
    if choices["meta"] not in ("full", "grouped", "bare"):
        raise refuse(choices["meta"], "not here")
    if choices["meta"] == "bare":
        return Reply(200, {"aiApi": {"version": "2.40.0"}})
    on = {name: choices[name] == "on" for name in ("logs", "executions", "deployments", "bulk", "schedules")}
    capabilities = {
        "multitenant": choices["groups"] != "ignored",
        "shareable": True,
        "staticDeployments": choices["content"] in ("rich", "other") or choices["meta_versions"].startswith("2.40"),
        "userExecutions": on["executions"],
        "userDeployments": on["deployments"],
        "timeToLiveDeployments": choices["ttl"] == "on",
        "executionSchedules": on["schedules"] and on["executions"],
        "logs": {kind: on["logs"] and on[kind] for kind in ("executions", "deployments")},
        "bulkUpdates": {kind: on["bulk"] and on[kind] for kind in ("executions", "deployments")},
    }
    limit = choices["quota_size"] if choices["quota"] not in ("none", "queue") else -1
    limits = {
        "executions": {"maxRunningCount": limit},
        "deployments": {"maxRunningCount": limit if choices["deployment_room"] == "some" else 5},
        "minimumFrequencyHour": 1,
        "timeToLiveDeployments": {"minimum": "10m", "maximum": -1 if choices["longest_ttl"] == "endless" else "8h"},
    }
    extensions = {"analytics": {"version": "1.0.0"}, "resourceGroups": {"version": "1.2.0"}}
    if choices["metrics"] == "on" and choices["metrics_advertised"]:
        extensions["metrics"] = {"version": "1.0.0", "capabilities": {"extendedResults": True}}
    if choices["files"] != "off":
        extra = {"download": False, "delete": False} if choices["files"] == "upload-only" else {}
        types = ["text/csv"] if choices["files"] == "csv-only" else ["application/octet-stream", "text/plain"]
        said = {
            "maxUploadFileSize": choices["file_limit"],
            "maxFilesPerDataset": choices["file_count"],
            "acceptedContentTypes": types,
        }
        extensions["dataset"] = {"version": "1.0.0", "capabilities": {"upload": True, **extra}, "limits": said}
    body = {
        "runtimeIdentifier": "aicore",
        "runtimeApiVersion": choices["meta_versions"].split()[0],
        "aiApi": {"version": choices["meta_versions"].split()[1], "capabilities": capabilities, "limits": limits},
        "extensions": extensions,
    }
    return Reply(200, api.shapes.thing(body))
