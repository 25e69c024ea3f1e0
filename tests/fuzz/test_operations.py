"""Generated data for what is deployed, scheduled, logged and stored: silent where lawful, and it bites."""

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.fuzz.conftest import proxy, requirements

from lmconform.errors import Inconclusive, NotApplicable
from lmconform.fuzz import clock
from lmconform.fuzz.pool import Pool

CREATING = ("createConfiguration", "createExecution", "createDeployment", "createExecutionSchedule", "patchMetrics")


def meta(**capabilities):
    """What a target advertises, with these capabilities in place of the usual ones."""
    usual = {"userExecutions": True, "userDeployments": True, "executionSchedules": True}
    return {"aiApi": {"capabilities": usual | capabilities}, "extensions": {"metrics": {"version": "1"}}}


@pytest.mark.parametrize("seed", [3, 4])
def test_creating_operations_are_reached_with_accepted_data_in_half_of_their_positive_cases(fuzz, seed):
    reports, _ = fuzz(*CREATING, seed=seed, examples=40)
    reached = {name: (report.accepted, report.positive) for name, report in reports.items()}
    assert all(accepted * 2 >= positive > 0 for accepted, positive in reached.values()), reached


@pytest.mark.parametrize(
    ("operation", "capabilities"),
    [
        ("createExecutionSchedule", {"executionSchedules": False}),
        ("getDeployment", {"userDeployments": False}),
        ("modifyDeployments", {"bulkUpdates": {"executions": True}}),
        ("getDeploymentLogs", {"logs": {"deployments": False}}),
        ("uploadFile", {}),
    ],
)
def test_what_is_not_advertised_is_not_fuzzed(fuzz, operation, capabilities):
    with pytest.raises(NotApplicable, match="does not advertise"):
        fuzz(operation, meta=meta(**capabilities))


@pytest.mark.parametrize("operation", ["createExecutionSchedule", "uploadFile", "modifyExecutions"])
def test_what_a_target_without_meta_may_lack_is_not_fuzzed(fuzz, operation):
    with pytest.raises(NotApplicable, match="no GET /v2/lm/meta"):
        fuzz(operation, meta=None)


def test_an_execution_that_has_ended_is_replaced_by_one_that_can_be_stopped(fuzz, mock, monkeypatch):
    made = Pool.replace_spare

    def replace_and_wait(pool, resource):
        made(pool, resource)
        ended = {"COMPLETED", "DEAD", "STOPPED"}
        for spare in pool.of(resource.noun).spare:
            deadline = time.monotonic() + 20
            while pool._status(resource, spare) not in ended:
                assert time.monotonic() < deadline, "the execution does not end"
                time.sleep(0.05)

    monkeypatch.setattr(Pool, "replace_spare", replace_and_wait)
    reports, session = fuzz("modifyExecution")
    # All that are named, but for the id that exists nowhere.
    assert reports["modifyExecution"].accepted == reports["modifyExecution"].positive - 1 == 6
    assert session.journal.count_left()["execution"] == 3 + 6 + 6


@pytest.mark.parametrize("status", [401, 403, 412, 429, 501])
def test_what_says_nothing_of_the_data_is_no_refusal(fuzz, mock, status):
    """A resource group that was made a moment ago answers 412 (fact M10)."""

    def spoil(handler, answered, body, media_type):
        is_new = handler.command == "POST" and handler.path.endswith("/deployments") and b'"10h"' in handler.body
        return (status, b'{"error": {"code": "1", "message": "not yet"}}', media_type) if is_new else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createDeployment", url=url, examples=40)
    assert requirements(reports["createDeployment"])["LM-FUZZ-POSITIVE-ACCEPTED"] == 0


def test_a_requirement_is_judged_only_by_answers_that_say_something_of_the_data(fuzz, mock):
    def refuse(handler, answered, body, media_type):
        is_creation = handler.command == "POST" and handler.path.endswith("/artifacts")
        return (403, b"RBAC: access denied", "text/plain") if is_creation else None

    with proxy(mock, refuse) as (url, _):
        reports, _ = fuzz("createArtifact", url=url)
    assert reports["createArtifact"].cases > 5
    assert reports["createArtifact"].judged == set()


def test_what_answers_show_is_judged(fuzz):
    reports, _ = fuzz("createArtifact", "getArtifact", "listArtifacts")
    assert {name: report.judged for name, report in reports.items()} == {
        "createArtifact": {"LM-FUZZ-POSITIVE-ACCEPTED", "LM-FUZZ-NEGATIVE-BODY-REFUSED"},
        "getArtifact": {"LM-FUZZ-POSITIVE-ACCEPTED", "LM-FUZZ-NEGATIVE-PATH-REFUSED"},
        "listArtifacts": {"LM-FUZZ-POSITIVE-ACCEPTED"},
    }


def test_nothing_is_judged_where_nothing_may_be_sent(fuzz):
    """Each deployment costs money: without the option that allows them none is sent."""
    with pytest.raises(Inconclusive, match=r"no generated request was answered: .*--allow-deployments") as raised:
        fuzz("createDeployment", disposable=False, deployments=False)
    assert raised.value.judgement.option == "--allow-deployments"


@pytest.mark.parametrize(
    ("list_of", "members"),
    [
        ("/executables", {"inputArtifacts": 5}),
        ("/executables", {"inputArtifacts": [1], "versionId": {}}),
        ("/executables", {"parameters": [None, "name"]}),
        ("/executables", {"parameters": {"name": 1}}),
        ("/scenarios", {"id": ".."}),
    ],
)
def test_executables_and_scenarios_that_break_their_schema_leave_something_to_fuzz(fuzz, mock, list_of, members):
    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and handler.path.endswith(list_of):
            data = json.loads(body)
            return (
                status,
                json.dumps(data | {"resources": [r | members for r in data["resources"]]}).encode(),
                media_type,
            )

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createConfiguration", url=url, examples=6)
    assert reports["createConfiguration"].cases > 5


def test_methods_and_paths_are_those_of_the_contract(fuzz, mock, contract):
    with proxy(mock, lambda *_: None) as (url, seen):
        fuzz("modifyDeployment", "listExecutionSchedules", "uploadFile", "getExecutionLogs", url=url, disposable=False)
    sent = [(m, p.partition("?")[0].removeprefix("/v2")) for m, p in seen if p.startswith("/v2/lm")]
    assert [pair for pair in sent if contract.match(*pair) is None] == []
    assert {m for m, _ in sent} <= {"GET", "POST", "PATCH", "PUT"}


def test_on_a_tenant_few_things_are_made_and_nothing_of_it_is_left_running(fuzz, mock):
    _, session = fuzz("createDeployment", "createExecutionSchedule", "uploadFile", "deleteDeployment", disposable=False)
    left = session.journal.count_left()
    assert 1 <= left["deployment"] <= 2
    assert 1 <= left["schedule"] <= 10
    assert 1 <= left["file"] <= 20


def test_no_generated_schedule_fires_within_months(fuzz, mock):
    bodies = []

    def listen(handler, status, body, media_type):
        if handler.command in ("POST", "PATCH") and "/executionSchedules" in handler.path and status == 202:
            bodies.append(json.loads(handler.body))

    with proxy(mock, listen) as (url, _):
        fuzz("createExecutionSchedule", "modifyExecutionSchedule", url=url, disposable=False)
    crons = {body["cron"] for body in bodies if "cron" in body}
    assert crons
    assert crons <= set(clock.far_crons(datetime.now(UTC)))


def test_times_of_schedules_are_in_order():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    first, last = (now + timedelta(days=100)).strftime("%m-%d"), (now + timedelta(days=220)).strftime("%m-%d")
    assert max(clock.starts(now)) < "2027-02" < "2027-07" < min(clock.ends(now))
    for cron in clock.far_crons(now):
        _, _, day, month, _ = cron.split()
        assert first < f"{int(month):02}-{int(day):02}" < last


def test_a_500_on_an_odd_but_valid_time_to_live_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (500, b"broken", "text/plain") if handler.command == "POST" and b'"600M"' in handler.body else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createDeployment", url=url, examples=60)
    assert requirements(reports["createDeployment"]) == {"LM-HTTP-NO-SERVER-ERROR": 1}


def test_a_list_that_is_wrong_for_one_status_alone_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if "/deployments?" in handler.path and "status=STOPPING" in handler.path and status == 200:
            return 200, b'{"count": "none", "resources": []}', media_type
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("listDeployments", url=url, examples=60)
    assert requirements(reports["listDeployments"]) == {"LM-HTTP-BODY-SCHEMA": 1}


@pytest.mark.parametrize("operation", ["createDeployment", "createExecutionSchedule", "modifyDeployment"])
def test_a_server_that_takes_every_body_is_found(fuzz, mock, operation):
    def spoil(handler, status, body, media_type):
        if handler.command in ("POST", "PATCH") and status == 400 and "oauth" not in handler.path:
            return 202, json.dumps({"id": str(uuid4()), "message": "taken", "deploymentUrl": ""}).encode(), media_type
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz(operation, url=url, examples=40)
    assert "LM-FUZZ-NEGATIVE-BODY-REFUSED" in requirements(reports[operation])


def test_another_status_than_202_for_a_new_schedule_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        is_new = handler.command == "POST" and handler.path.endswith("/executionSchedules") and status == 202
        return (201, body, media_type) if is_new else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createExecutionSchedule", url=url)
    assert requirements(reports["createExecutionSchedule"]) == {"LM-HTTP-STATUS-DECLARED": 1}


@pytest.mark.parametrize(
    ("operation", "word"), [("createExecutionSchedule", b'"end"'), ("createDeployment", b'"1d"')], ids=["end", "ttl"]
)
def test_a_server_that_refuses_valid_data_is_found(fuzz, mock, operation, word):
    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and status == 202 and word in handler.body:
            return 400, b'{"error": {"code": "1", "message": "not today"}}', "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz(operation, url=url, examples=40)
    assert requirements(reports[operation]) == {"LM-FUZZ-POSITIVE-ACCEPTED": 1}


def test_a_tenant_whose_deployments_are_used_up_is_no_finding(fuzz, mock):
    made = []

    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and handler.path.endswith("/deployments") and status == 202:
            made.append(body)
            if len(made) > 8:
                return 400, b'{"error": {"code": "1", "message": "there are enough"}}', "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createDeployment", url=url, examples=40)
    assert len(made) > 8
    assert requirements(reports["createDeployment"]) == {}


def test_a_moment_of_not_found_after_a_deployment_was_started_is_no_finding(fuzz, mock):
    asked = Counter()

    def spoil(handler, status, body, media_type):
        path = handler.path.partition("?")[0]
        if handler.command != "GET" or "/deployments/d" not in path or asked[path] > 2:
            return None
        asked[path] += 1
        return 404, b'{"error": {"code": "1", "message": "not yet"}}', "application/json"

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("getDeployment", url=url)
    assert asked
    assert reports["getDeployment"].broken == ()
    assert reports["getDeployment"].accepted > 0
