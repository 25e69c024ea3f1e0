"""What a probe that fails says: its requirement, what was expected, what came, and the exchanges that show it.

That every probe fails on a server that breaks its requirement is what ``lmconform mutants`` shows.
"""

import pytest
from tests.probes.defects import ACCEPTED, Answer, Idle, Status
from tests.probes.probe_bench import open_session, run

from lmconform.errors import Failure


@pytest.mark.parametrize(
    ("requirement", "defect"),
    [
        ("LM-SCENARIO-LIST-COUNT", Answer("listScenarios", lambda body: body.update(count=body["count"] + 1))),
        ("LM-ARTIFACT-BODY-KIND", Status("createArtifact", 400, 201, ACCEPTED)),
        ("LM-EXECUTION-STOP", Idle("modifyExecution")),
    ],
    ids=["wrong-body", "wrong-status", "nothing-happens"],
)
def test_a_failure_names_its_requirement_what_was_expected_what_came_and_the_exchanges(mock, requirement, defect):
    outcome = run(open_session(mock, defect=defect, poll_timeout=1.0), requirement)[requirement]
    assert isinstance(outcome, Failure), f"{type(outcome).__name__}: {outcome}"
    assert outcome.judgement.requirement == requirement
    assert outcome.judgement.expected
    assert outcome.judgement.actual
    assert outcome.judgement.exchanges
