"""Probes of resource groups: what is made in one is neither seen nor changed from another."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable

from lmconform.errors import Inconclusive
from lmconform.probes import schedules, trials
from lmconform.probes.artifacts import ARTIFACT
from lmconform.probes.bulk import entry
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.deployment_updates import another
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION, Enactment
from lmconform.probes.lab import GROUPS, TERMINAL, Json, Lab
from lmconform.probes.metrics import point, resource, store
from lmconform.probes.registry import probe
from lmconform.probes.resources import Kind, batch
from lmconform.probes.schedules import SCHEDULE

_USABLE = "probes.other-group"


def other_group(lab: Lab) -> str:
    """The second resource group; raises NotApplicable, and Inconclusive when there is none that we may use."""
    lab.require(GROUPS)
    other = lab.session.target.other_resource_group
    if other is None:
        raise Inconclusive("needs a second resource group: --other-resource-group")
    shared = lab.session.shared
    if _USABLE not in shared:
        answer = lab.send("listScenarios", resource_group=other)
        shared[_USABLE] = "" if answer.status == 200 else answer.brief
    if shared[_USABLE]:
        raise Inconclusive(f"resource group {other!r} cannot be used: {shared[_USABLE]}")
    return other


def _install(kind: Kind) -> None:
    @probe(f"LM-ISOLATION-{kind.noun}-GET")
    def foreign_thing_is_not_shown(lab: Lab) -> None:
        other = other_group(lab)
        made = batch(lab, kind).members[0]
        answer = lab.send(kind.get, {kind.parameter: made.id}, resource_group=other)
        lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)

    @probe(f"LM-ISOLATION-{kind.noun}-LIST")
    def foreign_thing_is_not_listed(lab: Lab) -> None:
        other = other_group(lab)
        group = batch(lab, kind)
        # What else would select ours is unknown there, and a filter by what is unknown may be refused (F12).
        query = group.query if kind.searchable else {}
        answer = lab.send(kind.list, query=query, resource_group=other)
        lab.expect_status(answer, {200})
        found = {r.get("id") for r in answer.json_object().get("resources") or []} & set(group.ids)
        lab.expect(not found, expected="none of ours", actual=f"{sorted(found)}")
        if not kind.searchable:
            return
        number = lab.send(kind.count, query=query, resource_group=other)
        lab.expect_status(number, {200})
        lab.expect(number.text.strip() == "0", expected="$count = 0", actual=number.brief)


_install(ARTIFACT)
_install(CONFIGURATION)
_install(SCHEDULE)


def _install_enactment(kind: Enactment) -> None:
    @probe(f"LM-ISOLATION-{kind.noun}-GET")
    def foreign_one_is_not_shown(lab: Lab) -> None:
        other = other_group(lab)
        answer = lab.send(kind.get, trials.base(lab, kind).path, resource_group=other)
        lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)

    @probe(f"LM-ISOLATION-{kind.noun}-LIST")
    def foreign_one_is_not_listed(lab: Lab) -> None:
        other = other_group(lab)
        trial = trials.base(lab, kind)
        query = {"scenarioId": trial.configuration.sent["scenarioId"]}
        answer = lab.send(kind.list, query=query, resource_group=other)
        lab.expect_status(answer, {200})
        found = [r.get("id") for r in answer.json_object().get("resources") or []]
        lab.expect(trial.id not in found, expected=f"{trial.id} not among them", actual="it is")

    @probe(f"LM-ISOLATION-{kind.noun}-CHANGE", effect="destructive")
    def foreign_one_is_not_changed(lab: Lab) -> None:
        other = other_group(lab)
        trial = trials.spare(lab, kind)
        # What we believe of it may be old: a poll that broke off saw no end.
        wanted = lab.need(kind.get, **trial.path).get("targetStatus") or kind.goal
        for operation, rest in ((kind.modify, {"json": {"targetStatus": "STOPPED"}}), (kind.delete, {})):
            answer = lab.send(operation, trial.path, resource_group=other, **rest)
            lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
        found = lab.read(kind.get, **trial.path)
        told = found.get("targetStatus") or wanted
        lab.expect(told == wanted, expected=f"targetStatus: {wanted}", actual=f"targetStatus: {told}")
        if found.get("status") in TERMINAL:
            trial.last = found


def _uncounted(requirement: str, operation: str, own: Callable[[Lab], str]) -> None:
    @probe(requirement)
    def foreign_one_is_not_counted(lab: Lab) -> None:
        other = other_group(lab)
        answer = lab.send(operation, query={"configurationId": own(lab)}, resource_group=other)
        # A filter that names what does not exist may be refused (F12).
        good = answer.text.strip() == "0" if answer.ok else 400 <= answer.status < 500
        lab.expect(good, expected="$count = 0", actual=answer.brief, exchange=answer)


def _unused(requirement: str, operation: str, body: Callable[[Lab], Json]) -> None:
    @probe(requirement)
    def foreign_configuration_makes_nothing(lab: Lab) -> None:
        other = other_group(lab)
        answer = lab.send(operation, json=body(lab), resource_group=other)
        lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


_uncounted(
    "LM-ISOLATION-DEPLOYMENT-COUNT", "countDeployments", lambda lab: trials.base(lab, DEPLOYMENT).configuration.id
)
_uncounted(
    "LM-ISOLATION-SCHEDULE-COUNT",
    "countExecutionSchedules",
    lambda lab: str(batch(lab, SCHEDULE).query["configurationId"]),
)
_unused("LM-ISOLATION-DEPLOYMENT-CONFIGURATION", "createDeployment", lambda lab: {"configurationId": another(lab).id})
_unused("LM-ISOLATION-SCHEDULE-CONFIGURATION", "createExecutionSchedule", schedules.body)


@probe("LM-ISOLATION-DEPLOYMENT-BULK", effect="destructive")
def foreign_deployment_is_not_changed_in_bulk(lab: Lab) -> None:
    other = other_group(lab)
    trial = trials.spare(lab, DEPLOYMENT)
    wanted = lab.need("getDeployment", **trial.path).get("targetStatus") or DEPLOYMENT.goal
    for target in ("STOPPED", "DELETED"):
        body = {"deployments": [entry(trial.id, target)]}
        answer = lab.send("modifyDeployments", json=body, resource_group=other)
        lab.expect_status(answer, {202})
        found = answer.json_object().get("deployments") or [{}]
        lab.expect("error" in found[0], expected="an entry with an error", actual=answer.brief, exchange=answer)
    told = lab.read("getDeployment", **trial.path).get("targetStatus") or wanted
    lab.expect(told == wanted, expected=f"targetStatus: {wanted}", actual=f"targetStatus: {told}")


_install_enactment(EXECUTION)
_install_enactment(DEPLOYMENT)


@probe("LM-ISOLATION-METRICS")
def foreign_metrics_are_not_shown(lab: Lab) -> None:
    other = other_group(lab)
    execution = trials.base(lab).id
    store(lab, execution, metrics=[point(lab.unique("isolated"))])
    answer = lab.send("findMetrics", query={"executionIds": [execution]}, resource_group=other)
    shown = [r for r in answer.json_object().get("resources") or [] if r.get("executionId") == execution]
    lab.expect(not shown, expected="nothing about it", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS-CHANGE")
def foreign_metrics_are_not_written(lab: Lab) -> None:
    other = other_group(lab)
    # Not the one of the other probes: it may have metrics in either group from now on.
    execution, own, foreign = trials.spare(lab).id, lab.unique("own"), lab.unique("foreign")
    store(lab, execution, metrics=[point(own)])
    # What this answers is open (F42): what we see afterwards is not.
    sent = {"executionId": execution, "metrics": [point(foreign)]}
    lab.send("patchMetrics", json=sent, resource_group=other, judge=False)
    names = [m.get("name") for m in resource(lab, execution).get("metrics") or []]
    lab.expect(foreign not in names, expected=f"{own}, and no metric from {other}", actual=f"{names[-5:]}")


@probe("LM-ISOLATION-SCHEDULE-CHANGE", effect="destructive")
def foreign_schedule_is_not_changed(lab: Lab) -> None:
    other = other_group(lab)
    made = batch(lab, SCHEDULE).members[0]
    path = {SCHEDULE.parameter: made.id}
    for operation, rest in (
        ("modifyExecutionSchedule", {"json": {"status": "INACTIVE"}}),
        ("deleteExecutionSchedule", {}),
    ):
        answer = lab.send(operation, path, resource_group=other, **rest)
        lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
    lab.expect_same({"status": "ACTIVE"}, SCHEDULE.fetch(lab, made), what="as before")
