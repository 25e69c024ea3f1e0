"""Operations on artifacts and configurations, which nobody can change once they are made."""

from .catalog import listed, scenario_body
from .checking import ID, LABEL_KEY, NAME, URL, Body, bad
from .shapes import Refused, Reply, refuse

KINDS = ("model", "dataset", "resultset", "other")


def created(api, call, identifier, status, members):
    """The reply to a creation, with Location in this server's way."""
    headers = {}
    way = api.choices["location"]
    if way != "absent":
        path = call.path.rstrip("/")
        base = {"absolute": api.url + path, "path": path, "relative": path.rpartition("/")[2]}[way]
        headers["Location"] = f"{base}/{identifier}"
        if api.choices["content_location"]:
            headers["Content-Location"] = headers["Location"]
    if api.choices["created_status"] == "null" and "status" in members:
        members = members | {"status": None}
    return Reply(status, api.shapes.thing(members), headers=headers)


def sorted_records(api, records, when="created"):
    """Records in this server's order."""
    way = api.choices["order"]
    if way == "by-id":
        return sorted(records, key=lambda r: r["id"])
    return sorted(records, key=lambda r: (r[when], r["id"]), reverse=way == "newest-first")


def page_of(api, call, found):
    """The page that the call asks for, and the total when it is a page."""
    page = call.query.page(found)
    asked = call.query.one("$top") is not None or call.query.one("$skip") is not None
    return page, len(found) if asked or len(page) < len(found) else None


def counted(api, found):
    """The reply of a $count."""
    return Reply(200, str(len(found)), "text")


def expansion(api, call, scenario_id):
    """What $expand adds."""
    if call.query.choice("$expand", ("scenario",)) is None:
        return {}
    scenario = api.world.scenarios.get(scenario_id)
    return {"scenario": scenario_body(api, scenario) if scenario else None}


# -- artifacts -----------------------------------------------------------------------------------------------------


def _url(api, artifact):
    """The url as it was sent, or with a slash more: a document of SAP shows that."""
    url = artifact["url"]
    is_longer = api.choices["artifact_url"] == "slash" and not url.endswith("/")
    return f"{url}/" if is_longer else url


def artifact_body(api, artifact, **more):
    """An artifact as it is shown."""
    members = {name: artifact.get(name) for name in ("id", "name", "kind", "url", "description", "scenarioId")}
    members |= {name: artifact.get(name) for name in ("labels", "executionId", "configurationId")}
    members |= {
        "url": _url(api, artifact),
        "createdAt": api.shapes.now_text(artifact["created"]),
        "modifiedAt": api.shapes.now_text(artifact["modified"]),
        **more,
    }
    if members["labels"] and api.choices["shuffle"]:
        members["labels"] = api.rng.sample(members["labels"], len(members["labels"]))
    optional = ("description", "labels", "executionId", "configurationId", "scenario")
    return api.shapes.thing(members, optional=optional)


def create_artifact(api, call):
    """POST /lm/artifacts."""
    body = Body.read(api, call, merge=False)
    body.need("name", "kind", "url", "scenarioId")
    members = {
        "name": body.text("name", pattern=NAME, longest=256),
        "kind": body.one_of("kind", KINDS),
        "url": body.text("url", pattern=URL, longest=1024),
        "scenarioId": body.reference("scenarioId"),
        "description": body.text("description", longest=5000),
        "labels": body.pairs(
            "labels", "value", key_rules={"pattern": LABEL_KEY, "longest": 256}, rules={"longest": 5000}
        ),
    }
    if members["scenarioId"] not in api.world.scenarios:
        raise bad("Could not create Artifact due to invalid Scenario ID. Please check the Scenario ID.")
    made = api.world.add_artifact(call.group, members)
    said = {"id": made["id"], "message": api.shapes.said("Artifact acknowledged"), "url": _url(api, made)}
    return created(api, call, made["id"], 201, said)


def _artifacts(api, call):
    query, group = call.query, call.group
    for run in list(group.executions.values()):
        api.world.outputs(group, run)
    found = [a for a in group.artifacts.values() if api.world.is_listed(a)]
    for parameter in ("scenarioId", "executionId"):
        wanted = query.one_id(parameter)
        if wanted is not None:
            found = [a for a in found if a.get(parameter) == wanted]
    kind = query.one_of("kind", KINDS)
    if kind is not None:
        found = [a for a in found if a["kind"] == kind]
    name = query.one("name")
    if name is not None:
        exact = api.choices["name_filter"] == "exact"
        found = [a for a in found if (a["name"] == name if exact else name in a["name"])]
    for key, equal, value in query.selectors("artifactLabelSelector"):
        found = [a for a in found if any(_matches(label, key, equal, value) for label in a["labels"] or [])]
    found = [a for a in found if query.search(a["name"], a["description"])] if found or query.search("") else []
    return sorted_records(api, found)


def _matches(label, key, equal, value):
    return label["key"] == key and (label["value"] == value) is equal


def list_artifacts(api, call):
    """GET /lm/artifacts."""
    page, total = page_of(api, call, _artifacts(api, call))
    return listed(api, [artifact_body(api, a, **expansion(api, call, a["scenarioId"])) for a in page], total=total)


def count_artifacts(api, call):
    """GET /lm/artifacts/$count."""
    return counted(api, _artifacts(api, call))


def get_artifact(api, call):
    """GET /lm/artifacts/{artifactId}."""
    identifier = call.id("artifactId")
    for run in list(call.group.executions.values()):
        api.world.outputs(call.group, run)
    artifact = call.group.artifacts.get(identifier)
    if artifact is None:
        raise Refused(404, "Artifact not found")
    return Reply(200, artifact_body(api, artifact, **expansion(api, call, artifact["scenarioId"])))


# -- configurations ------------------------------------------------------------------------------------------------


def configuration_body(api, configuration, **more):
    """A configuration as it is shown."""
    members = {name: configuration[name] for name in ("id", "name", "executableId", "scenarioId")}
    members |= {
        "parameterBindings": configuration["parameterBindings"] or [],
        "inputArtifactBindings": configuration["inputArtifactBindings"] or [],
        "createdAt": api.shapes.now_text(configuration["created"]),
        **more,
    }
    if api.choices["shuffle"]:
        for name in ("parameterBindings", "inputArtifactBindings"):
            members[name] = api.rng.sample(members[name], len(members[name]))
    return api.shapes.thing(members, optional=("parameterBindings", "inputArtifactBindings", "scenario"))


def create_configuration(api, call):
    """POST /lm/configurations."""
    body = Body.read(api, call, merge=False)
    body.need("name", "executableId", "scenarioId")
    keys = {"longest": 256}
    members = {
        "name": body.text("name", pattern=NAME, longest=256),
        "executableId": body.reference("executableId"),
        "scenarioId": body.reference("scenarioId"),
        "parameterBindings": body.pairs(
            "parameterBindings", "value", key_rules=keys, rules={"longest": 5000}, most=1000
        ),
        "inputArtifactBindings": body.pairs(
            "inputArtifactBindings", "artifactId", key_rules=keys, rules={"pattern": ID}, most=1000
        ),
    }
    if api.world.executable(members["scenarioId"], members["executableId"]) is None:
        message = (
            f"Could not create configuration, because executable {members['executableId']} "
            f"for scenario {members['scenarioId']} is not found"
        )
        raise refuse(api.choices["config_unknown_executable"], message)
    for binding in members["inputArtifactBindings"] or []:
        unknown = binding["artifactId"] not in call.group.artifacts
        if unknown and api.choices["config_unknown_artifact"] != "accept":
            raise refuse(api.choices["config_unknown_artifact"], "Artifact not found")
        if not unknown and api.choices["artifact_scope"] == "scenario":
            _check_scope(call.group.artifacts[binding["artifactId"]], members)
    made = api.world.add_configuration(call.group, members)
    said = {"id": made["id"], "message": api.shapes.said("Configuration created")}
    return created(api, call, made["id"], 201, said)


def _check_scope(artifact, configuration):
    if artifact["scenarioId"] != configuration["scenarioId"]:
        raise bad("the artifact belongs to another scenario")


def _configurations(api, call):
    query = call.query
    found = [c for c in call.group.configurations.values() if api.world.is_listed(c)]
    scenario = query.one_id("scenarioId")
    executables = query.ids("executableIds")
    if executables is not None and len(executables) > 1000:
        raise bad("executableIds has too many entries")
    if scenario is not None:
        found = [c for c in found if c["scenarioId"] == scenario]
    if executables is not None:
        found = [c for c in found if c["executableId"] in executables]
    found = [c for c in found if query.search(c["name"])] if found or query.search("") else []
    return sorted_records(api, found)


def list_configurations(api, call):
    """GET /lm/configurations."""
    page, total = page_of(api, call, _configurations(api, call))
    bodies = [configuration_body(api, c, **expansion(api, call, c["scenarioId"])) for c in page]
    return listed(api, bodies, total=total)


def count_configurations(api, call):
    """GET /lm/configurations/$count."""
    return counted(api, _configurations(api, call))


def get_configuration(api, call):
    """GET /lm/configurations/{configurationId}."""
    configuration = call.group.configurations.get(call.id("configurationId"))
    if configuration is None:
        raise Refused(404, "Configuration not found")
    return Reply(200, configuration_body(api, configuration, **expansion(api, call, configuration["scenarioId"])))
