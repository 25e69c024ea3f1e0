"""Probes of configurations: bindings, filters, counts, bodies to refuse and to accept."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from contextlib import suppress
from typing import Final

from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.probes.builders import executables
from lmconform.probes.builders.configurations import CONFIGURATION, configuration_body, create_configuration
from lmconform.probes.builders.resource_type import batch, selected
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe
from lmconform.probes.shared import creation, paging, search, search_signs, unknown_ids, views
from lmconform.probes.shared.counts import expect_counts_agree
from lmconform.probes.shared.creation import BAD_REFERENCE, MALFORMED, accepts, refuses, without_each
from lmconform.probes.shared.round_trip import expect_as_sent
from lmconform.settings.runnable import declared

# The published number of bindings.
_MOST_BINDINGS: Final = 1000

unknown_ids.install(CONFIGURATION)
creation.install(CONFIGURATION)
creation.install_named(CONFIGURATION)
views.install(CONFIGURATION)
views.install_expand(CONFIGURATION)
search.install(CONFIGURATION)
search_signs.install(CONFIGURATION)
paging.install(CONFIGURATION)
paging.install_default_page(CONFIGURATION)
paging.install_limits(CONFIGURATION)


@probe("LM-CONFIGURATION-GET-ECHO")
def get_returns_what_was_sent(ctx: Context) -> None:
    created = _named(ctx)
    with suppress(Inconclusive, Failure):
        _without_bindings(ctx)
    text = "as sent, also after another one of the same name was created"
    ctx.expect_same({**created.sent, "id": created.id}, CONFIGURATION.fetch(ctx, created), what=text)


@fixture(builds_on=lambda created: [created.id])
def _named(ctx: Context) -> Created:
    """A configuration, whose name another one gets as well: names need not be unique (F54).

    It binds one artifact under two keys, where the target takes a key that the executable does not declare (F22).
    """
    name, bindings = ctx.unique("Configuration  As Sent"), configuration_body(ctx)["inputArtifactBindings"]
    again = [{"key": "lmconform", "artifactId": one["artifactId"]} for one in bindings[:1]]
    try:
        return create_configuration(ctx, name=name, inputArtifactBindings=[*bindings, *again])
    except NotTestable:
        return create_configuration(ctx, name=name)


@probe("LM-CONFIGURATION-PARAMETERS-ECHO")
def parameters_are_returned(ctx: Context) -> None:
    _echo(ctx, [{"key": _with_a_default(ctx), "value": "7"}, {"key": "note", "value": 'Größe,\n"x"'}])


def _with_a_default(ctx: Context) -> str:
    """A parameter of the executable that need not be bound: what is bound counts all the same; or an undeclared one."""
    wanted = executables.find(ctx)
    for executable in executables.executables(ctx, wanted.scenario_id):
        if executable["id"] == wanted.executable_id:
            for parameter in declared(executable, "parameters"):
                if parameter.get("default") not in (None, "7"):
                    return str(parameter["name"])
    return "epochs"


@probe("LM-CONFIGURATION-BINDING-AT-LIMIT")
def bindings_at_their_limits_are_returned(ctx: Context) -> None:
    lengths = [(255, 4999), (256, 5000), (1, 0)]
    bindings = [{"key": "x" * key, "value": "y" * value} for key, value in lengths]
    _echo(ctx, [*bindings, *({"key": f"key-{n}", "value": f"{n}"} for n in range(_MOST_BINDINGS - len(bindings)))])


def _echo(ctx: Context, bindings: list[Json]) -> None:
    body = configuration_body(ctx, parameterBindings=bindings)
    answer = ctx.send("createConfiguration", json=body)
    if not answer.ok:
        # Whether a configuration with undeclared keys is refused is open (F22).
        raise Inconclusive(f"parameters that the executable does not declare: {answer.brief}")
    stored = ctx.get_or_fail("getConfiguration", configurationId=str(answer.json_object().get("id")))
    expect_as_sent(ctx, {"parameterBindings": bindings}, stored, what="as sent")


@probe("LM-CONFIGURATION-EMPTY-BINDINGS")
def empty_bindings_stay_empty(ctx: Context) -> None:
    configuration = _without_bindings(ctx)
    for name in ("parameterBindings", "inputArtifactBindings"):
        ctx.expect(configuration.get(name) == [], expected=f"{name}: []", actual=f"{name}: {configuration.get(name)}")


@fixture(remember=(Inconclusive, Failure))
def _without_bindings(ctx: Context) -> Json:
    """The GET of a configuration that binds nothing, which is stored although it cannot run (F22)."""
    name = _named(ctx).sent["name"]
    body = configuration_body(ctx, name=name, parameterBindings=[], inputArtifactBindings=[])
    answer = ctx.send("createConfiguration", json=body)
    if not answer.ok:
        raise Inconclusive(f"a configuration without bindings: {answer.brief}")
    return ctx.get_or_fail("getConfiguration", configurationId=str(answer.json_object().get("id")))


@probe("LM-CONFIGURATION-VERSION-ID-TOLERATED")
def version_id_is_tolerated(ctx: Context) -> None:
    version = executables.find(ctx).version_id or "0.0.1"
    ctx.expect_status(ctx.send("createConfiguration", json=configuration_body(ctx, versionId=version)), {201})


@probe("LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def unknown_executable_is_refused(ctx: Context) -> None:
    body = configuration_body(ctx)
    own, executable = str(body["scenarioId"]), str(body["executableId"])
    pairs = [(own, ctx.absent_id()), (ctx.absent_id(), executable)]
    other = executables.scenario_without(ctx, executable)
    pairs += [(other, executable)] if other else []
    for scenario, wanted in pairs:
        answer = ctx.send("createConfiguration", json={**body, "scenarioId": scenario, "executableId": wanted})
        # The documentation shows the refusal without its status (F19).
        text = f"a 4xx status for executable {wanted} of scenario {scenario}"
        ctx.expect(400 <= answer.status < 500, expected=text, actual=answer.brief, exchange=answer)


@probe("LM-CONFIGURATION-FILTER-SCENARIO")
def scenario_filters(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["scenarioId"])
    matches = selected(ctx, CONFIGURATION, {"scenarioId": own})
    ctx.expect(matches == set(group.ids), expected=f"all three of scenario {own}", actual=f"{len(matches)} of them")
    other = executables.other_scenario_id(ctx, own)
    if other is not None:
        matches = selected(ctx, CONFIGURATION, {"scenarioId": other})
        ctx.expect(not matches, expected=f"no match for scenario {other}", actual=f"{len(matches)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLE")
def executable_filters(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    matches = selected(ctx, CONFIGURATION, {"executableIds": [own]})
    ctx.expect(matches == set(group.ids), expected=f"all three of executable {own}", actual=f"{len(matches)} of them")
    scenario = str(group.members[0].sent["scenarioId"])
    others = executables.sibling_ids(ctx, scenario, own)
    if others:
        # Beside the scenario, which all of them have: filters must all match (F11).
        matches = selected(ctx, CONFIGURATION, {"scenarioId": scenario, "executableIds": others})
        text = f"none of the three of executable {own} for executableIds {others} and scenarioId {scenario}"
        ctx.expect(not matches, expected=text, actual=f"{len(matches)} of them")


@probe("LM-CONFIGURATION-FILTER-EXECUTABLES")
def several_executables_filter(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    own = str(group.members[0].sent["executableId"])
    others = executables.several_others(ctx, own)
    for several in ([own, *others], [*others, own]):
        matches = selected(ctx, CONFIGURATION, {"executableIds": several})
        text = f"all three of executable {own} for {several}"
        ctx.expect(matches == set(group.ids), expected=text, actual=f"{len(matches)} of them")


@probe("LM-CONFIGURATION-COUNT-FILTERED")
def count_is_filtered(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    first = group.members[0].sent
    others = executables.other_executable_ids(ctx, str(first["executableId"]))
    filters: list[tuple[Json, int]] = [
        ({"scenarioId": first["scenarioId"]}, 3),
        ({"executableIds": executables.amid(others, str(first["executableId"]))}, 3),
    ]
    if others:
        filters.append(({"executableIds": others}, 0))
    # An existing scenario: the answer for an unknown one is open (F12).
    other = executables.other_scenario_id(ctx, str(first["scenarioId"]))
    if other is not None:
        filters.append(({"scenarioId": other}, 0))
    for query, wanted in filters:
        number = ctx.count("countConfigurations", {"$search": group.token, **query})
        ctx.expect(
            number == wanted,
            expected=f"$count = {wanted} of the three of this run for {query}",
            actual=f"$count = {number}",
        )


@probe("LM-CONFIGURATION-COUNT-COMBINED")
def configurations_are_counted_as_listed(ctx: Context) -> None:
    group = batch(ctx, CONFIGURATION)
    first = group.members[0].sent
    # Another scenario: filters that all select the same do not show whether each of them counts.
    scenario = executables.other_scenario_id(ctx, str(first["scenarioId"])) or first["scenarioId"]
    filters: list[Json] = [
        {"scenarioId": scenario},
        {"executableIds": [first["executableId"]]},
        {"searchCaseInsensitive": True, "$search": group.token.upper()},
    ]
    expect_counts_agree(ctx, "listConfigurations", "countConfigurations", {"$search": group.token}, filters)


refuses(
    "LM-CONFIGURATION-BODY-REQUIRED",
    "createConfiguration",
    lambda ctx: without_each(configuration_body(ctx), ("name", "executableId", "scenarioId")),
)
refuses(
    "LM-CONFIGURATION-BODY-TYPE",
    "createConfiguration",
    lambda ctx: [
        configuration_body(ctx, name={}),
        configuration_body(ctx, parameterBindings="none"),
        configuration_body(ctx, parameterBindings=[{"key": "a", "value": 1}]),
    ],
)
refuses("LM-CONFIGURATION-BODY-MALFORMED", "createConfiguration", lambda ctx: [MALFORMED])
refuses(
    "LM-CONFIGURATION-BODY-BINDING",
    "createConfiguration",
    lambda ctx: [
        configuration_body(ctx, parameterBindings=[{"key": "epochs"}]),
        configuration_body(ctx, inputArtifactBindings=[{"key": "data"}]),
        configuration_body(ctx, inputArtifactBindings=[{"key": "data", "artifactId": "?"}]),
    ],
    allowed=BAD_REFERENCE,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-LONG",
    "createConfiguration",
    lambda ctx: [
        configuration_body(ctx, name=ctx.unique("long").ljust(257, "x")),
        configuration_body(ctx, parameterBindings=[{"key": "epochs", "value": "x" * 5001}]),
        configuration_body(ctx, parameterBindings=[{"key": "x" * 257, "value": "1"}]),
    ],
)
refuses(
    "LM-CONFIGURATION-BODY-IDS",
    "createConfiguration",
    lambda ctx: [
        {**configuration_body(ctx), name: malformed}
        for name in ("executableId", "scenarioId")
        for malformed in ("a b c d", "abc", "a" * 65)
    ],
    allowed=BAD_REFERENCE,
)
refuses(
    "LM-CONFIGURATION-BODY-TOO-MANY",
    "createConfiguration",
    lambda ctx: [
        configuration_body(ctx, parameterBindings=[{"key": f"key-{n}", "value": "1"} for n in range(1001)]),
        configuration_body(ctx, inputArtifactBindings=[{"key": f"k{n}", "artifactId": "none"} for n in range(1001)]),
    ],
    allowed=(400, 413),
)
accepts(
    "LM-CONFIGURATION-BODY-AT-LIMIT",
    "createConfiguration",
    lambda ctx: [configuration_body(ctx, name=ctx.unique("long").ljust(length, "x")) for length in (255, 256)],
    success=201,
)
