"""SAP's SDK trains: executions that complete, die, are stopped, and are modified many at once."""

import pytest
from tests.sdk.conftest import exports

LIFE = ["UNKNOWN", "PENDING", "RUNNING", "COMPLETED"]


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("training", **exports(mock))


def in_order(way, life):
    """Whether the statuses follow one another as the life has them, some perhaps unseen."""
    rest = iter(life)
    distinct = [status for status, before in zip(way, [None, *way], strict=False) if status != before]
    return all(status in rest for status in distinct)


def test_an_execution_goes_its_way_and_leaves_a_model(seen):
    assert in_order(seen["ways"]["completed"], LIFE)
    assert seen["ways"]["completed"][-1] == "COMPLETED"
    assert len(seen["times"]) == 3
    assert seen["times"] == sorted(seen["times"])
    assert seen["models"] == [
        {"name": "text-model-tutorial", "kind": "model", "url": "ai://default/ID/text-model-tutorial"}
    ]


def test_a_misspelt_key_kills_the_execution_and_the_log_says_why(seen):
    assert in_order(seen["ways"]["dead"], [*LIFE[:3], "DEAD"])
    assert "text-data" in seen["dead"]["message"]
    assert "text-data" in seen["dead"]["log"]


def test_a_stopped_execution_never_completes(seen):
    assert in_order(seen["ways"]["stopped"], ["PENDING", "RUNNING", "STOPPING", "STOPPED"])
    assert seen["ways"]["stopped"][-1] == "STOPPED"
    assert seen["messages"]["stop"] == "Execution modification scheduled"
    assert seen["forbidden"] in ("AIAPIInvalidRequestException", "AIAPIPreconditionFailedException")


def test_executions_are_found_and_counted(seen):
    assert seen["found"] == [True]
    assert seen["counts"] == {"completed": 1, "dead": 0, "all": 1}


def test_a_log_has_lines_and_none_before_the_start(seen):
    assert seen["lines"] > 0
    assert seen["orders"][0] is False
    assert seen["lines_early"] == 0


def test_many_are_modified_at_once_and_an_unknown_one_says_so(seen):
    scheduled, unknown = "Execution modification scheduled", "01010020"
    assert seen["many"] == [scheduled, unknown, scheduled, scheduled, unknown]


def test_what_is_deleted_is_gone_and_its_model_stays(seen):
    assert seen["gone"] == ["AIAPINotFoundException"] * 3
    assert seen["messages"]["delete"] == "Deletion scheduled"
    assert seen["kept"] == "text-model-tutorial"
