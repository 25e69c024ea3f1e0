"""No legal choice of the mock breaks SAP's SDK: a tenant may be any of these."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.conftest import MockProcess
from tests.sdk.conftest import exports

WALKS = ("training", "deployments", "refusals", "groups", "schedules", "metrics", "artifacts", "catalogue")
# All switches that a client could notice, but for those that refuse what the walks do on purpose.
CHOICES = {
    "sparse": (
        *("null-optionals=absent", "optional-members=sparse", "labels-when-none=absent", "error-request-id=absent"),
        *("error-target=absent", "error-codes=status", "model-details=no", "log-origin=no", "extra-status=no"),
        *("deployment-details=absent", "url-when-stopped=empty", "meta=without-limits", "location=absent"),
        *("messages=published", "time-form=offset", "list-order=created", "deletion=fast", "count-media-type=json"),
        *("undollared=ignore", "forbidden-stop=400", "forbidden-delete=400"),
    ),
    "rich": (
        *("null-optionals=null", "extra-members=yes", "labels-when-none=empty", "error-request-id=request_id"),
        *("error-details=array", "execution-progress=yes", "status-details=yes", "deployment-details=twice"),
        *("server-labels=yes", "metrics-server-tags=yes", "deployment-update=serves-on", "location=absolute"),
        *("time-form=fraction", "list-order=id", "deletion=slow", "count-under-top=total", "metrics-order=by-step"),
        *("undollared=honour", "forbidden-stop=412", "forbidden-delete=412", "deployment-gap=late", "list-lag=late"),
    ),
}


@pytest.fixture(scope="module", params=CHOICES)
def choice(request):
    return request.param


@pytest.fixture(scope="module")
def seen(choice, sdk, tmp_path_factory):
    """What all walks see of a mock with these choices, by walk."""
    switches = (word for switch in CHOICES[choice] for word in ("--switch", switch))
    mock = MockProcess(tmp_path_factory.mktemp("choice"), "--pace", "0.1", *switches)
    try:
        # Mostly they wait for the mock's clock; and none of them may be disturbed by the others.
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(WALKS, pool.map(lambda walk: sdk.walk(walk, **exports(mock)), WALKS), strict=True))
    finally:
        mock.stop()


def test_the_sdk_trains_serves_and_finds_everything_again(seen):
    assert seen["training"]["ways"]["completed"][-1] == "COMPLETED"
    assert seen["training"]["found"] == seen["deployments"]["found"] == [True]
    assert seen["deployments"]["ways"]["update"][-1] == "RUNNING"
    assert seen["deployments"]["updated"] == {"running": True, "name": True}
    assert seen["schedules"]["paused"]["status"] == "INACTIVE"
    assert seen["groups"]["inside"] == [True]
    assert seen["catalogue"]["models"]
    assert len(seen["metrics"]["metrics"]) == 4
    assert seen["metrics"]["tags"].items() >= {"owner": "walk", "colour": "red"}.items()


def test_the_order_of_a_log_is_what_the_mock_makes_of_a_parameter_without_its_dollar_sign(seen, choice):
    assert seen["training"]["orders"] == seen["deployments"]["orders"] == [False, choice == "rich"]


def test_a_forbidden_transition_raises_what_belongs_to_its_status(seen, choice):
    exception = {"sparse": "AIAPIInvalidRequestException", "rich": "AIAPIPreconditionFailedException"}[choice]
    for what in ("delete while it runs", "stop when completed"):
        assert seen["refusals"][what]["exception"] == exception
