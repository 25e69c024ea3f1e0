"""What a target names to train and to serve with is what probes and generated data of a run configure."""

import json
from collections import defaultdict

import pytest
from tests.conftest import results_of

TRAINING = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: {name}
  annotations:
    artifacts.ai.sap.com/table.kind: dataset
  labels:
    scenarios.ai.sap.com/id: {scenario}
    ai.sap.com/version: 1.0.0
spec:
  arguments:
    parameters:
      - name: epochs
      - name: rounds
        default: 3
  templates:
    - name: fit
      inputs:
        artifacts:
          - name: table
            path: /in
"""
SERVING = """\
apiVersion: ai.sap.com/v1alpha1
kind: ServingTemplate
metadata:
  name: {name}
  labels:
    scenarios.ai.sap.com/id: {scenario}
    ai.sap.com/version: 1.0.0
spec:
  inputs:
    artifacts:
      - name: model
  template:
    spec: |
      image: "x"
"""
TRAIN = """
[targets.dev.train]
scenario = "second"
executable = "second-train"
artifact = "ai://default/of-the-owner"
parameters = { epochs = "7", rounds = "9" }
"""
SERVE = """
[targets.dev.serve]
scenario = "third"
executable = "third-serve"
"""


@pytest.fixture
def tenant(start_mock, tmp_path):
    """A mock with three scenarios that train and serve alike, and lmconform.toml that ends with what the test gives."""
    folder = tmp_path / "templates"
    folder.mkdir()
    for scenario in ("first", "second", "third"):
        for kind, template in (("train", TRAINING), ("serve", SERVING)):
            name = f"{scenario}-{kind}"
            (folder / f"{name}.yaml").write_text(template.format(name=name, scenario=scenario))
    mock = start_mock("--workflows", str(folder))

    def write(more):
        (tmp_path / "lmconform.toml").write_text(
            f'[targets.dev]\nurl = "{mock.url}"\ncredentials = {{ service_key = "{mock.key_file}" }}\n'
            f'resource_group = "tutorial"\nallow_writes = true\nprofile = "full"\ndisposable = true\n{more}'
        )

    return write


def configured(folder):
    """What the run configured: the parameters of each executable that was named in a creation which was accepted."""
    found = defaultdict(list)
    urls = set()
    for line in (folder / "out" / "exchanges.jsonl").read_text().splitlines():
        exchange = json.loads(line)
        if exchange["response"]["status"] != 201:
            continue
        body = json.loads(exchange["request"]["body"])
        if exchange["operation"] == "createConfiguration":
            bound = {p["key"]: p["value"] for p in body.get("parameterBindings", [])}
            found[body["scenarioId"], body["executableId"]].append(bound)
        elif exchange["operation"] == "createArtifact":
            urls.add(body["url"])
    return found, urls


@pytest.mark.parametrize("item", ["probe/LM-CONFIGURATION-GET-ECHO", "fuzz/createConfiguration"])
def test_what_is_trained_is_what_the_target_names(lmconform, tenant, tmp_path, item):
    tenant(TRAIN)
    done = lmconform("run", "dev", "--only", item, "--max-examples", "5", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    found, urls = configured(tmp_path)
    trained = found["second", "second-train"]
    assert {"epochs": "7", "rounds": "9"} in trained
    assert {name for name in found if name[1].endswith("-train")} == {("second", "second-train")}
    assert "ai://default/of-the-owner" in urls


@pytest.mark.parametrize("item", ["probe/LM-DEPLOYMENT-CREATE-LOCATION", "fuzz/createDeployment"])
def test_what_is_deployed_is_what_the_target_names(lmconform, tenant, tmp_path, item):
    tenant(SERVE)
    done = lmconform("run", "dev", "--only", item, "--max-examples", "5", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    found, _ = configured(tmp_path)
    assert {name for name in found if name[1].endswith("-serve")} == {("third", "third-serve")}


@pytest.mark.parametrize(
    ("train", "words"),
    [
        ('scenario = "absent"\nexecutable = "a"', "scenario absent, executable a: the tenant has no such scenario"),
        ('scenario = "first"\nexecutable = "a"', "scenario first, executable a: the scenario has no such executable"),
        ('scenario = "first"\nexecutable = "first-serve"', "expected one that trains (deployable: false)"),
    ],
    ids=["scenario", "executable", "kind"],
)
def test_what_the_tenant_does_not_have_is_inconclusive_and_names_the_line(lmconform, tenant, tmp_path, train, words):
    tenant(f"[targets.dev.train]\n{train}\n")
    done = lmconform("run", "dev", "--only", "probe/LM-CONFIGURATION-GET-ECHO", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    result = results_of(tmp_path / "out")["probe/LM-CONFIGURATION-GET-ECHO"]
    assert (result["outcome"], result["gates"]) == ("NOT_TESTABLE", False)
    assert result["because"].startswith("lmconform.toml:8: targets.dev.train: ")
    assert words in result["because"]
