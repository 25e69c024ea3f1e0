"""Each point that the contract leaves open is a switch: listed, with a source, and used."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.conftest import LMCONFORM, clean_environment

import lmconform.mock
from lmconform.contract import bundle
from lmconform.errors import ConfigError
from lmconform.mock.response_variants import ResponseVariants
from lmconform.mock.switches import PRESETS, SWITCHES, Switches

ROOM = Path(lmconform.mock.__file__).parent


def command(*arguments):
    line = [*LMCONFORM, "mock", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, env=clean_environment(), check=False)


def test_the_list_shows_each_switch_with_default_and_source():
    lines = command("--list-switches").stdout.splitlines()
    assert len(lines) == len(SWITCHES)
    for line, switch in zip(lines, SWITCHES, strict=True):
        assert line.startswith(switch.name)
        assert f"*{switch.values[0]}" in line
        assert line.endswith(f"({switch.source})")


def test_the_list_marks_what_a_preset_chooses():
    listed = command("--list-switches", "--preset", "terse", "--switch", "location=absolute").stdout
    assert re.search(r"^optional-members +full \*sparse", listed, re.MULTILINE)
    assert re.search(r"^location +relative \*absolute absent", listed, re.MULTILINE)


def test_the_code_reads_every_switch_and_no_other_name():
    code = "\n".join(path.read_text() for path in ROOM.glob("*.py") if path.name != "switches.py")
    read = set(re.findall(r'(?:switches|choices)\["([a-z-]+)"\]', code))
    assert read <= {switch.name for switch in SWITCHES}
    assert [switch.name for switch in SWITCHES if f'"{switch.name}"' not in code] == []


def test_each_source_is_a_row_of_the_facts():
    facts = (bundle.root() / "specs" / "lm" / "FACTS.md").read_text()
    rows = set(re.findall(r"^\| (\w+) \|", facts, re.MULTILINE))
    assert [switch.name for switch in SWITCHES if switch.source not in rows] == []


def test_values_differ_and_presets_choose_legal_ones():
    legal = {switch.name: switch.values for switch in SWITCHES}
    assert len(legal) == len(SWITCHES)
    assert all(len(set(values)) == len(values) > 1 for values in legal.values())
    assert [
        choice for chosen in PRESETS.values() for choice in chosen.items() if choice[1] not in legal[choice[0]]
    ] == []


def test_a_choice_wins_over_the_preset():
    assert Switches(["location=absolute"], "terse")["location"] == "absolute"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--switch", "locaton=absent"), "location"),
        (("--switch", "location=far"), "relative|absolute|absent"),
        (("--preset", "tenant"), "tenant-like"),
        (("--without", "metric"), "metrics"),
    ],
)
def test_a_wrong_choice_is_a_usage_error_with_the_nearest_name(arguments, hint):
    done = command("--port", "0", *arguments)
    assert done.returncode == 4
    assert hint in done.stderr


def test_an_unknown_preset_is_refused():
    with pytest.raises(ConfigError):
        Switches([], "fancy")


def test_extra_members_are_added_except_where_a_client_fails_on_them():
    variants = ResponseVariants(Switches(["extra-members=yes"]))
    varied = variants.apply({"labels": [{"key": "k"}], "inputArtifacts": [{"name": "n"}]})
    assert "x-beyond" in varied
    assert "x-beyond" in varied["labels"][0]
    assert varied["inputArtifacts"] == [{"name": "n"}]
    assert variants.apply({"status": "DEAD"}, strict=True) == {"status": "DEAD"}


def test_the_form_of_a_time_does_not_change_the_instant():
    sent = {"createdAt": "2026-01-01T10:00:00Z", "timestamp": "2026-01-01T10:00:00.500000Z", "name": "Z"}
    offset = ResponseVariants(Switches(["time-form=offset"])).apply(sent)
    assert offset == {
        "createdAt": "2026-01-01T10:00:00+00:00",
        "timestamp": "2026-01-01T10:00:00.500000+00:00",
        "name": "Z",
    }
    fraction = ResponseVariants(Switches(["time-form=fraction"])).apply(sent)
    assert fraction["createdAt"] == "2026-01-01T10:00:00.000Z"
    assert fraction["timestamp"] == sent["timestamp"]


def test_sparse_responses_keep_members_that_the_user_sent(start_tenant):
    tenant = start_tenant("--preset", "terse")
    body = {"name": "data", "kind": "dataset", "url": "ai://default/d", "scenarioId": "text-clf-tutorial"}
    label = {"key": "ext.ai.sap.com/team", "value": "a"}
    made = tenant.post("/artifacts", 201, **body, description="words", labels=[label])
    found = tenant.get(f"/artifacts/{made['id']}")
    assert (found["description"], found["labels"]) == ("words", [label])
    path = f"/executions/{tenant.execution()}"
    assert "startTime" not in tenant.seen(path, "COMPLETED")
    error = tenant.get("/executions/unknown", 404)["error"]
    assert set(error) == {"code", "message"}
    assert "limits" not in json.dumps(tenant.get("/meta")["aiApi"])


@pytest.mark.parametrize("preset", ["plain", "tenant-2025"])
def test_lists_of_templates_without_entries_are_absent_and_outputs_of_a_training_are_not(start_tenant, preset):
    tenant = start_tenant("--preset", preset)
    executables = {e["id"]: e for e in tenant.get("/scenarios/text-clf-tutorial/executables")["resources"]}
    serving, training = executables["text-clf-infer-tutorial"], executables["text-clf-train-tutorial"]
    assert serving.keys() & {"labels", "outputArtifacts", "parameters"} == {"parameters"}
    assert training.keys() & {"labels", "outputArtifacts"} == {"outputArtifacts"}
    assert "labels" not in tenant.get("/scenarios/text-clf-tutorial")


def test_lists_of_templates_without_entries_can_be_shown(start_tenant):
    tenant = start_tenant("--switch", "lists-when-none=empty")
    serving = tenant.get("/scenarios/text-clf-tutorial/executables/text-clf-infer-tutorial")
    assert (serving["labels"], serving["outputArtifacts"]) == ([], [])
    assert tenant.get("/scenarios/text-clf-tutorial")["labels"] == []


def test_a_scenario_is_modified_when_its_newest_template_comes(start_tenant):
    tenant = start_tenant()
    times = [e["modifiedAt"] for e in tenant.get("/scenarios/text-clf-tutorial/executables")["resources"]]
    scenario = tenant.get("/scenarios/text-clf-tutorial")
    assert (scenario["createdAt"], scenario["modifiedAt"]) == (min(times), max(times))
    assert scenario["createdAt"] < scenario["modifiedAt"]
    created = [s["createdAt"] for s in tenant.get("/scenarios")["resources"]]
    assert created == sorted(created)


def test_the_templates_can_have_one_time(start_tenant):
    tenant = start_tenant("--switch", "template-times=one")
    scenarios = tenant.get("/scenarios")["resources"]
    assert len({s[name] for s in scenarios for name in ("createdAt", "modifiedAt")}) == 1
