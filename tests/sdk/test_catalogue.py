"""SAP's SDK reads what the mock offers, and what it says about itself."""

import pytest
from tests.sdk.conftest import exports


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("catalogue", **exports(mock))


def test_the_tutorials_scenario_is_there_with_its_version_and_executables(seen):
    assert "text-clf-tutorial" in seen["scenarios"]
    assert seen["training"]["version"] in seen["versions"]
    assert seen["training"]["deployable"] is False
    assert seen["training"]["inputs"] == ["text-data"]
    assert seen["training"]["outputs"] == {"text-model-tutorial": "model"}
    assert seen["serving"] == {"deployable": True, "inputs": ["textmodel"]}


def test_models_are_where_the_sdk_looks_for_them(seen):
    assert seen["llm_scenarios"] == ["foundation-models"]
    assert seen["models"]
    assert set(seen["latest"]) == {1}


def test_everything_is_advertised(seen):
    assert set(seen["capabilities"].values()) == {True}


def test_the_endpoints_that_no_description_has_are_answered(seen):
    assert seen["health"] == "READY"
    assert seen["api_versions"]
