"""What generated requests and walks along the links see best: it depends on what was generated."""

from __future__ import annotations

from lmconform.mock import enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import not_found
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import refuses_when
from lmconform.mutants.registry import mutant


@mutant("generated-odd-names", "LM-FUZZ-POSITIVE-ACCEPTED")
def odd_names(bench: Bench) -> None:
    """BUG: "A generated request that is valid and names real things alone is accepted."

    An artifact's name may have letters, digits and hyphens alone.
    """

    def odd(call: Call) -> bool:
        return not str(call.body["name"]).replace("-", "").isalnum()

    refuses_when(bench, "name is odd", odd, "createArtifact")


@mutant("generated-bodies-mended", "LM-FUZZ-NEGATIVE-BODY-REFUSED", "LM-ARTIFACT-BODY-REQUIRED")
def bodies_mended(bench: Bench) -> None:
    """BUG: "A generated body that clearly breaks its schema is refused."

    What is wrong or missing in an artifact gets a default.
    """
    bench.document["components"]["schemas"]["ArtifactCreation"] = {}
    default = {"name": "artifact", "kind": "other", "url": "ai://default/none", "scenarioId": "text-clf-tutorial"}

    @bench.before("createArtifact")
    def mend(call: Call) -> None:
        sent = call.body if isinstance(call.body, dict) else {}
        call.body = default | {
            name: value for name, value in sent.items() if isinstance(value, str) and name in default
        }


@mutant("sequence-undescribed-artifact", "LM-FUZZ-SEQUENCE-READABLE")
def undescribed(bench: Bench) -> None:
    """BUG: "What a sequence creates can be read by its link, with the same id, until it is deleted."

    An artifact without a description is not found.
    """

    @bench.before("getArtifact")
    def hidden(call: Call) -> None:
        found = call.group.artifacts.get(call.path["artifactId"])
        if found is not None and "description" not in found and "executionId" not in found:
            raise not_found("Artifact", call.path["artifactId"])


@mutant("sequence-wrong-id", "LM-FUZZ-SEQUENCE-READABLE")
def wrong_id(bench: Bench) -> None:
    """BUG: "What a sequence creates can be read by its link, with the same id, until it is deleted."

    An artifact in another store than ours is shown with the id of the one before.
    """

    @bench.after("getArtifact")
    def before(call: Call, reply: Reply) -> None:
        ids = list(call.group.artifacts)
        if not reply.json["url"].startswith("ai://default/"):
            reply.json["id"] = ids[ids.index(reply.json["id"]) - 1]


@mutant("sequence-namesakes", "LM-FUZZ-SEQUENCE-USABLE")
def namesakes(bench: Bench) -> None:
    """BUG: "A complete configuration that a sequence creates can be run, now and by the clock."

    One whose name another has, too, is refused.
    """

    def has_namesake(call: Call) -> bool:
        found = call.group.configurations.get(call.body.get("configurationId"))
        if found is None:
            return False
        mine = [c for c in call.group.configurations.values() if c["name"] == found["name"]]
        return len([c for c in mine if c["executableId"] == found["executableId"]]) > 1

    words = "the name of the configuration is not unique"
    refuses_when(bench, words, has_namesake, "createExecution", "createExecutionSchedule")


@mutant("sequence-kept-schedule", "LM-FUZZ-SEQUENCE-GONE")
def kept_schedule(bench: Bench) -> None:
    """BUG: "What a sequence deletes is gone after a while." A schedule with a start stays."""

    @bench.instead("deleteExecutionSchedule")
    def stays(call: Call, handler: Handler) -> Reply:
        found = call.group.schedules.get(call.path["executionScheduleId"])
        if found is not None and found.start is not None:
            return Reply(202, {"id": found.id, "message": "Execution Schedule deleted"})
        return handler(call)


@mutant("sequence-kept-execution", "LM-FUZZ-SEQUENCE-GONE")
def kept_execution(bench: Bench) -> None:
    """BUG: "What a sequence deletes is gone after a while." An execution that is deleted before it starts stays."""

    @bench.instead("deleteExecution")
    def stays(call: Call, handler: Handler) -> Reply:
        found = call.group.executions.get(call.path["executionId"])
        if found is not None and enactments.moment(call, found).status == "UNKNOWN":
            return Reply(202, {"id": found.id, "message": "Deletion scheduled"})
        return handler(call)
