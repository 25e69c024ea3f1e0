"""Bodies read from a schema: bounded ones are valid and plain in their characters, and the ids in them are real."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings

from lmconform.contract.openapi import Contract
from lmconform.fuzz import described, engine
from lmconform.fuzz.described import ABSENT

CONTRACT = Contract.load()
BODIES = [o for o in CONTRACT.operations if o.request_body is not None and o.request_body.json_schema is not None]


def ids(name):
    """Two ids for whatever a member's name refers to."""
    return [f"{name}-1", f"{name}-2"] if described.refers(name) else None


def drawn(operation, schema, examples=40):
    """Bodies that schemathesis makes of a schema, for an operation without parameters."""
    node = copy.deepcopy(CONTRACT.document["paths"][operation.path][operation.method.lower()])
    node["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    node["parameters"] = []
    document = {**CONTRACT.document, "paths": {"/lm/bodies": {operation.method.lower(): node}}}
    found = []

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(engine.operations(document)[operation.id].as_strategy())
    def take(case):
        found.append(case.body)

    take()
    return found


@pytest.mark.parametrize("operation", BODIES, ids=lambda o: o.id)
def test_bounded_bodies_of_every_operation_are_valid(operation):
    schema = operation.request_body.json_schema
    found = drawn(operation, described.bounded(CONTRACT, schema, ids))
    assert len(found) > 5 or operation.method == "PATCH"
    assert [body for body in found if CONTRACT.first_error(schema, body)] == []


@pytest.mark.parametrize("operation", BODIES, ids=lambda o: o.id)
def test_the_plain_body_of_every_operation_is_valid(operation):
    schema = operation.request_body.json_schema
    body = described.plain(CONTRACT, schema, ids)
    assert body is not None
    assert CONTRACT.first_error(schema, body) == ""
    required = set(CONTRACT.resolve(schema).get("required", ()))
    assert set(body) == required


def narrowed(**members):
    """What each member becomes in an object of which none is required."""
    schema = {"type": "object", "properties": members}
    return described.bounded(CONTRACT, schema, ids)["properties"]


def test_a_member_that_holds_an_id_gets_real_ones_and_one_that_exists_nowhere():
    found = narrowed(gadgetId={"type": "string"}, gadgetIds={"type": "array", "items": {"type": "string"}})
    assert found["gadgetId"]["enum"] == ["gadgetId-1", "gadgetId-2", ABSENT]
    assert found["gadgetIds"]["items"]["enum"] == ["gadgetIds-1", "gadgetIds-2", ABSENT]


def test_a_member_that_refers_to_something_unknown_is_left_out_where_it_may_be_and_absent_where_it_may_not():
    schema = {"properties": {"gadgetId": {"type": "string"}, "size": {"type": "integer"}}}
    assert set(described.bounded(CONTRACT, schema, lambda name: None)["properties"]) == {"size"}
    needed = described.bounded(CONTRACT, schema | {"required": ["gadgetId"]}, lambda name: None)
    assert needed["properties"]["gadgetId"]["enum"] == [ABSENT]


@pytest.mark.parametrize(
    ("schema", "least", "most"),
    [
        ({"type": "integer"}, -1000, 1000),
        ({"type": "integer", "minimum": 5}, 5, 1000),
        ({"type": "integer", "minimum": 5000}, 5000, 5000),
        ({"type": "integer", "maximum": -5000}, -5000, -5000),
        ({"type": ["integer", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 10}, 1, 9),
    ],
)
def test_a_number_stays_in_its_range_and_near_to_zero(schema, least, most):
    found = narrowed(size=schema)["size"]
    assert (found["minimum"], found["maximum"]) == (least, most)


def test_null_is_not_sent_where_something_else_is_possible():
    choice = {"anyOf": [{"type": "null"}, {"type": "boolean"}]}
    found = narrowed(colour={"enum": ["red", None]}, size=choice, text={"type": ["null", "string"]})
    assert found["colour"] == {"enum": ["red"]}
    assert found["size"] == {"anyOf": [{"type": "boolean"}]}
    assert found["text"]["type"] == "string"


def test_a_value_that_no_plain_word_satisfies_gives_no_plain_body():
    code = {"type": "string", "pattern": "^Q[0-9]{7}$"}
    schema = {"type": "object", "required": ["code"], "properties": {"code": code}}
    assert described.plain(CONTRACT, schema, ids) is None
