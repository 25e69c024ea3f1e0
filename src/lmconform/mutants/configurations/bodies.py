"""Configurations that should be refused and are created, or the other way round."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import malformed_422
from lmconform.mutants.defects.bodies import SCHEMAS, become_texts, loosen, optional, refused_yet_stored, same_again
from lmconform.mutants.registry import mutant


@mutant("accepts-configuration-required", "LM-CONFIGURATION-BODY-REQUIRED")
def accepts_configuration_required(bench: Bench) -> None:
    """BUG: a configuration without a name is created with a default name."""
    optional(bench, "ConfigurationCreation", "name")

    @bench.before("createConfiguration")
    def default(call: Call) -> None:
        call.body.setdefault("name", "configuration")


@mutant("accepts-configuration-type", "LM-CONFIGURATION-BODY-TYPE")
def accepts_configuration_type(bench: Bench) -> None:
    """BUG: a number as name of a configuration is turned into a text."""
    loosen(bench, "ConfigurationCreation", "name", {"maxLength": 256})
    become_texts(bench, "createConfiguration", "name")


@mutant("accepts-configuration-binding", "LM-CONFIGURATION-BODY-BINDING")
def accepts_configuration_binding(bench: Bench) -> None:
    """BUG: bindings without key, value or artifactId are dropped instead of refused."""
    properties = bench.schema(f"{SCHEMAS}/ConfigurationCreation")["properties"]
    properties["inputArtifactBindings"] = properties["parameterBindings"] = {"type": "array"}

    @bench.before("createConfiguration")
    def drop(call: Call) -> None:
        for name, value in (("inputArtifactBindings", "artifactId"), ("parameterBindings", "value")):
            rows = call.body.get(name) or []
            call.body[name] = [r for r in rows if isinstance(r, dict) and {"key", value} <= set(r)]


@mutant("accepts-configuration-too-long", "LM-CONFIGURATION-BODY-TOO-LONG")
def accepts_configuration_too_long(bench: Bench) -> None:
    """BUG: a configuration with a name of any length is created."""
    loosen(bench, "ConfigurationCreation", "name", {"type": "string", "minLength": 1})


@mutant("refuses-configuration-at-limit", "LM-CONFIGURATION-BODY-AT-LIMIT")
def refuses_configuration_at_limit(bench: Bench) -> None:
    """BUG: a configuration with a name of 256 characters, which is the limit, is refused."""

    @bench.before("createConfiguration")
    def shorter(call: Call) -> None:
        if len(call.body["name"]) > 255:
            raise bad_request("name is too long")


@mutant("accepts-configuration-malformed", "LM-CONFIGURATION-BODY-MALFORMED")
def accepts_configuration_malformed(bench: Bench) -> None:
    """BUG: a configuration whose JSON is broken is refused with 422 instead of 400."""
    malformed_422(bench, "createConfiguration")


@mutant("refuses-configuration-version-id", "LM-CONFIGURATION-VERSION-ID-TOLERATED", "LM-FLOW-CONFIGURATION-CREATED")
def refuses_configuration_version_id(bench: Bench) -> None:
    """BUG: a configuration whose body holds a versionId is refused."""

    @bench.before("createConfiguration")
    def refuse(call: Call) -> None:
        if "versionId" in call.body:
            raise bad_request("versionId is unknown")


@mutant("accepts-unknown-executable", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def accepts_unknown_executable(bench: Bench) -> None:
    """BUG: a configuration of an executable that does not exist is created."""

    @bench.instead("createConfiguration")
    def create(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.code != "01010005":
                raise
            made = call.group.add_configuration({"parameterBindings": [], "inputArtifactBindings": [], **call.body})
            return Reply(201, {"id": made["id"], "message": "Configuration created"})


@mutant("configuration-executable-anywhere", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def configuration_executable_anywhere(bench: Bench) -> None:
    """BUG: a configuration is created when any scenario has the executable."""

    @bench.instead("createConfiguration")
    def anywhere(call: Call, handler: Handler) -> Reply:
        asked = call.body.get("scenarioId")
        owner = _owner(call) if asked in call.catalog.scenarios else None
        if owner is None:
            return handler(call)
        call.body["scenarioId"] = owner
        reply = handler(call)
        call.group.configurations[reply.json["id"]]["scenarioId"] = asked
        return reply


@mutant("configuration-scenario-unread", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def configuration_scenario_unread(bench: Bench) -> None:
    """BUG: an unknown scenarioId is replaced by the scenario of the executable."""

    @bench.before("createConfiguration")
    def corrected(call: Call) -> None:
        if call.body.get("scenarioId") not in call.catalog.scenarios:
            call.body["scenarioId"] = _owner(call) or call.body.get("scenarioId")


@mutant("configuration-scenario-made-up", "LM-CONFIGURATION-BODY-IDS")
def configuration_scenario_made_up(bench: Bench) -> None:
    """BUG: a scenarioId that breaks the pattern is replaced by the scenario of the executable."""
    loosen(bench, "ConfigurationCreation", "scenarioId", {"type": "string"})

    @bench.before("createConfiguration")
    def own(call: Call) -> None:
        for scenario in call.catalog.scenarios:
            if call.catalog.executable(scenario, call.body["executableId"]) is not None:
                call.body["scenarioId"] = scenario


@mutant("configuration-thousands", "LM-CONFIGURATION-BODY-TOO-MANY")
def configuration_thousands(bench: Bench) -> None:
    """BUG: of more than 1000 bindings the first 1000 are kept."""
    for name in ("parameterBindings", "inputArtifactBindings"):
        bench.schema(f"{SCHEMAS}/ConfigurationCreation/properties/{name}").pop("maxItems")

    @bench.before("createConfiguration")
    def first(call: Call) -> None:
        for name in ("parameterBindings", "inputArtifactBindings"):
            call.body[name] = (call.body.get(name) or [])[:1000]


@mutant("configuration-value-cut", "LM-CONFIGURATION-BINDING-AT-LIMIT")
def configuration_value_cut(bench: Bench) -> None:
    """BUG: the value of a parameter binding is cut after 4096 characters."""

    @bench.before("createConfiguration")
    def cut(call: Call) -> None:
        for binding in call.body.get("parameterBindings") or []:
            binding["value"] = binding["value"][:4096]


@mutant("stores-refused-configuration", "LM-CONFIGURATION-REFUSED-NOT-STORED")
def stores_refused_configuration(bench: Bench) -> None:
    """BUG: a configuration that is refused is stored all the same."""
    refused_yet_stored(bench, "createConfiguration", "add_configuration")


@mutant("configuration-same-id-again", "LM-CONFIGURATION-CREATE-TWICE")
def configuration_same_id_again(bench: Bench) -> None:
    """BUG: creating the same configuration again answers with the id of the first one."""
    same_again(bench, "createConfiguration")


def _owner(call: Call) -> str | None:
    """A scenario that has the executable that the body names."""
    wanted = call.body.get("executableId")
    return next((s for s in call.catalog.scenarios if call.catalog.executable(s, wanted) is not None), None)
