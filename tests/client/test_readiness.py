"""A resource group that is new refuses its deployments for a while, a new tenant all tokens: a run waits (M10, M22)."""

import pytest

from lmconform.client import embedded
from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import TargetUnreachable
from lmconform.settings.options import MOCK, RunConfig

CONTRACT, REGISTER = Contract.load(), Register.load()


def first_list(*options):
    """The status of the list of deployments after the target was examined, on a mock with these options."""
    config = RunConfig.from_options(MOCK, {})
    with embedded.start(config, options) as mock:
        session = Session.open(config, CONTRACT, REGISTER, mock.target, None)
        session.examine()
        answer = session.client("test").send("listDeployments", judge=False)
        session.close()
    return answer.status


@pytest.mark.parametrize("way", ["412", "403", "404"])
def test_a_group_is_waited_for_until_it_does_not_refuse_its_deployments(way):
    assert first_list("--switch", f"fresh-group={way}") == 200


def test_a_group_without_the_capability_is_not_waited_for():
    assert first_list("--switch", "fresh-group=412", "--without", "userDeployments") == 404


def test_a_tenant_is_waited_for_until_it_takes_its_own_tokens():
    assert first_list("--fault", "listScenarios: warm-up, count=5") == 200


def test_tokens_that_are_refused_for_longer_are_said():
    with pytest.raises(TargetUnreachable, match=r"refuses the credentials for .*Jwt issuer is not"):
        first_list("--fault", "listScenarios: warm-up")
