"""Every operation has a request that is right, and one GET shows whether it was carried out."""

import dataclasses

import pytest
from tests.probes.probe_bench import CONTRACT, PROBES, Defect, answered, open_session

from lmconform.contract.resources import Access, Role, resources
from lmconform.errors import caught
from lmconform.judgement import State
from lmconform.probes.context import Context
from lmconform.probes.shared.requests import prepare

RESOURCES = resources(CONTRACT)
CHANGES = [o.id for o in CONTRACT.operations if RESOURCES.access(o) is Access.CHANGE]


@pytest.fixture(scope="module")
def ctx(mock):
    session = open_session(mock)
    return Context(session, session.client("test"))


@pytest.mark.parametrize("operation", CONTRACT.operations, ids=lambda operation: operation.id)
def test_a_target_carries_out_the_request_of_each_operation(ctx, operation):
    answer = prepare(ctx, operation).send(ctx)
    assert answer.ok, answer.brief
    assert not ctx.client.broken


@pytest.mark.parametrize("operation", CONTRACT.operations, ids=lambda operation: operation.id)
def test_the_request_names_what_this_run_has_made(ctx, operation):
    prepared = prepare(ctx, operation)
    if prepared.resource.in_group and RESOURCES.role_of(operation) not in (Role.LIST, Role.COUNT, Role.CREATE):
        own = prepared.resource
        named = [(RESOURCES.identified_by(name) or own, value) for name, value in prepared.names.items()]
        assert all(ctx.session.journal.made(resource.noun, value) for resource, value in named)


class Refusing(Defect):
    """Every change without a token is refused, and carried out all the same."""

    def __init__(self):
        self.is_bare = False

    def request(self, request):
        self.is_bare = not request.authorize and request.operation in CHANGES
        return dataclasses.replace(request, authorize=True) if self.is_bare else request

    def answer(self, exchange):
        return answered(exchange, 401) if self.is_bare else exchange


def test_every_change_that_is_refused_and_carried_out_is_seen(mock):
    session = open_session(mock, defect=Refusing())
    ctx = Context(session, session.client("probe/LM-AUTH-EVERY-CHANGE"))
    caught(lambda: PROBES["LM-AUTH-EVERY-CHANGE"].function(ctx))
    assert {part.operation: part.state for part in ctx.parts} == dict.fromkeys(CHANGES, State.BROKEN)
