"""Executions, deployments, schedules: each probe finds the one defect of a server, and blames its own requirement."""

import dataclasses
import json

import pytest
from tests.probes.defects import (
    ACCEPTED,
    Answer,
    Backwards,
    Count,
    Forgetful,
    Group,
    Idle,
    OtherLocation,
    Query,
    SameId,
    Status,
    Undying,
    all_done,
    all_or_nothing,
    drop,
    put,
    sorted_by_id,
    wider,
    wrong_code,
)
from tests.probes.probe_bench import PROBES, Defect, answered, open_session, run
from tests.probes.test_change_bite import DEFECTS as CHANGED
from tests.probes.test_more_bite import DEFECTS as FURTHER

from lmconform.errors import Failure
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION

EMPTY = {"count": 0, "resources": []}


def nothing(body):
    """BUG: a list is empty."""
    return EMPTY


def started_before_it_was_submitted(body):
    """BUG: the clock of the cluster goes wrong."""
    if body.get("startTime"):
        body["startTime"] = "2000-01-01T00:00:00Z"


def aims_elsewhere(body):
    """BUG: a stopped one still aims at running."""
    if body.get("status") == "STOPPED":
        body["targetStatus"] = "RUNNING"


class Choosy(Defect):
    """Refuses bodies that ``is_odd`` to it."""

    def __init__(self, operation, is_odd):
        self._operation, self._is_odd = operation, is_odd

    def answer(self, exchange):
        if exchange.operation == self._operation and exchange.ok and self._is_odd(json.loads(exchange.request_body)):
            return answered(exchange, 400, {"error": {"code": "400", "message": "odd"}})
        return exchange


class Deaf(Defect):
    """Does not hear some fields of a body; with a ``default`` it hears something else."""

    def __init__(self, operation, *names, **default):
        self._operation, self._names, self._default = operation, names, default

    def request(self, request):
        if request.operation != self._operation:
            return request
        body = {n: v for n, v in json.loads(request.body).items() if n not in self._names}
        return dataclasses.replace(request, body=json.dumps(body | self._default).encode())


def shared(kind):
    """The defects of what executions and deployments have in common, by the end of the requirement's id."""
    refusal = Status(kind.create, 400, 202, ACCEPTED)
    back = ("UNKNOWN", "PENDING", "UNKNOWN", kind.goal)
    return {
        "UNKNOWN-404": Status(kind.get, 404, 400, {}),
        "BAD-ID": Status(kind.get, 400, 200, {}),
        "BODY-REQUIRED": refusal,
        "BODY-TYPE": refusal,
        "BODY-MALFORMED": Status(kind.create, 400, 422, {}),
        "CREATE-HAS-STATUS": Answer(kind.create, drop("status")),
        "CREATE-UNKNOWN": Answer(kind.create, put(status="RUNNING")),
        "CREATE-LOCATION": OtherLocation(kind.create),
        "CREATE-TWICE": SameId(kind.create),
        "FRESH-GET": Status(kind.get, 200, 404, {}),
        "FRESH-TARGET": Answer(kind.get, put(targetStatus="STOPPED")),
        "NAMES": Answer(kind.get, put(configurationName="another")),
        "EXECUTABLE": Answer(kind.get, put(executableId="another")),
        "TRANSITIONS": Backwards(kind.get, *back),
        "TIMES-ORDERED": Answer(kind.get, started_before_it_was_submitted),
        "LISTED": Answer(kind.list, nothing),
        "LIST-EQUALS-GET": Answer(kind.list, put(configurationName="another")),
        "LIST-COUNT": Answer(kind.list, wider),
        "COUNT-MATCHES-LIST": Query("status", kind.count),
        "FILTER-CONFIGURATION": Query("configurationId", kind.list),
        "FILTER-SCENARIO": Query("scenarioId", kind.list),
        "FILTER-EXECUTABLE": Query("executableIds", kind.list),
        "FILTER-STATUS": Query("status", kind.list),
        "FILTER-COMBINED": Query("status", kind.list),
        "TOP": Query("$top", kind.list),
        "SKIP": Query("$skip", kind.list),
        "SELECT-STATUS": Query("$select", kind.list),
        "STOP": Status(kind.modify, 202, 400, {}),
        "STOP-TARGET": Answer(kind.get, aims_elsewhere),
        "STOP-ENDED": Status(kind.modify, 400, 202, ACCEPTED),
        "STOP-UNKNOWN-STATUS": Status(kind.modify, 400, 202, ACCEPTED),
        "STOP-BODY": Status(kind.modify, 400, 202, ACCEPTED),
        "STOP-404": Status(kind.modify, 404, 202, ACCEPTED),
        "DELETE": Undying(kind.get),
        "DELETE-ACTIVE": Status(kind.delete, 412, 202, ACCEPTED),
        "DELETE-UNKNOWN-STATUS": Status(kind.delete, 202, 412, {}),
        "DELETE-404": Status(kind.delete, 404, 202, ACCEPTED),
    }


def bulk(kind):
    """The same for bulk updates."""
    accepted = Status(kind.modify_many, 400, 202, {kind.bulk_key: []})
    return {
        "RESULTS-IN-ORDER": Answer(kind.modify_many, sorted_by_id),
        "UNKNOWN-ID": Answer(kind.modify_many, wrong_code),
        "STOP": Answer(kind.modify_many, all_or_nothing),
        "DELETE": Answer(kind.modify_many, all_or_nothing),
        "DELETE-ACTIVE": Answer(kind.modify_many, all_done),
        "EMPTY": accepted,
        "BODY-TARGET": accepted,
        "BODY-REQUIRED": accepted,
        "BODY-MALFORMED": accepted,
    }


KINDS = (EXECUTION, DEPLOYMENT)
DEFECTS = {
    **{f"LM-{kind.noun}-{end}": defect for kind in KINDS for end, defect in shared(kind).items()},
    **{f"LM-{kind.bulk_noun}-{end}": defect for kind in KINDS for end, defect in bulk(kind).items()},
    **{f"LM-ISOLATION-{kind.noun}-{end}": Group() for kind in KINDS for end in ("GET", "LIST", "CHANGE")},
    "LM-EXECUTION-TERMINAL-STAYS": Backwards("getExecution", "UNKNOWN", "COMPLETED", "DEAD"),
    "LM-EXECUTION-DELETE-KEEPS-OUTPUTS": Status("getArtifact", 200, 404, {}),
    "LM-DEPLOYMENT-CREATE-HAS-URL": Answer("createDeployment", drop("deploymentUrl")),
    "LM-DEPLOYMENT-CREATE-OPERATION": Answer("getDeployment", put(lastOperation="DELETE")),
    "LM-DEPLOYMENT-CREATE-UNKNOWN-CONFIGURATION": Status("createDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-CREATE-CHECKED": Status("createDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-URL": Answer("getDeployment", put(deploymentUrl="")),
    "LM-DEPLOYMENT-URL-HOLDS-ID": Answer("getDeployment", put(deploymentUrl="https://example.com/")),
    "LM-DEPLOYMENT-URL-LISTED": Answer("listDeployments", put(deploymentUrl="")),
    "LM-DEPLOYMENT-UPDATE": Status("modifyDeployment", 202, 400, {}),
    "LM-DEPLOYMENT-UPDATE-ROLLBACK": Answer("getDeployment", drop("latestRunningConfigurationId")),
    "LM-DEPLOYMENT-UPDATE-OPERATION": Answer("getDeployment", put(lastOperation="CREATE")),
    "LM-DEPLOYMENT-UPDATE-UNKNOWN-CONFIGURATION": Status("modifyDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-UPDATE-CHECKED": Status("modifyDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-UPDATE-STOPPED": Status("modifyDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-UPDATE-404": Status("modifyDeployment", 404, 202, ACCEPTED),
    "LM-DEPLOYMENT-UPDATE-BODY": Status("modifyDeployment", 400, 202, ACCEPTED),
    "LM-DEPLOYMENT-DELETE-TARGET": Answer("getDeployment", put(targetStatus="STOPPED")),
    "LM-DEPLOYMENT-TTL-ECHO": Answer("getDeployment", drop("ttl")),
    "LM-DEPLOYMENT-TTL-UNITS": Choosy("createDeployment", lambda body: body.get("ttl", "").endswith("D")),
    "LM-DEPLOYMENT-TTL-PATTERN": Status("createDeployment", 400, 202, ACCEPTED),
    "LM-SCHEDULE-UNKNOWN-404": Status("getExecutionSchedule", 404, 400, {}),
    "LM-SCHEDULE-BAD-ID": Status("getExecutionSchedule", 400, 200, {}),
    "LM-SCHEDULE-CREATE-MINIMAL": Choosy("createExecutionSchedule", lambda body: "start" not in body),
    "LM-SCHEDULE-CREATE-ACTIVE": Answer("getExecutionSchedule", put(status="INACTIVE")),
    "LM-SCHEDULE-CREATE-LOCATION": OtherLocation("createExecutionSchedule"),
    "LM-SCHEDULE-GET-ECHO": Answer("getExecutionSchedule", put(cron="0 * * * *")),
    "LM-SCHEDULE-WINDOW-ECHO": Deaf("createExecutionSchedule", "end"),
    "LM-SCHEDULE-LISTED": Answer("listExecutionSchedules", nothing),
    "LM-SCHEDULE-LIST-EQUALS-GET": Answer("listExecutionSchedules", put(status="INACTIVE")),
    "LM-SCHEDULE-LIST-COUNT": Answer("listExecutionSchedules", wider),
    "LM-SCHEDULE-COUNT-MATCHES-LIST": Count("countExecutionSchedules"),
    "LM-SCHEDULE-COUNT-FILTERED": Query("status", "countExecutionSchedules"),
    "LM-SCHEDULE-FILTER-CONFIGURATION": Query("configurationId", "listExecutionSchedules"),
    "LM-SCHEDULE-FILTER-STATUS": Query("status", "listExecutionSchedules"),
    "LM-SCHEDULE-FILTER-COMBINED": Query("status", "listExecutionSchedules"),
    "LM-SCHEDULE-TOP": Query("$top", "listExecutionSchedules"),
    "LM-SCHEDULE-SKIP": Query("$skip", "listExecutionSchedules"),
    "LM-SCHEDULE-PAGES-COVER": Query("$skip", "listExecutionSchedules"),
    "LM-SCHEDULE-EXECUTIONS": Query("executionScheduleId", "listExecutions"),
    "LM-SCHEDULE-PAUSE": Deaf("modifyExecutionSchedule", "status"),
    "LM-SCHEDULE-RESUME": Deaf("modifyExecutionSchedule", "status", status="INACTIVE"),
    "LM-SCHEDULE-MODIFY-CRON": Status("modifyExecutionSchedule", 202, 200, {}),
    "LM-SCHEDULE-MODIFY-WINDOW": Deaf("modifyExecutionSchedule", "start", status="ACTIVE"),
    "LM-SCHEDULE-MODIFY-CONFIGURATION": Deaf("modifyExecutionSchedule", "configurationId", status="ACTIVE"),
    "LM-SCHEDULE-MODIFY-KEEPS": Deaf("modifyExecutionSchedule", status="INACTIVE"),
    "LM-SCHEDULE-MODIFY-BODY": Status("modifyExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-MODIFY-404": Status("modifyExecutionSchedule", 404, 202, ACCEPTED),
    "LM-SCHEDULE-DELETE": Idle("deleteExecutionSchedule"),
    "LM-SCHEDULE-DELETE-INACTIVE": Status("deleteExecutionSchedule", 202, 400, {}),
    "LM-SCHEDULE-DELETE-404": Status("deleteExecutionSchedule", 404, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-REQUIRED": Status("createExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-TYPE": Status("createExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-MALFORMED": Status("createExecutionSchedule", 400, 422, {}),
    "LM-SCHEDULE-BODY-CONFIGURATION-ID": Status("createExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-TIME": Status("createExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-TOO-LONG": Status("createExecutionSchedule", 400, 202, ACCEPTED),
    "LM-SCHEDULE-BODY-AT-LIMIT": Status("createExecutionSchedule", 202, 400, {}),
    "LM-ISOLATION-SCHEDULE-GET": Group(),
    "LM-ISOLATION-SCHEDULE-LIST": Group(),
    "LM-ISOLATION-SCHEDULE-CHANGE": Group(),
}


class Renaming(Defect):
    """A change takes the name as well."""

    def __init__(self):
        self._names = {}

    def answer(self, exchange):
        if exchange.operation == "modifyExecutionSchedule" and b'"name"' in exchange.request_body:
            self._names[exchange.path] = json.loads(exchange.request_body)["name"]
        if exchange.operation == "getExecutionSchedule" and exchange.path in self._names:
            return Answer("getExecutionSchedule", put(name=self._names[exchange.path])).answer(exchange)
        return exchange


# More than one way to break the same requirement.
MORE = [
    ("LM-SCHEDULE-NAME-STAYS", Renaming()),
    ("LM-SCHEDULE-MODIFY-CRON", Deaf("modifyExecutionSchedule", "cron")),
    ("LM-DEPLOYMENT-UPDATE", Deaf("modifyDeployment", "configurationId", targetStatus="STOPPED")),
    ("LM-DEPLOYMENT-UPDATE-ROLLBACK", Answer("getDeployment", put(latestRunningConfigurationId="another"))),
    ("LM-DEPLOYMENT-TTL-ECHO", Choosy("createDeployment", lambda body: "ttl" in body)),
    *((f"LM-{kind.noun}-STOP", Idle(kind.modify)) for kind in KINDS),
    *((f"LM-{kind.noun}-DELETE-ACTIVE", Forgetful(kind.get, kind.delete)) for kind in KINDS),
    *((f"LM-{kind.noun}-SELECT-STATUS", Query("$select", kind.get)) for kind in KINDS),
    *((f"LM-{kind.noun}-COUNT-MATCHES-LIST", Count(kind.count)) for kind in KINDS),
]


@pytest.mark.parametrize(
    ("requirement", "defect"),
    [*sorted(DEFECTS.items()), *MORE],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_probe_finds_its_defect(mock, requirement, defect):
    # Patience for what never comes: two seconds would be waited for in full.
    session = open_session(mock, defect=defect, meta=False, poll_timeout=1.0)
    outcome = run(session, requirement)[requirement]
    assert isinstance(outcome, Failure), f"{type(outcome).__name__}: {outcome}"
    assert outcome.judgement.requirement == requirement
    assert outcome.judgement.expected
    assert outcome.judgement.actual
    assert outcome.judgement.exchanges


def test_every_requirement_of_these_resources_has_a_defect():
    starts = ("LM-EXECUTION-", "LM-BULK-", "LM-DEPLOYMENT-", "LM-SCHEDULE-", "LM-ISOLATION-")
    others = ("LM-ISOLATION-ARTIFACT", "LM-ISOLATION-CONFIGURATION", "LM-ISOLATION-METRICS", "LM-EXECUTION-OUTPUT")
    wanted = {name for name in PROBES if name.startswith(starts) and not name.startswith(others)}
    assert wanted - set(DEFECTS) - {name for name, _ in MORE} - set(FURTHER) - set(CHANGED) == set()
