"""Bodies at the limits and beyond: too many, too long, of the wrong kind, and what is kept of them."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import SCHEMAS, loosen, oldest_configuration, refuses_when
from lmconform.mutants.registry import mutant


@mutant("bad-id-configuration-422", "LM-CONFIGURATION-BAD-ID", "LM-SCHEDULE-BAD-ID", "LM-ARTIFACT-BAD-ID")
def configuration_bad_id(bench: Bench) -> None:
    """BUG: "A configuration id that breaks the pattern of ids is answered with 400 or 404." It is 422."""
    _bad_id(bench, 422, "configurationId", "executionScheduleId", "artifactId")


@mutant("bad-id-enactment-405", "LM-EXECUTION-BAD-ID", "LM-DEPLOYMENT-BAD-ID")
def enactment_bad_id(bench: Bench) -> None:
    """BUG: "An execution id that breaks the pattern of ids is answered with 400 or 404."

    No method is allowed there: 405.
    """
    _bad_id(bench, 405, "executionId", "deploymentId")


@mutant("configuration-scenario-made-up", "LM-CONFIGURATION-BODY-IDS")
def scenario_made_up(bench: Bench) -> None:
    """BUG: "A configuration whose executableId or scenarioId breaks the pattern of ids is refused with 400 or 404."

    The executable's own scenario stands for one.
    """
    loosen(bench, "ConfigurationCreation", "scenarioId", {"type": "string"})

    @bench.before("createConfiguration")
    def own(call: Call) -> None:
        for scenario in call.catalog.scenarios:
            if call.catalog.executable(scenario, call.body["executableId"]) is not None:
                call.body["scenarioId"] = scenario


@mutant("configuration-thousands", "LM-CONFIGURATION-BODY-TOO-MANY")
def thousands(bench: Bench) -> None:
    """BUG: "More than 1000 bindings of one kind are refused with 400 or 413." The first thousand are kept."""
    for name in ("parameterBindings", "inputArtifactBindings"):
        bench.schema(f"{SCHEMAS}/ConfigurationCreation/properties/{name}").pop("maxItems")

    @bench.before("createConfiguration")
    def first(call: Call) -> None:
        for name in ("parameterBindings", "inputArtifactBindings"):
            call.body[name] = (call.body.get(name) or [])[:1000]


@mutant("configuration-value-cut", "LM-CONFIGURATION-BINDING-AT-LIMIT")
def value_cut(bench: Bench) -> None:
    """BUG: "A parameter binding with the longest key and value is kept." The value is cut after 4096 characters."""

    @bench.before("createConfiguration")
    def cut(call: Call) -> None:
        for binding in call.body.get("parameterBindings") or []:
            binding["value"] = binding["value"][:4096]


@mutant("configuration-key-lower", "LM-CONFIGURATION-GET-ECHO")
def key_lower(bench: Bench) -> None:
    """BUG: "A configuration is read back with name, executable, scenario and bindings as sent."

    Keys are in capitals.
    """

    @bench.after("getConfiguration")
    def capitals(call: Call, reply: Reply) -> None:
        for binding in reply.json["inputArtifactBindings"]:
            binding["key"] = binding["key"].upper()


@mutant("execution-configuration-any", "LM-EXECUTION-BODY-TYPE")
def configuration_any(bench: Bench) -> None:
    """BUG: "An execution whose configurationId is no id is refused with 400 or 404." The oldest one is taken."""
    loosen(bench, "ExecutionCreation", "configurationId")
    oldest_configuration(bench, "createExecution")


@mutant("execution-keys-checked", "LM-EXECUTION-WRONG-KEYS")
def keys_checked(bench: Bench) -> None:
    """BUG: "Bindings that the executable does not know keep no execution from being started."

    They are refused at once.
    """

    def unknown(call: Call) -> bool:
        found = call.group.configurations.get(call.body.get("configurationId"))
        if found is None:
            return False
        known = {variable.name for variable in call.catalog.of(found).parameters}
        return any(binding["key"] not in known for binding in found["parameterBindings"])

    refuses_when(bench, "a parameter is unknown", unknown, "createExecution")


@mutant("execution-outputs-renamed", "LM-EXECUTION-OUTPUT-NAMES")
def outputs_renamed(bench: Bench) -> None:
    """BUG: "Outputs of an execution have the names that its executable declares." They are numbered."""

    @bench.after("getExecution", "listExecutions")
    def numbered(call: Call, reply: Reply) -> None:
        for resource in reply.json.get("resources", [reply.json]):
            for place, artifact in enumerate(resource.get("outputArtifacts") or []):
                artifact["name"] = f"output-{place}"


@mutant("execution-unexpected-output", "LM-EXECUTION-OUTPUT-NAMES")
def unexpected_output(bench: Bench) -> None:
    """BUG: "Outputs of an execution have the names that its executable declares." Its input is among them."""

    @bench.after("getExecution")
    def more(call: Call, reply: Reply) -> None:
        for artifact in (reply.json.get("outputArtifacts") or [])[:1]:
            reply.json["outputArtifacts"].append({**artifact, "name": "text-data-tutorial"})


def _bad_id(bench: Bench, status: int, *parameters: str) -> None:
    @bench.patch(validation, "path")
    def other(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            if values.keys() & set(parameters):
                raise Problem(status, problem.code, problem.message) from problem
            raise
