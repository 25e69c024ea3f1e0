"""What later probes read of an answer has the types of its schema: what judges nothing must not stumble over it."""

import pytest

from lmconform.contract.openapi import Contract
from lmconform.contract.typed import typed

CONTRACT = Contract.load()
EXECUTION = {"id": "e1", "configurationId": "c1", "status": "RUNNING", "createdAt": "2026-01-01T00:00:00Z"}


def schema_of(operation):
    return CONTRACT.operation(operation).response(200).content["application/json"]


@pytest.mark.parametrize("odd", [7, True, None, [], ["x"], {}, {"a": 1}])
def test_a_member_of_another_type_is_left_out_at_any_depth(odd):
    one = typed(CONTRACT, schema_of("getExecution"), {**EXECUTION, "configurationId": odd})
    assert one == {name: value for name, value in EXECUTION.items() if name != "configurationId"}
    listed = typed(CONTRACT, schema_of("listExecutions"), {"count": 2, "resources": [{**EXECUTION, "id": odd}, odd]})
    assert listed["resources"][0] == {name: value for name, value in EXECUTION.items() if name != "id"}
    assert all(isinstance(entry, dict) for entry in listed["resources"])


def test_what_fits_and_what_no_schema_knows_stays():
    whole = {**EXECUTION, "ours": {"a": [1]}}
    assert typed(CONTRACT, schema_of("getExecution"), whole) == whole


def test_a_boolean_is_no_number():
    assert typed(CONTRACT, schema_of("listExecutions"), {"count": True, "resources": []}) == {"resources": []}
