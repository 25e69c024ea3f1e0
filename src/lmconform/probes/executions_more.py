"""Further probes of executions: limits, lists of ids, names of outputs, bulk updates, other resource groups."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Any

from lmconform.probes import recipe, trials
from lmconform.probes.bulk import entry, results
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.enactments import of_base
from lmconform.probes.executions import outputs
from lmconform.probes.isolation import other_group
from lmconform.probes.lab import Lab
from lmconform.probes.metrics import point, points, store
from lmconform.probes.registry import probe
from lmconform.probes.resources import batch


@probe("LM-EXECUTION-FILTER-EXECUTABLES")
def any_of_several_executables_will_do(lab: Lab) -> None:
    trial = trials.base(lab)
    own = str(trial.configuration.sent["executableId"])
    other = recipe.another_executable(lab, own)
    for several in ([own, other], [other, own]):
        found = [e.get("id") for e in of_base(lab, EXECUTION, {"executableIds": several})]
        lab.expect(found == [trial.id], expected=f"our execution for {several}", actual=f"{found}")


@probe("LM-EXECUTION-OUTPUT-NAMES", late=True)
def outputs_are_those_of_the_executable(lab: Lab) -> None:
    found = {str(a.get("name")) for a in outputs(trials.completed(lab))}
    sent = trials.base(lab).configuration.sent
    own = [e for e in recipe.executables(lab, str(sent["scenarioId"])) if e["id"] == sent["executableId"]]
    declared = {str(a.get("name")) for e in own for a in e.get("outputArtifacts") or []}
    lab.expect(found <= declared, expected=f"outputs out of {sorted(declared)}", actual=f"{sorted(found)}")


@probe("LM-BULK-STOP-ENDED", effect="destructive")
def bulk_does_not_stop_what_has_ended(lab: Lab) -> None:
    trial = trials.ended(lab)
    found = results(lab, EXECUTION, [entry(trial.id)])
    lab.expect(bool(found) and "error" in found[0], expected="an entry with an error", actual=f"{found}")


@probe("LM-BULK-ERROR-MEMBERS")
def errors_of_entries_are_complete(lab: Lab) -> None:
    found = results(lab, EXECUTION, [entry(lab.absent_id())])
    error: Any = found[0].get("error") if found else None
    missing = [n for n in ("code", "message", "requestId", "target") if not isinstance(error, dict) or n not in error]
    lab.expect(not missing, expected="code, message, requestId and target", actual=f"no {', '.join(missing)}")


@probe("LM-BULK-HUNDRED")
def hundred_entries_are_taken(lab: Lab) -> None:
    entries = [entry(lab.absent_id(), ("STOPPED", "DELETED")[n % 2]) for n in range(100)]
    found = results(lab, EXECUTION, entries)
    lab.expect(len(found) == 100, expected="100 results", actual=f"{len(found)}")


@probe("LM-ISOLATION-EXECUTION-COUNT")
def foreign_execution_is_not_counted(lab: Lab) -> None:
    other = other_group(lab)
    query = {"configurationId": trials.base(lab).configuration.id}
    answer = lab.send("countExecutions", query=query, resource_group=other)
    # A filter that names what does not exist may be refused (F12).
    good = answer.text.strip() == "0" if answer.ok else 400 <= answer.status < 500
    lab.expect(good, expected="$count = 0", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-CONFIGURATION-USE")
def foreign_configuration_starts_nothing(lab: Lab) -> None:
    other = other_group(lab)
    body = {"configurationId": batch(lab, CONFIGURATION).ids[0]}
    answer = lab.send("createExecution", json=body, resource_group=other)
    lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-EXECUTION-BULK", effect="destructive")
def foreign_execution_is_not_changed_in_bulk(lab: Lab) -> None:
    other = other_group(lab)
    trial = trials.spare(lab)
    for target in ("STOPPED", "DELETED"):
        body = {"executions": [entry(trial.id, target)]}
        answer = lab.send("modifyExecutions", json=body, resource_group=other)
        lab.expect_status(answer, {202})
        found = answer.json_object().get("executions") or [{}]
        lab.expect("error" in found[0], expected="an entry with an error", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS-DELETE", effect="destructive")
def foreign_metrics_are_not_deleted(lab: Lab) -> None:
    other = other_group(lab)
    execution, name = trials.base(lab).id, lab.unique("kept")
    store(lab, execution, metrics=[point(name)])
    answer = lab.send("deleteMetrics", query={"executionId": execution}, resource_group=other)
    lab.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
    lab.expect(len(points(lab, execution, name)) == 1, expected="the metrics as before", actual="they are gone")
