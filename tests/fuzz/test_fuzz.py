"""Generated data: silent on a lawful server, one finding per cause on a broken one."""

import json
from collections import Counter
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from tests.conftest import serve
from tests.fuzz.conftest import proxy, requirements

from lmconform.contract.capabilities import Capabilities
from lmconform.errors import NotTestable, TargetLost
from lmconform.fuzz import description, oracle, sending
from lmconform.fuzz.pool import ABSENT, Pool, Recipe
from lmconform.safety.guard import ABSENT_PREFIX


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_mock_gives_no_finding(contract, fuzz, seed):
    reports, _ = fuzz(*(o.id for o in contract.operations), seed=seed, examples=14)
    assert {name: report.broken for name, report in reports.items() if report.broken} == {}
    assert sum(report.cases for report in reports.values()) > 300


def test_creating_operations_are_reached_with_accepted_data(fuzz):
    reports, _ = fuzz("createArtifact", "createConfiguration", "createExecution", "patchMetrics", "findMetrics")
    assert {name: r.accepted * 2 >= r.positive > 0 for name, r in reports.items()} == dict.fromkeys(reports, True)


def test_a_seed_gives_the_same_cases_again_and_another_seed_gives_others(fuzz):
    first, second, other = (fuzz("listArtifacts", seed=s)[0]["listArtifacts"] for s in (7, 7, 8))
    assert (first.positive, first.negative) == (second.positive, second.negative)
    assert first.cases > 20
    assert other.cases > 20


def test_a_500_on_an_apostrophe_is_one_finding_with_a_small_example(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and b'"url"' in handler.body and b"'" in handler.body:
            return 500, b"broken", "text/plain"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createArtifact", url=url, examples=60)
    (judgement,) = [j for j in reports["createArtifact"].broken if j.requirement == "LM-HTTP-NO-SERVER-ERROR"]
    assert judgement.actual == "500 broken"
    assert judgement.count >= 1
    assert judgement.case > 0
    assert "/lm/artifacts" in judgement.request
    assert len(judgement.request) < 700


def test_a_body_without_a_required_member_is_one_finding(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and "/artifacts/" in handler.path and status == 200 and body[:1] == b"{":
            return status, json.dumps({k: v for k, v in json.loads(body).items() if k != "id"}).encode(), media_type
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("getArtifact", "listArtifacts", url=url)
    assert requirements(reports["getArtifact"]) == {"LM-HTTP-BODY-SCHEMA": 1}
    assert requirements(reports["listArtifacts"]) == {}


def test_another_media_type_is_one_finding(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (status, body, "text/html") if "/executions?" in handler.path and status == 200 else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("listExecutions", url=url)
    assert requirements(reports["listExecutions"]) == {"LM-HTTP-MEDIA-TYPE-DECLARED": 1}


def test_a_server_that_takes_every_body_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and handler.path.endswith("/artifacts") and status == 400:
            return (
                201,
                json.dumps({"id": str(uuid4()), "message": "taken", "url": "ai://default/x"}).encode(),
                media_type,
            )
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createArtifact", url=url)
    assert requirements(reports["createArtifact"]) == {"LM-FUZZ-NEGATIVE-BODY-REFUSED": 1}


def test_a_server_that_refuses_valid_data_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "POST" and handler.path.endswith("/artifacts") and b'"gs://' in handler.body:
            return 400, b'{"error": {"code": "1", "message": "no gs here"}}', "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createArtifact", url=url, examples=60)
    assert requirements(reports["createArtifact"]) == {"LM-FUZZ-POSITIVE-ACCEPTED": 1}


def test_a_server_that_takes_every_id_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and "/configurations/" in handler.path and status in (400, 404):
            known = {"id": "abcd", "name": "n", "executableId": "abcd", "scenarioId": "abcd"}
            return 200, json.dumps(known | {"createdAt": "2026-01-01T00:00:00Z"}).encode(), "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("getConfiguration", url=url, examples=80)
    assert requirements(reports["getConfiguration"]) == {"LM-FUZZ-NEGATIVE-PATH-REFUSED": 1}


@pytest.mark.parametrize(("often", "found"), [(1, {}), (1000, {"LM-HTTP-NO-SERVER-ERROR": 1})])
def test_what_passes_for_a_moment_is_no_finding_and_what_stays_is(fuzz, mock, monkeypatch, often, found):
    monkeypatch.setattr(sending, "_PAUSE", 0.0)
    seen = []

    def spoil(handler, status, body, media_type):
        # What the pool makes is made.
        if handler.path.endswith("/artifacts") and handler.command == "POST" and b"-fuzz-" not in handler.body:
            seen.append(handler.body)
            if seen.count(handler.body) <= often:
                return 503, b"upstream connect error", "text/plain"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createArtifact", url=url)
    assert requirements(reports["createArtifact"]) == found


def test_generated_data_that_cannot_be_sent_at_all_is_no_pass(fuzz, mock):
    def spoil(handler, status, body, media_type):
        is_new = handler.path.endswith("/artifacts") and handler.command == "POST"
        return (504, b"upstream request timeout", "text/plain") if is_new else None

    with proxy(mock, spoil) as (url, _), pytest.raises(NotTestable, match="3 answers in a row"):
        fuzz("createArtifact", url=url)


def test_lists_below_a_scenario_that_cannot_exist_may_be_empty(fuzz, mock):
    def spoil(handler, status, body, media_type):
        is_list = handler.path.partition("?")[0].endswith(("/executables", "/versions", "/models"))
        return (200, b'{"count": 0, "resources": []}', "application/json") if is_list and status >= 400 else None

    lists = ("listExecutables", "listScenarioVersions", "listScenarioModels")
    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz(*lists, url=url)
    assert {name: requirements(reports[name])["LM-FUZZ-NEGATIVE-PATH-REFUSED"] for name in lists} == dict.fromkeys(
        lists, 0
    )


def test_what_a_request_names_belongs_together(contract, opened):
    pool = Pool(opened())
    pool.trains = Recipe("my-training", "train-it", "1.2.3", (), ())
    pool.serves = Recipe("my-serving", "serve-it", "2.0.0", (), ())
    pool.scenarios = ["my-training", "my-serving"]

    def drawn(operation):
        document = description.positive(contract, [contract.operation(operation)], pool, Capabilities(None))
        (node,) = (node for item in document["paths"].values() for node in item.values())
        rows = {row["name"]: row["schema"] for row in node["parameters"]}
        return {name: set(schema.get("items", schema).get("enum", ())) for name, schema in rows.items()}

    assert drawn("getExecutable")["scenarioId"] == {"my-training", ABSENT}
    assert drawn("getExecutable")["executableId"] == {"train-it", ABSENT}
    assert drawn("listExecutables")["versionId"] == {"1.2.3", ABSENT}
    assert drawn("listConfigurations")["executableIds"] == {"train-it", ABSENT}
    assert drawn("listScenarioVersions")["scenarioId"] == {"my-training", "my-serving", ABSENT}


@pytest.mark.parametrize("status", [401, 403, 404, 405, 413, 414, 415, 429, 431])
def test_what_a_gateway_says_of_odd_requests_is_no_finding(fuzz, mock, status):
    def spoil(handler, answered, body, media_type):
        if answered == 400 and not handler.path.startswith("/oauth"):
            return status, b"the gateway says no", "text/plain"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("listArtifacts", "createArtifact", url=url, examples=10)
    expected = {"LM-ERROR-ENVELOPE"} if status == 404 else set()
    assert {f.requirement for r in reports.values() for f in r.broken} <= expected


def test_nulls_and_further_members_are_no_finding(fuzz, mock):
    def spoil(handler, status, body, media_type):
        if handler.command == "GET" and "/executions" in handler.path and status == 200 and body[:1] == b"{":
            value = json.loads(body)
            for resource in value.get("resources", [value]):
                resource |= {"progress": "1/2"}
                resource.setdefault("statusMessage", None)
                resource.setdefault("completionTime", None)
            return status, json.dumps(value).encode(), "application/json; charset=utf-8"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("listExecutions", "getExecution", url=url)
    assert {name: report.broken for name, report in reports.items()} == {"listExecutions": (), "getExecution": ()}


@pytest.mark.parametrize(
    ("dropped", "end", "words"),
    [("/v2/lm/artifacts/$count", NotTestable, "got no answer"), ("/", TargetLost, "no longer answers")],
    ids=["one-operation", "all"],
)
def test_a_server_that_drops_connections_ends_the_operation_or_the_run(fuzz, mock, dropped, end, words):
    def answer(handler):
        if handler.path.startswith(dropped):
            handler.connection.close()
            raise ConnectionError
        handler.reply(200, {"count": 0, "resources": []})

    with serve(answer) as (url, seen), pytest.raises(end, match=words):
        fuzz("countArtifacts", url=url)
    assert len(seen) < 40


def test_on_a_tenant_only_own_and_absent_executions_are_touched_and_few_are_started(fuzz, mock):
    operations = ("modifyExecution", "modifyExecutions", "deleteExecution", "createExecution")
    reports, session = fuzz(*operations, disposable=False)
    assert session.journal.count_left()["execution"] <= 12
    assert reports["modifyExecutions"].cases > 0


def test_generated_urls_stay_in_bounds_and_methods_are_those_declared(fuzz, mock):
    with proxy(mock, lambda *_: None) as (url, seen):
        fuzz("listArtifacts", "modifyExecution", url=url)
    methods = {(m, urlsplit(p).path.rpartition("/")[0]) for m, p in seen if "/executions/" in p}
    assert {m for m, _ in methods} == {"GET", "PATCH"}
    assert max(len(p) for _, p in seen) < 6100


WRONG = [
    ({}, "required"),
    ({"name": [], "kind": "model", "url": "ai://a/b", "scenarioId": "abcd"}, "a list for a text"),
    ({"name": "n", "kind": "pony", "url": "ai://a/b", "scenarioId": "abcd"}, "an unknown kind"),
    ({"name": "n", "kind": "model", "url": "nothing", "scenarioId": "abcd"}, "a url without a scheme"),
    ({"name": "n" * 300, "kind": "model", "url": "ai://a/b", "scenarioId": "abcd"}, "a name too long"),
]
DOUBTFUL = [
    ({"name": "n", "kind": "Model", "url": "ai://a/b", "scenarioId": "abcd"}, "another case"),
    ({"name": "n", "kind": "model", "url": "ai://a/b", "scenarioId": "äöüß"}, "letters beyond ASCII"),
    ({"name": "n", "kind": "model", "url": "ai://a/b", "scenarioId": "abcd\n"}, "a trailing newline"),
    ({"name": "n" * 257, "kind": "model", "url": "ai://a/b", "scenarioId": "abcd"}, "one character too long"),
    ({"name": "n", "kind": "model", "url": "ai://a/b", "scenarioId": "abcd", "labels": None}, "null for nothing"),
    ({"name": "n", "kind": "model", "url": "ai://a/b", "scenarioId": "abcd", "more": 1}, "a further member"),
]


@pytest.mark.parametrize("body", [pytest.param(b, id=i) for b, i in WRONG])
def test_a_body_that_every_reading_refuses_is_wrong(contract, body):
    assert oracle.is_wrong_body(contract, contract.operation("createArtifact"), body)


@pytest.mark.parametrize("body", [pytest.param(b, id=i) for b, i in DOUBTFUL])
def test_a_body_on_which_servers_may_differ_is_not_judged(contract, body):
    assert oracle.is_wrong_body(contract, contract.operation("createArtifact"), body) == ""


def test_a_body_is_not_wrong_for_members_that_the_server_sets(contract):
    body = {"executionId": "e3328f290b940c1e", "tags": [{"name": "a", "value": "b"}]}
    patch = contract.operation("patchMetrics")
    assert oracle.is_wrong_body(contract, patch, {**body, "createdAt": {}, "modifiedAt": "yesterday"}) == ""
    assert oracle.is_wrong_body(contract, patch, {**body, "createdAt": {}, "customInfo": {}})


def test_a_body_is_not_wrong_for_members_of_what_the_target_does_not_offer(contract):
    create, body = contract.operation("createDeployment"), {"configurationId": "aa97b177-9383-4934-8543-0f91a7a0283a"}
    assert oracle.is_wrong_body(contract, create, {**body, "ttl": 7})
    assert oracle.is_wrong_body(contract, create, {**body, "ttl": 7}, {"ttl"}) == ""
    assert oracle.is_wrong_body(contract, create, {"configurationId": 7, "ttl": 7}, {"ttl"})


ID_PATTERN = r"^[\w.-]{4,64}$"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("a!cd", True),
        ("abc", True),
        ("x" * 70, True),
        ("abcd", False),
        ("äbcd", False),
        ("a/cd", False),
        ("x" * 65, False),
        ("x" * 66, False),
        ("x" * 67, True),
        ("abcd!", True),
    ],
)
def test_an_id_is_wrong_only_when_no_server_could_read_it_otherwise(value, wrong):
    assert oracle.is_wrong_id(value, ID_PATTERN) is wrong


def test_the_absent_id_is_a_legal_id():
    assert not oracle.is_wrong_id(f"{ABSENT_PREFIX}fuzz", ID_PATTERN)


def test_a_new_deployment_that_is_not_seen_at_once_is_no_finding(fuzz, mock):
    """SAP's help says of a deployment that was just started: not found (C2)."""
    asked = Counter()

    def spoil(handler, status, body, media_type):
        name = handler.path.partition("?")[0].rpartition("/")[2]
        if handler.command == "GET" and handler.path.startswith("/v2/lm/deployments/d") and status == 200:
            asked[name] += 1
            if asked[name] <= 2:
                return 404, b'{"error": {"code": "01010016", "message": "not found"}}', "application/json"
        return None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("getDeployment", url=url)
    assert reports["getDeployment"].broken == ()
    assert reports["getDeployment"].accepted > 0
