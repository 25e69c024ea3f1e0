"""Scenarios, executables and models that are counted, labelled and filtered otherwise than they should be."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import forget, off_by_one
from lmconform.mutants.registry import mutant


@mutant("model-count", "LM-MODEL-LIST-COUNT")
def count(bench: Bench) -> None:
    """BUG: "In the list of models count is the number of resources." It is one more."""
    off_by_one(bench, "listScenarioModels")


@mutant("model-count-of-versions", "LM-MODEL-LIST-COUNT")
def count_of_versions(bench: Bench) -> None:
    """BUG: "In the list of models count is the number of resources." It is the number of versions."""

    @bench.after("listScenarioModels")
    def versions(call: Call, reply: Reply) -> None:
        reply.json["count"] = sum(len(model["versions"]) for model in reply.json["resources"])


@mutant("model-scenario-unlabelled", "LM-MODEL-SCENARIO-LABELLED")
def unlabelled(bench: Bench) -> None:
    """BUG: "The scenario foundation-models carries the label scenarios.ai.sap.com/llm."

    The value is True, with a capital.
    """

    @bench.after("listScenarios", "getScenario")
    def capital(call: Call, reply: Reply) -> None:
        for scenario in resources(reply):
            for label in scenario.get("labels") or []:
                label["value"] = label["value"].capitalize()


@mutant("model-versions-repeated", "LM-MODEL-VERSIONS")
def repeated(bench: Bench) -> None:
    """BUG: "A model lists each of its versions once." The latest stands there twice, once as latest."""

    @bench.after("listScenarioModels")
    def latest(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            model["versions"].append(dict(model["versions"][0]))


@mutant("model-versions-named-latest", "LM-MODEL-VERSIONS")
def named_latest(bench: Bench) -> None:
    """BUG: "A model lists each of its versions once." All of them are called latest."""

    @bench.after("listScenarioModels")
    def latest(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            for version in model["versions"]:
                version["name"] = "latest"


@mutant("model-latest-text", "LM-HTTP-BODY-SCHEMA")
def latest_text(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema." Whether a version is the latest is a text."""

    @bench.after("listScenarioModels")
    def text(call: Call, reply: Reply) -> None:
        for model in reply.json["resources"]:
            for version in model["versions"]:
                version["isLatest"] = str(version["isLatest"]).lower()


@mutant("scenario-versions-selector", "LM-SCENARIO-VERSIONS-SELECTOR")
def versions_selector(bench: Bench) -> None:
    """BUG: "A label selector that no version fulfils leaves no version of a scenario." It is not looked at."""
    forget(bench, "labelSelector", "listScenarioVersions")


@mutant("executable-bad-id-first", "LM-EXECUTABLE-BAD-ID")
def bad_id(bench: Bench) -> None:
    """BUG: "An executable id that breaks the pattern of ids is answered with 400 or 404."

    The first one answers for it.
    """

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem:
            if operation.id != "getExecutable":
                raise
            values["executableId"] = "text-clf-train-tutorial"


@mutant("executable-by-group", "LM-EXECUTABLE-TENANT-WIDE")
def by_group(bench: Bench) -> None:
    """BUG: "Every resource group of a tenant has the same executables." The second has none but the first of them."""

    @bench.after("listExecutables")
    def fewer(call: Call, reply: Reply) -> None:
        if call.group.name == "other":
            del reply.json["resources"][1:]
            reply.json["count"] = len(reply.json["resources"])


@mutant("executable-of-any-scenario", "LM-EXECUTABLE-WRONG-SCENARIO")
def any_scenario(bench: Bench) -> None:
    """BUG: "An executable is not found under a scenario that does not have it." It is."""

    @bench.instead("getExecutable")
    def anywhere(call: Call, handler: Handler) -> Reply:
        for scenario in call.catalog.scenarios:
            found = call.catalog.executable(scenario, call.path["executableId"])
            if found is not None:
                return Reply(200, found.as_json())
        return handler(call)


@mutant("executable-parameter-type", "LM-EXECUTABLE-PARAMETER-TYPE")
def parameter_type(bench: Bench) -> None:
    """BUG: "Each parameter of an executable names its type." The type is empty."""

    @bench.after("listExecutables")
    def empty(call: Call, reply: Reply) -> None:
        for executable in reply.json["resources"]:
            for parameter in executable.get("parameters") or []:
                parameter["type"] = ""


@mutant("executable-deployable-text", "LM-HTTP-BODY-SCHEMA")
def deployable_text(bench: Bench) -> None:
    """BUG: "The body of a successful answer is valid against its schema."

    Whether an executable is deployable is yes or no.
    """

    @bench.after("getExecutable")
    def words(call: Call, reply: Reply) -> None:
        reply.json["deployable"] = "yes" if reply.json["deployable"] else "no"


@mutant("meta-schedules-uncounted", "LM-META-SCHEDULES-SERVED")
def schedules_uncounted(bench: Bench) -> None:
    """BUG: "A target that advertises execution schedules lists and counts them."

    They are listed, and not counted: 404.
    """
    _missing(bench, "countExecutionSchedules")


@mutant("meta-deployments-unlisted", "LM-META-DEPLOYMENTS-SERVED")
def deployments_unlisted(bench: Bench) -> None:
    """BUG: "A target that advertises deployments lists and counts them." They are not listed: 404."""
    _missing(bench, "listDeployments")


def _missing(bench: Bench, operation: str) -> None:
    @bench.before(operation)
    def missing(call: Call) -> None:
        raise Problem(404, "404", "Not found")
