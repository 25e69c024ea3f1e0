"""SAP's SDK records metrics through Tracking, and reads them back."""

import pytest
from tests.sdk.conftest import exports


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("metrics", **exports(mock))


def test_points_of_several_calls_are_all_there(seen):
    assert seen["metrics"] == [
        ["Error Rate", 0.25, 2, []],
        ["Error Rate", 0.5, 1, [["fold", "a"]]],
        ["loss", 1.25, 2, []],
        ["loss", 1.5, 1, [["metrics.ai.sap.com/Artifact.name", "text-model-tutorial"]]],
    ]


def test_tags_and_custom_info_are_kept(seen):
    assert seen["tags"] == {"owner": "walk", "colour": "red", "more": "yes"}
    assert seen["custom_info"] == {"confusion": '[{"a": 1}]'}


def test_a_selection_brings_the_chosen_section_alone(seen):
    assert seen["only"] == {"metrics": None, "custom_info": None, "tags": seen["tags"]}


def test_metrics_are_found_by_filter_and_of_several_executions(seen):
    assert seen["filtered"] == [4]
    assert seen["two"] == [2, [False, True]]


def test_what_is_not_there_is_not_found_and_a_bad_request_is_refused(seen):
    not_found, invalid = "AIAPINotFoundException", "AIAPIInvalidRequestException"
    assert seen["refusals"] == {
        "before": not_found,
        "both": invalid,
        "no execution": invalid,
        "nobody's": not_found,
        "deleted": not_found,
        "deleted again": not_found,
    }
