"""Configurations: they bind artifacts and parameters to an executable."""

from __future__ import annotations

from typing import Any

from lmconform.mock import query
from lmconform.mock.call import Call, Reply, count, created, listing
from lmconform.mock.content import Executable
from lmconform.mock.problems import Problem, bad_request, not_found


def create(call: Call) -> Reply:
    """Create a configuration; unknown members such as versionId are accepted and not stored (F25)."""
    body = call.body
    if call.catalog.executable(body["scenarioId"], body["executableId"]) is None:
        named = f"executable {body['executableId']} for scenario {body['scenarioId']}"
        raise Problem(
            int(call.switches["unknown-executable"]),
            "01010005",
            f"Could not create configuration, because {named} is not found",
        )
    bindings = body.get("inputArtifactBindings", [])
    if call.switches["unknown-artifact-on-configuration"] == "400":
        for binding in bindings:
            if binding["artifactId"] not in call.group.artifacts:
                raise bad_request(f"artifact {binding['artifactId']} does not exist")
    configuration = call.group.add_configuration(
        {
            "name": body["name"],
            "executableId": body["executableId"],
            "scenarioId": body["scenarioId"],
            "parameterBindings": [{"key": b["key"], "value": b["value"]} for b in body.get("parameterBindings", [])],
            "inputArtifactBindings": [{"key": b["key"], "artifactId": b["artifactId"]} for b in bindings],
        }
    )
    return created(call, 201, "configurations", {"id": configuration["id"], "message": "Configuration created"})


def usable(call: Call, configuration_id: str, *, serves: bool) -> tuple[dict[str, Any], Executable]:
    """The configuration and its executable; raises unless it is deployable, as ``serves`` says (F23, F24)."""
    configuration = call.group.configurations.get(configuration_id)
    if configuration is None:
        status = int(call.switches["unknown-configuration"])
        raise Problem(status, "01010006", f"Configuration {configuration_id[:80]!r} does not exist")
    executable = call.catalog.of(configuration)
    if executable.deployable is not serves:
        verbs = ("deployable and cannot be executed", "not deployable")
        message = f"Invalid Request, executable {executable.id} is {verbs[serves]}"
        raise Problem(int(call.switches["wrong-executable"]), "01010008", message)
    return configuration, executable


def get(call: Call) -> Reply:
    """The configuration that the path names."""
    configuration = call.group.configurations.get(call.path["configurationId"])
    if configuration is None:
        raise not_found("Configuration", call.path["configurationId"])
    return Reply(200, _show(call, configuration))


def list_(call: Call) -> Reply:
    """The configurations that match the query."""
    resources = _matching(call)
    return listing(call, [_show(call, c) for c in query.page(call, resources)], len(resources))


def count_(call: Call) -> Reply:
    """The number of configurations that match, without paging."""
    return count(call, len(_matching(call)))


def _show(call: Call, configuration: dict[str, Any]) -> dict[str, Any]:
    if call.query.get("$expand") == "scenario":
        return {**configuration, "scenario": call.catalog.scenarios[configuration["scenarioId"]].as_json()}
    return configuration


def _matching(call: Call) -> list[dict[str, Any]]:
    query.check_filter_ids(call)
    wanted = call.query.get("executableIds")
    return [
        configuration
        for configuration in call.group.configurations.values()
        if query.matches(configuration, call, ("scenarioId",))
        and (wanted is None or configuration["executableId"] in wanted)
        and query.searched(configuration, call, ("name",))
    ]
