"""No legal choice of the mock breaks SAP's SDK: a tenant may be any of these."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.sdk.conftest import exports

WALKS = ("training", "deployments", "refusals", "groups", "schedules", "metrics", "artifacts", "catalogue")
# All switches that a client could notice, but for those that refuse what the walks do on purpose.
CHOICES = {
    "sparse": (
        *("null-optionals=absent", "optional-members=sparse", "labels-when-none=absent", "error-request-id=absent"),
        *("error-target=absent", "error-codes=status", "model-details=no", "log-origin=no", "extra-status=no"),
        *("deployment-details=absent", "url-when-stopped=empty", "meta=without-limits", "location=absent"),
        *("messages=published", "time-form=offset", "list-order=reverse", "deletion=fast", "count-media-type=json"),
    ),
    "rich": (
        *("null-optionals=null", "extra-members=yes", "labels-when-none=empty", "error-request-id=request_id"),
        *("error-details=array", "execution-progress=yes", "status-details=yes", "deployment-details=twice"),
        *("server-labels=yes", "metrics-server-tags=yes", "deployment-update=serves-on", "location=absolute"),
        *("time-form=fraction", "list-order=id", "deletion=slow", "count-under-top=total", "metrics-order=by-step"),
    ),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_sdk_walks_its_whole_way_whatever_the_mock_chose(sdk, start_mock, choice):
    mock = start_mock(*(word for switch in CHOICES[choice] for word in ("--switch", switch)))
    # Mostly they wait for the mock's clock; and none of them may be disturbed by the others.
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda walk: sdk.walk(walk, **exports(mock)), WALKS))


def test_a_log_comes_backwards_where_the_sdks_order_without_its_dollar_sign_is_honoured(sdk, start_mock):
    mock = start_mock("--switch", "undollared=honour")
    for walk in ("training", "deployments"):
        assert sdk.walk(walk, **exports(mock))["orders"] == [False, True]
