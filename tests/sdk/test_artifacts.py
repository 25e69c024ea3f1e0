"""SAP's SDK makes artifacts and configurations, and finds them again."""

import pytest
from tests.sdk.conftest import exports


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("artifacts", **exports(mock))


def test_queries_find_what_matches_and_nothing_else(seen):
    assert seen["queries"] == {
        "name": ["third"],
        "kind": ["second"],
        "one label": ["first", "second"],
        "two labels": ["first"],
        # Artifacts without the label are not among those with another value.
        "another value": ["second"],
        "search": ["second"],
        "search in any case": ["first", "second"],
        "nobody's name": [],
    }


def test_counts_agree_with_the_queries(seen):
    assert seen["counts"] == {"one label": 2, "two labels": 1, "another value": 1, "name": 1, "nobody's name": 0}


def test_a_configuration_comes_back_as_it_was_made(seen):
    assert seen["configuration"] == {
        "name": "Walk",
        "scenario": "text-clf-tutorial",
        "executable": "text-clf-train-tutorial",
        "parameters": {"train-epochs": "3"},
        "inputs": {"text-data": "first"},
    }
    assert seen["messages"] == ["Configuration created"]


def test_configurations_are_searched_and_counted(seen):
    assert seen["configurations"] == {"all": ["Walk", "bare"], "search": [], "search in any case": ["Walk"]}
    assert seen["configuration_counts"] == [2, 1]


def test_expand_brings_the_scenario_along(seen):
    assert seen["expanded"] == ["text-clf-tutorial"] * 2
