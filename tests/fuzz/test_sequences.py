"""Sequences along the contract's links: silent on a lawful server, and they see what one step leaves to the next."""

import itertools
import json
import time

import pytest
from tests.conftest import serve
from tests.fuzz.conftest import proxy, requirements

from lmconform.errors import Inconclusive, NotApplicable, NotTestable
from lmconform.fuzz import amounts, engine, links, sequences
from lmconform.fuzz import availability as ledger
from lmconform.fuzz.availability import GONE, READABLE
from lmconform.fuzz.sequences import USABLE

STARTS = ("listScenarios", "createArtifact", "createConfiguration", "createExecution", "createExecutionSchedule")
STARTS = (*STARTS, "createDeployment", "uploadFile")
REFUSAL = (400, b'{"error": {"code": "1", "message": "not today"}}', "application/json")
NOBODY = (404, b'{"error": {"code": "1", "message": "not found"}}', "application/json")


def test_what_has_links_is_what_sequences_start_from(contract):
    assert [operation.id for operation in links.starts(contract)] == list(STARTS)


@pytest.mark.parametrize("start", STARTS)
def test_the_mock_gives_no_finding(walk, start):
    outcome, session = walk(start, examples=60)
    assert outcome.broken == ()
    assert 20 < outcome.positive <= 60
    assert session.client("x").broken == {}
    assert outcome.accepted * 4 >= outcome.positive
    assert (READABLE in outcome.judged) == (start != "listScenarios")


def test_everything_that_sequences_promise_is_judged_on_the_mock(walk):
    judged = {r for start in ("createConfiguration", "createExecution") for r in walk(start, examples=70)[0].judged}
    assert judged == {READABLE, USABLE, GONE}


def test_only_curated_links_are_followed(contract):
    document = links.linked(contract, contract.document, contract.operations)
    machine = engine.read(document).as_state_machine()
    followed = {link.name for found in machine._transitions.operations.values() for link in found.outgoing}
    assert followed == {link.name for link in links.links(contract)}


def test_no_id_of_a_deployment_or_a_schedule_goes_out_as_that_of_a_configuration(walk, mock):
    sent, made = [], set()

    def listen(handler, status, body, media_type):
        sent.append((handler.path, handler.body.decode("latin-1") if handler.body else ""))
        if handler.command == "POST" and handler.path.endswith(("/deployments", "/executionSchedules")):
            made.add(json.loads(body).get("id"))

    with proxy(mock, listen) as (url, _):
        walk("createConfiguration", url=url, examples=80)
        walk("createDeployment", url=url, examples=40)
        walk("createExecutionSchedule", url=url, examples=40)
    made.discard(None)
    assert len(made) > 10
    wrong = [(p, b) for p, b in sent for i in made if f"configurationId={i}" in p or f'"configurationId": "{i}"' in b]
    assert wrong == []
    assert [p for p, _ in sent if any(f"/configurations/{i}" in p for i in made)] == []


@pytest.mark.parametrize("kind", ["artifacts", "executionSchedules", "deployments"])
def test_what_was_made_and_cannot_be_read_is_found(walk, mock, monkeypatch, kind):
    monkeypatch.setattr(ledger, "_MOMENT", 0.2)
    start = {"artifacts": "createArtifact", "deployments": "createDeployment"}.get(kind, "createExecutionSchedule")

    def spoil(handler, status, body, media_type):
        return NOBODY if handler.command == "GET" and f"/{kind}/" in handler.path and status == 200 else None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk(start, url=url)
    assert requirements(outcome)[READABLE] == 1


def test_what_is_read_with_another_id_is_found(walk, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and "/artifacts/" in handler.path and status == 200:
            return status, json.dumps(json.loads(body) | {"id": "somebody-else"}).encode(), media_type
        return None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createArtifact", url=url)
    (judgement,) = outcome.broken
    assert judgement.requirement == READABLE
    assert "somebody-else" in judgement.actual
    assert judgement.message == "after POST /v2/lm/artifacts (201)"


def test_a_moment_of_not_found_after_a_creation_is_no_finding(walk, mock):
    asked = set()

    def spoil(handler, status, body, media_type):
        if handler.command != "GET" or "/deployments/" not in handler.path or handler.path in asked:
            return None
        asked.add(handler.path)
        return NOBODY

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createDeployment", url=url)
    assert asked
    assert outcome.broken == ()


def test_what_was_deleted_and_stays_is_found(walk, mock):
    kept = {}

    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and "/executionSchedules/" in handler.path:
            if status == 200:
                kept[handler.path] = body
            elif handler.path in kept:
                return 200, kept[handler.path], "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createExecutionSchedule", url=url, examples=60, delete=0.5)
    assert requirements(outcome)[GONE] == 1


@pytest.mark.parametrize("disposable", [True, False])
@pytest.mark.parametrize(("seconds", "found"), [(0.0, 0), (1.0, 0), (1000.0, 1)], ids=["at-once", "in-time", "never"])
def test_a_deletion_is_carried_out_within_the_time_that_the_target_has_for_it(walk, mock, seconds, found, disposable):
    deleted = {}

    def spoil(handler, status, body, media_type):
        path = handler.path.partition("?")[0]
        if handler.command == "DELETE" and "/executions/" in path and status == 202:
            deleted[path] = time.monotonic()
        if handler.command == "GET" and time.monotonic() < deleted.get(path, 0.0) + seconds:
            times = dict.fromkeys(("createdAt", "modifiedAt"), "2026-01-01T00:00:00Z")
            shown = {"id": "e123", "configurationId": "c123", "status": "COMPLETED", "targetStatus": "DELETED"}
            return 200, json.dumps(shown | times).encode(), media_type
        return None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createExecution", url=url, examples=60, delete=3, disposable=disposable)
    assert deleted
    assert requirements(outcome)[GONE] == found
    assert [j.actual for j in outcome.broken if "--delete-timeout raises the limit" not in j.actual] == []


def test_a_configuration_that_cannot_be_run_after_all_is_found(walk, mock):
    plain = set()

    def spoil(handler, status, body, media_type):
        if handler.command != "POST" or status not in (201, 202):
            return None
        sent = json.loads(handler.body) if handler.path.endswith(("/configurations", "/executions")) else {}
        if "-fuzz-" in str(sent.get("name")):
            plain.add(json.loads(body)["id"])
        refused = handler.path.endswith("/executions") and sent["configurationId"] not in plain
        return REFUSAL if refused else None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createConfiguration", url=url, examples=80)
    assert USABLE in requirements(outcome)


@pytest.mark.parametrize("words", ["maxRunningCount is reached", "come back tomorrow"])
def test_a_tenant_that_has_no_room_for_another_run_is_no_finding(walk, mock, words):
    started = []

    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and handler.path.endswith("/executions") and status == 202:
            started.append(1)
            said = json.dumps({"error": {"code": "1", "message": words}}).encode()
            return (400, said, "application/json") if len(started) > 9 else None
        return None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createConfiguration", url=url, examples=80)
    assert len(started) > 9
    assert outcome.broken == ()


def test_a_contract_broken_in_the_middle_of_a_sequence_is_remembered(walk, mock, opened):
    def spoil(handler, status, body, media_type):
        later = "/executions/" in handler.path and (handler.command == "PATCH" or "/logs" in handler.path)
        return (418, b"", "text/plain") if later else None

    with proxy(mock, spoil) as (url, _):
        session = opened(url=url, examples=200)
        client = session.client("fuzz/sequence/createExecution")
        pool = sequences.Pool(session)
        sequences.Sequences(session, pool).run(session.contract.operation("createExecution"), client)
    assert {"modifyExecution", "getExecutionLogs"} & {operation for _, operation in client.broken}


def test_a_walk_that_is_over_where_it_went_on_before_has_just_ended(walk):
    # hypothesis calls that inconsistent; with this seed it came about.
    outcome, _ = walk("createExecution", examples=200, seed=1)
    assert outcome.cases == 200


def test_a_target_that_answers_the_same_request_in_two_ways_ends_no_walk(walk, mock):
    # What follows differs then where the data is the same: hypothesis calls that inconsistent.
    turn = itertools.count()

    def spoil(handler, status, body, media_type):
        if handler.command == "PUT" and next(turn) % 2:
            return REFUSAL
        return None

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("uploadFile", url=url, examples=400)
    assert outcome.positive > 200


def test_a_server_that_drops_connections_ends_the_item(walk):
    def answer(handler):
        if "/artifacts" not in handler.path:
            return handler.reply(200, b"{}")
        handler.connection.close()
        raise ConnectionError

    with serve(answer) as (url, seen), pytest.raises(NotTestable, match="got no answer"):
        walk("createArtifact", url=url)
    assert len(seen) < 60


def test_a_slow_server_ends_it_by_the_clock(walk, mock, monkeypatch):
    monkeypatch.setattr(amounts, "walking", lambda **_: 0.5)

    def spoil(handler, status, body, media_type):
        time.sleep(0.05)

    with proxy(mock, spoil) as (url, _):
        outcome, _ = walk("createArtifact", url=url, examples=500)
    assert 1 <= outcome.positive < 30


def test_on_a_tenant_few_things_are_made_and_nothing_is_deployed(walk):
    _, session = walk("createConfiguration", disposable=False, examples=60)
    left = session.journal.count_left()
    assert left["deployment"] == 0
    assert left["configuration"] <= 4 + 2 * 3
    assert left["execution"] <= 3 + 3
    with pytest.raises(Inconclusive, match="costs money"):
        walk("createDeployment", disposable=False)


def test_what_is_not_advertised_starts_no_sequence(walk):
    with pytest.raises(NotApplicable, match="executionSchedules"):
        walk("createExecutionSchedule", meta={"aiApi": {"capabilities": {"executionSchedules": False}}})


def test_what_leads_nowhere_starts_no_sequence(walk):
    dataset = {"capabilities": {"upload": True, "download": False, "delete": False}}
    with pytest.raises(NotApplicable, match="nothing that PUT"):
        walk("uploadFile", meta={"extensions": {"dataset": dataset}})
