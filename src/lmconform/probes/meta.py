"""Probes of capabilities, and of what every operation tolerates."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from lmconform.errors import NotApplicable
from lmconform.probes.lab import EXECUTIONS, Lab
from lmconform.probes.registry import probe


@probe("LM-META-API-VERSION", effect="read")
def meta_names_the_version(lab: Lab) -> None:
    answer = lab.get("getMeta")
    if answer.status == 404:
        raise NotApplicable("the target has no GET /v2/lm/meta")
    lab.expect_status(answer, {200})
    api = answer.json_object().get("aiApi")
    version = api.get("version") if isinstance(api, dict) else None
    numbers = str(version).split("-")[0].split("+")[0].split(".")
    good = len(numbers) == 3 and all(n.isdigit() for n in numbers)
    lab.expect(good, expected="aiApi.version as major.minor.patch", actual=f"{version}")


@probe("LM-META-EXECUTIONS-SERVED", effect="read")
def advertised_executions_are_served(lab: Lab) -> None:
    lab.expect_status(lab.get("listExecutions", {"$top": 1}), {200})


@probe("LM-QUERY-UNDECLARED-TOLERATED", effect="read")
def undeclared_query_parameters_are_tolerated(lab: Lab) -> None:
    # SAP's Python client sends top where the description says $top.
    served = ["listExecutions"] if lab.session.capabilities.has(EXECUTIONS) else []
    for operation in (*served, "listConfigurations"):
        lab.expect_status(lab.get(operation, {"top": 10, "$top": 1}), {200})


def _served(requirement: str, listing: str, count: str) -> None:
    @probe(requirement, effect="read")
    def advertised_is_served(lab: Lab) -> None:
        lab.expect_status(lab.get(listing, {"$top": 1}), {200})
        lab.count(count)


_served("LM-META-SCHEDULES-SERVED", "listExecutionSchedules", "countExecutionSchedules")
_served("LM-META-DEPLOYMENTS-SERVED", "listDeployments", "countDeployments")
