"""Artifacts that are shown otherwise than they were sent, or otherwise in two places."""

from __future__ import annotations

from collections.abc import Callable

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import elsewhere, unknown_is_200, wrong_location
from lmconform.mutants.defects.lists import alone_or_not, embeds_the_id_alone, forget
from lmconform.mutants.registry import mutant


@mutant("status-unknown-artifact-200", "LM-ARTIFACT-UNKNOWN-404")
def status_unknown_artifact_200(bench: Bench) -> None:
    """BUG: an artifact that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getArtifact")


@mutant("view-artifact-list", "LM-ARTIFACT-LIST-EQUALS-GET")
def view_artifact_list(bench: Bench) -> None:
    """BUG: artifacts in the list have another url than when they are read by their ids."""
    elsewhere(bench, "listArtifacts", "url", "ai://default/elsewhere")


@mutant("view-artifact-description-lost", "LM-ARTIFACT-GET-ECHO")
def view_artifact_description_lost(bench: Bench) -> None:
    """BUG: the description of an artifact is not kept."""

    @bench.before("createArtifact")
    def lose(call: Call) -> None:
        call.body.pop("description", None)


@mutant("view-artifact-labels-lost", "LM-ARTIFACT-GET-ECHO", "LM-ARTIFACT-LABEL-EQUALS")
def view_artifact_labels_lost(bench: Bench) -> None:
    """BUG: the labels of an artifact are not kept."""

    @bench.before("createArtifact")
    def lose(call: Call) -> None:
        call.body.pop("labels", None)


@mutant("view-artifact-labels-twice", "LM-ARTIFACT-GET-ECHO")
def view_artifact_labels_twice(bench: Bench) -> None:
    """BUG: an artifact read by its id shows its last label twice."""

    @bench.after("getArtifact")
    def twice(call: Call, reply: Reply) -> None:
        if reply.json.get("labels"):
            reply.json["labels"].append(reply.json["labels"][-1])


@mutant("view-artifact-url-slash-lost", "LM-ARTIFACT-URL-VERBATIM")
def view_artifact_url_slash_lost(bench: Bench) -> None:
    """BUG: an artifact read by its id has lost the slash at the end of its url."""

    @bench.after("getArtifact")
    def lost(call: Call, reply: Reply) -> None:
        reply.json["url"] = reply.json["url"].rstrip("/")


@mutant("view-artifact-creation-url", "LM-ARTIFACT-CREATE-ECHO")
def view_artifact_creation_url(bench: Bench) -> None:
    """BUG: the answer to the registration of an artifact has another url."""
    elsewhere(bench, "createArtifact", "url", "ai://default/elsewhere")


@mutant("view-artifact-location", "LM-ARTIFACT-CREATE-LOCATION")
def view_artifact_location(bench: Bench) -> None:
    """BUG: Location on the registration of an artifact holds another id."""
    wrong_location(bench, "createArtifact")


@mutant("artifact-content-location", "LM-ARTIFACT-CONTENT-LOCATION")
def artifact_content_location(bench: Bench) -> None:
    """BUG: Content-Location on the registration of an artifact holds another id."""

    @bench.after("createArtifact")
    def other(call: Call, reply: Reply) -> None:
        reply.headers["Content-Location"] = "/v2/lm/artifacts/00000000-0000-0000-0000-000000000000"


@mutant("artifact-modified-before-created", "LM-ARTIFACT-TIMES-ORDERED")
def artifact_modified_before_created(bench: Bench) -> None:
    """BUG: modifiedAt of an artifact is years before createdAt."""

    @bench.after("getArtifact", "listArtifacts")
    def before(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["modifiedAt"] = "2001-01-01T00:00:00Z"


@mutant("names-lower-case", "LM-ARTIFACT-GET-ECHO", "LM-CONFIGURATION-GET-ECHO", "LM-SCHEDULE-GET-ECHO")
def names_lower_case(bench: Bench) -> None:
    """BUG: names of artifacts, configurations and schedules are turned into lower case."""
    _named(bench, str.lower)


@mutant("names-single-spaces", "LM-ARTIFACT-GET-ECHO", "LM-CONFIGURATION-GET-ECHO", "LM-SCHEDULE-GET-ECHO")
def names_single_spaces(bench: Bench) -> None:
    """BUG: two spaces in the names of artifacts, configurations and schedules become one."""
    _named(bench, lambda name: " ".join(name.split()))


@mutant("artifact-replicas-differ", "LM-ARTIFACT-STAYS")
def artifact_replicas_differ(bench: Bench) -> None:
    """BUG: every second read of an artifact comes from a replica that does not know its description."""
    reads: dict[str, int] = {}

    @bench.after("getArtifact")
    def forgotten(call: Call, reply: Reply) -> None:
        key = call.path["artifactId"]
        reads[key] = reads.get(key, 0) + 1
        if reads[key] % 2 == 0:
            reply.json.pop("description", None)


@mutant("artifact-list-dates-itself", "LM-ARTIFACT-STAYS", "LM-ARTIFACT-LIST-EQUALS-GET")
def artifact_list_dates_itself(bench: Bench) -> None:
    """BUG: the list of artifacts shows the beginning of the day as createdAt."""

    @bench.after("listArtifacts")
    def midnight(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            resource["createdAt"] = f"{resource['createdAt'][:10]}T00:00:00Z"


@mutant("expand-artifact-other-kind", "LM-ARTIFACT-EXPAND-AGREES")
def expand_artifact_other_kind(bench: Bench) -> None:
    """BUG: an artifact that is read with $expand shows another kind."""

    @bench.after("getArtifact")
    def other(call: Call, reply: Reply) -> None:
        if "$expand" in call.query:
            reply.json["kind"] = "other"


@mutant("expand-artifact-other-name", "LM-ARTIFACT-EXPAND-AGREES")
def expand_artifact_other_name(bench: Bench) -> None:
    """BUG: the scenario in a list of artifacts has its id as its name."""

    @bench.after("listArtifacts")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if resource.get("scenario"):
                resource["scenario"] = {**resource["scenario"], "name": resource["scenario"]["id"] + "-expanded"}


@mutant("expand-artifact-id-only", "LM-ARTIFACT-EXPAND-AGREES")
def expand_artifact_id_alone(bench: Bench) -> None:
    """BUG: of the scenario in an artifact nothing but its id is shown."""
    embeds_the_id_alone(bench, "getArtifact", "listArtifacts")


@mutant("expand-artifact", "LM-ARTIFACT-EXPAND-SCENARIO")
def expand_artifact(bench: Bench) -> None:
    """BUG: $expand is ignored when artifacts are listed."""
    forget(bench, "$expand", "listArtifacts")


@mutant("expand-artifact-alone", "LM-ARTIFACT-EXPAND-SCENARIO")
def expand_artifact_alone(bench: Bench) -> None:
    """BUG: $expand is ignored when an artifact is read by its id."""
    forget(bench, "$expand", "getArtifact")


def _named(bench: Bench, tidy: Callable[[str], str]) -> None:
    @bench.before("createArtifact", "createConfiguration", "createExecutionSchedule")
    def tidied(call: Call) -> None:
        if "name" in call.body:
            call.body["name"] = tidy(call.body["name"])


@mutant("expand-drops-filters-artifacts", "LM-ARTIFACT-EXPAND-AGREES")
def expand_drops_filters_artifacts(bench: Bench) -> None:
    """BUG: with $expand the list of artifacts ignores all filters."""
    alone_or_not(bench, "$expand", "listArtifacts")


@mutant("expand-drops-labels", "LM-ARTIFACT-EXPAND-AGREES")
def expand_drops_labels(bench: Bench) -> None:
    """BUG: with $expand=scenario an artifact has no labels."""

    @bench.after("listArtifacts", "getArtifact")
    def without(call: Call, reply: Reply) -> None:
        for artifact in resources(reply) if "$expand" in call.query else ():
            artifact.pop("labels", None)
