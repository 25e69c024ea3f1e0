"""What changes show: lists, counts, names and answers after updates, stops, deletions; each probe finds its defect."""

from urllib.parse import parse_qs

import pytest
from tests.probes.defects import Answer, Count, Group, Query, Status, Undying, all_done, drop, put, results
from tests.probes.probe_bench import Defect, open_session, run, with_body

from lmconform.errors import Failure
from lmconform.probes.enactment import DEPLOYMENT, EXECUTION

KINDS = (EXECUTION, DEPLOYMENT)
WRONG_STATE = {"code": "01010076", "message": "Current status COMPLETED cannot be changed"}


class Afterwards(Defect):
    """Once an operation was carried out, another one shows a change of its own."""

    def __init__(self, operation, shown, change):
        self._operation, self._answer = operation, Answer(shown, change)
        self._done = False

    def answer(self, exchange):
        self._done = self._done or (exchange.operation == self._operation and exchange.ok)
        return self._answer.answer(exchange) if self._done else exchange


class Eager(Defect):
    """Each configuration has an execution that nobody started."""

    def answer(self, exchange):
        asked = parse_qs(exchange.url.partition("?")[2]).get("configurationId")
        if exchange.operation != "listExecutions" or not asked:
            return exchange
        return with_body(exchange, {"count": 1, "resources": [{"id": "e000000000000000", "configurationId": asked[0]}]})


def refused(body):
    """BUG: what has completed is not deleted in bulk."""
    results(body)[:] = [{"id": item["id"], "error": WRONG_STATE} for item in results(body)]


def backwards(body):
    """BUG: the last result comes first."""
    results(body).reverse()


DEFECTS = {
    **{f"LM-{kind.noun}-ANSWER-ID": Answer(kind.modify, put(id="another")) for kind in KINDS},
    **{f"LM-{kind.bulk_noun}-MIXED": Answer(kind.modify_many, backwards) for kind in KINDS},
    "LM-BULK-DELETE-COMPLETED": Answer("modifyExecutions", refused),
    "LM-DEPLOYMENT-UPDATE-NAME": Answer("getDeployment", put(configurationName="another")),
    "LM-DEPLOYMENT-UPDATE-FILTERED": Query("configurationId", "listDeployments"),
    "LM-DEPLOYMENT-UPDATE-KEEPS-TTL": Afterwards("modifyDeployment", "getDeployment", drop("ttl")),
    "LM-DEPLOYMENT-DELETE-UNCOUNTED": Count("countDeployments"),
    "LM-SCHEDULE-STARTS-NOTHING-EARLY": Eager(),
    "LM-SCHEDULE-MODIFY-LISTED": Answer("listExecutionSchedules", put(cron="5 5 5 5 *")),
    "LM-SCHEDULE-PAUSE-KEEPS": Afterwards("modifyExecutionSchedule", "getExecutionSchedule", drop("end")),
    "LM-SCHEDULE-DELETE-UNCOUNTED": Count("countExecutionSchedules"),
    "LM-SCHEDULE-ANSWER-ID": Answer("modifyExecutionSchedule", put(id="another")),
    "LM-LOGS-TOP-OF-ORDER": Query("$order", "getExecutionLogs"),
    "LM-LOGS-DEPLOYMENT-SERVED": Status("getDeploymentLogs", 200, 404, {}),
    "LM-ISOLATION-DEPLOYMENT-COUNT": Group(),
    "LM-ISOLATION-DEPLOYMENT-CONFIGURATION": Group(),
    "LM-ISOLATION-DEPLOYMENT-BULK": Answer("modifyDeployments", all_done),
    "LM-ISOLATION-SCHEDULE-COUNT": Group(),
    "LM-ISOLATION-SCHEDULE-CONFIGURATION": Group(),
}

# More than one way to break the same requirement.
MORE = [
    *((f"LM-{kind.noun}-ANSWER-ID", Answer(kind.delete, put(id="another"))) for kind in KINDS),
    *((f"LM-{kind.noun}-DELETE-UNKNOWN-STATUS", Undying(kind.get)) for kind in KINDS),
    *((f"LM-{kind.bulk_noun}-MIXED", Answer(kind.modify_many, all_done)) for kind in KINDS),
    ("LM-SCHEDULE-ANSWER-ID", Answer("deleteExecutionSchedule", put(id="another"))),
    ("LM-ISOLATION-DEPLOYMENT-BULK", Group()),
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
