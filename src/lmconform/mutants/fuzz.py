"""Defects that depend on the data: generated requests and generated sequences find them."""

from __future__ import annotations

from typing import Any

from lmconform.mock import enactments, validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import not_found
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.registry import mutant


@mutant("generated-odd-names", "LM-FUZZ-POSITIVE-ACCEPTED")
def generated_odd_names(bench: Bench) -> None:
    """BUG: an artifact's name with other characters than letters, digits and hyphens is refused."""

    def odd(call: Call) -> bool:
        return not str(call.body["name"]).replace("-", "").isalnum()

    refuses_when(bench, "name is odd", odd, "createArtifact")


@mutant("generated-future-metrics", "LM-FUZZ-POSITIVE-ACCEPTED")
def generated_future_metrics(bench: Bench) -> None:
    """BUG: metrics with a timestamp of 2028 or later are refused."""

    def future(call: Call) -> bool:
        return any(str(point.get("timestamp", "")) > "2028" for point in call.body.get("metrics", []))

    refuses_when(bench, "timestamp is in the future", future, "patchMetrics")


@mutant("generated-end-alone", "LM-FUZZ-POSITIVE-ACCEPTED")
def generated_end_alone(bench: Bench) -> None:
    """BUG: a schedule with an end and without a start is refused."""
    refuses_when(
        bench,
        "start is missing",
        lambda call: "end" in call.body and "start" not in call.body,
        "createExecutionSchedule",
    )


@mutant("generated-bodies-mended", "LM-FUZZ-NEGATIVE-BODY-REFUSED", "LM-ARTIFACT-BODY-REQUIRED")
def generated_bodies_mended(bench: Bench) -> None:
    """BUG: members of an artifact that are missing or of the wrong type get defaults."""
    bench.document["components"]["schemas"]["ArtifactCreation"] = {}
    default = {"name": "artifact", "kind": "other", "url": "ai://default/none", "scenarioId": "text-clf-tutorial"}

    @bench.before("createArtifact")
    def mend(call: Call) -> None:
        sent = call.body if isinstance(call.body, dict) else {}
        call.body = default | {
            name: value for name, value in sent.items() if isinstance(value, str) and name in default
        }


@mutant("generated-short-id", "LM-FUZZ-NEGATIVE-PATH-REFUSED")
def generated_short_id(bench: Bench) -> None:
    """BUG: a schedule id of less than four characters stands for the newest schedule."""
    _id_means_newest(bench, "executionScheduleId", "schedules", lambda text: len(text) < 4)


@mutant("path-id-trimmed", "LM-FUZZ-NEGATIVE-PATH-REFUSED", "LM-SCENARIO-BAD-ID")
def path_id_trimmed(bench: Bench) -> None:
    """BUG: a scenario id that breaks the pattern stands for the first scenario."""

    @bench.patch(validation, "path")
    def anything(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id != "getScenario":
            original(contract, operation, values, switches)

    @bench.before("getScenario")
    def first(call: Call) -> None:
        if len(call.path["scenarioId"]) < 4 or " " in call.path["scenarioId"] or len(call.path["scenarioId"]) > 64:
            call.path["scenarioId"] = next(iter(call.catalog.scenarios))


@mutant("sequence-undescribed-artifact", "LM-FUZZ-SEQUENCE-READABLE")
def sequence_undescribed_artifact(bench: Bench) -> None:
    """BUG: an artifact without a description is not found by its id."""

    @bench.before("getArtifact")
    def hidden(call: Call) -> None:
        found = call.group.artifacts.get(call.path["artifactId"])
        if found is not None and "description" not in found and "executionId" not in found:
            raise not_found("Artifact", call.path["artifactId"])


@mutant("sequence-wrong-id", "LM-FUZZ-SEQUENCE-READABLE")
def sequence_wrong_id(bench: Bench) -> None:
    """BUG: an artifact outside the store default is shown with the id of the one before."""

    @bench.after("getArtifact")
    def before(call: Call, reply: Reply) -> None:
        ids = list(call.group.artifacts)
        if not reply.json["url"].startswith("ai://default/"):
            reply.json["id"] = ids[ids.index(reply.json["id"]) - 1]


@mutant("sequence-namesakes", "LM-FUZZ-SEQUENCE-USABLE")
def sequence_namesakes(bench: Bench) -> None:
    """BUG: a configuration whose name another one has, too, can be neither run nor scheduled."""

    def has_namesake(call: Call) -> bool:
        found = call.group.configurations.get(call.body.get("configurationId"))
        if found is None:
            return False
        mine = [c for c in call.group.configurations.values() if c["name"] == found["name"]]
        return len([c for c in mine if c["executableId"] == found["executableId"]]) > 1

    words = "the name of the configuration is not unique"
    refuses_when(bench, words, has_namesake, "createExecution", "createExecutionSchedule")


@mutant("sequence-kept-schedule", "LM-FUZZ-SEQUENCE-GONE")
def sequence_kept_schedule(bench: Bench) -> None:
    """BUG: deleting a schedule that has a start answers 202, and it stays."""

    @bench.instead("deleteExecutionSchedule")
    def stays(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.start is not None:
            return Reply(202, {"id": found.id, "message": "Execution Schedule deleted"})
        return handler(call)


@mutant("sequence-kept-execution", "LM-FUZZ-SEQUENCE-GONE")
def sequence_kept_execution(bench: Bench) -> None:
    """BUG: deleting an execution with the status UNKNOWN answers 202, and it stays."""

    @bench.instead("deleteExecution")
    def stays(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)


def _id_means_newest(bench: Bench, name: str, shelf: str, when: Any) -> None:
    """Such ids are valid, and reading them gives the newest."""

    @bench.patch(validation, "path")
    def path(original: Any, contract: Any, operation: Any, values: dict[str, str], switches: Any) -> None:
        if not when(values.get(name, "id.long.enough")) or operation.method != "GET":
            original(contract, operation, values, switches)

    operation = {"schedules": "getExecutionSchedule", "executions": "getExecution"}[shelf]

    @bench.instead(operation)
    def newest(call: Call, handler: Handler) -> Reply:
        kept = getattr(call.group, shelf)
        if when(call.path[name]) and kept:
            call.path[name] = next(reversed(kept))
        return handler(call)
