"""What depends on the data alone: nobody would think of writing it down, and generated requests come across it."""

from __future__ import annotations

from typing import Any

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import refuses_when
from lmconform.mutants.registry import mutant


def _breaks_down(bench: Bench, wrong: Any, *operations: str) -> None:
    """A request is answered with 500."""

    @bench.before(*operations)
    def break_down(call: Call) -> None:
        if wrong(call):
            raise Problem(500, "01010500", "Internal Server Error")


@mutant("generated-quote", "LM-HTTP-NO-SERVER-ERROR")
def quote(bench: Bench) -> None:
    """BUG: "No request is answered with a 5xx status that the contract does not declare."

    An apostrophe in the description of an artifact is answered with 500.
    """
    _breaks_down(bench, lambda call: "'" in call.body.get("description", ""), "createArtifact")


@mutant("generated-future-metrics", "LM-FUZZ-POSITIVE-ACCEPTED")
def future_metrics(bench: Bench) -> None:
    """BUG: "A generated request that is valid and names real things alone is accepted."

    Metrics that were measured after 2027 are refused.
    """

    def future(call: Call) -> bool:
        return any(str(point.get("timestamp", "")) > "2028" for point in call.body.get("metrics", []))

    refuses_when(bench, "timestamp is in the future", future, "patchMetrics")


@mutant("generated-end-alone", "LM-FUZZ-POSITIVE-ACCEPTED")
def end_alone(bench: Bench) -> None:
    """BUG: "A generated request that is valid and names real things alone is accepted."

    A schedule that has an end, and no start, is refused.
    """
    refuses_when(
        bench,
        "start is missing",
        lambda call: "end" in call.body and "start" not in call.body,
        "createExecutionSchedule",
    )


@mutant("generated-short-id", "LM-FUZZ-NEGATIVE-PATH-REFUSED")
def short_id(bench: Bench) -> None:
    """BUG: "A generated path id that clearly breaks its pattern is refused."

    An id of a schedule that is too short is taken for the newest.
    """
    _id_means_newest(bench, "executionScheduleId", "schedules", lambda text: len(text) < 4)


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
