"""Artifacts with labels and configurations with bindings: made, read, found, counted."""

import uuid

from ai_api_client_sdk.models.artifact import Artifact
from ai_api_client_sdk.models.input_artifact_binding import InputArtifactBinding
from ai_api_client_sdk.models.label import Label
from ai_api_client_sdk.models.parameter_binding import ParameterBinding
from walking import SCENARIO, TRAINING, core, tell

client = core()
mark = uuid.uuid4().hex[:12]
key = "ext.ai.sap.com/" + mark


def make(name, kind=Artifact.Kind.DATASET, description=None, **labels):
    """A new artifact; returns its id."""
    found = [Label(key=f"{key}-{k}", value=v) for k, v in labels.items()]
    made = client.artifact.create(
        name=name,
        kind=kind,
        url="ai://default/" + name,
        scenario_id=SCENARIO,
        description=description,
        labels=found or None,
    )
    assert made.url == "ai://default/" + name
    return made.id


first = make(f"Rain {mark}", stage="test", team="red")
second = make(f"sun {mark}", kind=Artifact.Kind.MODEL, description=f"Falls like rain {mark}", stage="test", team="blue")
third = make(f"snow {mark}")
names = {first: "first", second: "second", third: "third"}


def found(**filters):
    """The artifacts of this walk that a query finds; the count agrees where it takes the same filters."""
    answer = client.artifact.query(scenario_id=SCENARIO, **filters)
    assert answer.count == len(answer.resources)
    return sorted(names[a.id] for a in answer.resources if a.id in names)


artifact = client.artifact.get(first)
assert artifact.kind is Artifact.Kind.DATASET
assert sorted((label.key, label.value) for label in artifact.labels) == [
    (f"{key}-stage", "test"),
    (f"{key}-team", "red"),
]
assert artifact.scenario is None
assert not client.artifact.get(third).labels
expanded = client.artifact.get(first, expand="scenario").scenario

same_stage, red, not_red = [f"{key}-stage=test"], [f"{key}-team=red"], [f"{key}-team!=red"]
queries = {
    "name": found(name=f"snow {mark}"),
    "kind": found(kind=Artifact.Kind.MODEL),
    "one label": found(artifact_label_selector=same_stage),
    "two labels": found(artifact_label_selector=same_stage + red),
    "another value": found(artifact_label_selector=not_red),
    "search": found(search=f"rain {mark}"),
    "search in any case": found(search=f"RAIN {mark}", search_case_insensitive=True),
    "nobody's name": found(name=f"fog {mark}"),
}
counts = {
    "one label": client.artifact.count(artifact_label_selector=same_stage),
    "two labels": client.artifact.count(artifact_label_selector=same_stage + red),
    "another value": client.artifact.count(artifact_label_selector=not_red),
    "name": client.artifact.count(scenario_id=SCENARIO, name=f"snow {mark}", kind=Artifact.Kind.DATASET),
    "nobody's name": client.artifact.count(name=f"fog {mark}"),
}

made = client.configuration.create(
    name=f"Walk {mark}",
    scenario_id=SCENARIO,
    executable_id=TRAINING,
    parameter_bindings=[ParameterBinding(key="train-epochs", value="3")],
    input_artifact_bindings=[InputArtifactBinding(key="text-data", artifact_id=first)],
)
bare = client.configuration.create(name=f"bare {mark}", scenario_id=SCENARIO, executable_id=TRAINING)
configuration = client.configuration.get(made.id)
assert not client.configuration.get(bare.id).parameter_bindings


def configurations(**filters):
    """The names of the configurations of this walk that a query finds."""
    answer = client.configuration.query(scenario_id=SCENARIO, executable_ids=[TRAINING, "other"], **filters)
    assert answer.count == len(answer.resources)
    return sorted(c.name.split()[0] for c in answer.resources if c.id in {made.id, bare.id})


tell(
    messages=[made.message],
    queries=queries,
    counts=counts,
    expanded=[expanded.id, client.configuration.get(made.id, expand="scenario").scenario.id],
    configuration={
        "name": configuration.name.split()[0],
        "scenario": configuration.scenario_id,
        "executable": configuration.executable_id,
        "parameters": {b.key: b.value for b in configuration.parameter_bindings},
        "inputs": {b.key: names[b.artifact_id] for b in configuration.input_artifact_bindings},
    },
    configurations={
        "all": configurations(search=mark),
        "search": configurations(search=f"walk {mark}"),
        "search in any case": configurations(search=f"walk {mark}", search_case_insensitive=True),
    },
    configuration_counts=[
        client.configuration.count(scenario_id=SCENARIO, search=mark),
        client.configuration.count(executable_ids=[TRAINING], search=f"bare {mark}"),
    ],
)
