"""Artifacts: registered once, never changed or deleted (fact F53)."""

from __future__ import annotations

from typing import Any

from lmconform.mock import query
from lmconform.mock.call import Call, Reply, count, created, listing
from lmconform.mock.problems import bad_request, not_found

_MEMBERS = ("name", "kind", "url", "description", "scenarioId", "labels")
_LONGEST_URL = 1024
_OPTIONAL = ("description", "labels", "executionId", "configurationId")


def create(call: Call) -> Reply:
    """Register an artifact; its url is stored as sent (F26), and its scenario exists (M1)."""
    body = call.body
    if body["scenarioId"] not in call.catalog.scenarios:
        words = f"invalid Scenario ID {body['scenarioId']}. Please check the Scenario ID."
        raise bad_request(f"Could not create Artifact due to {words}", "01010073")
    artifact = call.group.add_artifact({name: body[name] for name in _MEMBERS if name in body})
    answer = {"id": artifact["id"], "message": "Artifact acknowledged", "url": _url(call, artifact)}
    reply = created(call, 201, "artifacts", answer)
    if "Location" in reply.headers:
        reply.headers["Content-Location"] = reply.headers["Location"]
    return reply


def get(call: Call) -> Reply:
    """The artifact that the path names."""
    artifact = call.group.artifacts.get(call.path["artifactId"])
    if artifact is None:
        raise not_found("Artifact", call.path["artifactId"])
    return Reply(200, show(call, artifact))


def list_(call: Call) -> Reply:
    """The artifacts that match the query."""
    resources = _matching(call)
    return listing(call, [show(call, a) for a in query.page(call, resources)], len(resources))


def count_(call: Call) -> Reply:
    """The number of artifacts that match, without paging."""
    return count(call, len(_matching(call)))


def show(call: Call, artifact: dict[str, Any]) -> dict[str, Any]:
    """The artifact as the API shows it, with its scenario when ``$expand`` asks for it."""
    result = query.with_optionals(artifact, call, _OPTIONAL)
    result["url"] = _url(call, artifact)
    if call.switches["labels-when-none"] == "empty" and not result.get("labels"):
        result["labels"] = []
    scenario_id = artifact["scenarioId"]
    if call.query.get("$expand") == "scenario" and scenario_id in call.catalog.scenarios:
        result["scenario"] = call.catalog.scenarios[scenario_id].as_json()
    return result


def _url(call: Call, artifact: dict[str, Any]) -> str:
    """The url as sent, or with one slash more at its end (M2); urls of outputs are those of the target."""
    url = str(artifact["url"])
    has_room = len(url) < _LONGEST_URL and not url.endswith("/") and "executionId" not in artifact
    return f"{url}/" if call.switches["artifact-url"] == "slash" and has_room else url


def _matching(call: Call) -> list[dict[str, Any]]:
    selectors = call.query.get("artifactLabelSelector", ())
    query.check_filter_ids(call)
    part = call.query.get("name") if call.switches["artifact-name-filter"] == "contains" else None
    exact = ("scenarioId", "executionId", "kind", *(() if part else ("name",)))
    return [
        artifact
        for artifact in call.group.artifacts.values()
        if query.matches(artifact, call, exact)
        and (part is None or part in artifact["name"])
        and query.searched(artifact, call, ("name", "description"))
        and query.labelled(artifact, selectors)
    ]
