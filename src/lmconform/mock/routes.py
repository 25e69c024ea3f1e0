"""Which handler answers which operation."""

from __future__ import annotations

from functools import partial

from lmconform.mock import (
    artifacts,
    configurations,
    deployments,
    enactments,
    executions,
    files,
    logs,
    meta,
    metrics,
    models,
    scenarios,
    schedules,
)
from lmconform.mock.call import Handler

HANDLERS: dict[str, Handler] = {
    "listScenarios": scenarios.list_scenarios,
    "getScenario": scenarios.get_scenario,
    "listScenarioModels": models.list_models,
    "listScenarioVersions": scenarios.list_versions,
    "listExecutables": scenarios.list_executables,
    "getExecutable": scenarios.get_executable,
    "listArtifacts": artifacts.list_,
    "createArtifact": artifacts.create,
    "getArtifact": artifacts.get,
    "countArtifacts": artifacts.count_,
    "listConfigurations": configurations.list_,
    "createConfiguration": configurations.create,
    "getConfiguration": configurations.get,
    "countConfigurations": configurations.count_,
    "listExecutions": partial(enactments.list_, executions.KIND),
    "createExecution": executions.create,
    "createExecutionForConfiguration": executions.create_for_configuration,
    "getExecution": partial(enactments.get, executions.KIND),
    "modifyExecution": executions.modify,
    "deleteExecution": partial(enactments.delete, executions.KIND),
    "modifyExecutions": partial(enactments.modify_many, executions.KIND),
    "countExecutions": partial(enactments.count_, executions.KIND),
    "getExecutionLogs": logs.of_execution,
    "listExecutionSchedules": schedules.list_,
    "createExecutionSchedule": schedules.create,
    "countExecutionSchedules": schedules.count_,
    "getExecutionSchedule": schedules.get,
    "modifyExecutionSchedule": schedules.modify,
    "deleteExecutionSchedule": schedules.delete,
    "listDeployments": partial(enactments.list_, deployments.KIND),
    "createDeployment": deployments.create,
    "modifyDeployments": partial(enactments.modify_many, deployments.KIND),
    "countDeployments": partial(enactments.count_, deployments.KIND),
    "getDeployment": partial(enactments.get, deployments.KIND),
    "modifyDeployment": deployments.modify,
    "deleteDeployment": partial(enactments.delete, deployments.KIND),
    "getDeploymentLogs": logs.of_deployment,
    "findMetrics": metrics.find,
    "patchMetrics": metrics.patch,
    "deleteMetrics": metrics.delete,
    "downloadFile": files.download,
    "uploadFile": files.upload,
    "deleteFile": files.delete,
    "getMeta": meta.get,
}
EVENTS = {"expire": deployments.expire, "fire": schedules.fire}
