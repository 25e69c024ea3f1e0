"""Cases that do not depend on chance: they are sent with few examples, judged as generated ones, and kept in bounds."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from tests.fuzz.conftest import META, proxy, requirements

from lmconform.fuzz import violations

FEW = 8
REFUSED = b'{"error": {"code": "1", "message": "no"}}'


def sent(handler):
    """The parsed body of a request, None when it is no JSON."""
    try:
        return json.loads(handler.body)
    except ValueError:
        return None


def heard(mock, fuzz, operation, **options):
    """Fuzz one operation with few examples: the requests as (path, query, headers, body) and the report."""
    found = []

    def listen(handler, status, body, media_type):
        parts = urlsplit(handler.path)
        if parts.path.startswith("/v2/lm"):
            headers = {name.lower(): value for name, value in handler.headers.items()}
            found.append((unquote(parts.path), dict(parse_qsl(parts.query)), headers, handler.body))

    with proxy(mock, listen) as (url, _):
        reports, _ = fuzz(operation, url=url, examples=FEW, **options)
    return found, reports[operation]


@pytest.mark.parametrize(
    "operation", ["createArtifact", "createExecutionSchedule", "modifyDeployments", "patchMetrics"]
)
def test_every_example_of_a_body_is_sent(contract, fuzz, mock, operation):
    requests, report = heard(mock, fuzz, operation)
    bodies = [json.loads(body) for *_, body in requests if body[:1] == b"{"]
    schema = next(iter(contract.operation(operation).request_body.content.values()))
    wanted = [
        (path, example)
        for path, node in violations.positions(contract, schema)
        for example in violations.examples(node)
    ]
    assert wanted
    assert [one for one in wanted if not any(violations.at(body, one[0]) == one[1] for body in bodies)] == []
    assert report.broken == ()


def test_every_choice_and_edge_of_a_filter_is_sent_alone(fuzz, mock):
    requests, report = heard(mock, fuzz, "listArtifacts")
    queries = [query for path, query, *_ in requests if path == "/v2/lm/artifacts"]
    kinds = [{"kind": kind} for kind in ("model", "dataset", "resultset", "other", "lmconform-none")]
    edges = [{"$top": "100000"}, {"$top": "100001"}, {"$top": "10000"}, {"searchCaseInsensitive": "true"}]
    assert [query for query in (*kinds, *edges) if query not in queries] == []
    assert report.broken == ()


def test_the_operation_is_asked_without_a_token_and_with_one_that_is_none(fuzz, mock):
    requests, _ = heard(mock, fuzz, "getDeploymentLogs")
    tokens = [headers.get("authorization", "") for path, _, headers, _ in requests if path.endswith("/logs")]
    assert {"", "Bearer lmconform"} <= set(tokens)
    assert tokens.count("") == tokens.count("Bearer lmconform") == 1


def test_a_file_beyond_the_limit_of_meta_is_sent_where_that_is_small(fuzz, mock):
    def largest(limit):
        dataset = {"version": "1", "limits": {"maxUploadFileSize": limit}}
        requests, _ = heard(mock, fuzz, "uploadFile", meta=META | {"extensions": {"dataset": dataset}})
        return max(len(body) for *_, body in requests)

    assert largest(100_000) == 100_001
    assert largest(104_857_600) < 1000
    assert largest("unread") < 1000


# What generated data may make on a tenant, and what the pool makes of the same kind.
@pytest.mark.parametrize(
    ("operation", "most"), [("createDeployment", 1 + 1), ("createExecutionSchedule", 4 + 2), ("createArtifact", 8 + 4)]
)
def test_on_a_tenant_no_more_is_made_than_generated_data_may_make(fuzz, mock, operation, most):
    made = []

    def listen(handler, status, body, media_type):
        made.extend([handler.path] if handler.command == "POST" and status in (201, 202) else [])

    with proxy(mock, listen) as (url, _):
        fuzz(operation, url=url, examples=40, disposable=False)
    noun = operation.removeprefix("create").lower() + "s"
    assert 0 < sum(path.lower().endswith(f"/{noun}") for path in made) <= most


def test_a_server_that_minds_all_but_one_keyword_is_found_with_few_examples(fuzz, mock):
    def spoil(handler, status, body, media_type):
        entries = (sent(handler) or {}).get("customInfo") if handler.command == "PATCH" else None
        wrong = isinstance(entries, list) and any(isinstance(e, dict) and e.get("value") == {} for e in entries)
        return (204, b"", "text/plain") if wrong else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("patchMetrics", url=url, examples=FEW)
    assert requirements(reports["patchMetrics"]) == {"LM-FUZZ-NEGATIVE-BODY-REFUSED": 1}


def test_a_server_that_refuses_the_largest_page_is_found_with_few_examples(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (400, REFUSED, "application/json") if "top=100000" in handler.path and status == 200 else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("listConfigurations", url=url, examples=FEW)
    assert requirements(reports["listConfigurations"]) == {"LM-FUZZ-POSITIVE-ACCEPTED": 1}


def test_what_the_ids_of_examples_get_is_open(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (404, REFUSED, "application/json") if b"aa97b177" in handler.body else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createConfiguration", "createArtifact", "createExecution", url=url, examples=FEW)
    assert {name: report.broken for name, report in reports.items()} == dict.fromkeys(reports, ())


def test_a_500_on_an_example_is_found(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (500, b"broken", "text/plain") if b"s4hana-version" in handler.body else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("createArtifact", url=url, examples=FEW)
    (judgement,) = reports["createArtifact"].broken
    assert (judgement.requirement, judgement.case) == ("LM-HTTP-NO-SERVER-ERROR", 0)


def test_a_500_on_a_body_of_megabytes_is_found_and_shown_in_a_short_line(fuzz, mock):
    def spoil(handler, status, body, media_type):
        return (500, b"broken", "text/plain") if len(handler.body) > 1_000_000 else None

    with proxy(mock, spoil) as (url, _):
        reports, _ = fuzz("patchMetrics", url=url, examples=FEW)
    (judgement,) = reports["patchMetrics"].broken
    assert judgement.requirement == "LM-HTTP-NO-SERVER-ERROR"
    assert "--data-binary @body" in judgement.request
    assert len(judgement.request) < 700


def test_an_example_that_exists_is_not_changed(fuzz, mock):
    sent_changes = []

    def spoil(handler, status, body, media_type):
        if "aa97b177" in handler.path and handler.command == "GET":
            return (200, b'{"id": "aa97b177-9383-4934-8543-0f91a7a0283a"}', "application/json")
        sent_changes.extend([handler.body] if handler.command == "PATCH" else [])
        return None

    with proxy(mock, spoil) as (url, _):
        fuzz("modifyExecutions", url=url, examples=FEW)
    assert sent_changes
    assert [body for body in sent_changes if b"aa97b177" in body] == []


def test_generated_data_holds_no_example(fuzz, mock):
    """Their ids name nothing that is real, so that a refusal would say nothing."""
    found = []

    def listen(handler, status, body, media_type):
        found.append(handler.path.encode() + handler.body)

    with proxy(mock, listen) as (url, _):
        fuzz("listExecutions", "getArtifact", url=url, examples=40)
    assert sum(b"aa97b177" in one for one in found) == 1
