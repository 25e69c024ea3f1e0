"""Resource groups that keep deployments and schedules too little apart: counted, made and changed from outside."""

from __future__ import annotations

from lmconform.mock.call import Call
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import lists_everything
from lmconform.mutants.registry import mutant


@mutant("isolation-deployment-count", "LM-ISOLATION-DEPLOYMENT-COUNT")
def deployment_count(bench: Bench) -> None:
    """BUG: "Deployments are not counted in another resource group." They are."""
    lists_everything(bench, "deployments", "countDeployments")


@mutant("isolation-schedule-count", "LM-ISOLATION-SCHEDULE-COUNT")
def schedule_count(bench: Bench) -> None:
    """BUG: "Schedules are not counted in another resource group." They are."""
    lists_everything(bench, "schedules", "countExecutionSchedules")


@mutant("isolation-deployment-configuration", "LM-ISOLATION-DEPLOYMENT-CONFIGURATION")
def deployment_configuration(bench: Bench) -> None:
    """BUG: "No deployment is started from a configuration of another resource group." It is."""
    _configurations_of_all(bench, "createDeployment")


@mutant("isolation-schedule-configuration", "LM-ISOLATION-SCHEDULE-CONFIGURATION")
def schedule_configuration(bench: Bench) -> None:
    """BUG: "No schedule is made for a configuration of another resource group." It is."""
    _configurations_of_all(bench, "createExecutionSchedule")


@mutant("isolation-deployment-bulk", "LM-ISOLATION-DEPLOYMENT-BULK")
def deployment_bulk(bench: Bench) -> None:
    """BUG: "In a bulk update a deployment of another resource group is an error of its entry."

    It is, and its target is DELETED all the same.
    """

    @bench.before("modifyDeployments")
    def marked(call: Call) -> None:
        for entry in call.body["deployments"]:
            found = bench.groups["tutorial"].deployments.get(entry["id"])
            if found is not None and call.group.name == "other" and entry["targetStatus"] == "DELETED":
                found.deleted = call.group.now()


def _configurations_of_all(bench: Bench, operation: str) -> None:
    @bench.before(operation)
    def borrowed(call: Call) -> None:
        wanted = call.body.get("configurationId")
        for group in bench.groups.values():
            if wanted in group.configurations:
                call.group.configurations.setdefault(wanted, group.configurations[wanted])
                call.group.artifacts = {**group.artifacts, **call.group.artifacts}
