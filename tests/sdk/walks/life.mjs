// SAP's SDK for JavaScript: from the artifact to the deployed model, and back to nothing.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const find = createRequire(`${process.env.LMCONFORM_NODE_MODULES}/`);
const sdk = await import(pathToFileURL(find.resolve("@sap-ai-sdk/ai-api")));
const { ArtifactApi, ConfigurationApi, DeploymentApi, ExecutionApi, MetricsApi, ScenarioApi, resolveDeploymentUrl } = sdk;
const group = { "AI-Resource-Group": process.env.AICORE_RESOURCE_GROUP };
const scenarioId = "text-clf-tutorial";

async function until(api, get, id, wanted) {
  const way = [];
  for (;;) {
    const { status } = await api[get](id, {}, group).execute();
    if (way.at(-1) !== status) way.push(status);
    if (wanted.includes(status)) return way;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function configure(executableId, key, artifactId) {
  const body = { name: "walk", scenarioId, executableId, inputArtifactBindings: [{ key, artifactId }] };
  return (await ConfigurationApi.configurationCreate(body, group).execute()).id;
}

const scenarios = (await ScenarioApi.scenarioQuery(group).execute()).resources.map(({ id }) => id);
const data = { name: "data", kind: "dataset", url: "ai://default/data", scenarioId };
const artifact = await ArtifactApi.artifactCreate(data, group).execute();
const training = await configure("text-clf-train-tutorial", "text-data", artifact.id);
const execution = await ExecutionApi.executionCreate({ configurationId: training }, group).execute();
const trained = await until(ExecutionApi, "executionGet", execution.id, ["COMPLETED", "DEAD"]);
const [model] = (await ExecutionApi.executionGet(execution.id, {}, group).execute()).outputArtifacts;
const point = { name: "loss", value: 0.5, timestamp: "2026-01-01T00:00:00Z" };
await MetricsApi.metricsPatch({ executionId: execution.id, metrics: [point] }, group).execute();
const metrics = await MetricsApi.metricsFind({ executionIds: [execution.id] }, group).execute();
const serving = await configure("text-clf-infer-tutorial", "textmodel", model.id);
const deployment = await DeploymentApi.deploymentCreate({ configurationId: serving }, group).execute();
const served = await until(DeploymentApi, "deploymentGet", deployment.id, ["RUNNING", "DEAD"]);
const url = await resolveDeploymentUrl({ scenarioId, executableId: "text-clf-infer-tutorial", resourceGroup: process.env.AICORE_RESOURCE_GROUP });
await DeploymentApi.deploymentModify(deployment.id, { targetStatus: "STOPPED" }, group).execute();
await until(DeploymentApi, "deploymentGet", deployment.id, ["STOPPED"]);
await DeploymentApi.deploymentDelete(deployment.id, group).execute();
await ExecutionApi.executionDelete(execution.id, group).execute();
console.log(JSON.stringify({ scenarios, trained, model: model.name, metrics: metrics.resources[0].metrics.length, served, url }));
