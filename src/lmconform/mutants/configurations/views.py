"""Configurations that are shown otherwise than they were sent, or otherwise in two places."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench, resources
from lmconform.mutants.defects.answers import bad_id_status, elsewhere, unknown_is_200, wrong_location
from lmconform.mutants.defects.lists import alone_or_not, embeds_the_id_alone, forget
from lmconform.mutants.registry import mutant


@mutant("status-unknown-configuration-200", "LM-CONFIGURATION-UNKNOWN-404")
def status_unknown_configuration_200(bench: Bench) -> None:
    """BUG: a configuration that does not exist is answered with 200 and an empty object."""
    unknown_is_200(bench, "getConfiguration")


@mutant("bad-id-configuration-422", "LM-CONFIGURATION-BAD-ID", "LM-SCHEDULE-BAD-ID", "LM-ARTIFACT-BAD-ID")
def bad_id_configuration_422(bench: Bench) -> None:
    """BUG: ids of configurations, schedules and artifacts that break the pattern answer 422."""
    bad_id_status(bench, 422, "configurationId", "executionScheduleId", "artifactId")


@mutant("view-configuration-list", "LM-CONFIGURATION-LIST-EQUALS-GET")
def view_configuration_list(bench: Bench) -> None:
    """BUG: a configuration read by its id has another name than in the list."""
    elsewhere(bench, "getConfiguration", "name", "another-name")


@mutant("view-configuration-location", "LM-CONFIGURATION-CREATE-LOCATION")
def view_configuration_location(bench: Bench) -> None:
    """BUG: Location on the creation of a configuration holds another id."""
    wrong_location(bench, "createConfiguration")


@mutant("view-configuration-bindings-twice", "LM-CONFIGURATION-PARAMETERS-ECHO")
def view_configuration_bindings_twice(bench: Bench) -> None:
    """BUG: a configuration read by its id shows its last parameter twice."""

    @bench.after("getConfiguration")
    def twice(call: Call, reply: Reply) -> None:
        if reply.json.get("parameterBindings"):
            reply.json["parameterBindings"].append(reply.json["parameterBindings"][-1])


@mutant("view-configuration-bindings-lost", "LM-CONFIGURATION-GET-ECHO")
def view_configuration_bindings_lost(bench: Bench) -> None:
    """BUG: a configuration is shown without its artifact bindings."""
    elsewhere(bench, "getConfiguration", "inputArtifactBindings", [])


@mutant("view-configuration-parameters-lost", "LM-CONFIGURATION-PARAMETERS-ECHO")
def view_configuration_parameters_lost(bench: Bench) -> None:
    """BUG: a configuration is shown without its parameter bindings."""
    elsewhere(bench, "getConfiguration", "parameterBindings", [])


@mutant("view-configuration-empty-bindings", "LM-CONFIGURATION-EMPTY-BINDINGS")
def view_configuration_empty_bindings(bench: Bench) -> None:
    """BUG: empty bindings of a configuration are left out instead of shown as empty lists."""

    @bench.after("getConfiguration")
    def left_out(call: Call, reply: Reply) -> None:
        for name in ("parameterBindings", "inputArtifactBindings"):
            if not reply.json.get(name):
                reply.json.pop(name, None)


@mutant("configuration-key-lower", "LM-CONFIGURATION-GET-ECHO")
def configuration_key_lower(bench: Bench) -> None:
    """BUG: the keys of artifact bindings are shown in capitals."""

    @bench.after("getConfiguration")
    def capitals(call: Call, reply: Reply) -> None:
        for binding in reply.json["inputArtifactBindings"]:
            binding["key"] = binding["key"].upper()


@mutant("expand-configuration", "LM-CONFIGURATION-EXPAND-SCENARIO")
def expand_configuration(bench: Bench) -> None:
    """BUG: $expand is ignored for configurations."""
    forget(bench, "$expand", "listConfigurations", "getConfiguration")


@mutant("expand-configuration-id-only", "LM-CONFIGURATION-EXPAND-AGREES")
def expand_configuration_id_alone(bench: Bench) -> None:
    """BUG: of the scenario in a configuration nothing but its id is shown."""
    embeds_the_id_alone(bench, "getConfiguration", "listConfigurations")


@mutant("expand-drops-filters-configurations", "LM-CONFIGURATION-EXPAND-AGREES")
def expand_drops_filters_configurations(bench: Bench) -> None:
    """BUG: with $expand the list of configurations ignores all filters."""
    alone_or_not(bench, "$expand", "listConfigurations")


@mutant("configuration-replaced-by-name", "LM-CONFIGURATION-GET-ECHO")
def configuration_replaced_by_name(bench: Bench) -> None:
    """BUG: a configuration gets the bindings of each later one that has its name."""

    @bench.after("createConfiguration")
    def replaced(call: Call, reply: Reply) -> None:
        new = call.group.configurations[reply.json["id"]]
        for other in call.group.configurations.values():
            if other["name"] == new["name"]:
                other |= {name: new[name] for name in ("parameterBindings", "inputArtifactBindings")}


@mutant("configuration-fifty-bindings", "LM-CONFIGURATION-BINDING-AT-LIMIT")
def configuration_fifty_bindings(bench: Bench) -> None:
    """BUG: of the parameter bindings of a configuration the first fifty are kept."""

    @bench.before("createConfiguration")
    def fewer(call: Call) -> None:
        call.body["parameterBindings"] = (call.body.get("parameterBindings") or [])[:50]


@mutant("bad-id-non-ascii-500", "LM-CONFIGURATION-BAD-ID", "LM-ARTIFACT-BAD-ID", "LM-HTTP-NO-SERVER-ERROR")
def bad_id_non_ascii_500(bench: Bench) -> None:
    """BUG: an id with a letter beyond ASCII answers 500."""

    @bench.patch(validation, "path")
    def decoded(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if not all(value.isascii() for value in values.values()):
            raise Problem(500, "500", "codec can't decode byte")
        original(contract, operation, values, switches)


@mutant("configuration-empty-value-lost", "LM-CONFIGURATION-BINDING-AT-LIMIT")
def configuration_empty_value_lost(bench: Bench) -> None:
    """BUG: a parameter binding with an empty value is left out."""

    @bench.before("createConfiguration")
    def fewer(call: Call) -> None:
        bindings = call.body.get("parameterBindings") or []
        call.body["parameterBindings"] = [binding for binding in bindings if binding["value"]]


@mutant("expand-drops-bindings", "LM-CONFIGURATION-EXPAND-AGREES")
def expand_drops_bindings(bench: Bench) -> None:
    """BUG: with $expand=scenario a configuration has no inputArtifactBindings."""

    @bench.after("listConfigurations", "getConfiguration")
    def without(call: Call, reply: Reply) -> None:
        for configuration in resources(reply) if "$expand" in call.query else ():
            configuration.pop("inputArtifactBindings", None)


@mutant("configuration-artifact-bound-once", "LM-CONFIGURATION-GET-ECHO")
def configuration_artifact_bound_once(bench: Bench) -> None:
    """BUG: of two keys that bind the same artifact the second one is lost."""

    @bench.before("createConfiguration")
    def once(call: Call) -> None:
        bindings = call.body.get("inputArtifactBindings") or []
        kept = {binding.get("artifactId"): binding for binding in reversed(bindings)}
        call.body["inputArtifactBindings"] = [one for one in bindings if one in kept.values()]


@mutant("configuration-default-bound", "LM-CONFIGURATION-PARAMETERS-ECHO")
def configuration_default_bound(bench: Bench) -> None:
    """BUG: a parameter that has a default is stored with it, whatever value a configuration binds."""

    @bench.after("createConfiguration")
    def default(call: Call, reply: Reply) -> None:
        stored = call.group.configurations[reply.json["id"]]
        known = {one.name: one.default for one in call.catalog.of(stored).parameters if one.default is not None}
        stored["parameterBindings"] = [
            {**binding, "value": known.get(binding["key"], binding["value"])} for binding in stored["parameterBindings"]
        ]
