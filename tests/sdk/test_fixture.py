"""SAP's SDK finds the mock of the pytest fixture by the variables that it sets, and walks the whole life there."""

import pytest

from lmconform.testing import start


@pytest.fixture
def core():
    with start() as one:
        yield one


@pytest.mark.parametrize("walk", ["training", "deployments", "metrics"])
def test_a_walk_ends_well_where_polls_move_the_time(sdk, core, walk):
    assert sdk.walk(walk, **core.variables)
    assert core.requests[-1].group == "default"


def test_the_configuration_file_of_its_home_is_enough(sdk, core):
    seen = sdk.walk("credentials", AICORE_HOME=core.variables["AICORE_HOME"])
    assert (seen["base_url"], seen["group"]) == (f"{core.url}/v2", "default")


def test_the_walk_gets_no_advice(sdk, core):
    sdk.walk("artifacts", **core.variables)
    assert core.advice == []
