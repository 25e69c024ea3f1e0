"""Probes of deployments that get another configuration: when that is taken, and what is to be seen then."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from dataclasses import dataclass

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import recipe, trials
from lmconform.probes.enactment import DEPLOYMENT
from lmconform.probes.families import LOOKED_UP, expect_absent
from lmconform.probes.lab import ACTIVE, Json, Lab, Made
from lmconform.probes.lifecycle import REFUSED
from lmconform.probes.registry import probe
from lmconform.probes.trials import Trial

_SPARE, _UPDATE = "probes.deployments.configuration", "probes.deployments.update"
# The words for lastOperation that are published; a target may have more of them.
_OPERATIONS = frozenset({"CREATE", "UPDATE", "DELETE", "CASCADE-UPDATE"})
# The help promises the refusal of what the check finds, and not its status (F22, F23).
CHECKED = frozenset({400, 404, 409, 412, 422})


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
    expect_operation(lab, _after(_updated(lab)), "UPDATE")


@probe("LM-DEPLOYMENT-UPDATE-NAME", effect="destructive")
def update_changes_the_name(lab: Lab) -> None:
    update = _updated(lab)
    _after(update)

    def judge() -> None:
        body = still(lab, update.trial, update.new)
        lab.expect_told({"configurationName": update.new.sent["name"]}, body, what="GET after the update")

    lab.again(update.since, judge)


@probe("LM-DEPLOYMENT-UPDATE-FILTERED", effect="destructive")
def update_moves_it_between_lists(lab: Lab) -> None:
    update, listed = _updated(lab), {True: "listed", False: "not listed"}
    _after(update)

    def judge() -> None:
        still(lab, update.trial, update.new)
        for configuration, wanted in ((update.new, True), (update.old, False)):
            found = update.trial.id in lab.ids("listDeployments", {"configurationId": configuration.id})
            still(lab, update.trial, update.new)
            text = f"{listed[wanted]} for configurationId={configuration.id}"
            lab.expect(found == wanted, expected=text, actual=listed[found])

    lab.again(update.since, judge)


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
    expect_absent(lab, answer, "getDeployment", path)


@probe("LM-DEPLOYMENT-UPDATE-BODY", effect="destructive")
def update_takes_an_id(lab: Lab) -> None:
    path = trials.base(lab, DEPLOYMENT).path
    for wrong in (7, "a b c d", ["configuration"]):
        lab.expect_refused(lab.send("modifyDeployment", path, json={"configurationId": wrong}), REFUSED | LOOKED_UP)


@dataclass(frozen=True, slots=True)
class _Update:
    """A running deployment that got another configuration, the GET after that, and when, by time.monotonic()."""

    trial: Trial
    old: Made
    new: Made
    answer: Exchange
    after: Exchange
    since: float


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
    if not found.inputs:
        # A parameter may have a default that nobody tells.
        raise Inconclusive(f"executable {found.executable_id} asks for no artifact")
    try:
        return lab.configuration(deployable=True, inputArtifactBindings=[], parameterBindings=[])
    except NotTestable as refusal:
        raise Inconclusive(f"a configuration without bindings: {refusal}") from refusal


def _updated(lab: Lab) -> _Update:
    """The one update of this session; raises NotTestable and Inconclusive."""
    shared = lab.session.shared
    if _UPDATE not in shared:
        trial = trials.active(lab, DEPLOYMENT, {"RUNNING"})
        new = another(lab)
        if new.id == trial.configuration.id:
            # Somebody else has brought it there.
            new = lab.configuration(deployable=True)
        answer = update(lab, trial, new.id)
        after = lab.get("getDeployment", **trial.path)
        if not answer.ok and after.json_object().get("status") not in ACTIVE:
            raise Inconclusive("the deployment did not run on until it was updated")
        shared[_UPDATE] = _Update(trial, trial.configuration, new, answer, after, time.monotonic())
        if answer.ok:
            trial.configuration, trial.last = new, {}
    found: _Update = shared[_UPDATE]
    return found


def _after(update: _Update) -> Json:
    for exchange in (update.answer, update.after):
        if not exchange.ok:
            raise NotTestable(f"{exchange.method} of the deployment answered {exchange.brief}")
    return dict(update.after.json_object())


def still(lab: Lab, trial: Trial, configuration: Made) -> Json:
    """GET of a deployment that has the configuration that it was given; raises Inconclusive when it has not."""
    exchange = lab.get("getDeployment", **trial.path)
    body = dict(exchange.json_object())
    if exchange.status != 200 or body.get("configurationId") != configuration.id:
        raise Inconclusive(f"the deployment is not as the update left it: {exchange.brief}")
    return body


def expect_operation(lab: Lab, body: Json, wanted: str) -> None:
    """Raise Failure when the last operation is another one of the published words."""
    found = body.get("lastOperation")
    good = found is None or found == wanted or found not in _OPERATIONS
    lab.expect(good, expected=f"lastOperation: {wanted}", actual=f"lastOperation: {found}")


def _expect_unchanged(lab: Lab, trial: Trial, configuration_id: str) -> None:
    answer = update(lab, trial, configuration_id)
    if answer.ok:
        trial.last = {}
    lab.expect_refused(answer, CHECKED)
    now = lab.read("getDeployment", **trial.path)
    lab.expect_same({"configurationId": trial.configuration.id}, now, what="the configuration as before")
