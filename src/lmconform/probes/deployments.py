"""Probes of deployments alone: their url, their check at once, their time to live, their ends."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import math
import time
from typing import Any

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.probes import bulk, enactments, lifecycle, trials
from lmconform.probes.deployment_updates import CHECKED, another, expect_operation, still, unbound, update
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.families import refuses
from lmconform.probes.lab import ACTIVE, Json, Lab
from lmconform.probes.lifecycle import REFUSED
from lmconform.probes.registry import probe
from lmconform.probes.trials import Trial

_LIVING = "probes.deployments.living"
TTL = "10h"
_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}

enactments.install(DEPLOYMENT)


@probe("LM-DEPLOYMENT-CREATE-HAS-URL")
def creation_has_a_url(lab: Lab) -> None:
    found = trials.base(lab, DEPLOYMENT).created.exchange.json_object().get("deploymentUrl")
    lab.expect(isinstance(found, str), expected="deploymentUrl, empty or not", actual=f"deploymentUrl: {found}")


@probe("LM-DEPLOYMENT-CREATE-OPERATION")
def creation_is_the_last_operation(lab: Lab) -> None:
    expect_operation(lab, enactments.first(lab, DEPLOYMENT), "CREATE")


@probe("LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION")
def unknown_configuration_is_refused(lab: Lab) -> None:
    answer = lab.send("createDeployment", json={"configurationId": lab.absent_id()})
    lab.expect_refused(answer, {400, 404})


@probe("LM-DEPLOYMENT-CREATE-CHECKED")
def wrong_bindings_are_refused_at_once(lab: Lab) -> None:
    answer = lab.send("createDeployment", json={"configurationId": unbound(lab).id})
    lab.expect_refused(answer, CHECKED)


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


# --- time to live ----------------------------------------------------------------------------


@probe("LM-DEPLOYMENT-TTL-ECHO")
def ttl_comes_back(lab: Lab) -> None:
    trial = _living_for(lab, TTL)
    lab.expect_status(trial.first, {200})
    lab.expect_same({"ttl": TTL}, trial.first.json_object(), what="the first GET")


@probe("LM-DEPLOYMENT-TTL-UNITS")
def ttl_takes_days_in_capitals(lab: Lab) -> None:
    _living_for(lab, "1D")


@probe("LM-DEPLOYMENT-UPDATE-KEEPS-TTL", effect="destructive")
def update_leaves_the_time_to_live(lab: Lab) -> None:
    trial = _living_still(lab)
    before, new = lab.need("getDeployment", **trial.path), another(lab)
    if new.id == before.get("configurationId"):
        # It need not take the one that it has.
        new = lab.configuration(deployable=True)
    if before.get("ttl") is None:
        raise NotApplicable("GET of a deployment does not tell its ttl")
    answer = update(lab, trial, new.id)
    if not answer.ok:
        if trials.look(lab, trial) in ACTIVE:
            raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
        raise Inconclusive("the deployment did not run on until it was updated")
    trial.configuration, trial.last = new, {}
    since = time.monotonic()

    def judge() -> None:
        lab.expect_same({"ttl": before["ttl"]}, still(lab, trial, new), what="GET after the update")

    lab.again(since, judge)


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


@probe("LM-DEPLOYMENT-DELETE-UNCOUNTED", effect="destructive")
def deleted_deployment_is_not_counted(lab: Lab) -> None:
    deletion = trials.deleted(lab, DEPLOYMENT)
    if not deletion.answer.ok:
        raise NotTestable(f"{lab.label(deletion.answer)} answered {deletion.answer.brief}")
    trial = deletion.trial
    trials.wait_until_gone(lab, trial)
    query = {"configurationId": trial.configuration.id}
    lifecycle.expect_uncounted(lab, "listDeployments", "countDeployments", query, trial.id)


bulk.install(DEPLOYMENT)


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


def _living_still(lab: Lab) -> Trial:
    """A spare deployment with a time to live that is pending or running; raises Inconclusive."""
    shared = lab.session.shared
    if _LIVING not in shared or lab.doubts(shared[_LIVING].id):
        _living_for(lab, TTL)
    trial: Trial = shared[_LIVING]
    for _ in lab.ticks():
        status = trials.look(lab, trial)
        if status in ACTIVE and not trial.ending:
            return trial
        if status != "UNKNOWN":
            raise Inconclusive(f"the deployment with a time to live is {status or 'gone'}")
    raise AssertionError("ticks() does not end by itself")


def _living_for(lab: Lab, ttl: str) -> Trial:
    """A spare deployment with a time to live, where one without is taken; raises Inconclusive beyond meta's limits."""
    limits = _limits_of_ttl(lab)
    if not limits[0] <= _hours(ttl) <= limits[1]:
        raise Inconclusive(f"GET /v2/lm/meta has other limits for a time to live than {ttl}")
    trials.spare(lab, DEPLOYMENT)
    try:
        trial = trials.fresh(lab, DEPLOYMENT, ttl=ttl)
    except NotTestable:
        answer = lab.client.last
        if answer is not None and answer.operation == "createDeployment":
            lab.expect_status(answer, {202})
        raise
    if ttl == TTL:
        lab.session.shared[_LIVING] = trial
    return trial
