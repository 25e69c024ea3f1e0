"""Probes of configurations: bindings, filters, limits."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes import executables
from lmconform.probes.context import Context, Json
from lmconform.probes.families import LOOKED_UP, MALFORMED, accepts, refuses, without_each
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch, install, selected


def _vary(ctx: Context, index: int) -> Json:
    return {}


CONFIGURATION = Kind(
    noun="CONFIGURATION",
    list="listConfigurations",
    get="getConfiguration",
    count="countConfigurations",
    create="createConfiguration",
    parameter="configurationId",
    body=Context.configuration_body,
    vary=_vary,
)
install(CONFIGURATION)


@probe("LM-CONFIGURATION-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    made = ctx.configuration(name=ctx.unique("Configuration  As Sent"))
    ctx.expect_same({**made.sent, "id": made.id}, CONFIGURATION.fetch(ctx, made), what="as sent")


@probe("LM-CONFIGURATION-PARAMETERS-ECHO")
def parameters_come_back(ctx: Context) -> None:
    _echo(ctx, [{"key": "epochs", "value": "7"}, {"key": "note", "value": 'Größe, "x"\n'}])


@probe("LM-CONFIGURATION-BINDING-AT-LIMIT")
def longest_binding_comes_back(ctx: Context) -> None:
    _echo(ctx, [{"key": "x" * (256 - less), "value": "y" * (5000 - less)} for less in (1, 0)])


def _echo(ctx: Context, bindings: list[Json]) -> None:
    body = ctx.configuration_body(parameterBindings=bindings)
    answer = ctx.send("createConfiguration", json=body)
    if not answer.ok:
        # Whether keys that the executable does not declare are refused here is open (F22).
        raise Inconclusive(f"parameters that the executable does not declare: {answer.brief}")
    found = ctx.get_or_fail("getConfiguration", configurationId=str(answer.json_object().get("id")))
    ctx.expect_same({"parameterBindings": bindings}, found, what="as sent")


@probe("LM-CONFIGURATION-EMPTY-BINDINGS")
def empty_bindings_come_back_empty(ctx: Context) -> None:
    made = _bare(ctx)
    for name in ("parameterBindings", "inputArtifactBindings"):
        ctx.expect(made.get(name) == [], expected=f"{name}: []", actual=f"{name}: {made.get(name)}")


@probe("LM-CONFIGURATION-VERSION-ID-TOLERATED")
def version_id_is_tolerated(ctx: Context) -> None:
    version = ctx.training_executable().version_id or "0.0.1"
    ctx.expect_status(ctx.send("createConfiguration", json=ctx.configuration_body(versionId=version)), {201})


@probe("LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def unknown_executable_is_refused(ctx: Context) -> None:
    body = ctx.configuration_body()
    own, executable = str(body["scenarioId"]), str(body["executableId"])
    pairs = [(own, ctx.absent_id()), (ctx.absent_id(), executable)]
    other = executables.scenario_without(ctx, executable)
    pairs += [(other, executable)] if other else []
    for scenario, wanted in pairs:
        answer = ctx.send("createConfiguration", json={**body, "scenarioId": scenario, "executableId": wanted})
        # The documentation prints the refusal and not its status (F19).
        text = f"a 4xx status for executable {wanted} of scenario {scenario}"
        ctx.expect(400 <= answer.status < 500, expected=text, actual=answer.brief, exchange=answer)


@probe("LM-CONFIGURATION-FILTER-SCENARIO")
def scenario_filters(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["scenarioId"])
    found = selected(ctx, CONFIGURATION, {"scenarioId": own})
    ctx.expect(found == set(group.ids), expected=f"all three of scenario {own}", actual=f"{len(found)} of them")
    other = next((str(s["id"]) for s in executables.scenarios(ctx) if s["id"] != own), None)
    if other is not None:
        found = selected(ctx, CONFIGURATION, {"scenarioId": other})
        ctx.expect(not found, expected=f"none of ours for scenario {other}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLE")
def executable_filters(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    found = selected(ctx, CONFIGURATION, {"executableIds": [own]})
    ctx.expect(found == set(group.ids), expected=f"all three of executable {own}", actual=f"{len(found)} of them")
    scenario = str(group.members[0].sent["scenarioId"])
    others = [str(e["id"]) for e in executables.executables(ctx, scenario) if e["id"] != own]
    if others:
        found = selected(ctx, CONFIGURATION, {"executableIds": others})
        ctx.expect(not found, expected=f"none of ours for {others}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLES")
def any_of_several_executables_will_do(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    other = executables.another_executable(ctx, own)
    for several in ([own, other], [other, own]):
        found = selected(ctx, CONFIGURATION, {"executableIds": several})
        ctx.expect(found == set(group.ids), expected=f"all three of executable {own}", actual=f"{len(found)} of them")


@probe("LM-CONFIGURATION-COUNT-FILTERED")
def count_knows_the_filters(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    first = group.members[0].sent
    filters: list[tuple[Json, int]] = [
        ({"scenarioId": first["scenarioId"]}, 3),
        ({"executableIds": [first["executableId"]]}, 3),
    ]
    others = [
        str(e["id"]) for e in executables.executables(ctx, str(first["scenarioId"])) if e["id"] != first["executableId"]
    ]
    if others:
        filters.append(({"executableIds": others}, 0))
    # A scenario that exists: what an unknown one answers is open (F12).
    other = next((str(s["id"]) for s in executables.scenarios(ctx) if s["id"] != first["scenarioId"]), None)
    if other is not None:
        filters.append(({"scenarioId": other}, 0))
    for query, wanted in filters:
        number = ctx.count("countConfigurations", {"$search": group.token, **query})
        ctx.expect(number == wanted, expected=f"$count = {wanted} of our three for {query}", actual=f"{number}")


def _bare(ctx: Context) -> Json:
    """A configuration that binds nothing: it is stored all the same (F22)."""
    body = ctx.configuration_body(parameterBindings=[], inputArtifactBindings=[])
    answer = ctx.send("createConfiguration", json=body)
    if not answer.ok:
        raise Inconclusive(f"a configuration without bindings: {answer.brief}")
    return ctx.get_or_fail("getConfiguration", configurationId=str(answer.json_object().get("id")))


refuses(
    "LM-CONFIGURATION-BODY-REQUIRED",
    "createConfiguration",
    lambda ctx: without_each(ctx.configuration_body(), ("name", "executableId", "scenarioId")),
)
refuses(
    "LM-CONFIGURATION-BODY-TYPE",
    "createConfiguration",
    lambda ctx: [
        ctx.configuration_body(name={}),
        ctx.configuration_body(parameterBindings="none"),
        ctx.configuration_body(parameterBindings=[{"key": "a", "value": 1}]),
    ],
)
refuses("LM-CONFIGURATION-BODY-MALFORMED", "createConfiguration", lambda ctx: [MALFORMED])
refuses(
    "LM-CONFIGURATION-BODY-BINDING",
    "createConfiguration",
    lambda ctx: [
        ctx.configuration_body(parameterBindings=[{"key": "epochs"}]),
        ctx.configuration_body(inputArtifactBindings=[{"key": "data"}]),
        ctx.configuration_body(inputArtifactBindings=[{"key": "data", "artifactId": "?"}]),
    ],
    allowed=LOOKED_UP,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-LONG",
    "createConfiguration",
    lambda ctx: [
        ctx.configuration_body(name=ctx.unique("long").ljust(257, "x")),
        ctx.configuration_body(parameterBindings=[{"key": "epochs", "value": "x" * 5001}]),
        ctx.configuration_body(parameterBindings=[{"key": "x" * 257, "value": "1"}]),
    ],
)
refuses(
    "LM-CONFIGURATION-BODY-IDS",
    "createConfiguration",
    lambda ctx: [
        {**ctx.configuration_body(), name: wrong}
        for name in ("executableId", "scenarioId")
        for wrong in ("a b c d", "abc", "a" * 65)
    ],
    allowed=LOOKED_UP,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-MANY",
    "createConfiguration",
    lambda ctx: [
        ctx.configuration_body(parameterBindings=[{"key": f"key-{n}", "value": "1"} for n in range(1001)]),
        ctx.configuration_body(inputArtifactBindings=[{"key": f"k{n}", "artifactId": "none"} for n in range(1001)]),
    ],
    allowed=(400, 413),
)
accepts(
    "LM-CONFIGURATION-BODY-AT-LIMIT",
    "createConfiguration",
    lambda ctx: [ctx.configuration_body(name=ctx.unique("long").ljust(length, "x")) for length in (255, 256)],
    success=201,
)
