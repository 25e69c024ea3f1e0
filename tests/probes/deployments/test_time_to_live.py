"""The time to live that probes ask for stays within the limits of meta."""

import pytest
from tests.probes.probe_bench import open_session, run

from lmconform.errors import Inconclusive


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ({}, "PASS"),
        ({"minimum": "10m", "maximum": -1}, "PASS"),
        ({"minimum": "10m", "maximum": "10H"}, "PASS"),
        ({"maximum": "8h"}, Inconclusive),
        ({"minimum": "1d"}, Inconclusive),
    ],
)
def test_no_time_to_live_is_asked_for_that_meta_does_not_allow(mock, limits, outcome):
    session = open_session(mock)
    session.capabilities.meta["aiApi"]["limits"]["timeToLiveDeployments"] = limits
    found = run(session, "LM-DEPLOYMENT-TTL-ECHO")["LM-DEPLOYMENT-TTL-ECHO"]
    assert found == outcome or isinstance(found, outcome)
