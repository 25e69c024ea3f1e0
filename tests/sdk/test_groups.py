"""SAP's SDK makes a resource group, works in it, and deletes it."""

import pytest
from tests.sdk.conftest import exports


@pytest.fixture(scope="module")
def seen(sdk, mock):
    return sdk.walk("groups", **exports(mock))


def test_a_new_group_is_provisioned_listed_and_keeps_its_labels(seen):
    assert seen["ready"] == "PROVISIONED"
    assert seen["labels"] == {"ext.ai.sap.com/walk": "yes"}
    assert seen["created"]
    assert seen["listed"]


def test_a_new_group_holds_its_own_artifacts_apart_and_offers_the_tenants_scenarios(seen):
    assert seen["inside"] == [True]
    assert seen["apart"] == "AIAPINotFoundException"
    assert seen["same_scenarios"]


def test_a_deleted_group_is_gone(seen):
    assert seen["deleted"]
    assert seen["nobody"] == "AIAPINotFoundException"
