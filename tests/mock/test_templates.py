"""The tenant's own templates make its scenarios and executables; a broken one is named by file and line."""

import json
import subprocess

import pytest
import requests
from tests.conftest import LMCONFORM, clean_environment

WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: churn-train
  annotations:
    scenarios.ai.sap.com/name: Churn
    scenarios.ai.sap.com/description: Who leaves
    executables.ai.sap.com/name: Churn training
    executables.ai.sap.com/description: Learns who leaves
    artifacts.ai.sap.com/customers.kind: dataset
    artifacts.ai.sap.com/churn-model.kind: model
    artifacts.ai.sap.com/churn-model.description: Knows who leaves
    artifacts.ai.sap.com/churn-model.labels: |
      {"ext.ai.sap.com/step": "fit"}
  labels: |
    scenarios.ai.sap.com/id: churn
    ai.sap.com/version: 2.0.1
spec:
  arguments:
    parameters:
      - name: epochs
        default: 3
        description: Rounds
      - name: table
  templates:
    - name: clean
      inputs:
        artifacts:
          - name: customers
            path: /in
    - name: fit
      outputs:
        artifacts:
          - name: scratch
            path: /scratch
          - name: fitted
            globalName: churn-model
            path: /out
"""
SERVING = """\
apiVersion: ai.sap.com/v1alpha1
kind: ServingTemplate
metadata:
  name: churn-serve
  annotations:
    executables.ai.sap.com/name: Churn serving
  labels:
    scenarios.ai.sap.com/id: churn
    ai.sap.com/version: 1.0.0
spec:
  inputs:
    parameters:
      - name: greeting
        type: string
        default: hello
    artifacts:
      - name: churn-model
  template:
    metadata:
      annotations: |
        autoscaling.example/metric: {{inputs.parameters.greeting}}
    spec: |
      image: "{{inputs.parameters.greeting}}"
"""
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: nothing-to-see\n"


@pytest.fixture
def folder(tmp_path):
    """A folder as it may lie in git: two templates in one file, other things beside them."""
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "both.yaml").write_text(f"{WORKFLOW}---\n{OTHER}---\n{SERVING}")
    (tmp_path / "README.md").write_text("not YAML: [")
    return tmp_path


def refused(folder):
    """Exit code and last line of a mock that does not start."""
    command = [*LMCONFORM, "mock", "--port", "0", "--workflows", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=clean_environment(), check=False)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return done.returncode, lines[0]


def test_templates_become_scenarios_and_executables(start_tenant, folder):
    tenant = start_tenant("--workflows", str(folder))
    scenarios = tenant.get("/scenarios")["resources"]
    assert ("churn", "Churn", "Who leaves") in [(s["id"], s["name"], s["description"]) for s in scenarios]
    versions = tenant.get("/scenarios/churn/versions")["resources"]
    assert {v["id"] for v in versions} == {"1.0.0", "2.0.1"}
    serve, train = sorted(tenant.get("/scenarios/churn/executables")["resources"], key=lambda e: e["id"])
    assert (train["id"], train["deployable"], train["versionId"]) == ("churn-train", False, "2.0.1")
    assert train["inputArtifacts"] == [{"name": "customers", "kind": "dataset"}]
    assert train["outputArtifacts"] == [
        {
            "name": "churn-model",
            "kind": "model",
            "description": "Knows who leaves",
            "labels": [{"key": "ext.ai.sap.com/step", "value": "fit"}],
        }
    ]
    assert train["parameters"] == [
        {"name": "epochs", "type": "string", "default": "3", "description": "Rounds"},
        {"name": "table", "type": "string"},
    ]
    assert (serve["id"], serve["name"], serve["deployable"]) == ("churn-serve", "Churn serving", True)
    assert [a["name"] for a in serve["inputArtifacts"]] == ["churn-model"]


def test_executions_of_the_users_templates_run(start_tenant, folder):
    tenant = start_tenant("--workflows", str(folder))
    artifact = tenant.artifact(scenario="churn")
    configuration = tenant.post(
        "/configurations",
        201,
        name="mine",
        scenarioId="churn",
        executableId="churn-train",
        parameterBindings=[{"key": "table", "value": "customers"}],
        inputArtifactBindings=[{"key": "customers", "artifactId": artifact}],
    )["id"]
    path = f"/executions/{tenant.execution(configuration)}"
    found = tenant.seen(path, "COMPLETED")
    assert [a["name"] for a in found["outputArtifacts"]] == ["churn-model"]
    # The template does not say that it allows bulk updates.
    wanted = [{"id": found["id"], "targetStatus": "DELETED"}]
    assert "error" in tenant.patch("/executions", 202, executions=wanted)["executions"][0]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  name: churn-train\n", "", 4, "metadata.name is missing"),
        ("  name: churn-train\n", "  name: Churn_Train\n", 4, "small letters"),
        ("ai.sap.com/version: 2.0.1", "ai.sap.com/version: 2.0.1+x", 15, "no value of a label"),
        (
            "    scenarios.ai.sap.com/id: churn\n    ai.sap.com/version: 2.0.1",
            "    x: y",
            4,
            "scenarios.ai.sap.com/id is missing",
        ),
        ("    ai.sap.com/version: 2.0.1\n", "", 4, "ai.sap.com/version is missing"),
        ("ai.sap.com/version: 2.0.1", "ai.sap.com/version: 2", 15, "put it in quotes"),
        ("argoproj.io/v1alpha1", "argoproj.io/v1", 1, "apiVersion"),
        ("        default: 3\n", "        default: [3]\n", 22, "default"),
        ("      - name: table\n", "      - default: 1\n", 24, "no name"),
        ("  templates:\n", "  steps:\n", 19, "spec.templates is missing"),
        ("churn-model.kind: model", "churn-model.kind: pickle", 11, "model, dataset, resultset, other"),
        ('{"ext.ai.sap.com/step": "fit"}', "step: fit", 13, "no JSON object"),
        ("  annotations:\n", "  annotations: [\n", 7, "is no YAML"),
        ("spec:\n", "specs:\n", 1, "spec is missing"),
    ],
)
def test_a_broken_template_is_named_by_file_and_line(tmp_path, old, new, line, words):
    assert old in WORKFLOW
    file = tmp_path / "broken.yaml"
    file.write_text(WORKFLOW.replace(old, new, 1))
    code, text = refused(tmp_path)
    assert code == 4
    assert f"{file}:{line}: " in text
    assert words in text


def left_out(tenant):
    """The lines that the mock printed about files, and what its page says of them."""
    offer = requests.get(f"{tenant.process.url}/-/offer", timeout=5).json()["problems"]
    lines = [line for line in tenant.process.log.read_text().splitlines() if "left out" in line]
    assert [line.partition("left out: ")[2] for line in lines] == offer
    return offer


def executables(tenant, scenario="churn"):
    return [e["id"] for e in tenant.get(f"/scenarios/{scenario}/executables")["resources"]]


def test_of_two_templates_with_one_name_the_first_counts_and_both_files_are_named(tmp_path, start_tenant):
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text(SERVING)
    tenant = start_tenant("--workflows", str(tmp_path))
    assert executables(tenant) == ["churn-serve"]
    (problem,) = left_out(tenant)
    assert f"{tmp_path / 'b.yml'}:1: " in problem
    assert f"'churn-serve' is taken by a template in {tmp_path / 'a.yaml'}" in problem


def test_one_bad_file_fails_alone(tmp_path, start_tenant):
    (tmp_path / "good.yaml").write_text(SERVING)
    (tmp_path / "bad.yaml").write_text(WORKFLOW.replace("  annotations:\n", "  annotations: [\n"))
    tenant = start_tenant("--workflows", str(tmp_path))
    assert executables(tenant) == ["churn-serve"]
    assert [problem.partition(": ")[0] for problem in left_out(tenant)] == [f"{tmp_path / 'bad.yaml'}:7"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mkdocs.yml", "site_name: x\nmarkdown_extensions:\n  - e: !!python/name:materialx.emoji.twemoji\n"),
        ("cloud.yaml", "Resources:\n  Queue: !GetAtt [a, b]\n"),
        ("helm.yaml", "kind: Deployment\nmetadata:\n  {{- include labels . | nindent 4 }}\n"),
        ("package.json", '{"name": "x"}'),
        ("broken.json", "{"),
    ],
)
def test_what_is_no_template_is_left_alone(tmp_path, start_tenant, name, text):
    (tmp_path / name).write_text(text)
    (tmp_path / "good.yaml").write_text(SERVING)
    tenant = start_tenant("--workflows", str(tmp_path))
    assert (executables(tenant), left_out(tenant)) == (["churn-serve"], [])


def test_foundation_models_stay_beside_the_users_templates_unless_switched_off(folder, start_tenant):
    scenarios = [
        [s["id"] for s in start_tenant("--workflows", str(folder), *more).get("/scenarios")["resources"]]
        for more in ((), ("--switch", "foundation-models=absent"))
    ]
    assert [sorted(ids) for ids in scenarios] == [["churn", "foundation-models"], ["churn"]]


RENAMED = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {
        "name": "churn-train",
        "annotations": {"artifacts.ai.sap.com/mine.name": "churn-model", "artifacts.ai.sap.com/other.suffix": "-v2"},
        "labels": {"scenarios.ai.sap.com/id": "churn", "ai.sap.com/version": "1.0.0"},
    },
    "spec": {"templates": [{"outputs": {"artifacts": [{"name": n, "globalName": n} for n in ("mine", "other")]}}]},
}


def test_annotations_in_a_json_template_rename_what_a_run_makes(tmp_path, start_tenant):
    (tmp_path / "train.json").write_text(json.dumps(RENAMED))
    tenant = start_tenant("--workflows", str(tmp_path), "--switch", "execution-life=instant")
    body = {"name": "c", "scenarioId": "churn", "executableId": "churn-train"}
    execution = tenant.execution(tenant.post("/configurations", 201, **body)["id"])
    made = tenant.seen(f"/executions/{execution}", "COMPLETED")["outputArtifacts"]
    assert [artifact["name"] for artifact in made] == ["churn-model", "other-v2"]


@pytest.mark.parametrize(
    ("template", "inputs", "unresolved"),
    [
        ("{{inputs.parameters.given}} {{ inputs.parameters.small }} {{inputs.artifacts.model}}", ("model",), ""),
        ("{{inputs.parameters.nowhere}}", ("model",), "inputs.parameters.nowhere"),
        ("{{inputs.artifacts.churn-model}}", ("churn-model",), "inputs.artifacts.churn-model"),
        ("{{parameters.given}}", ("model",), "parameters.given"),
    ],
)
def test_a_placeholder_that_nothing_resolves_is_refused_when_it_is_deployed(
    tmp_path, start_tenant, template, inputs, unresolved
):
    parameters = [{"name": "given"}, {"name": "small", "default": "1"}]
    taken = {"artifacts": [{"name": name} for name in inputs], "parameters": parameters}
    spec = {"inputs": taken, "template": {"spec": template}}
    labels = RENAMED["metadata"]["labels"]
    serving = {"apiVersion": "ai.sap.com/v1alpha1", "kind": "ServingTemplate", "spec": spec}
    (tmp_path / "serve.json").write_text(json.dumps(serving | {"metadata": {"name": "churn-serve", "labels": labels}}))
    tenant = start_tenant("--workflows", str(tmp_path))
    artifact = tenant.artifact("ai://default/m", "model", "churn")
    configuration = tenant.post(
        "/configurations",
        201,
        name="c",
        scenarioId="churn",
        executableId="churn-serve",
        inputArtifactBindings=[{"key": name, "artifactId": artifact} for name in inputs],
        parameterBindings=[{"key": "given", "value": "1"}],
    )["id"]
    answer = tenant.send("POST", "/deployments", json={"configurationId": configuration})
    assert answer.status_code == (400 if unresolved else 202)
    if unresolved:
        error = answer.json()["error"]
        assert error["code"] == "01010072"
        assert f"Failed to post deployments : {{placeholder values are not resolved: {unresolved}}}" in error["message"]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"modelName": "example-large"}, 202),
        ({"modelName": "example-large", "modelVersion": "1"}, 202),
        ({"modelName": "example-large", "modelVersion": "9"}, 400),
        ({"modelName": "gpt-0"}, 400),
    ],
)
def test_a_foundation_model_that_does_not_exist_is_refused_when_it_is_deployed(tenant, parameters, status):
    configuration = tenant.post(
        "/configurations",
        201,
        name="c",
        scenarioId="foundation-models",
        executableId="example-chat",
        parameterBindings=[{"key": key, "value": value} for key, value in parameters.items()],
    )["id"]
    answer = tenant.send("POST", "/deployments", json={"configurationId": configuration})
    assert answer.status_code == status
    if status == 400:
        error = answer.json()["error"]
        assert (error["code"], configuration in error["message"]) == ("01510003", True)


def test_a_tenant_has_at_most_fifty_templates_of_a_kind(tmp_path):
    many = [SERVING.replace("name: churn-serve", f"name: churn-serve-{i}") for i in range(51)]
    (tmp_path / "many.yaml").write_text("---\n".join(many))
    assert "50" in refused(tmp_path)[1]


@pytest.mark.parametrize("content", ["", OTHER])
def test_a_folder_without_templates_is_refused(tmp_path, content):
    (tmp_path / "empty.yaml").write_text(content)
    assert refused(tmp_path)[0] == 4


def test_a_missing_folder_is_refused(tmp_path):
    assert refused(tmp_path / "nowhere")[0] == 4


def test_the_bundled_templates_are_the_tutorials(tenant):
    found = {e["id"]: e for e in tenant.get("/scenarios/text-clf-tutorial/executables")["resources"]}
    assert set(found) == {"text-clf-train-tutorial", "text-clf-infer-tutorial"}
    train = found["text-clf-train-tutorial"]
    assert [a["name"] for a in train["inputArtifacts"]] == ["text-data"]
    assert [a["name"] for a in train["outputArtifacts"]] == ["text-model-tutorial"]
    assert [a["name"] for a in found["text-clf-infer-tutorial"]["inputArtifacts"]] == ["textmodel"]
