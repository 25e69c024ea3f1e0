"""Further probes of executions: limits, lists of ids, names of outputs, bulk updates, other resource groups."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from typing import Any

from lmconform.probes import enactment_pool, executables
from lmconform.probes.bulk import entry, results
from lmconform.probes.configurations import CONFIGURATION
from lmconform.probes.context import Context
from lmconform.probes.enactment import EXECUTION
from lmconform.probes.enactments import of_base
from lmconform.probes.executions import outputs
from lmconform.probes.isolation import other_group
from lmconform.probes.metrics import point, points, store
from lmconform.probes.registry import probe
from lmconform.probes.resources import batch


@probe("LM-EXECUTION-FILTER-EXECUTABLES")
def any_of_several_executables_will_do(ctx: Context) -> None:
    pooled = enactment_pool.base(ctx)
    own = str(pooled.configuration.sent["executableId"])
    other = executables.another_executable(ctx, own)
    for several in ([own, other], [other, own]):
        found = [e.get("id") for e in of_base(ctx, EXECUTION, {"executableIds": several})]
        ctx.expect(found == [pooled.id], expected=f"our execution for {several}", actual=f"{found}")


@probe("LM-EXECUTION-OUTPUT-NAMES", late=True)
def outputs_are_those_of_the_executable(ctx: Context) -> None:
    found = {str(a.get("name")) for a in outputs(enactment_pool.at_goal(ctx))}
    sent = enactment_pool.base(ctx).configuration.sent
    own = [e for e in executables.executables(ctx, str(sent["scenarioId"])) if e["id"] == sent["executableId"]]
    declared = {str(a.get("name")) for e in own for a in e.get("outputArtifacts") or []}
    ctx.expect(found <= declared, expected=f"outputs out of {sorted(declared)}", actual=f"{sorted(found)}")


@probe("LM-BULK-STOP-ENDED", effect="destructive")
def bulk_does_not_stop_what_has_ended(ctx: Context) -> None:
    pooled = enactment_pool.any_terminal(ctx)
    found = results(ctx, EXECUTION, [entry(pooled.id)])
    ctx.expect(bool(found) and "error" in found[0], expected="an entry with an error", actual=f"{found}")


@probe("LM-BULK-ERROR-MEMBERS")
def errors_of_entries_are_complete(ctx: Context) -> None:
    found = results(ctx, EXECUTION, [entry(ctx.absent_id())])
    error: Any = found[0].get("error") if found else None
    missing = [n for n in ("code", "message", "requestId", "target") if not isinstance(error, dict) or n not in error]
    ctx.expect(not missing, expected="code, message, requestId and target", actual=f"no {', '.join(missing)}")


@probe("LM-BULK-HUNDRED")
def hundred_entries_are_taken(ctx: Context) -> None:
    entries = [entry(ctx.absent_id(), ("STOPPED", "DELETED")[n % 2]) for n in range(100)]
    found = results(ctx, EXECUTION, entries)
    ctx.expect(len(found) == 100, expected="100 results", actual=f"{len(found)}")


@probe("LM-ISOLATION-EXECUTION-COUNT")
def foreign_execution_is_not_counted(ctx: Context) -> None:
    other = other_group(ctx)
    query = {"configurationId": enactment_pool.base(ctx).configuration.id}
    answer = ctx.send("countExecutions", query=query, resource_group=other)
    # A filter that names what does not exist may be refused (F12).
    good = answer.text.strip() == "0" if answer.ok else 400 <= answer.status < 500
    ctx.expect(good, expected="$count = 0", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-CONFIGURATION-USE")
def foreign_configuration_starts_nothing(ctx: Context) -> None:
    other = other_group(ctx)
    body = {"configurationId": batch(ctx, CONFIGURATION).ids[0]}
    answer = ctx.send("createExecution", json=body, resource_group=other)
    ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-EXECUTION-BULK", effect="destructive")
def foreign_execution_is_not_changed_in_bulk(ctx: Context) -> None:
    other = other_group(ctx)
    pooled = enactment_pool.spare(ctx)
    for target in ("STOPPED", "DELETED"):
        body = {"executions": [entry(pooled.id, target)]}
        answer = ctx.send("modifyExecutions", json=body, resource_group=other)
        ctx.expect_status(answer, {202})
        found = answer.json_object().get("executions") or [{}]
        ctx.expect("error" in found[0], expected="an entry with an error", actual=answer.brief, exchange=answer)


@probe("LM-ISOLATION-METRICS-DELETE", effect="destructive")
def foreign_metrics_are_not_deleted(ctx: Context) -> None:
    other = other_group(ctx)
    execution, name = enactment_pool.base(ctx).id, ctx.unique("kept")
    store(ctx, execution, metrics=[point(name)])
    answer = ctx.send("deleteMetrics", query={"executionId": execution}, resource_group=other)
    ctx.expect(400 <= answer.status < 500, expected="a 4xx status", actual=answer.brief, exchange=answer)
    ctx.expect(len(points(ctx, execution, name)) == 1, expected="the metrics as before", actual="they are gone")
