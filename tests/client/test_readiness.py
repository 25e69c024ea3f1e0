"""A resource group that is new refuses its deployments for a while: the run waits for it before any item (M10)."""

import pytest

from lmconform.client import embedded
from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.settings.options import MOCK, RunConfig

CONTRACT, REGISTER = Contract.load(), Register.load()


def first_list(way, *options):
    """The status of the list of deployments after the target was examined, on a mock with such a group."""
    config = RunConfig.from_options(MOCK, {})
    with embedded.start(config, ("--switch", f"fresh-group={way}", *options)) as mock:
        session = Session.open(config, CONTRACT, REGISTER, mock.target, None)
        session.examine()
        answer = session.client("test").send("listDeployments", judge=False)
        session.close()
    return answer.status


@pytest.mark.parametrize("way", ["412", "403", "404"])
def test_a_group_is_waited_for_until_it_does_not_refuse_its_deployments(way):
    assert first_list(way) == 200


def test_a_group_without_the_capability_is_not_waited_for():
    assert first_list("412", "--without", "userDeployments") == 404
