"""Views of one thing that disagree: creation, GET, list, Location, and what was sent."""

from __future__ import annotations

from collections.abc import Callable

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.common import elsewhere, wrong_location
from lmconform.mutants.registry import mutant


@mutant("view-scenario-name", "LM-SCENARIO-LIST-EQUALS-GET")
def scenario_name(bench: Bench) -> None:
    """BUG: "A scenario is the same in the list and when it is read by its id." Its name differs."""
    elsewhere(bench, "getScenario", "name", "Another name")


@mutant("view-executable-name", "LM-EXECUTABLE-LIST-EQUALS-GET")
def executable_name(bench: Bench) -> None:
    """BUG: "An executable is the same in the list and when it is read by its id." Its name differs."""
    elsewhere(bench, "getExecutable", "name", "Another name")


@mutant("view-executable-owner", "LM-EXECUTABLE-OWNER")
def executable_owner(bench: Bench) -> None:
    """BUG: "An executable in the list of a scenario names that scenario and no other." It names another one."""
    elsewhere(bench, "listExecutables", "scenarioId", "another-scenario")


@mutant("view-version-owner", "LM-SCENARIO-VERSIONS-OWNER")
def version_owner(bench: Bench) -> None:
    """BUG: "A version of a scenario names that scenario and no other." It names another one."""
    elsewhere(bench, "listScenarioVersions", "scenarioId", "another-scenario")


@mutant("view-version-unlisted", "LM-EXECUTABLE-VERSION-LISTED")
def version_unlisted(bench: Bench) -> None:
    """BUG: "The version of an executable is among the versions of its scenario." The versions are others."""
    elsewhere(bench, "listScenarioVersions", "id", "9.9.9")


@mutant("view-artifact-list", "LM-ARTIFACT-LIST-EQUALS-GET")
def artifact_list(bench: Bench) -> None:
    """BUG: "An artifact is the same in the list and when it is read by its id." Its url differs."""
    elsewhere(bench, "listArtifacts", "url", "ai://default/elsewhere")


@mutant("view-artifact-description-lost", "LM-ARTIFACT-GET-ECHO")
def artifact_description(bench: Bench) -> None:
    """BUG: "An artifact is read back with every field as it was sent." The description is lost."""

    @bench.before("createArtifact")
    def lose(call: Call) -> None:
        call.body.pop("description", None)


@mutant("view-artifact-labels-lost", "LM-ARTIFACT-GET-ECHO", "LM-ARTIFACT-LABEL-EQUALS")
def artifact_labels(bench: Bench) -> None:
    """BUG: "An artifact is read back with every field as it was sent." The labels are lost."""

    @bench.before("createArtifact")
    def lose(call: Call) -> None:
        call.body.pop("labels", None)


@mutant("view-artifact-url-slash", "LM-ARTIFACT-URL-VERBATIM", "LM-ARTIFACT-CREATE-ECHO")
def artifact_url(bench: Bench) -> None:
    """BUG: "The url of an artifact is kept as it was sent, with or without a slash at its end." A slash is added."""

    @bench.before("createArtifact")
    def slash(call: Call) -> None:
        call.body["url"] = call.body["url"].rstrip("/") + "/"


@mutant("view-artifact-creation-url", "LM-ARTIFACT-CREATE-ECHO")
def artifact_creation(bench: Bench) -> None:
    """BUG: "The answer to the registration of an artifact repeats its url." It has another one."""
    elsewhere(bench, "createArtifact", "url", "ai://default/elsewhere")


@mutant("view-artifact-location", "LM-ARTIFACT-CREATE-LOCATION")
def artifact_location(bench: Bench) -> None:
    """BUG: "A Location on the registration of an artifact holds the artifact's id." It holds another id."""
    wrong_location(bench, "createArtifact")


@mutant("view-configuration-location", "LM-CONFIGURATION-CREATE-LOCATION")
def configuration_location(bench: Bench) -> None:
    """BUG: "A Location on the creation of a configuration holds the configuration's id." It holds another id."""
    wrong_location(bench, "createConfiguration")


@mutant("view-execution-location", "LM-EXECUTION-CREATE-LOCATION")
def execution_location(bench: Bench) -> None:
    """BUG: "A Location on the start of an execution holds the execution's id." It holds another id."""
    wrong_location(bench, "createExecution")


@mutant("view-configuration-list", "LM-CONFIGURATION-LIST-EQUALS-GET")
def configuration_list(bench: Bench) -> None:
    """BUG: "A configuration is the same in the list and when it is read by its id." Its name differs."""
    elsewhere(bench, "getConfiguration", "name", "another-name")


@mutant("view-configuration-bindings-lost", "LM-CONFIGURATION-GET-ECHO")
def configuration_bindings(bench: Bench) -> None:
    """BUG: "A configuration is read back with name, executable, scenario and bindings as sent." No bindings."""
    elsewhere(bench, "getConfiguration", "inputArtifactBindings", [])


@mutant("view-configuration-parameters-lost", "LM-CONFIGURATION-PARAMETERS-ECHO")
def configuration_parameters(bench: Bench) -> None:
    """BUG: "Parameter bindings of a configuration are read back with keys and values as sent." None come back."""
    elsewhere(bench, "getConfiguration", "parameterBindings", [])


@mutant("view-configuration-empty-bindings", "LM-CONFIGURATION-EMPTY-BINDINGS")
def configuration_empty(bench: Bench) -> None:
    """BUG: "Empty bindings of a configuration are read back as empty lists." They are left out."""

    @bench.after("getConfiguration")
    def left_out(call: Call, reply: Reply) -> None:
        for name in ("parameterBindings", "inputArtifactBindings"):
            if not reply.json.get(name):
                reply.json.pop(name, None)


@mutant("view-execution-list", "LM-EXECUTION-LIST-EQUALS-GET")
def execution_list(bench: Bench) -> None:
    """BUG: "An execution that has ended is the same in the list and when it is read by its id." RUNNING for ever."""
    elsewhere(bench, "listExecutions", "status", "RUNNING")


@mutant("view-execution-names", "LM-EXECUTION-NAMES")
def execution_names(bench: Bench) -> None:
    """BUG: "An execution that names its configuration and its scenario names the right ones from the start."

    It names the configuration by its id.
    """

    @bench.after("getExecution")
    def by_id(call: Call, reply: Reply) -> None:
        if "configurationName" in reply.json:
            reply.json["configurationName"] = reply.json["configurationId"]


@mutant("view-execution-output-owner", "LM-EXECUTION-OUTPUT-OWNER")
def output_owner(bench: Bench) -> None:
    """BUG: "An output artifact names the execution that made it." It names another one."""

    @bench.after("getExecution", "getArtifact", "listArtifacts")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            for artifact in resource.get("outputArtifacts") or [resource]:
                if "executionId" in artifact:
                    artifact["executionId"] = "e000000000000000"


@mutant("view-execution-output-gone", "LM-EXECUTION-OUTPUT-GET")
def output_gone(bench: Bench) -> None:
    """BUG: "An output is an artifact that can be read by its id, as the execution shows it." Its id is another."""

    @bench.after("getExecution")
    def other(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact["id"] = artifact["id"][:-4] + "0000"


@mutant("view-execution-output-url", "LM-EXECUTION-OUTPUT-URL")
def output_url(bench: Bench) -> None:
    """BUG: "The url of an output begins with ai:// and holds the execution's id." It does not hold it."""

    @bench.after("getExecution")
    def other(call: Call, reply: Reply) -> None:
        for artifact in reply.json.get("outputArtifacts") or []:
            artifact["url"] = "ai://default/model"


@mutant("view-scenarios-by-group", "LM-SCENARIO-TENANT-WIDE")
def scenarios_by_group(bench: Bench) -> None:
    """BUG: "Every resource group of a tenant has the same scenarios." The second has one less."""

    @bench.after("listScenarios")
    def fewer(call: Call, reply: Reply) -> None:
        if call.group.name == "other":
            reply.json["resources"].pop()
            reply.json["count"] -= 1


@mutant("names-lower-case", "LM-ARTIFACT-GET-ECHO", "LM-CONFIGURATION-GET-ECHO", "LM-SCHEDULE-GET-ECHO")
def lower_case(bench: Bench) -> None:
    """BUG: "An artifact is read back with every field as it was sent." Its name has lost its capitals."""
    _named(bench, str.lower)


@mutant("names-single-spaces", "LM-ARTIFACT-GET-ECHO", "LM-CONFIGURATION-GET-ECHO", "LM-SCHEDULE-GET-ECHO")
def single_spaces(bench: Bench) -> None:
    """BUG: "An artifact is read back with every field as it was sent." Two spaces in its name have become one."""
    _named(bench, lambda name: " ".join(name.split()))


def _named(bench: Bench, tidy: Callable[[str], str]) -> None:
    @bench.before("createArtifact", "createConfiguration", "createExecutionSchedule")
    def tidied(call: Call) -> None:
        if "name" in call.body:
            call.body["name"] = tidy(call.body["name"])


@mutant("view-executable", "LM-EXECUTION-EXECUTABLE", "LM-DEPLOYMENT-EXECUTABLE")
def executable(bench: Bench) -> None:
    """BUG: "An execution that names its executable names that of its configuration, in the list and alone."

    It names its scenario there.
    """

    @bench.after("getExecution", "listExecutions", "getDeployment", "listDeployments")
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "executableId" in resource:
                resource["executableId"] = resource["scenarioId"]
