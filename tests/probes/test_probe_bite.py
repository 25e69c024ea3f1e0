"""Each probe is shown one server with one defect: it finds it, and blames its own requirement."""

import dataclasses
import json
from urllib.parse import parse_qsl, quote

import pytest
from tests.probes.probe_bench import Defect, answered, open_session, run, with_body

from lmconform.errors import Failure


class Answer(Defect):
    """Rewrites the JSON object of successful answers of some operations."""

    def __init__(self, operations, change):
        self._operations = operations.split()
        self._change = change

    def answer(self, exchange):
        if exchange.operation not in self._operations or not exchange.ok:
            return exchange
        body = json.loads(exchange.body)
        changed = self._change(body)
        return with_body(exchange, body if changed is None else changed)


class Query(Defect):
    """Does not hear a query parameter."""

    def __init__(self, name, operations=""):
        self._name = name
        self._operations = operations.split()

    def request(self, request):
        if self._operations and request.operation not in self._operations:
            return request
        pairs = [(n, v) for n, v in parse_qsl(request.query, keep_blank_values=True) if n != self._name]
        query = "&".join(f"{quote(n, safe='$')}={quote(v, safe='')}" for n, v in pairs)
        return dataclasses.replace(request, query=query)


class Status(Defect):
    """Answers one status with another."""

    def __init__(self, operation, before, after, body=None):
        self._operation, self._before, self._after, self._body = operation, before, after, body

    def answer(self, exchange):
        if (exchange.operation, exchange.status) == (self._operation, self._before):
            return answered(exchange, self._after, self._body)
        return exchange


class Overwriting(Defect):
    """A PATCH of metrics replaces what was there, as RFC 7396 would have it."""

    def __init__(self):
        self._last = {}

    def request(self, request):
        if request.operation == "patchMetrics":
            body = json.loads(request.body)
            self._last = {m["name"] for m in body.get("metrics", [])}
        return request

    def answer(self, exchange):
        if exchange.operation != "findMetrics" or not exchange.ok:
            return exchange
        body = exchange.json_object()
        for found in body["resources"]:
            found["metrics"] = [m for m in found.get("metrics") or [] if m["name"] in self._last]
        return with_body(exchange, body)


class Group(Defect):
    """Shows every resource group the same things."""

    def request(self, request):
        headers = tuple((n, "tutorial" if n == "AI-Resource-Group" else v) for n, v in request.headers)
        return dataclasses.replace(request, headers=headers)


class AnyToken(Defect):
    """Takes any token, and none."""

    def request(self, request):
        headers = tuple((n, v) for n, v in request.headers if n != "Authorization")
        return dataclasses.replace(request, headers=headers, authorize=True)


class Count(Defect):
    """Counts one too many."""

    def __init__(self, operation):
        self._operation = operation

    def answer(self, exchange):
        if exchange.operation == self._operation and exchange.ok:
            return with_body(exchange, int(exchange.text) + 1)
        return exchange


class Undying(Defect):
    """A deletion is accepted and never happens."""

    def __init__(self):
        self._seen = {}

    def answer(self, exchange):
        if exchange.operation == "getExecution":
            if exchange.ok:
                self._seen[exchange.path] = exchange
            return self._seen.get(exchange.path, exchange)
        return exchange


class Unstoppable(Defect):
    """A stop is accepted and never happens."""

    def request(self, request):
        if request.operation == "modifyExecution":
            return dataclasses.replace(request, method="GET", body=b"")
        return request

    def answer(self, exchange):
        return answered(exchange, 202, ACCEPTED) if exchange.operation == "modifyExecution" else exchange


class Forgetful(Defect):
    """A refused deletion is remembered as one that was granted."""

    def __init__(self):
        self._asked = set()

    def answer(self, exchange):
        if exchange.operation == "deleteExecution":
            self._asked.add(exchange.path)
        if exchange.operation == "getExecution" and exchange.ok and exchange.path in self._asked:
            return with_body(exchange, {**exchange.json_object(), "targetStatus": "DELETED"})
        return exchange


class Backwards(Defect):
    """A running execution is pending again."""

    def __init__(self):
        self._statuses = ["UNKNOWN", "RUNNING", "PENDING", "COMPLETED"]

    def answer(self, exchange):
        if exchange.operation == "getExecution" and exchange.ok:
            status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
            return with_body(exchange, {**exchange.json_object(), "status": status})
        return exchange


def each(change):
    """A change of every resource of a list, or of the one body."""

    def rewrite(body):
        for item in body.get("resources", [body]):
            change(item)

    return rewrite


def drop(name):
    """Leaves a field out."""
    return each(lambda item: item.pop(name, None))


def put(**fields):
    """Writes fields."""
    return each(lambda item: item.update(fields))


def entries(section, change):
    """A change of every entry of a section of the metrics."""
    return each(lambda item: [change(entry) for entry in item.get(section) or []])


def _wider(body):
    """BUG: a list is one longer than its count says."""
    body["count"] += 1


def _merge(body):
    """BUG: results come back sorted by id."""
    body["executions"].sort(key=lambda item: item["id"])


def _code(body):
    for item in body["executions"]:
        if "error" in item:
            item["error"]["code"] = "404"


def _all_or_nothing(body):
    """BUG: one wrong entry spoils the others."""
    error = next(item["error"] for item in body["executions"] if "error" in item)
    body["executions"] = [{"id": item["id"], "error": error} for item in body["executions"]]


def _one_tag(body):
    for item in body["resources"]:
        item["tags"] = (item.get("tags") or [])[:1]


ACCEPTED = {"id": "lmconform-made", "message": "made", "url": "ai://default/data"}

# requirement: the defect that breaks it
DEFECTS = {
    "LM-SCENARIO-LIST-COUNT": Answer("listScenarios", _wider),
    "LM-SCENARIO-LIST-EQUALS-GET": Answer("getScenario", put(name="another")),
    "LM-SCENARIO-UNKNOWN-404": Status("getScenario", 404, 200, {}),
    "LM-EXECUTABLE-OWNER": Answer("listExecutables", put(scenarioId="another")),
    "LM-EXECUTABLE-FILTER-VERSION": Query("versionId"),
    "LM-QUERY-UNDECLARED-TOLERATED": Status("listExecutions", 200, 400, {}),
    "LM-AUTH-TOKEN-REQUIRED": AnyToken(),
    "LM-AUTH-TOKEN-UNSIGNED": AnyToken(),
    "LM-AUTH-REFUSED-NOT-STORED": AnyToken(),
    "LM-ARTIFACT-GET-ECHO": Answer("getArtifact", drop("labels")),
    "LM-ARTIFACT-URL-VERBATIM": Answer("getArtifact", each(lambda a: a.update(url=a["url"].rstrip("/")))),
    "LM-ARTIFACT-CREATE-ECHO": Answer("createArtifact", each(lambda a: a.update(url=a["url"] + "/"))),
    "LM-ARTIFACT-LIST-COUNT": Answer("listArtifacts", _wider),
    "LM-ARTIFACT-LIST-EQUALS-GET": Answer("listArtifacts", drop("description")),
    "LM-ARTIFACT-COUNT-MATCHES-LIST": Count("countArtifacts"),
    "LM-ARTIFACT-COUNT-NOTHING": Count("countArtifacts"),
    "LM-ARTIFACT-COUNT-FILTERED": Query("kind", "countArtifacts"),
    "LM-ARTIFACT-FILTER-KIND": Query("kind", "listArtifacts"),
    "LM-ARTIFACT-FILTER-SCENARIO": Query("scenarioId", "listArtifacts"),
    "LM-ARTIFACT-FILTER-COMBINED": Query("kind", "listArtifacts"),
    "LM-ARTIFACT-LABEL-EQUALS": Query("artifactLabelSelector"),
    "LM-ARTIFACT-LABEL-NOT-EQUALS": Query("artifactLabelSelector"),
    "LM-ARTIFACT-LABEL-AND": Query("artifactLabelSelector"),
    "LM-ARTIFACT-SEARCH-NAME": Query("$search"),
    "LM-ARTIFACT-SEARCH-NOTHING": Query("$search"),
    "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE": Query("searchCaseInsensitive"),
    "LM-ARTIFACT-EXPAND-SCENARIO": Query("$expand"),
    "LM-ARTIFACT-TOP": Query("$top"),
    "LM-ARTIFACT-SKIP": Query("$skip"),
    "LM-ARTIFACT-PAGES-COVER": Query("$skip"),
    "LM-ARTIFACT-BODY-REQUIRED": Status("createArtifact", 400, 201, ACCEPTED),
    "LM-ARTIFACT-BODY-MALFORMED": Status("createArtifact", 400, 422, {}),
    "LM-ARTIFACT-BODY-KIND": Status("createArtifact", 400, 500, {}),
    "LM-CONFIGURATION-GET-ECHO": Answer("getConfiguration", put(inputArtifactBindings=[])),
    "LM-CONFIGURATION-EMPTY-BINDINGS": Answer("getConfiguration", drop("parameterBindings")),
    "LM-CONFIGURATION-UNKNOWN-EXECUTABLE": Status("createConfiguration", 400, 201, ACCEPTED),
    "LM-CONFIGURATION-FILTER-EXECUTABLE": Query("executableIds", "listConfigurations"),
    "LM-EXECUTION-UNKNOWN-404": Status("getExecution", 404, 400, {}),
    "LM-EXECUTION-FRESH-GET": Status("getExecution", 200, 404, {}),
    "LM-EXECUTION-FRESH-TARGET": Answer("getExecution", put(targetStatus="RUNNING")),
    "LM-EXECUTION-CREATE-HAS-STATUS": Answer("createExecution", drop("status")),
    "LM-EXECUTION-FILTER-STATUS": Query("status"),
    "LM-EXECUTION-FILTER-CONFIGURATION": Query("configurationId"),
    "LM-EXECUTION-COUNT-MATCHES-LIST": Query("status", "countExecutions"),
    "LM-EXECUTION-SELECT-STATUS": Query("$select"),
    "LM-EXECUTION-OUTPUT-OWNER": Answer(
        "getExecution", each(lambda e: [a.pop("executionId") for a in e.get("outputArtifacts") or []])
    ),
    "LM-EXECUTION-OUTPUT-LISTED": Query("executionId"),
    "LM-EXECUTION-STOP-ENDED": Status("modifyExecution", 400, 202, ACCEPTED),
    "LM-EXECUTION-STOP-BODY": Status("modifyExecution", 400, 202, ACCEPTED),
    "LM-EXECUTION-STOP": Status("modifyExecution", 202, 400, {}),
    "LM-EXECUTION-DELETE-ACTIVE": Status("deleteExecution", 412, 202, ACCEPTED),
    "LM-EXECUTION-DELETE-404": Status("deleteExecution", 404, 202, ACCEPTED),
    "LM-EXECUTION-DELETE": Undying(),
    "LM-BULK-RESULTS-IN-ORDER": Answer("modifyExecutions", _merge),
    "LM-BULK-UNKNOWN-ID": Answer("modifyExecutions", _code),
    "LM-BULK-EMPTY": Status("modifyExecutions", 400, 202, {"executions": []}),
    "LM-METRICS-PATCH-APPENDS": Overwriting(),
    "LM-METRICS-PATCH-KEEPS-SECTIONS": Answer("findMetrics", drop("tags")),
    "LM-METRICS-TAGS-ACCUMULATE": Answer("findMetrics", _one_tag),
    "LM-METRICS-STEPS-COEXIST": Answer("findMetrics", each(lambda r: r.update(metrics=r["metrics"][:1]))),
    "LM-METRICS-POINT-ECHO": Answer("findMetrics", entries("metrics", lambda m: m.update(labels=[]))),
    "LM-METRICS-TIMESTAMP-FILLED": Answer("findMetrics", entries("metrics", lambda m: m.pop("timestamp"))),
    "LM-METRICS-TAGS-ECHO": Answer("findMetrics", entries("tags", lambda t: t.update(value=t["value"][:9]))),
    "LM-METRICS-CUSTOM-INFO-ECHO": Answer("findMetrics", entries("customInfo", lambda i: i.update(value="x"))),
    "LM-METRICS-PATCH-NULL-ID": Status("patchMetrics", 400, 204),
    "LM-METRICS-COUNT": Answer("findMetrics", _wider),
    "LM-METRICS-SELECT": Query("$select"),
    "LM-METRICS-TAG-FILTER": Query("tagFilters"),
    "LM-METRICS-UNKNOWN-404": Status("findMetrics", 404, 200, {"count": 0, "resources": []}),
    "LM-METRICS-DELETE-TWICE": Status("deleteMetrics", 404, 200, {}),
    "LM-ISOLATION-ARTIFACT-GET": Group(),
    "LM-ISOLATION-CONFIGURATION-LIST": Group(),
    "LM-ISOLATION-EXECUTION-GET": Group(),
    "LM-ISOLATION-METRICS": Group(),
}


# More than one way to break the same requirement.
MORE = [
    ("LM-EXECUTION-STOP", Unstoppable()),
    ("LM-EXECUTION-DELETE-ACTIVE", Forgetful()),
    ("LM-EXECUTION-TRANSITIONS", Backwards()),
    ("LM-METRICS-PATCH-FRESH", Status("patchMetrics", 204, 200, {})),
    ("LM-BULK-STOP", Answer("modifyExecutions", _all_or_nothing)),
    ("LM-BULK-DELETE", Answer("modifyExecutions", _all_or_nothing)),
    ("LM-CONFIGURATION-VERSION-ID-TOLERATED", Status("createConfiguration", 201, 400, {})),
    ("LM-ISOLATION-EXECUTION-CHANGE", Group()),
]


@pytest.mark.parametrize(
    ("requirement", "defect"),
    [*sorted(DEFECTS.items()), *MORE],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_probe_finds_its_defect(mock, requirement, defect):
    session = open_session(mock, defect=defect, meta=False, poll_timeout=2.0)
    outcome = run(session, requirement)[requirement]
    assert isinstance(outcome, Failure), f"{type(outcome).__name__}: {outcome}"
    assert outcome.requirement == requirement
    assert outcome.expected
    assert outcome.actual
    assert outcome.exchanges
