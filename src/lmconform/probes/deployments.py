"""Probes of deployments alone: their url, their check at once, their updates, their time to live."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import bulk, enactments, lifecycle, recipe, trials
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.families import refuses
from lmconform.probes.lab import ACTIVE, Json, Lab, Made
from lmconform.probes.lifecycle import REFUSED
from lmconform.probes.registry import probe
from lmconform.probes.trials import Trial

_SPARE, _UPDATE = "probes.deployments.configuration", "probes.deployments.update"
# The words for lastOperation that are published; a target may have more of them.
_OPERATIONS = frozenset({"CREATE", "UPDATE", "DELETE", "CASCADE-UPDATE"})
TTL = "10h"
_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}
# The help promises the refusal of what the check finds, and not its status (F22, F23).
_CHECKED = frozenset({400, 404, 409, 412, 422})

enactments.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-CREATE-HAS-URL")
def creation_has_a_url(lab: Lab) -> None:
    found = trials.base(lab, DEPLOYMENT).created.exchange.json_object().get("deploymentUrl")
    lab.expect(isinstance(found, str), expected="deploymentUrl, empty or not", actual=f"deploymentUrl: {found}")


@probe("LM-DEPLOYMENT-CREATE-OPERATION")
def creation_is_the_last_operation(lab: Lab) -> None:
    _expect_operation(lab, enactments.first(lab, DEPLOYMENT), "CREATE")


@probe("LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def unknown_configuration_is_refused(lab: Lab) -> None:
    answer = lab.send("createDeployment", json={"configurationId": lab.absent_id()})
    lab.expect_refused(answer, {400, 404})


@probe("LM-DEPLOYMENT-CREATE-CHECKED")
def wrong_bindings_are_refused_at_once(lab: Lab) -> None:
    answer = lab.send("createDeployment", json={"configurationId": unbound(lab).id})
    lab.expect_refused(answer, _CHECKED)


@probe("LM-DEPLOYMENT-URL", late=True)
def running_deployment_has_a_url(lab: Lab) -> None:
    url = trials.completed(lab, DEPLOYMENT).get("deploymentUrl")
    good = isinstance(url, str) and url.startswith(("https://", "http://"))
    lab.expect(good, expected="deploymentUrl: a URL", actual=f"deploymentUrl: {url}")


@probe("LM-DEPLOYMENT-URL-HOLDS-ID", late=True)
def url_holds_the_id(lab: Lab) -> None:
    body = trials.completed(lab, DEPLOYMENT)
    url = str(body.get("deploymentUrl"))
    lab.expect(body["id"] in url, expected=f"…/inference/deployments/{body['id']}", actual=url)


@probe("LM-DEPLOYMENT-URL-LISTED", late=True)
def list_has_the_url(lab: Lab) -> None:
    def judge(body: Json) -> None:
        trials.completed(lab, DEPLOYMENT)
        listed = [e for e in enactments.of_base(lab, DEPLOYMENT, {}) if e.get("id") == body["id"]]
        if not listed:
            raise NotTestable("listDeployments does not hold the deployment")
        lab.expect_same({"deploymentUrl": body.get("deploymentUrl")}, listed[0], what="the list as GET has it")

    trials.steadily(lab, DEPLOYMENT, judge)


# --- another configuration -------------------------------------------------------------------


@probe("LM-DEPLOYMENT-UPDATE", effect="destructive")
def update_changes_the_configuration(lab: Lab) -> None:
    update = _updated(lab)
    lab.expect_status(update.answer, {202})
    lab.expect_same({"configurationId": update.new.id}, _after(update), what="GET after the update")


@probe("LM-DEPLOYMENT-UPDATE-ROLLBACK", effect="destructive")
def update_remembers_what_ran_before(lab: Lab) -> None:
    body = _after(_updated(lab))
    found, old = body.get("latestRunningConfigurationId"), _updated(lab).old.id
    if found == body.get("configurationId") and body.get("status") == "RUNNING":
        raise Inconclusive("the update was rolled out before anybody could look")
    lab.expect_same({"latestRunningConfigurationId": old}, body, what="GET after the update")


@probe("LM-DEPLOYMENT-UPDATE-OPERATION", effect="destructive")
def update_is_the_last_operation(lab: Lab) -> None:
    _expect_operation(lab, _after(_updated(lab)), "UPDATE")


@probe("LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION", effect="destructive")
def update_to_nothing_is_refused(lab: Lab) -> None:
    _expect_unchanged(lab, trials.active(lab, DEPLOYMENT), lab.absent_id())


@probe("LM-DEPLOYMENT-UPDATE-CHECKED", effect="destructive")
def update_with_wrong_bindings_is_refused_at_once(lab: Lab) -> None:
    configuration = unbound(lab)
    _expect_unchanged(lab, trials.active(lab, DEPLOYMENT), configuration.id)


@probe("LM-DEPLOYMENT-UPDATE-404", effect="destructive")
def nothing_is_not_updated(lab: Lab) -> None:
    path = {"deploymentId": lab.absent_id()}
    answer = lab.send("modifyDeployment", path, json={"configurationId": another(lab).id})
    lab.expect_refused(answer, {404})


@probe("LM-DEPLOYMENT-UPDATE-BODY", effect="destructive")
def update_takes_an_id(lab: Lab) -> None:
    path = trials.base(lab, DEPLOYMENT).path
    for wrong in (7, "a b c d", ["configuration"]):
        lab.expect_refused(lab.send("modifyDeployment", path, json={"configurationId": wrong}))


# --- time to live ----------------------------------------------------------------------------


@probe("LM-DEPLOYMENT-TTL-ECHO")
def ttl_comes_back(lab: Lab) -> None:
    trial = _living_for(lab, TTL)
    lab.expect_status(trial.first, {200})
    lab.expect_same({"ttl": TTL}, trial.first.json_object(), what="the first GET")


@probe("LM-DEPLOYMENT-TTL-UNITS")
def ttl_takes_days_in_capitals(lab: Lab) -> None:
    _living_for(lab, "1D")


refuses(
    "LM-DEPLOYMENT-TTL-PATTERN",
    "createDeployment",
    lambda lab: [
        {"configurationId": another(lab).id, "ttl": ttl} for ttl in ("10", "h", "10s", "-1h", "1.5h", "10 h", 10)
    ],
)

lifecycle.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-UPDATE-STOPPED", effect="destructive")
def stopped_deployment_is_not_updated(lab: Lab) -> None:
    trial = trials.ended(lab, {"STOPPED"}, DEPLOYMENT)
    answer = update(lab, trial, another(lab).id)
    lab.expect_refused(answer, REFUSED)
    now = lab.read("getDeployment", **trial.path)
    lab.expect_same({"configurationId": trial.configuration.id, "status": "STOPPED"}, now, what="as before")


@probe("LM-DEPLOYMENT-DELETE-TARGET", effect="destructive")
def deleted_deployment_aims_at_deleted(lab: Lab) -> None:
    deletion = trials.deleted(lab, DEPLOYMENT)
    if not deletion.answer.ok:
        raise NotTestable(f"{lab.label(deletion.answer)} answered {deletion.answer.brief}")
    if deletion.after.status != 404:
        lab.expect_status(deletion.after, {200})
        lab.expect_same({"targetStatus": "DELETED"}, deletion.after.json_object(), what="GET after the deletion")


bulk.install(DEPLOYMENT)


@dataclass(frozen=True, slots=True)
class _Update:
    """A running deployment that got another configuration, and the GET after that."""

    old: Made
    new: Made
    answer: Exchange
    after: Exchange


def update(lab: Lab, trial: Trial, configuration_id: str) -> Exchange:
    """Ask for another configuration."""
    return lab.send("modifyDeployment", trial.path, json={"configurationId": configuration_id})


def another(lab: Lab) -> Made:
    """A configuration that can be deployed; who updates to it shares it."""
    shared = lab.session.shared
    if _SPARE not in shared:
        shared[_SPARE] = lab.configuration(deployable=True)
    found: Made = shared[_SPARE]
    return found


def unbound(lab: Lab) -> Made:
    """A configuration without what the executable asks for; raises Inconclusive when there cannot be one."""
    found = recipe.find(lab, deployable=True)
    if not found.inputs and not found.parameters:
        raise Inconclusive(f"executable {found.executable_id} asks for nothing")
    try:
        return lab.configuration(deployable=True, inputArtifactBindings=[], parameterBindings=[])
    except NotTestable as refusal:
        raise Inconclusive(f"a configuration without bindings: {refusal}") from refusal


def _limits_of_ttl(lab: Lab) -> tuple[float, float]:
    """The shortest and the longest time to live that meta allows, in hours; -1 is no limit there (I8)."""
    node: Any = lab.session.capabilities.meta
    for name in ("aiApi", "limits", "timeToLiveDeployments"):
        node = node.get(name) if isinstance(node, dict) else None
    found = node if isinstance(node, dict) else {}
    return _hours(found.get("minimum"), 0.0), _hours(found.get("maximum"), math.inf)


def _hours(text: Any, otherwise: float = 0.0) -> float:
    known = isinstance(text, str) and text[:-1].isdecimal() and text[-1].lower() in _HOURS
    return int(text[:-1]) * _HOURS[text[-1].lower()] if known else otherwise


def _living_for(lab: Lab, ttl: str) -> Trial:
    """A spare deployment with a time to live, where one without is taken; raises Inconclusive beyond meta's limits."""
    limits = _limits_of_ttl(lab)
    if not limits[0] <= _hours(ttl) <= limits[1]:
        raise Inconclusive(f"GET /v2/lm/meta has other limits for a time to live than {ttl}")
    trials.spare(lab, DEPLOYMENT)
    try:
        return trials.fresh(lab, DEPLOYMENT, ttl=ttl)
    except NotTestable:
        answer = lab.client.last
        if answer is not None and answer.operation == "createDeployment":
            lab.expect_status(answer, {202})
        raise


def _updated(lab: Lab) -> _Update:
    """The one update of this session; raises NotTestable and Inconclusive."""
    shared = lab.session.shared
    if _UPDATE not in shared:
        trial = trials.active(lab, DEPLOYMENT, {"RUNNING"})
        new = another(lab)
        answer = update(lab, trial, new.id)
        after = lab.get("getDeployment", **trial.path)
        if not answer.ok and after.json_object().get("status") not in ACTIVE:
            raise Inconclusive("the deployment did not run on until it was updated")
        shared[_UPDATE] = _Update(trial.configuration, new, answer, after)
        if answer.ok:
            trial.configuration, trial.last = new, {}
    found: _Update = shared[_UPDATE]
    return found


def _after(update: _Update) -> Json:
    for exchange in (update.answer, update.after):
        if not exchange.ok:
            raise NotTestable(f"{exchange.method} of the deployment answered {exchange.brief}")
    return dict(update.after.json_object())


def _expect_operation(lab: Lab, body: Json, wanted: str) -> None:
    found = body.get("lastOperation")
    good = found is None or found == wanted or found not in _OPERATIONS
    lab.expect(good, expected=f"lastOperation: {wanted}", actual=f"lastOperation: {found}")


def _expect_unchanged(lab: Lab, trial: Trial, configuration_id: str) -> None:
    answer = update(lab, trial, configuration_id)
    if answer.ok:
        trial.last = {}
    lab.expect_refused(answer, _CHECKED)
    now = lab.read("getDeployment", **trial.path)
    lab.expect_same({"configurationId": trial.configuration.id}, now, what="the configuration as before")
