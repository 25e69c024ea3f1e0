"""Executables of a scenario."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import elsewhere, unknown_is_200
from lmconform.mutants.defects.lists import forget, off_by_one
from lmconform.mutants.registry import mutant


@mutant("status-unknown-executable-200", "LM-EXECUTABLE-UNKNOWN-404")
def status_unknown_executable_200(bench: Bench) -> None:
    """BUG: an executable that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getExecutable")


@mutant("executable-bad-id-first", "LM-EXECUTABLE-BAD-ID")
def executable_bad_id_first(bench: Bench) -> None:
    """BUG: an executable id that breaks the pattern is answered with the first executable."""

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem:
            if operation.id != "getExecutable":
                raise
            values["executableId"] = "text-clf-train-tutorial"


@mutant("executable-of-any-scenario", "LM-EXECUTABLE-WRONG-SCENARIO")
def executable_of_any_scenario(bench: Bench) -> None:
    """BUG: an executable is found under any scenario, also one that does not have it."""

    @bench.instead("getExecutable")
    def anywhere(call: Call, handler: Handler) -> Reply:
        for scenario in call.catalog.scenarios:
            found = call.catalog.executable(scenario, call.path["executableId"])
            if found is not None:
                return Reply(200, found.as_json())
        return handler(call)


@mutant("executable-by-group", "LM-EXECUTABLE-TENANT-WIDE")
def executable_by_group(bench: Bench) -> None:
    """BUG: the second resource group lists only the first of a scenario's executables."""

    @bench.after("listExecutables")
    def fewer(call: Call, reply: Reply) -> None:
        if call.group.name == "other":
            del reply.json["resources"][1:]
            reply.json["count"] = len(reply.json["resources"])


@mutant("executable-parameter-type", "LM-EXECUTABLE-PARAMETER-TYPE")
def executable_parameter_type(bench: Bench) -> None:
    """BUG: the parameters of an executable have an empty type."""

    @bench.after("listExecutables")
    def empty(call: Call, reply: Reply) -> None:
        for executable in reply.json["resources"]:
            for parameter in executable.get("parameters") or []:
                parameter["type"] = ""


@mutant("view-executable-name", "LM-EXECUTABLE-LIST-EQUALS-GET")
def view_executable_name(bench: Bench) -> None:
    """BUG: an executable read by its id has another name than in the list."""
    elsewhere(bench, "getExecutable", "name", "Another name")


@mutant("view-executable-owner", "LM-EXECUTABLE-OWNER")
def view_executable_owner(bench: Bench) -> None:
    """BUG: the executables in the list of a scenario name another scenario."""
    elsewhere(bench, "listExecutables", "scenarioId", "another-scenario")


@mutant("view-version-unlisted", "LM-EXECUTABLE-VERSION-LISTED")
def view_version_unlisted(bench: Bench) -> None:
    """BUG: the list of a scenario's versions does not have the version of its executables."""
    elsewhere(bench, "listScenarioVersions", "id", "9.9.9")


@mutant("view-version-first-alone", "LM-EXECUTABLE-VERSION-LISTED")
def view_version_first_alone(bench: Bench) -> None:
    """BUG: the list of a scenario's versions holds only one of several."""

    @bench.after("listScenarioVersions")
    def first(call: Call, reply: Reply) -> None:
        del reply.json["resources"][1:]
        reply.json["count"] = len(reply.json["resources"])


@mutant("count-executables", "LM-EXECUTABLE-LIST-COUNT")
def count_executables(bench: Bench) -> None:
    """BUG: count in the list of executables is one too high."""
    off_by_one(bench, "listExecutables")


@mutant("filter-executable-version", "LM-EXECUTABLE-FILTER-VERSION")
def filter_executable_version(bench: Bench) -> None:
    """BUG: versionId is ignored when executables are listed."""
    forget(bench, "versionId", "listExecutables")
