"""The store is bounded in number and in bytes, and deleted resources release both."""

import pytest

from lmconform.mock import lifecycle, templates
from lmconform.mock.events import EVENTS
from lmconform.mock.problems import Problem
from lmconform.mock.store import Store, weigh
from lmconform.mock.switches import Switches


@pytest.fixture
def store():
    return Store(lifecycle.timing(1.0, 3600.0, Switches()), templates.load(), EVENTS)


def test_all_groups_share_one_budget_of_bytes(store):
    big = {"name": "x" * (100 * 1024 * 1024)}
    for name in ("default", "tutorial", "other", "default", "tutorial"):
        store.groups[name].add_artifact(big)
    with pytest.raises(Problem) as caught:
        store.groups["other"].add_artifact(big)
    assert caught.value.status == 413
    store.groups["other"].add_artifact({"name": "small"})
    del store.groups["tutorial"]
    store.groups["other"].add_artifact(big)


def test_a_shelf_is_bounded_by_the_quota(store):
    group = store.groups["default"]
    for _ in range(20_000):
        group.add_configuration({})
    with pytest.raises(Problem) as caught:
        group.add_configuration({})
    assert caught.value.status == 400
    assert len(group.configurations) == 20_000


def test_deleted_metrics_release_their_bytes(store):
    group = store.groups["default"]
    before = group.weight
    tracking = group.track("e1")
    group.add_weight(5000)
    tracking.weight += 5000
    assert group.weight > before
    assert group.delete_tracking("e1")
    assert group.weight == before
    assert not group.delete_tracking("e1")


def test_weight_grows_with_the_content():
    assert weigh({"a": "x" * 5000}) > 5000
    assert weigh([1, [2, {"b": None}]]) > weigh([1])
