"""Probes of configurations: bindings, filters, limits."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes import recipe
from lmconform.probes.families import LOOKED_UP, MALFORMED, accepts, refuses, without_each
from lmconform.probes.lab import Json, Lab
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch, install, selected


def _vary(lab: Lab, index: int) -> Json:
    return {}


CONFIGURATION = Kind(
    noun="CONFIGURATION",
    list="listConfigurations",
    get="getConfiguration",
    count="countConfigurations",
    create="createConfiguration",
    parameter="configurationId",
    body=Lab.configuration_body,
    vary=_vary,
)
install(CONFIGURATION)


@probe("LM-CONFIGURATION-GET-ECHO")
def get_returns_what_was_sent(lab: Lab) -> None:
    made = lab.configuration(name=lab.unique("Configuration  As Sent"))
    lab.expect_same({**made.sent, "id": made.id}, CONFIGURATION.fetch(lab, made), what="as sent")


@probe("LM-CONFIGURATION-PARAMETERS-ECHO")
def parameters_come_back(lab: Lab) -> None:
    _echo(lab, [{"key": "epochs", "value": "7"}, {"key": "note", "value": 'Größe, "x"\n'}])


@probe("LM-CONFIGURATION-BINDING-AT-LIMIT")
def longest_binding_comes_back(lab: Lab) -> None:
    _echo(lab, [{"key": "x" * (256 - less), "value": "y" * (5000 - less)} for less in (1, 0)])


def _echo(lab: Lab, bindings: list[Json]) -> None:
    body = lab.configuration_body(parameterBindings=bindings)
    answer = lab.send("createConfiguration", json=body)
    if not answer.ok:
        # Whether keys that the executable does not declare are refused here is open (F22).
        raise Inconclusive(f"parameters that the executable does not declare: {answer.brief}")
    found = lab.read("getConfiguration", configurationId=str(answer.json_object().get("id")))
    lab.expect_same({"parameterBindings": bindings}, found, what="as sent")


@probe("LM-CONFIGURATION-EMPTY-BINDINGS")
def empty_bindings_come_back_empty(lab: Lab) -> None:
    made = _bare(lab)
    for name in ("parameterBindings", "inputArtifactBindings"):
        lab.expect(made.get(name) == [], expected=f"{name}: []", actual=f"{name}: {made.get(name)}")


@probe("LM-CONFIGURATION-VERSION-ID-TOLERATED")
def version_id_is_tolerated(lab: Lab) -> None:
    version = lab.training_executable().version_id or "0.0.1"
    lab.expect_status(lab.send("createConfiguration", json=lab.configuration_body(versionId=version)), {201})


@probe("LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def unknown_executable_is_refused(lab: Lab) -> None:
    body = lab.configuration_body()
    own, executable = str(body["scenarioId"]), str(body["executableId"])
    pairs = [(own, lab.absent_id()), (lab.absent_id(), executable)]
    other = recipe.scenario_without(lab, executable)
    pairs += [(other, executable)] if other else []
    for scenario, wanted in pairs:
        answer = lab.send("createConfiguration", json={**body, "scenarioId": scenario, "executableId": wanted})
        # The documentation prints the refusal and not its status (F19).
        text = f"a 4xx status for executable {wanted} of scenario {scenario}"
        lab.expect(400 <= answer.status < 500, expected=text, actual=answer.brief, exchange=answer)


@probe("LM-CONFIGURATION-FILTER-SCENARIO")
def scenario_filters(lab: Lab) -> None:
    group = batch(lab, CONFIGURATION)
    own = str(group.members[0].sent["scenarioId"])
    found = selected(lab, CONFIGURATION, {"scenarioId": own})
    lab.expect(found == set(group.ids), expected=f"all three of scenario {own}", actual=f"{len(found)} of them")
    other = next((str(s["id"]) for s in recipe.scenarios(lab) if s["id"] != own), None)
    if other is not None:
        found = selected(lab, CONFIGURATION, {"scenarioId": other})
        lab.expect(not found, expected=f"none of ours for scenario {other}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLE")
def executable_filters(lab: Lab) -> None:
    group = batch(lab, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    found = selected(lab, CONFIGURATION, {"executableIds": [own]})
    lab.expect(found == set(group.ids), expected=f"all three of executable {own}", actual=f"{len(found)} of them")
    scenario = str(group.members[0].sent["scenarioId"])
    others = [str(e["id"]) for e in recipe.executables(lab, scenario) if e["id"] != own]
    if others:
        found = selected(lab, CONFIGURATION, {"executableIds": others})
        lab.expect(not found, expected=f"none of ours for {others}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLES")
def any_of_several_executables_will_do(lab: Lab) -> None:
    group = batch(lab, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    other = recipe.another_executable(lab, own)
    for several in ([own, other], [other, own]):
        found = selected(lab, CONFIGURATION, {"executableIds": several})
        lab.expect(found == set(group.ids), expected=f"all three of executable {own}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-COUNT-FILTERED")
def count_knows_the_filters(lab: Lab) -> None:
    group = batch(lab, CONFIGURATION)
    first = group.members[0].sent
    filters: list[tuple[Json, int]] = [
        ({"scenarioId": first["scenarioId"]}, 3),
        ({"executableIds": [first["executableId"]]}, 3),
    ]
    others = [
        str(e["id"]) for e in recipe.executables(lab, str(first["scenarioId"])) if e["id"] != first["executableId"]
    ]
    if others:
        filters.append(({"executableIds": others}, 0))
    # A scenario that exists: what an unknown one answers is open (F12).
    other = next((str(s["id"]) for s in recipe.scenarios(lab) if s["id"] != first["scenarioId"]), None)
    if other is not None:
        filters.append(({"scenarioId": other}, 0))
    for query, wanted in filters:
        number = lab.count("countConfigurations", {"$search": group.token, **query})
        lab.expect(number == wanted, expected=f"$count = {wanted} of our three for {query}", actual=f"{number}")


def _bare(lab: Lab) -> Json:
    """A configuration that binds nothing: it is stored all the same (F22)."""
    body = lab.configuration_body(parameterBindings=[], inputArtifactBindings=[])
    answer = lab.send("createConfiguration", json=body)
    if not answer.ok:
        raise Inconclusive(f"a configuration without bindings: {answer.brief}")
    return lab.read("getConfiguration", configurationId=str(answer.json_object().get("id")))


refuses(
    "LM-CONFIGURATION-BODY-REQUIRED",
    "createConfiguration",
    lambda lab: without_each(lab.configuration_body(), ("name", "executableId", "scenarioId")),
)
refuses(
    "LM-CONFIGURATION-BODY-TYPE",
    "createConfiguration",
    lambda lab: [
        lab.configuration_body(name={}),
        lab.configuration_body(parameterBindings="none"),
        lab.configuration_body(parameterBindings=[{"key": "a", "value": 1}]),
    ],
)
refuses("LM-CONFIGURATION-BODY-MALFORMED", "createConfiguration", lambda lab: [MALFORMED])
refuses(
    "LM-CONFIGURATION-BODY-BINDING",
    "createConfiguration",
    lambda lab: [
        lab.configuration_body(parameterBindings=[{"key": "epochs"}]),
        lab.configuration_body(inputArtifactBindings=[{"key": "data"}]),
        lab.configuration_body(inputArtifactBindings=[{"key": "data", "artifactId": "?"}]),
    ],
    allowed=LOOKED_UP,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-LONG",
    "createConfiguration",
    lambda lab: [
        lab.configuration_body(name=lab.unique("long").ljust(257, "x")),
        lab.configuration_body(parameterBindings=[{"key": "epochs", "value": "x" * 5001}]),
        lab.configuration_body(parameterBindings=[{"key": "x" * 257, "value": "1"}]),
    ],
)
refuses(
    "LM-CONFIGURATION-BODY-IDS",
    "createConfiguration",
    lambda lab: [
        {**lab.configuration_body(), name: wrong}
        for name in ("executableId", "scenarioId")
        for wrong in ("a b c d", "abc", "a" * 65)
    ],
    allowed=LOOKED_UP,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-MANY",
    "createConfiguration",
    lambda lab: [
        lab.configuration_body(parameterBindings=[{"key": f"key-{n}", "value": "1"} for n in range(1001)]),
        lab.configuration_body(inputArtifactBindings=[{"key": f"k{n}", "artifactId": "none"} for n in range(1001)]),
    ],
    allowed=(400, 413),
)
accepts(
    "LM-CONFIGURATION-BODY-AT-LIMIT",
    "createConfiguration",
    lambda lab: [lab.configuration_body(name=lab.unique("long").ljust(length, "x")) for length in (255, 256)],
    success=201,
)
