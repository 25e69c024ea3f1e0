"""The tenant's own templates make its scenarios and executables; a broken one is named by file and line."""

import subprocess

import pytest
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
    assert [(s["id"], s["name"], s["description"]) for s in scenarios] == [("churn", "Churn", "Who leaves")]
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


def test_two_templates_with_the_same_name_are_refused(tmp_path):
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text(SERVING)
    assert "churn-serve" in refused(tmp_path)[1]


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
