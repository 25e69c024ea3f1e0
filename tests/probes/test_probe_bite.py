"""Each probe is shown one server with one defect: it finds it, and blames its own requirement."""

import pytest
from tests.probes.defects import (
    ACCEPTED,
    Answer,
    AnyToken,
    Count,
    Group,
    Overwriting,
    Query,
    Status,
    drop,
    each,
    entries,
    one_tag,
    put,
    wider,
)
from tests.probes.probe_bench import open_session, run

from lmconform.errors import Failure


def three_at_most(body):
    """BUG: a page that nobody asked for is a short one."""
    body["resources"] = body["resources"][:3]


# requirement: the defect that breaks it
DEFECTS = {
    "LM-SCENARIO-LIST-COUNT": Answer("listScenarios", wider),
    "LM-SCENARIO-LIST-EQUALS-GET": Answer("getScenario", put(name="another")),
    "LM-SCENARIO-UNKNOWN-404": Status("getScenario", 404, 200, {}),
    "LM-EXECUTABLE-OWNER": Answer("listExecutables", put(scenarioId="another")),
    "LM-EXECUTABLE-FILTER-VERSION": Query("versionId"),
    "LM-QUERY-UNDECLARED-TOLERATED": Status("listExecutions", 200, 400, {}),
    "LM-AUTH-TOKEN-REQUIRED": AnyToken(),
    "LM-AUTH-TOKEN-UNSIGNED": AnyToken(),
    "LM-AUTH-TOKEN-CHANGED": AnyToken(),
    "LM-AUTH-REFUSED-NOT-STORED": AnyToken(),
    "LM-ARTIFACT-GET-ECHO": Answer("getArtifact", drop("labels")),
    "LM-ARTIFACT-URL-VERBATIM": Answer("getArtifact", each(lambda a: a.update(url=a["url"].rstrip("/")))),
    "LM-ARTIFACT-CREATE-ECHO": Answer("createArtifact", each(lambda a: a.update(url=a["url"] + "/"))),
    "LM-ARTIFACT-LIST-COUNT": Answer("listArtifacts", wider),
    "LM-ARTIFACT-LIST-EQUALS-GET": Answer("listArtifacts", put(url="ai://default/elsewhere")),
    "LM-ARTIFACT-COUNT-MATCHES-LIST": Count("countArtifacts"),
    "LM-ARTIFACT-COUNT-NOTHING": Count("countArtifacts"),
    "LM-ARTIFACT-COUNT-FILTERED": Query("kind", "countArtifacts"),
    "LM-ARTIFACT-FILTER-KIND": Query("kind", "listArtifacts"),
    "LM-ARTIFACT-FILTER-SCENARIO": Query("scenarioId", "listArtifacts"),
    "LM-ARTIFACT-FILTER-NAME": Query("name", "listArtifacts"),
    "LM-ARTIFACT-FILTER-COMBINED": Query("kind", "listArtifacts"),
    "LM-ARTIFACT-LABEL-EQUALS": Query("artifactLabelSelector"),
    "LM-ARTIFACT-LABEL-NOT-EQUALS": Query("artifactLabelSelector"),
    "LM-ARTIFACT-LABEL-AND": Query("artifactLabelSelector"),
    "LM-ARTIFACT-SEARCH-NAME": Query("$search"),
    "LM-ARTIFACT-SEARCH-CASE": Query("$search", "listArtifacts"),
    "LM-ARTIFACT-SEARCH-LITERAL": Query("$search", "listArtifacts"),
    "LM-ARTIFACT-SEARCH-NOTHING": Query("$search"),
    "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE": Query("searchCaseInsensitive"),
    "LM-ARTIFACT-EXPAND-SCENARIO": Query("$expand"),
    "LM-ARTIFACT-TOP": Query("$top"),
    "LM-ARTIFACT-DEFAULT-PAGE": Answer("listArtifacts", three_at_most),
    "LM-ARTIFACT-SKIP": Query("$skip"),
    "LM-ARTIFACT-PAGES-COVER": Query("$skip"),
    "LM-ARTIFACT-BODY-REQUIRED": Status("createArtifact", 400, 201, ACCEPTED),
    "LM-ARTIFACT-BODY-MALFORMED": Status("createArtifact", 400, 422, {}),
    "LM-ARTIFACT-BODY-KIND": Status("createArtifact", 400, 500, {}),
    "LM-CONFIGURATION-GET-ECHO": Answer("getConfiguration", put(inputArtifactBindings=[])),
    "LM-CONFIGURATION-EMPTY-BINDINGS": Answer("getConfiguration", drop("parameterBindings")),
    "LM-CONFIGURATION-UNKNOWN-EXECUTABLE": Status("createConfiguration", 400, 201, ACCEPTED),
    "LM-CONFIGURATION-COUNT-FILTERED": Query("executableIds", "countConfigurations"),
    "LM-CONFIGURATION-FILTER-EXECUTABLE": Query("executableIds", "listConfigurations"),
    "LM-EXECUTION-OUTPUT-OWNER": Answer(
        "getExecution", each(lambda e: [a.pop("executionId") for a in e.get("outputArtifacts") or []])
    ),
    "LM-EXECUTION-OUTPUT-LISTED": Query("executionId"),
    "LM-METRICS-PATCH-APPENDS": Overwriting(),
    "LM-METRICS-PATCH-KEEPS-SECTIONS": Answer("findMetrics", drop("tags")),
    "LM-METRICS-TAGS-ACCUMULATE": Answer("findMetrics", one_tag),
    "LM-METRICS-STEPS-COEXIST": Answer("findMetrics", each(lambda r: r.update(metrics=r["metrics"][:1]))),
    "LM-METRICS-POINT-ECHO": Answer("findMetrics", entries("metrics", lambda m: m.update(labels=[]))),
    "LM-METRICS-TIMESTAMP-FILLED": Answer("findMetrics", entries("metrics", lambda m: m.pop("timestamp"))),
    "LM-METRICS-TAGS-ECHO": Answer("findMetrics", entries("tags", lambda t: t.update(value=t["value"][:9]))),
    "LM-METRICS-CUSTOM-INFO-ECHO": Answer("findMetrics", entries("customInfo", lambda i: i.update(value="x"))),
    "LM-METRICS-PATCH-NULL-ID": Status("patchMetrics", 400, 204),
    "LM-METRICS-COUNT": Answer("findMetrics", wider),
    "LM-METRICS-SELECT": Query("$select"),
    "LM-METRICS-TAG-FILTER": Query("tagFilters"),
    "LM-METRICS-UNKNOWN-404": Status("findMetrics", 404, 200, {"count": 0, "resources": []}),
    "LM-METRICS-DELETE-TWICE": Status("deleteMetrics", 404, 200, {}),
    "LM-ISOLATION-ARTIFACT-GET": Group(),
    "LM-ISOLATION-CONFIGURATION-LIST": Group(),
    "LM-ISOLATION-METRICS": Group(),
}


# More than one way to break the same requirement.
MORE = [
    ("LM-METRICS-PATCH-FRESH", Status("patchMetrics", 204, 200, {})),
    ("LM-ARTIFACT-COUNT-MATCHES-LIST", Query("$search", "countArtifacts")),
    ("LM-CONFIGURATION-VERSION-ID-TOLERATED", Status("createConfiguration", 201, 400, {})),
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
    assert outcome.judgement.requirement == requirement
    assert outcome.judgement.expected
    assert outcome.judgement.actual
    assert outcome.judgement.exchanges
