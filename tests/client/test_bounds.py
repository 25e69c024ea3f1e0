"""How much a run may start, by its options and by where its target is."""

import pytest
from tests.safety.safety_bench import CONTRACT

from lmconform.client.bounds import bounds
from lmconform.contract.resources import resources
from lmconform.run.catalogue import plan
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

TENANT_URL, NEAR = "https://api.example.com", "http://127.0.0.1:8090"


def most(url, **options):
    """The bounds of a run, as numbers."""
    config = RunConfig.from_options(url, {"allow_writes": True, **options})
    credentials = Credentials("client", "secret", f"{url}/oauth/token", "")
    target = Target(url, f"{url}/v2", credentials, "default", None, 1.0, TENANT, disposable=config.disposable)
    return {noun: bound.most for noun, bound in bounds(resources(CONTRACT), config, target).items()}


@pytest.mark.parametrize(
    ("url", "options", "expected"),
    [
        (TENANT_URL, {"profile": "core"}, {"execution": 8, "deployment": 0}),
        (TENANT_URL, {"profile": "core", "allow_deployments": True}, {"execution": 8, "deployment": 2}),
        (TENANT_URL, {"profile": "gate", "allow_deployments": True}, {"execution": 8, "deployment": 2}),
        (TENANT_URL, {"profile": "full", "allow_deployments": True}, {"execution": 40, "deployment": 20}),
        (TENANT_URL, {"profile": "core", "disposable": True}, {}),
        (TENANT_URL, {"profile": "core", "max_executions": 12}, {"execution": 12, "deployment": 0}),
        (TENANT_URL, {"profile": "core", "disposable": True, "max_deployments": 1}, {"deployment": 1}),
        (TENANT_URL, {"profile": "core", "disposable": True, "max_created": 30}, {"*": 30}),
        (NEAR, {"profile": "core"}, {"execution": 40, "deployment": 0}),
        (NEAR, {"profile": "core", "allow_deployments": True}, {"execution": 40, "deployment": 20}),
        (NEAR, {"profile": "core", "max_deployments": 3}, {"execution": 40, "deployment": 0}),
    ],
)
def test_a_tenant_gets_few_and_deployments_need_an_option(url, options, expected):
    assert most(url, **options) == expected


def places(**options):
    """The place of the first step of each workflow among the items of a run."""
    config = RunConfig.from_options(TENANT_URL, {"allow_writes": True, "profile": "core", **options})
    items = [item.id for item in plan(config).items]
    names = ("serving", "bulk", "training", "metrics-of-a-training")
    return {name: next(n for n, item in enumerate(items) if item.startswith(f"scenario/{name}/")) for name in names}


def test_what_has_several_for_itself_comes_last_where_there_are_few():
    few, many = places(), places(disposable=True)
    probes = len(plan(RunConfig.from_options("mock", {"profile": "core"})).items)
    assert max(many.values()) < probes / 2
    assert min(few["serving"], few["bulk"]) > max(few["training"], few["metrics-of-a-training"])
    assert min(few["serving"], few["bulk"]) > probes / 2
