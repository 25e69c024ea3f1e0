"""What a target offers, by what its meta says and by the defaults of the published description."""

import pytest

from lmconform.contract.capabilities import Capabilities

AI_API = "aiApi.capabilities."


def meta(capabilities=None, extensions=None):
    return Capabilities(
        {"aiApi": {"version": "2.0.0", "capabilities": capabilities or {}}, "extensions": extensions or {}}
    )


@pytest.mark.parametrize(
    ("name", "default"),
    [
        *((name, True) for name in ("multitenant", "userExecutions", "userDeployments", "staticDeployments")),
        *((name, True) for name in ("logs.executions", "logs.deployments")),
        *((name, False) for name in ("timeToLiveDeployments", "executionSchedules")),
        *((name, False) for name in ("bulkUpdates.executions", "bulkUpdates.deployments")),
    ],
)
def test_a_capability_that_meta_leaves_out_has_its_published_default(name, default):
    assert meta().has(AI_API + name) is default


def test_null_means_the_default_as_well():
    assert meta({"userExecutions": None, "logs": None}).has("aiApi.capabilities.userExecutions")
    assert meta({"logs": None}).has("aiApi.capabilities.logs.deployments")


def test_what_meta_says_wins_over_the_default():
    told = meta({"logs": {"executions": False}, "executionSchedules": True})
    assert not told.has("aiApi.capabilities.logs.executions")
    assert told.has("aiApi.capabilities.logs.deployments")
    assert told.has("aiApi.capabilities.executionSchedules")


def test_files_are_offered_by_the_extension_alone():
    assert not meta().has("extensions.dataset")
    assert not meta().has("extensions.dataset.capabilities.upload")
    assert not meta(extensions={"dataset": None}).has("extensions.dataset.capabilities.upload")
    with_files = meta(extensions={"dataset": {"version": "1.0.0", "capabilities": {"delete": False}}})
    assert with_files.has("extensions.dataset")
    assert with_files.has("extensions.dataset.capabilities.upload")
    assert not with_files.has("extensions.dataset.capabilities.delete")


def test_a_target_without_meta_is_judged_by_everything():
    assert Capabilities(None).has("aiApi.capabilities.executionSchedules")


def test_there_is_no_more_than_what_it_stands_upon():
    capabilities = {"userDeployments": False, "timeToLiveDeployments": True, "bulkUpdates": {"deployments": True}}
    found = Capabilities({"aiApi": {"version": "2.0.0", "capabilities": capabilities}})
    assert not found.has("aiApi.capabilities.timeToLiveDeployments")
    assert not found.has("aiApi.capabilities.bulkUpdates.deployments")
    assert not found.has("aiApi.capabilities.logs.deployments")
    assert found.has("aiApi.capabilities.logs.executions")


def test_without_meta_nobody_says_what_is_off_unless_said():
    silent, loud = Capabilities(None), Capabilities({"aiApi": {}})
    for path in ("aiApi.capabilities.executionSchedules", "extensions.dataset.capabilities.upload"):
        assert silent.opt_in_unadvertised(path)
        assert not loud.opt_in_unadvertised(path)
    assert silent.opt_in_unadvertised("aiApi.capabilities.bulkUpdates.executions")
    assert not silent.opt_in_unadvertised("aiApi.capabilities.bulkUpdates.executions", bulk=False)
    for path in ("", "aiApi.capabilities.userExecutions", "extensions.metrics"):
        assert not silent.opt_in_unadvertised(path)
