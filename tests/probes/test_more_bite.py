"""Limits, counts, tokens, logs, models, files: each probe finds the one defect of a server, and blames its own."""

import dataclasses
import json
from urllib.parse import parse_qs

import pytest
from tests.probes.defects import (
    ACCEPTED,
    Answer,
    AnyToken,
    Count,
    Group,
    Query,
    Status,
    all_done,
    drop,
    each,
    entries,
    put,
    results,
    wider,
)
from tests.probes.probe_bench import PROBES, Defect, answered, open_session, run, with_body
from tests.probes.test_change_bite import DEFECTS as CHANGED

from lmconform.errors import Failure

EMPTY = {"count": 0, "resources": []}


class Choosy(Defect):
    """Refuses requests that ``is_odd`` to it, in the words of the API."""

    def __init__(self, operation, is_odd, status=400):
        self._operation, self._is_odd, self._status = operation, is_odd, status

    def answer(self, exchange):
        if exchange.operation == self._operation and exchange.ok and self._is_odd(exchange):
            return answered(exchange, self._status, {"error": {"code": "1", "message": "odd"}})
        return exchange


class Finicky(Defect):
    """Starts nothing whose bindings the executable does not know."""

    def __init__(self):
        self._odd = set()

    def answer(self, exchange):
        if exchange.operation == "createConfiguration" and b"lmconform-unknown" in exchange.request_body:
            self._odd.add(exchange.json_object()["id"])
        if exchange.operation == "createExecution" and body(exchange)["configurationId"] in self._odd:
            return answered(exchange, 400, {"error": {"code": "1", "message": "odd"}})
        return exchange


def query(exchange):
    """The query of a request, as lists of values."""
    return parse_qs(exchange.url.partition("?")[2], keep_blank_values=True)


def body(exchange):
    """The body of a request."""
    return json.loads(exchange.request_body)


class Blind(Defect):
    """What a request asks for is changed on its way: ``change`` gets the query and returns another."""

    def __init__(self, operation, change):
        self._operation, self._change = operation, change

    def request(self, request):
        if request.operation != self._operation:
            return request
        return dataclasses.replace(request, query=self._change(request.query))


class Lenient(Defect):
    """Takes what it should refuse."""

    def __init__(self, operation, status, content=None):
        self._operation, self._status, self._content = operation, status, content

    def answer(self, exchange):
        if exchange.operation == self._operation and exchange.status in (400, 404, 409, 412, 413):
            return answered(exchange, self._status, self._content)
        return exchange


class Bytes(Defect):
    """Downloads other bytes than were uploaded."""

    def __init__(self, change):
        self._change = change

    def answer(self, exchange):
        if exchange.operation == "downloadFile" and exchange.ok:
            return dataclasses.replace(exchange, body=self._change(exchange.body))
        return exchange


class Kept(Defect):
    """What is downloaded once is downloaded for ever."""

    def __init__(self):
        self._seen = {}

    def request(self, request):
        if request.operation == "uploadFile" and request.path not in self._seen:
            self._seen[request.path] = request.body
        return request

    def answer(self, exchange):
        if exchange.operation == "downloadFile":
            headers = (("Content-Type", "application/octet-stream"),)
            found = self._seen.get(exchange.path)
            return exchange if found is None else dataclasses.replace(exchange, status=200, headers=headers, body=found)
        return exchange


class Bare(Defect):
    """Downloads without a word to browsers."""

    def answer(self, exchange):
        if exchange.operation == "downloadFile" and exchange.ok:
            return dataclasses.replace(exchange, headers=(("Content-Type", "application/octet-stream"),))
        return exchange


class Flat(Defect):
    """Keeps files by the last part of their path."""

    def request(self, request):
        if request.operation not in ("uploadFile", "downloadFile"):
            return request
        path = "/lm/dataset/files/lmconform-flat/" + request.path.rpartition("/")[2]
        return dataclasses.replace(request, path=path, query="overwrite=true")


class Elsewhere(Defect):
    """The Content-Location of what is new leads somewhere else."""

    def answer(self, exchange):
        if exchange.operation == "createArtifact" and exchange.ok:
            headers = (("Content-Type", "application/json"), ("Content-Location", "/v2/lm/artifacts/other"))
            return dataclasses.replace(exchange, headers=headers)
        return exchange


class Reviving(Defect):
    """Metrics that were deleted are back with the next that are stored."""

    def __init__(self):
        self._stored = []

    def request(self, request):
        if request.operation == "patchMetrics":
            self._stored += json.loads(request.body).get("metrics", [])
        return request

    def answer(self, exchange):
        if exchange.operation == "findMetrics" and exchange.ok:
            found = exchange.json_object()
            found["resources"][0]["metrics"] = self._stored
            return with_body(exchange, found)
        return exchange


class Other(Defect):
    """Another resource group has other templates."""

    def __init__(self, operation):
        self._operation = operation

    def answer(self, exchange):
        group = dict(exchange.request_headers).get("AI-Resource-Group")
        return with_body(exchange, EMPTY) if (exchange.operation, group) == (self._operation, "other") else exchange


class Leaving(Defect):
    """An execution that is being deleted does not say so, and takes a while."""

    def __init__(self, target="COMPLETED"):
        self._asked, self._target, self._last = 0, target, None

    def answer(self, exchange):
        if exchange.operation == "deleteExecution" and exchange.ok:
            self._asked = 3
        if exchange.operation == "getExecution":
            if exchange.ok:
                self._last = exchange
            if self._asked:
                self._asked -= 1
                return with_body(self._last, {**self._last.json_object(), "targetStatus": self._target})
        return exchange


def _last_of_two(found):
    """BUG: only the last of several is looked at."""
    head, _, rest = found.partition("executableIds=")
    value, mark, more = rest.partition("&")
    return f"{head}executableIds={value.split(',')[-1]}{mark}{more}"


def _lines(change):
    def rewrite(found):
        found["data"]["result"] = change(found["data"]["result"])

    return rewrite


def _short(found):
    for error in (item["error"] for item in results(found) if "error" in item):
        del error["target"]


def _beyond(section, most):
    return lambda exchange: len(body(exchange).get(section, ())) > most


def _long(section, name="name", most=255):
    return lambda exchange: any(len(e[name]) > most for e in body(exchange).get(section, ()))


LABEL = "metrics.ai.sap.com/Artifact.name"

# requirement: the defect that breaks it
DEFECTS = {
    "LM-SCENARIO-VERSIONS-SELECTOR": Query("labelSelector"),
    "LM-EXECUTABLE-TENANT-WIDE": Other("listExecutables"),
    "LM-EXECUTABLE-WRONG-SCENARIO": Status("getExecutable", 404, 200, {}),
    "LM-EXECUTABLE-PARAMETER-TYPE": Answer(
        "listExecutables", each(lambda e: [p.pop("type") for p in e.get("parameters") or []])
    ),
    "LM-META-SCHEDULES-SERVED": Status("countExecutionSchedules", 200, 404, {}),
    "LM-META-DEPLOYMENTS-SERVED": Status("listDeployments", 200, 404, {}),
    "LM-AUTH-EVERY-LIST": AnyToken(),
    "LM-AUTH-CHANGE": AnyToken(),
    "LM-AUTH-FILE": AnyToken(),
    "LM-ARTIFACT-CONTENT-LOCATION": Elsewhere(),
    "LM-ARTIFACT-COUNT-COMBINED": Query("kind", "countArtifacts"),
    "LM-ARTIFACT-QUERY-AT-LIMIT": Choosy("listArtifacts", lambda e: len(query(e)["$search"][0]) > 79),
    "LM-ARTIFACT-LABEL-TEN": Choosy("listArtifacts", lambda e: query(e)["artifactLabelSelector"][0].count(",") > 8),
    "LM-ARTIFACT-BODY-SCENARIO-ID": Lenient("createArtifact", 201, ACCEPTED),
    "LM-ARTIFACT-BODY-TOO-LONG": Lenient("createArtifact", 201, ACCEPTED),
    "LM-ARTIFACT-BODY-AT-LIMIT": Choosy("createArtifact", lambda e: len(body(e).get("url", "")) > 1023),
    "LM-CONFIGURATION-COUNT-COMBINED": Query("searchCaseInsensitive", "countConfigurations"),
    "LM-CONFIGURATION-QUERY-AT-LIMIT": Choosy("listConfigurations", lambda e: query(e)["$top"] == ["100000"]),
    "LM-CONFIGURATION-FILTER-EXECUTABLES": Blind("listConfigurations", _last_of_two),
    "LM-CONFIGURATION-BODY-IDS": Lenient("createConfiguration", 201, ACCEPTED),
    "LM-CONFIGURATION-BODY-TOO-MANY": Lenient("createConfiguration", 201, ACCEPTED),
    "LM-CONFIGURATION-BODY-TOO-LONG": Lenient("createConfiguration", 201, ACCEPTED),
    "LM-CONFIGURATION-BODY-AT-LIMIT": Choosy("createConfiguration", lambda e: len(body(e)["name"]) > 255),
    "LM-CONFIGURATION-BINDING-AT-LIMIT": Answer(
        "getConfiguration", each(lambda c: [b.update(value=b["value"][:4999]) for b in c["parameterBindings"]])
    ),
    "LM-EXECUTION-COUNT-COMBINED": Count("countExecutions"),
    "LM-EXECUTION-FILTER-EXECUTABLES": Blind("listExecutions", _last_of_two),
    "LM-EXECUTION-TOP-AT-LIMIT": Choosy("listExecutions", lambda e: query(e).get("$top") == ["100000"]),
    "LM-EXECUTION-WRONG-KEYS": Finicky(),
    "LM-EXECUTION-OUTPUT-NAMES": Answer(
        "getExecution", each(lambda e: [a.update(name="other") for a in e.get("outputArtifacts") or []])
    ),
    "LM-EXECUTION-STOP-TWICE": Lenient("modifyExecution", 202, ACCEPTED),
    "LM-EXECUTION-DELETE-STOPPED": Status("deleteExecution", 202, 412, {}),
    "LM-EXECUTION-DELETE-DEAD": Status("deleteExecution", 202, 412, {}),
    "LM-EXECUTION-DELETE-TARGET": Leaving(),
    "LM-EXECUTION-DELETE-UNCOUNTED": Count("countExecutions"),
    "LM-EXECUTION-DELETE-KEEPS-CONFIGURATION": Answer("getConfiguration", put(name="another")),
    "LM-BULK-ERROR-MEMBERS": Answer("modifyExecutions", _short),
    "LM-BULK-HUNDRED": Choosy("modifyExecutions", _beyond("executions", 99)),
    "LM-BULK-STOP-ENDED": Answer("modifyExecutions", all_done),
    "LM-ISOLATION-EXECUTION-COUNT": Group(),
    "LM-ISOLATION-CONFIGURATION-USE": Group(),
    "LM-ISOLATION-EXECUTION-BULK": Answer("modifyExecutions", all_done),
    "LM-ISOLATION-METRICS-DELETE": Group(),
    "LM-METRICS-ARTIFACT-LABEL": Answer(
        "findMetrics", entries("metrics", lambda m: m.update(labels=[e for e in m["labels"] if e["name"] != LABEL]))
    ),
    "LM-METRICS-THOUSAND": Choosy("patchMetrics", _beyond("metrics", 999)),
    "LM-METRICS-AT-LIMIT": Choosy("patchMetrics", _long("tags", "value")),
    "LM-METRICS-BODY-EMPTY": Lenient("patchMetrics", 204),
    "LM-METRICS-BODY-TOO-LONG": Lenient("patchMetrics", 204),
    "LM-METRICS-IDS-ENCODED": Blind("findMetrics", lambda q: q.partition("%2C")[0]),
    "LM-METRICS-TOP": Query("$top", "findMetrics"),
    "LM-METRICS-SKIP": Query("$skip", "findMetrics"),
    "LM-METRICS-TOP-AT-LIMIT": Choosy("findMetrics", lambda e: query(e).get("$top") == ["10000"]),
    "LM-METRICS-SELECT-TWO": Query("$select", "findMetrics"),
    "LM-METRICS-TAG-FILTER-NOT": Blind("findMetrics", lambda q: q.replace("!=", "=")),
    "LM-METRICS-TAG-FILTER-NAME": Query("tagFilters", "findMetrics"),
    "LM-METRICS-TAG-FILTER-AND": Blind("findMetrics", lambda q: q.rpartition(",")[0] or q),
    "LM-METRICS-DELETE-FORGETS": Reviving(),
    "LM-MODEL-LIST-COUNT": Answer("listScenarioModels", wider),
    "LM-MODEL-SCENARIO-LABELLED": Answer("listScenarios", drop("labels")),
    "LM-MODEL-VERSIONS": Answer("listScenarioModels", each(lambda m: m["versions"].append(m["versions"][0]))),
    "LM-LOGS-UNKNOWN-404": Status("getExecutionLogs", 404, 200, {}),
    "LM-LOGS-BAD-ID": Lenient("getExecutionLogs", 200, {}),
    "LM-LOGS-DEPLOYMENT-UNKNOWN-404": Status("getDeploymentLogs", 404, 200, {}),
    "LM-LOGS-DEPLOYMENT-BAD-ID": Lenient("getDeploymentLogs", 200, {}),
    "LM-LOGS-SERVED": Status("getExecutionLogs", 200, 404, {}),
    "LM-LOGS-MEMBERS": Answer("getExecutionLogs", _lines(lambda found: [{"msg": line["msg"]} for line in found])),
    "LM-LOGS-WINDOW": Query("end", "getExecutionLogs"),
    "LM-LOGS-ZONE": Blind("getExecutionLogs", lambda q: q.replace("%2B08%3A00", "Z")),
    "LM-LOGS-ORDER": Query("$order", "getExecutionLogs"),
    "LM-LOGS-TOP": Query("$top", "getExecutionLogs"),
    "LM-LOGS-TOP-AT-LIMIT": Choosy("getExecutionLogs", lambda e: query(e).get("$top") == ["5000"]),
    "LM-FILE-UNKNOWN-404": Status("downloadFile", 404, 200, {}),
    "LM-FILE-BAD-PATH": Lenient("downloadFile", 200, {}),
    "LM-FILE-UPLOAD": Answer("uploadFile", drop("url")),
    "LM-FILE-UPLOAD-BAD-PATH": Lenient("uploadFile", 201, {"message": "made", "url": "ai://a/b"}),
    "LM-FILE-DOWNLOAD-ECHO": Bytes(lambda content: content.replace(b"\r\n", b"\n")),
    "LM-FILE-DOWNLOAD-HEADERS": Bare(),
    "LM-FILE-PATH-KEPT": Flat(),
    "LM-FILE-CONFLICT": Status("uploadFile", 409, 201, {"message": "made", "url": "ai://a/b"}),
    "LM-FILE-OVERWRITE": Kept(),
    "LM-FILE-REGISTERED": Answer("uploadFile", put(url="no url")),
    "LM-FILE-DELETE": Kept(),
    "LM-FILE-DELETE-404": Status("deleteFile", 404, 204),
}

# More than one way to break the same requirement.
MORE = [
    ("LM-FILE-CONFLICT", Bytes(lambda content: content + content)),
    ("LM-FILE-OVERWRITE", Query("overwrite", "uploadFile")),
    ("LM-FILE-DELETE", Status("deleteFile", 204, 200, {})),
    ("LM-LOGS-ORDER", Answer("getExecutionLogs", _lines(lambda found: found[1:] + found[:1]))),
    (
        "LM-LOGS-WINDOW",
        Blind("getExecutionLogs", lambda q: q and "start=2024-05-06T07%3A00%3A00Z&end=2024-05-06T08%3A00%3A00Z"),
    ),
]


@pytest.mark.parametrize(
    ("requirement", "defect"),
    [*sorted(DEFECTS.items()), *MORE],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_probe_finds_its_defect(mock, requirement, defect):
    session = open_session(mock, defect=defect, poll_timeout=1.5)
    outcome = run(session, requirement)[requirement]
    assert isinstance(outcome, Failure), f"{type(outcome).__name__}: {outcome}"
    assert outcome.judgement.requirement == requirement
    assert outcome.judgement.expected
    assert outcome.judgement.actual
    assert outcome.judgement.exchanges


def test_every_requirement_of_these_resources_has_a_defect():
    wanted = {name for name in PROBES if name.startswith(("LM-LOGS-", "LM-FILE-", "LM-MODEL-"))}
    assert wanted - set(DEFECTS) - set(CHANGED) == set()
