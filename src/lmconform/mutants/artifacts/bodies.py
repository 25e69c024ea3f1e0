"""Artifacts that should be refused and are registered, or the other way round."""

from __future__ import annotations

import re
from collections.abc import Callable

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import bad_request, not_found
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import breaks_down_when, malformed_422, refuses_when
from lmconform.mutants.defects.bodies import become_texts, loosen, optional, refused_yet_stored, same_again
from lmconform.mutants.registry import mutant


@mutant("accepts-artifact-without-scenario", "LM-ARTIFACT-BODY-REQUIRED")
def accepts_artifact_without_scenario(bench: Bench) -> None:
    """BUG: an artifact without scenarioId is registered for a default scenario."""
    optional(bench, "ArtifactCreation", "scenarioId")

    @bench.before("createArtifact")
    def default(call: Call) -> None:
        call.body.setdefault("scenarioId", "text-clf-tutorial")


@mutant("accepts-artifact-type", "LM-ARTIFACT-BODY-TYPE")
def accepts_artifact_type(bench: Bench) -> None:
    """BUG: numbers as name and description of an artifact are turned into texts."""
    loosen(bench, "ArtifactCreation", "name", {"maxLength": 256})
    loosen(bench, "ArtifactCreation", "description", {"maxLength": 5000})
    become_texts(bench, "createArtifact", "name", "description")


@mutant("accepts-artifact-kind", "LM-ARTIFACT-BODY-KIND")
def accepts_artifact_kind(bench: Bench) -> None:
    """BUG: an artifact of an unknown kind is registered with the kind other."""
    loosen(bench, "ArtifactCreation", "kind", {"type": "string"})

    @bench.before("createArtifact")
    def other(call: Call) -> None:
        if call.body["kind"] not in ("model", "dataset", "resultset"):
            call.body["kind"] = "other"


@mutant("status-500-artifact-kind", "LM-ARTIFACT-BODY-KIND", "LM-HTTP-NO-SERVER-ERROR")
def status_500_artifact_kind(bench: Bench) -> None:
    """BUG: an artifact of an unknown kind is answered with 500."""
    known = ("model", "dataset", "resultset", "other")
    loosen(bench, "ArtifactCreation", "kind", {"type": "string"})
    breaks_down_when(bench, lambda call: call.body["kind"] not in known, "createArtifact")


@mutant("accepts-artifact-url", "LM-ARTIFACT-BODY-URL")
def accepts_artifact_url(bench: Bench) -> None:
    """BUG: an artifact whose url has no scheme is registered."""
    loosen(bench, "ArtifactCreation", "url", {"type": "string"})


@mutant("accepts-artifact-scenario-id", "LM-ARTIFACT-BODY-SCENARIO-ID")
def accepts_artifact_scenario_id(bench: Bench) -> None:
    """BUG: an artifact whose scenarioId breaks the pattern of ids is registered."""
    loosen(bench, "ArtifactCreation", "scenarioId", {"type": "string"})
    _registers(bench, lambda scenario_id: re.fullmatch(r"[\w.-]{4,64}", scenario_id) is None)


@mutant("accepts-artifact-unknown-scenario", "LM-ARTIFACT-UNKNOWN-SCENARIO")
def accepts_artifact_unknown_scenario(bench: Bench) -> None:
    """BUG: an artifact of a scenario that does not exist is registered."""
    _registers(bench, lambda scenario_id: True)


@mutant("artifact-unknown-scenario-404", "LM-ARTIFACT-UNKNOWN-SCENARIO")
def artifact_unknown_scenario_404(bench: Bench) -> None:
    """BUG: an artifact of a scenario that does not exist is refused with 404 instead of 400."""

    @bench.before("createArtifact")
    def not_there(call: Call) -> None:
        if call.body["scenarioId"] not in call.catalog.scenarios:
            raise not_found("Scenario", call.body["scenarioId"])


@mutant("artifact-unknown-scenario-500", "LM-ARTIFACT-UNKNOWN-SCENARIO", "LM-HTTP-NO-SERVER-ERROR")
def artifact_unknown_scenario_500(bench: Bench) -> None:
    """BUG: an artifact of a scenario that does not exist is answered with 500."""
    breaks_down_when(bench, lambda call: call.body["scenarioId"] not in call.catalog.scenarios, "createArtifact")


@mutant("artifact-unknown-scenario-stored", "LM-ARTIFACT-UNKNOWN-SCENARIO")
def artifact_unknown_scenario_stored(bench: Bench) -> None:
    """BUG: an artifact of a scenario that does not exist is refused with 400, and stored all the same."""

    @bench.before("createArtifact")
    def stored(call: Call) -> None:
        if call.body["scenarioId"] not in call.catalog.scenarios:
            call.group.add_artifact(dict(call.body))


@mutant("accepts-artifact-label", "LM-ARTIFACT-BODY-LABEL")
def accepts_artifact_label(bench: Bench) -> None:
    """BUG: an artifact with a label of any key, or without key or value, is registered."""
    loosen(bench, "ArtifactCreation", "labels", {"type": "array"})

    @bench.before("createArtifact")
    def whole(call: Call) -> None:
        for label in call.body.get("labels") or []:
            label.setdefault("key", "ext.ai.sap.com/none")
            label.setdefault("value", "none")


@mutant("accepts-artifact-too-long", "LM-ARTIFACT-BODY-TOO-LONG")
def accepts_artifact_too_long(bench: Bench) -> None:
    """BUG: a name of more than 256 characters is cut instead of refused."""
    loosen(bench, "ArtifactCreation", "name", {"type": "string"})

    @bench.before("createArtifact")
    def cut(call: Call) -> None:
        call.body["name"] = call.body["name"][:256] or "artifact"


@mutant("refuses-artifact-at-limit", "LM-ARTIFACT-BODY-AT-LIMIT")
def refuses_artifact_at_limit(bench: Bench) -> None:
    """BUG: an artifact with a name of 256 characters, which is the limit, is refused."""

    @bench.before("createArtifact")
    def shorter(call: Call) -> None:
        if len(call.body["name"]) > 255:
            raise bad_request("name is too long")


@mutant("refuses-artifact-url-at-limit", "LM-ARTIFACT-BODY-AT-LIMIT")
def refuses_artifact_url_at_limit(bench: Bench) -> None:
    """BUG: an artifact with a url of 1024 characters, which is the limit, is refused."""
    refuses_when(bench, "url is too long", lambda call: len(call.body["url"]) > 1023, "createArtifact")


@mutant("refuses-artifact-gs", "LM-ARTIFACT-URL-SCHEMES")
def refuses_artifact_gs(bench: Bench) -> None:
    """BUG: an artifact whose url begins with gs:// is refused."""

    @bench.before("createArtifact")
    def ai_alone(call: Call) -> None:
        if call.body["url"].startswith("gs:"):
            raise bad_request("url has an unknown scheme")


@mutant("accepts-artifact-malformed", "LM-ARTIFACT-BODY-MALFORMED")
def accepts_artifact_malformed(bench: Bench) -> None:
    """BUG: an artifact whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "createArtifact")


@mutant("stores-refused-artifact", "LM-ARTIFACT-REFUSED-NOT-STORED")
def stores_refused_artifact(bench: Bench) -> None:
    """BUG: an artifact that is refused is stored all the same."""
    refused_yet_stored(bench, "createArtifact", "add_artifact")


@mutant("artifact-same-id-again", "LM-ARTIFACT-CREATE-TWICE")
def artifact_same_id_again(bench: Bench) -> None:
    """BUG: registering the same artifact again answers with the id of the first one."""
    same_again(bench, "createArtifact")


def _registers(bench: Bench, unknown: Callable[[str], bool]) -> None:
    """Artifacts are registered for scenarios that do not exist, where ``unknown`` is true of their ids."""

    @bench.instead("createArtifact")
    def registered(call: Call, handler: Handler) -> Reply:
        wanted = call.body["scenarioId"]
        if wanted in call.catalog.scenarios or not unknown(wanted):
            return handler(call)
        call.body["scenarioId"] = next(iter(call.catalog.scenarios))
        reply = handler(call)
        call.group.artifacts[reply.json["id"]]["scenarioId"] = wanted
        return reply
