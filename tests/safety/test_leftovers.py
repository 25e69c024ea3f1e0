"""Everything that a run made and that is there after its end is named: by the end of the run, and by cleanup."""

import json
import re
import subprocess
from contextlib import suppress

import pytest
from tests.conftest import clean_environment, read_events
from tests.safety.killing import cleanup, command, held

from lmconform.safety.guard import RUN_LABEL

KINDS = ("artifacts", "configurations", "executions", "deployments", "executionSchedules")
GROUPS = ("tutorial", "other")
FUZZ = [word for name in ("createArtifact", "createConfiguration", "sequence/*") for word in ("--only", f"fuzz/{name}")]
SLICES = {
    "smoke": ("--profile", "smoke"),
    "core": ("--profile", "core", "--only", "scenario/*", "--only", "*-ARTIFACT-*", "--only", "*-EXECUTION-OUTPUT*"),
    "fuzz": ("--profile", "full", "--max-examples", 20, *FUZZ),
}
# The names that the tutorial gives.
TUTORIAL = {"tutorial-train-data", "dev-tutorial-training-configuration"}


def everything(mock):
    """All that can be listed, by kind and id."""
    return {one: shown for group in GROUPS for one, shown in held(mock, group, KINDS).items()}


@pytest.mark.parametrize("name", SLICES)
def test_what_is_there_after_a_run_is_named_by_its_end_and_by_cleanup(start_mock, tmp_path, name):
    mock = start_mock()
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    before = everything(mock)
    words = command(mock, tmp_path / "out", *SLICES[name])
    done = subprocess.run(
        words, env=clean_environment(**state), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    there = {one: shown for one, shown in everything(mock).items() if one not in before}
    assert bool(there) is (name != "smoke")
    header, *_, footer = read_events(tmp_path / "out")
    left = {(kind, one) for kind, ids in footer["left"].items() for one in ids}
    assert {(kind.removesuffix("s"), one) for kind, one in there} == left
    run = header["run"]
    prefix = f"lmconform-{run.rpartition('-')[2]}-"
    others = []
    for (kind, _), shown in there.items():
        labels = [(label["key"], label["value"]) for label in shown.get("labels") or ()]
        if kind == "artifacts" and not shown.get("executionId"):
            assert (RUN_LABEL, run) in labels or shown["name"].startswith(prefix)
        elif not shown["name"].startswith(prefix) and not shown.get("executionId"):
            others.append(shown["name"])
    assert set(others) <= TUTORIAL
    assert bool([shown for shown in there.values() if shown.get("executionId")]) is (name != "smoke")
    if there:
        found = cleanup(mock, tmp_path / "out", env=state)
        assert found.returncode == 0, found.stderr
        assert {one for _, one in there} <= set(re.findall(r"[0-9a-f][0-9a-f-]{10,}", found.stdout))
        assert "which the API cannot delete" in found.stdout


def test_generated_artifacts_have_the_label_of_the_run_also_with_a_wrong_name(start_mock, tmp_path):
    mock = start_mock()
    words = command(mock, tmp_path / "out", "--profile", "full", "--max-examples", 40, "--only", "fuzz/createArtifact")
    done = subprocess.run(words, env=clean_environment(), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    run = read_events(tmp_path / "out")[0]["run"]
    bodies = []
    for line in (tmp_path / "out" / "exchanges.jsonl").read_text().splitlines():
        exchange = json.loads(line)
        if exchange["operation"] == "createArtifact" and exchange["item"] == "fuzz/createArtifact":
            with suppress(ValueError):
                bodies.append(json.loads(exchange["request"]["body"]))
    named = [body for body in bodies if isinstance(body, dict) and body.get("name", "") in ("", None, 0, False)]
    assert named
    lists = [body for body in named if isinstance(body.get("labels"), list)]
    assert lists
    assert [body for body in lists if {"key": RUN_LABEL, "value": run} not in body["labels"]] == []
