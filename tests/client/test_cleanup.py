"""What a session made it removes at its end, and counts what it cannot remove."""

import dataclasses
import re
import time

import pytest
import requests
from tests.probes.probe_bench import Defect, answered, open_session, run

from lmconform.client.cleanup import clean
from lmconform.client.leftovers import Survey
from lmconform.errors import Failure
from lmconform.probes import enactment_pool
from lmconform.probes.builders.configurations import deployable_configuration
from lmconform.probes.builders.schedules import SCHEDULE
from lmconform.probes.context import Context
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION


def lab_of(session):
    """A ctx for things to be left behind."""
    return Context(session, session.client("probe/test"))


def left(session):
    """What is left of what costs something."""
    stays = ("artifact", "configuration")
    return {kind: number for kind, number in session.journal.count_left().items() if number and kind not in stays}


def gone(session, kind, trial):
    """Whether it is gone, or will be."""
    answer = session.client("test").send(kind.get, trial.path, judge=False)
    return answer.status == 404 or answer.json_object()["targetStatus"] == "DELETED"


@pytest.mark.parametrize("kind", [EXECUTION, DEPLOYMENT], ids=lambda kind: kind.word)
def test_what_runs_is_stopped_and_deleted(mock, kind):
    session = open_session(mock)
    ctx = lab_of(session)
    unknown, running = enactment_pool.fresh(ctx, kind), enactment_pool.active(ctx, kind, {"RUNNING"})
    assert left(session)[kind.word] >= (1 if unknown.id == running.id else 2)
    clean(session)
    assert left(session) == {}
    assert gone(session, kind, unknown)
    assert gone(session, kind, running)


def test_schedules_are_deleted_paused_or_not(mock):
    session = open_session(mock)
    ctx = lab_of(session)
    made = [SCHEDULE.make(ctx) for _ in range(2)]
    ctx.send("modifyExecutionSchedule", {"executionScheduleId": made[0].id}, json={"status": "INACTIVE"})
    assert left(session) == {"schedule": 2}
    clean(session)
    assert left(session) == {}
    for each in made:
        assert ctx.get("getExecutionSchedule", executionScheduleId=each.id).status == 404


def test_what_was_made_in_another_group_is_removed_there(mock):
    session = open_session(mock)
    ctx = lab_of(session)
    session.target = dataclasses.replace(session.target, resource_group="other")
    trial = enactment_pool.fresh(ctx, DEPLOYMENT)
    session.target = dataclasses.replace(session.target, resource_group="tutorial")
    clean(session)
    assert left(session) == {}
    answer = session.client("test").send("getDeployment", trial.path, resource_group="other", judge=False)
    assert answer.status == 404 or answer.json_object()["targetStatus"] == "DELETED"


def test_a_schedule_that_was_made_in_the_wrong_group_is_found_and_removed_there(start_mock):
    session = open_session(start_mock("--mutant", "isolation-schedule-stored-first"))
    assert isinstance(run(session, "LM-ISOLATION-CREATE")["LM-ISOLATION-CREATE"], Failure)
    (made,) = session.journal.left("schedule", "tutorial")
    clean(session)
    assert left(session) == {}
    assert lab_of(session).get(SCHEDULE.get, **{SCHEDULE.parameter: made}).status == 404


class Refusing(Defect):
    """Refuses to delete deployments, and counts how often it accepts to stop them, and is asked to delete them."""

    def __init__(self):
        self.stops = self.deletions = 0

    def request(self, request):
        self.deletions += request.operation == "deleteDeployment"
        if request.operation == "deleteDeployment":
            return dataclasses.replace(request, method="GET")
        return request

    def answer(self, exchange):
        # A deployment that is UNKNOWN is not stopped yet.
        self.stops += exchange.operation == "modifyDeployment" and exchange.ok
        return answered(exchange, 403) if exchange.operation == "deleteDeployment" else exchange


def test_what_cannot_be_removed_is_stopped_and_counted_and_the_end_comes(mock, monkeypatch):
    refusing = Refusing()
    session = open_session(mock, defect=refusing)
    ctx = lab_of(session)
    enactment_pool.fresh(ctx, DEPLOYMENT)
    SCHEDULE.make(ctx)
    clock = time.monotonic
    # Two minutes are over in a third of a second.
    monkeypatch.setattr("time.monotonic", lambda: clock() * 400)
    clean(session)
    monkeypatch.undo()
    assert left(session) == {"deployment": 1}
    # A stop that takes its time may begin anew with each request for it.
    assert 1 <= refusing.stops <= 1 + refusing.deletions // 20


class Hiding(Defect):
    """Does not find one kind of things by their ids."""

    def __init__(self, operation):
        self.operation = operation

    def answer(self, exchange):
        return answered(exchange, 404) if exchange.operation == self.operation else exchange


@pytest.mark.parametrize(
    ("hidden", "expected"), [("getConfiguration", {"deployment": 1}), ("getDeployment", {})], ids=["origin", "itself"]
)
def test_what_is_not_found_is_gone_and_what_it_was_made_from_says_nothing_of_it(mock, hidden, expected):
    session = open_session(mock, defect=Hiding(hidden))
    ctx = lab_of(session)
    ctx.send("createDeployment", json={"configurationId": deployable_configuration(ctx).id})
    assert left(session) == {"deployment": 1}
    clean(session)
    assert left(session) == expected


class ShortPages(Defect):
    """Gives two entries of a list, however many are asked for: ``$top`` says at most how many."""

    def request(self, request):
        return dataclasses.replace(request, query=re.sub(r"top=\d+", "top=2", request.query))


def test_a_list_is_read_to_its_end_however_short_its_pages_are(mock):
    session = open_session(mock, defect=ShortPages())
    ctx = lab_of(session)
    configuration = deployable_configuration(ctx)
    ctx.get("getConfiguration", configurationId=configuration.id)
    # The answers are lost: the journal does not know of these.
    made = set()
    for _ in range(5):
        body, headers = {"configurationId": configuration.id}, mock.headers()
        made.add(requests.post(f"{mock.url}/v2/lm/deployments", json=body, headers=headers, timeout=5).json()["id"])
    found = {one.id for one in Survey(session, ["tutorial"]).look().removable}
    assert found >= made
    clean(session)
    assert left(session) == {}
