"""No legal choice of the mock breaks SAP's SDK: a tenant may be any of these."""

import pytest
from tests.sdk.conftest import exports

# All switches but those that refuse what the walks do on purpose.
CHOICES = {
    "sparse": (
        *("null-optionals=absent", "labels-when-none=absent", "location=absent", "error-request-id=absent"),
        *("count-media-type=json", "list-order=reverse"),
    ),
    "rich": (
        *("null-optionals=null", "labels-when-none=empty", "location=absolute", "error-request-id=request_id"),
        *("error-details=array", "execution-progress=yes", "count-under-top=total"),
    ),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_sdk_walks_its_whole_way_whatever_the_mock_chose(sdk, start_mock, choice):
    mock = start_mock(*(word for switch in CHOICES[choice] for word in ("--switch", switch)))
    for walk in ("catalogue", "artifacts", "training", "metrics", "refusals", "schedules", "deployments", "groups"):
        assert sdk.walk(walk, **exports(mock))
