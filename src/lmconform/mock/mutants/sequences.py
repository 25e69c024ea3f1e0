"""What only walks along the links see: it depends on what was generated before."""

from __future__ import annotations

from lmconform.mock import enactments
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.mutants.bench import Bench
from lmconform.mock.mutants.common import refuses_when
from lmconform.mock.mutants.registry import mutant
from lmconform.mock.problems import not_found


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

    An artifact with labels is shown with the id of the one before.
    """

    @bench.after("getArtifact")
    def before(call: Call, reply: Reply) -> None:
        ids = list(call.group.artifacts)
        if reply.json.get("labels") and "description" not in reply.json:
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
