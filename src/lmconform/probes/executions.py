"""Probes of executions alone: that they end, and what they leave. The rest is in enactments."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes import bulk, enactments, lifecycle, trials
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.lab import Json, Lab
from lmconform.probes.registry import probe

enactments.install(EXECUTION)


@probe("LM-EXECUTION-TERMINAL-STAYS", late=True)
def ended_execution_stays_as_it_is(lab: Lab) -> None:
    before = trials.finished(lab)
    now = lab.read("getExecution", executionId=str(before["id"]))
    lab.expect_same({"status": before["status"]}, now, what="a later GET")


@probe("LM-EXECUTION-OUTPUT-OWNER", late=True)
def outputs_name_their_execution(lab: Lab) -> None:
    body = trials.completed(lab)
    for artifact in outputs(body):
        lab.expect_same({"executionId": body["id"]}, artifact, what=f"output {artifact.get('name')}")


@probe("LM-EXECUTION-OUTPUT-LISTED", late=True)
def outputs_are_listed(lab: Lab) -> None:
    body = trials.completed(lab)
    wanted = {str(a.get("id")) for a in outputs(body)}
    found = set(lab.ids("listArtifacts", {"executionId": body["id"]}))
    lab.expect(found == wanted, expected=f"the outputs {sorted(wanted)}", actual=f"{sorted(found)}")
    number = lab.count("countArtifacts", {"executionId": body["id"]})
    lab.expect(number == len(wanted), expected=f"$count = {len(wanted)}", actual=f"{number}")


@probe("LM-EXECUTION-OUTPUT-GET", late=True)
def outputs_are_artifacts(lab: Lab) -> None:
    for artifact in outputs(trials.completed(lab)):
        found = lab.read("getArtifact", artifactId=str(artifact.get("id")))
        names = ("id", "name", "kind", "url", "executionId", "scenarioId")
        lab.expect_same({n: artifact.get(n) for n in names}, found, what="the artifact as the execution has it")


@probe("LM-EXECUTION-OUTPUT-URL", late=True)
def output_urls_hold_the_execution(lab: Lab) -> None:
    body = trials.completed(lab)
    for artifact in outputs(body):
        url = str(artifact.get("url"))
        good = url.startswith("ai://") and body["id"] in url
        lab.expect(good, expected=f"ai://…/{body['id']}/…", actual=url)


@probe("LM-EXECUTION-DELETE-KEEPS-OUTPUTS", effect="destructive")
def outputs_outlive_their_execution(lab: Lab) -> None:
    trial = trials.ended(lab, {"COMPLETED"})
    outputs = [str(a.get("id")) for a in trial.last.get("outputArtifacts") or []]
    if not outputs:
        raise Inconclusive("the training made no output artifact")
    answer = trials.delete(lab, trial)
    if not answer.ok:
        raise NotTestable(f"{lab.label(answer)} answered {answer.brief}")
    trials.remove(lab, trial)
    trials.wait_until_gone(lab, trial)
    for artifact in outputs:
        lab.expect_status(lab.get("getArtifact", artifactId=artifact), {200})


lifecycle.install(EXECUTION)
bulk.install(EXECUTION)


def outputs(body: Json) -> list[Json]:
    """The output artifacts of an execution; raises Inconclusive when it has none."""
    found = [a for a in body.get("outputArtifacts") or [] if isinstance(a, dict)]
    if not found:
        raise Inconclusive("the training made no output artifact")
    return found
