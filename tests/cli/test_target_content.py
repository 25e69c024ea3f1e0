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
# Makes nothing, reads nothing, and has a parameter without a default.
BARE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata:
  name: bare
  labels:
    scenarios.ai.sap.com/id: second
    ai.sap.com/version: 1.0.0
spec:
  arguments:
    parameters:
      - name: epochs
  templates:
    - name: fit
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
    (folder / "bare.yaml").write_text(BARE)
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


def flow_of(folder, workflow):
    """The results of a scenario's steps, by step, without those of single exchanges."""
    found = results_of(folder / "out")
    prefix = f"scenario/{workflow}/"
    return {name.removeprefix(prefix): r for name, r in found.items() if name.startswith(prefix) and "#" not in name}


FLOWS = ("artifacts", "metrics-of-a-training", "schedules", "training", "training-as-printed")


def test_every_scenario_runs_with_what_the_target_names(lmconform, tenant, tmp_path):
    tenant(TRAIN + SERVE + 'artifact = "ai://default/model-of-the-owner"\n')
    done = lmconform("run", "dev", "--only", "scenario/*", "--poll-interval", "0.05", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    for flow in (*FLOWS, "serving"):
        steps = flow_of(tmp_path, flow)
        assert not [(name, s["because"]) for name, s in steps.items() if s["outcome"] == "NOT_TESTABLE"], flow
        assert [name for name, step in steps.items() if step["outcome"] == "PASS"], flow
    # On a busy machine two trainings may end before they are stopped together.
    assert flow_of(tmp_path, "bulk")["start-second"]["outcome"] == "PASS"
    assert flow_of(tmp_path, "training")["poll-execution"]["outcome"] == "PASS"
    assert flow_of(tmp_path, "serving")["delete"]["outcome"] == "PASS"
    found, urls = configured(tmp_path)
    assert set(found) == {("second", "second-train"), ("third", "third-serve")}
    assert all(bound == {"epochs": "7", "rounds": "9"} for bound in found["second", "second-train"])
    assert {"ai://default/of-the-owner", "ai://default/model-of-the-owner"} <= urls
    assert not urls & {"ai://default/data", "ai://default/model"}


@pytest.mark.parametrize("value", ["$statusCode", "{$inputs.runId} #/0 ~1"])
def test_what_makes_and_reads_nothing_is_trained_as_well_and_its_parameters_are_sent_as_they_are(
    lmconform, tenant, tmp_path, value
):
    tenant(f'[targets.dev.train]\nscenario = "second"\nexecutable = "bare"\nparameters = {{ epochs = "{value}" }}\n')
    done = lmconform("run", "dev", "--only", "scenario/training/*", "--poll-interval", "0.05", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert flow_of(tmp_path, "training")["read-metrics"]["outcome"] == "PASS"
    assert configured(tmp_path)[0] == {("second", "bare"): [{"epochs": value}]}


@pytest.mark.parametrize(
    ("train", "words"),
    [
        ('scenario = "absent"\nexecutable = "a"', "scenario absent, executable a: the tenant has no such executable"),
        ('scenario = "first"\nexecutable = "first-serve"', "expected one that trains (deployable: false)"),
        ('scenario = "second"\nexecutable = "bare"', "epochs has no default; name a value in 'parameters'"),
        (
            'scenario = "first"\nexecutable = "first-train"\nparameters = { epochs = "1" }',
            "it reads table; name the URL of its data in 'artifact'",
        ),
    ],
    ids=["absent", "kind", "parameter", "artifact"],
)
def test_what_a_scenario_cannot_use_is_not_testable_with_one_line_and_nothing_is_created(
    lmconform, tenant, tmp_path, train, words
):
    tenant(f"[targets.dev.train]\n{train}\n")
    done = lmconform("run", "dev", "--only", "scenario/training/*", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = flow_of(tmp_path, "training")
    assert {(step["outcome"], step["gates"]) for step in steps.values()} == {("NOT_TESTABLE", False)}
    assert steps["list-scenarios"]["because"].startswith("lmconform.toml:8: targets.dev.train: scenario ")
    assert words in steps["list-scenarios"]["because"]
    assert configured(tmp_path) == ({}, set())


def test_a_url_that_no_run_could_load_is_a_mistake_in_the_file(lmconform, tenant):
    tenant('[targets.dev.train]\nartifact = "ai://default/data/"\n')
    done = lmconform("run", "dev")
    assert done.returncode == 4
    assert "lmconform.toml:9: targets.dev.train.artifact: ends in '/'" in done.stderr
