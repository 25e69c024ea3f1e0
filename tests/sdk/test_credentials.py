"""What `lmconform mock` prints and writes is what SAP's SDK takes."""

import json
import shlex

import pytest
import requests
from tests.sdk.conftest import exports
from tests.sdk.environments import PAIRS


@pytest.fixture(scope="module")
def seen(sdk, mock):
    """What the SDK sees with the exports, line by line as they are printed, in a shell."""
    artifact = {"name": "of-the-test", "kind": "dataset", "url": "ai://default/x", "scenarioId": "text-clf-tutorial"}
    made = requests.post(f"{mock.url}/v2/lm/artifacts", json=artifact, headers=mock.headers(), timeout=5)
    assert made.status_code == 201, made.text
    lines = [line for line in mock.log.read_text().splitlines() if line.startswith("export ")]
    script = "\n".join([*lines, f"exec {shlex.join(sdk.command('credentials'))}"])
    done = sdk.run("sh", "-c", script)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_environment_holds_the_pair_that_it_is_for(sdk, seen):
    _, wanted = PAIRS[sdk.name]
    assert {name: seen["installed"][name].startswith(version) for name, version in wanted.items()} == dict.fromkeys(
        wanted, True
    )
    others = {name for pair, (_, names) in PAIRS.items() if pair != sdk.name for name in names}
    assert not others & set(seen["installed"])


def test_the_printed_exports_are_all_that_from_env_needs(seen, mock):
    assert seen["base_url"] == f"{mock.url}/v2"
    assert "text-clf-tutorial" in seen["scenarios"]
    assert seen["group"] == "tutorial"
    counted = requests.get(f"{mock.url}/v2/lm/artifacts/$count", headers=mock.headers(), timeout=5)
    assert seen["artifacts"] == counted.json() > 0


def test_the_sdks_own_command_makes_a_profile_of_the_service_key(sdk, mock, tmp_path):
    home = {"AICORE_HOME": str(tmp_path / "aicore")}
    words = ("configure", "--service-key-json", mock.key_file, "--resource-group", "other")
    made = sdk.run(sdk.tool("python"), "-m", "ai_core_sdk.cli", *words, **home)
    assert made.returncode == 0, made.stdout + made.stderr
    seen = sdk.walk("credentials", **home)
    assert (seen["base_url"], seen["group"]) == (f"{mock.url}/v2", "other")
    assert "text-clf-tutorial" in seen["scenarios"]


def test_the_service_key_alone_is_enough_for_the_newer_sdk(sdk, mock):
    variables = {"AICORE_SERVICE_KEY": mock.key_file.read_text(), "AICORE_RESOURCE_GROUP": "other"}
    if sdk.name == "older":
        done = sdk.run(*sdk.command("credentials"), **variables)
        assert done.returncode != 0, "the older SDK has learnt to read service keys"
        return
    seen = sdk.walk("credentials", **variables)
    assert (seen["base_url"], seen["group"]) == (f"{mock.url}/v2", "other")


def test_one_token_serves_a_whole_client(sdk, mock):
    seen = sdk.walk("credentials", **exports(mock))
    assert seen["token_kept"]
