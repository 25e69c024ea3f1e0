"""Probes of executions that run to their end: creation, views, filters, times, outputs."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from itertools import pairwise

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import recipe, trials
from lmconform.probes.families import MALFORMED, bad_id, refuses, unknown_id
from lmconform.probes.lab import Json, Lab
from lmconform.probes.registry import probe
from lmconform.probes.values import instant

# How far each status is from the start; several may be passed between two polls (C1).
_RANK = {"UNKNOWN": 0, "PENDING": 1, "RUNNING": 2, "STOPPING": 3, "COMPLETED": 4, "DEAD": 4, "STOPPED": 4}
# What $select=status leaves of an execution (F14).
_SELECTED = frozenset({"id", "configurationId", "status", "createdAt", "modifiedAt", "statusDetails"})

unknown_id("LM-EXECUTION-UNKNOWN-404", "getExecution", "executionId")
bad_id("LM-EXECUTION-BAD-ID", "getExecution", "executionId")
refuses("LM-EXECUTION-BODY-REQUIRED", "createExecution", lambda lab: [{}, {"name": lab.unique("execution")}])
refuses(
    "LM-EXECUTION-BODY-TYPE", "createExecution", lambda lab: [{"configurationId": 7}, {"configurationId": "a b c d"}]
)
refuses("LM-EXECUTION-BODY-MALFORMED", "createExecution", lambda lab: [MALFORMED])


@probe("LM-EXECUTION-CREATE-HAS-STATUS")
def creation_has_a_status(lab: Lab) -> None:
    found = trials.base(lab).created.exchange.json_object()
    lab.expect(found.get("status") in _RANK, expected="a status", actual=f"status: {found.get('status')}")


@probe("LM-EXECUTION-CREATE-UNKNOWN")
def creation_says_unknown(lab: Lab) -> None:
    found = trials.base(lab).created.exchange.json_object()
    lab.expect_same({"status": "UNKNOWN", "targetStatus": "COMPLETED"}, found, what="the creation's answer")


@probe("LM-EXECUTION-CREATE-LOCATION")
def location_names_the_id(lab: Lab) -> None:
    made = trials.base(lab).created
    value = made.exchange.header("Location")
    lab.expect(value is None or made.id in value, expected=f"a Location with {made.id}", actual=str(value))


@probe("LM-EXECUTION-CREATE-TWICE")
def same_body_twice_starts_two(lab: Lab) -> None:
    first, second = trials.spare(lab), trials.fresh(lab)
    lab.expect(first.id != second.id, expected="a second id", actual=f"{first.id} again")


@probe("LM-EXECUTION-FRESH-GET")
def fresh_execution_is_there(lab: Lab) -> None:
    trial = trials.base(lab)
    lab.expect_status(trial.first, {200})
    wanted = {"id": trial.id, "configurationId": trial.configuration.id}
    lab.expect_same(wanted, trial.first.json_object(), what="the first GET")


@probe("LM-EXECUTION-FRESH-TARGET")
def fresh_execution_aims_at_completed(lab: Lab) -> None:
    first = _first(lab)
    lab.expect_told({"targetStatus": "COMPLETED"}, first, what="the first GET")


@probe("LM-EXECUTION-NAMES")
def execution_names_where_it_comes_from(lab: Lab) -> None:
    sent = trials.base(lab).configuration.sent
    wanted = {"configurationName": sent["name"], "scenarioId": sent["scenarioId"]}
    lab.expect_told(wanted, _first(lab), what="the first GET")


@probe("LM-EXECUTION-TRANSITIONS")
def statuses_only_go_forward(lab: Lab) -> None:
    trials.finished(lab)
    seen = trials.base(lab).seen
    for before, after in pairwise(seen):
        good = after == before or _RANK.get(after, -1) > _RANK.get(before, 9)
        lab.expect(good, expected="UNKNOWN, PENDING, RUNNING, then one end", actual=f"{before} → {after}")


@probe("LM-EXECUTION-TERMINAL-STAYS")
def ended_execution_stays_as_it_is(lab: Lab) -> None:
    before = trials.finished(lab)
    lab.expect_same({"status": before["status"]}, _now(lab, before), what="a later GET")


@probe("LM-EXECUTION-TIMES-ORDERED")
def times_are_in_order(lab: Lab) -> None:
    body = trials.finished(lab)
    times = [(n, instant(body.get(n))) for n in ("submissionTime", "startTime", "completionTime")]
    known = [(name, moment) for name, moment in times if moment is not None]
    for (name, moment), (later, next_moment) in pairwise(known):
        lab.expect(moment <= next_moment, expected=f"{name} <= {later}", actual=f"{moment} > {next_moment}")


@probe("LM-EXECUTION-LISTED")
def execution_is_listed(lab: Lab) -> None:
    trial = trials.base(lab)
    found = lab.ids("listExecutions", {"configurationId": trial.configuration.id})
    lab.expect(found == [trial.id], expected=f"[{trial.id}], the only one of its configuration", actual=f"{found}")


@probe("LM-EXECUTION-LIST-EQUALS-GET")
def list_and_get_agree(lab: Lab) -> None:
    body = trials.finished(lab)
    listed = [e for e in _of_base(lab, {}) if e.get("id") == body["id"]]
    if not listed:
        raise NotTestable("listExecutions does not hold the execution")
    names = ("id", "configurationId", "configurationName", "scenarioId", "status", "targetStatus", "createdAt")
    lab.expect_same({n: body.get(n) for n in names}, listed[0], what="the list as GET has it")


@probe("LM-EXECUTION-LIST-COUNT")
def count_is_the_number_of_resources(lab: Lab) -> None:
    body = lab.read("listExecutions", {"configurationId": trials.base(lab).configuration.id})
    length = len(body.get("resources") or [])
    lab.expect(body.get("count") == length, expected=f"count: {length}", actual=f"count: {body.get('count')}")


@probe("LM-EXECUTION-COUNT-MATCHES-LIST")
def count_operation_agrees_with_the_list(lab: Lab) -> None:
    trial = trials.base(lab)
    body = trials.finished(lab)
    sent = trial.configuration.sent
    own: Json = {"configurationId": trial.configuration.id}
    filters: list[tuple[Json, int]] = [
        ({}, 1),
        ({"status": body["status"]}, 1),
        ({"status": "STOPPING"}, 0),
        ({"scenarioId": sent["scenarioId"], "executableIds": [sent["executableId"]]}, 1),
    ]
    for query, wanted in filters:
        number = lab.count("countExecutions", {**own, **query})
        lab.expect(
            number == wanted, expected=f"$count = {wanted} for our configuration and {query}", actual=f"{number}"
        )


@probe("LM-EXECUTION-FILTER-CONFIGURATION")
def configuration_filters(lab: Lab) -> None:
    trial, other = trials.base(lab), trials.spare(lab)
    found = [str(e.get("id")) for e in _of_base(lab, {})]
    lab.expect(trial.id in found, expected=f"{trial.id}", actual="missing")
    lab.expect(other.id not in found, expected="only executions of the configuration", actual=f"{other.id} too")


@probe("LM-EXECUTION-FILTER-SCENARIO")
def scenario_filters(lab: Lab) -> None:
    trial = trials.base(lab)
    own = str(trial.configuration.sent["scenarioId"])
    _expect_selected(lab, {"scenarioId": own}, True)
    other = next((str(s["id"]) for s in recipe.scenarios(lab) if s["id"] != own), None)
    if other is not None:
        _expect_selected(lab, {"scenarioId": other}, False)


@probe("LM-EXECUTION-FILTER-EXECUTABLE")
def executable_filters(lab: Lab) -> None:
    sent = trials.base(lab).configuration.sent
    own = str(sent["executableId"])
    _expect_selected(lab, {"executableIds": [own]}, True)
    others = [str(e["id"]) for e in recipe.executables(lab, str(sent["scenarioId"])) if e["id"] != own]
    if others:
        _expect_selected(lab, {"executableIds": others}, False)


@probe("LM-EXECUTION-FILTER-STATUS")
def status_filters(lab: Lab) -> None:
    status = str(trials.finished(lab)["status"])
    _expect_selected(lab, {"status": status}, True)
    for other in ("STOPPING", "RUNNING", "DEAD" if status == "COMPLETED" else "COMPLETED"):
        _expect_selected(lab, {"status": other}, False)


@probe("LM-EXECUTION-FILTER-COMBINED")
def filters_combine_with_and(lab: Lab) -> None:
    status = str(trials.finished(lab)["status"])
    sent = trials.base(lab).configuration.sent
    all_four: Json = {"scenarioId": sent["scenarioId"], "executableIds": [sent["executableId"]], "status": status}
    _expect_selected(lab, all_four, True)
    _expect_selected(lab, {**all_four, "status": "STOPPING"}, False)


@probe("LM-EXECUTION-TOP")
def top_bounds_the_page(lab: Lab) -> None:
    trial = trials.base(lab)
    trials.spare(lab)
    found = lab.ids("listExecutions", {"scenarioId": trial.configuration.sent["scenarioId"], "$top": 1})
    lab.expect(len(found) == 1, expected="1 of our 2 or more", actual=f"{len(found)}")


@probe("LM-EXECUTION-SKIP")
def skip_leaves_out(lab: Lab) -> None:
    found = [str(e.get("id")) for e in _of_base(lab, {"$skip": 1})]
    lab.expect(not found, expected="nothing after $skip=1 of 1", actual=f"{found}")


@probe("LM-EXECUTION-SELECT-STATUS")
def select_leaves_the_status(lab: Lab) -> None:
    trial = trials.base(lab)
    views = _of_base(lab, {"$select": "status"})
    views.append(lab.read("getExecution", {"$select": "status"}, executionId=trial.id))
    for view in views:
        odd = sorted(set(view) - _SELECTED)
        lab.expect(not odd, expected=f"nothing but {', '.join(sorted(_SELECTED))}", actual=f"{odd} too")
        lab.expect(view.get("status") in _RANK, expected="a status", actual=f"status: {view.get('status')}")


@probe("LM-EXECUTION-OUTPUT-OWNER")
def outputs_name_their_execution(lab: Lab) -> None:
    body = trials.completed(lab)
    for artifact in _outputs(body):
        lab.expect_same({"executionId": body["id"]}, artifact, what=f"output {artifact.get('name')}")


@probe("LM-EXECUTION-OUTPUT-LISTED")
def outputs_are_listed(lab: Lab) -> None:
    body = trials.completed(lab)
    wanted = {str(a.get("id")) for a in _outputs(body)}
    found = set(lab.ids("listArtifacts", {"executionId": body["id"]}))
    lab.expect(found == wanted, expected=f"the outputs {sorted(wanted)}", actual=f"{sorted(found)}")
    number = lab.count("countArtifacts", {"executionId": body["id"]})
    lab.expect(number == len(wanted), expected=f"$count = {len(wanted)}", actual=f"{number}")


@probe("LM-EXECUTION-OUTPUT-GET")
def outputs_are_artifacts(lab: Lab) -> None:
    for artifact in _outputs(trials.completed(lab)):
        found = lab.read("getArtifact", artifactId=str(artifact.get("id")))
        names = ("id", "name", "kind", "url", "executionId", "scenarioId")
        lab.expect_same({n: artifact.get(n) for n in names}, found, what="the artifact as the execution has it")


@probe("LM-EXECUTION-OUTPUT-URL")
def output_urls_hold_the_execution(lab: Lab) -> None:
    body = trials.completed(lab)
    for artifact in _outputs(body):
        url = str(artifact.get("url"))
        good = url.startswith("ai://") and body["id"] in url
        lab.expect(good, expected=f"ai://…/{body['id']}/…", actual=url)


def _first(lab: Lab) -> Json:
    first = trials.base(lab).first
    if first.status != 200:
        raise NotTestable(f"{lab.label(first)} answered {first.brief}")
    return dict(first.json_object())


def _now(lab: Lab, body: Json) -> Json:
    return lab.read("getExecution", executionId=str(body["id"]))


def _of_base(lab: Lab, query: Json) -> list[Json]:
    """The executions of the base execution's configuration that ``query`` selects."""
    own = trials.base(lab).configuration.id
    return lab.items("listExecutions", {"configurationId": own, **query})


def _expect_selected(lab: Lab, query: Json, wanted: bool) -> None:
    found = trials.base(lab).id in [e.get("id") for e in _of_base(lab, query)]
    words = ("not listed", "listed")
    lab.expect(found is wanted, expected=f"our execution {words[wanted]} for {query}", actual=words[found])


def _outputs(body: Json) -> list[Json]:
    found = [a for a in body.get("outputArtifacts") or [] if isinstance(a, dict)]
    if not found:
        raise Inconclusive("the training made no output artifact")
    return found
