"""The plainest value of a schema is valid, and has what is required and nothing more."""

import pytest

from lmconform.contract.openapi import Contract
from lmconform.contract.samples import sample

CONTRACT = Contract.load()
BODIES = {o.id: o.request_body.json_schema for o in CONTRACT.operations if o.request_body is not None}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "lmconform"),
        ({"type": "string", "maxLength": 1}, "l"),
        ({"type": "string", "minLength": 32}, "x" * 32),
        ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z"),
        ({"type": ["null", "integer"], "minimum": 5}, 5),
        ({"type": "number", "maximum": -2}, -2),
        ({"type": "boolean"}, True),
        ({"enum": [None, "a", "b"]}, "a"),
        ({"type": "string", "default": "d"}, "d"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"type": "array", "minItems": 2, "items": {"const": 3}}, [3, 3]),
        ({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}, "b": {}}}, {"a": True}),
        ({"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}]}, {"a": 1}),
        ({"$ref": "#/components/schemas/ScenarioId"}, "aa97b177-9383-4934-8543-0f91a7a0283a"),
    ],
)
def test_a_schema_has_a_plain_value(schema, value):
    assert sample(CONTRACT, schema) == value


def test_what_is_known_of_a_member_goes_before_its_schema_and_is_sent_where_it_is_optional():
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "ids": {"type": "array"}, "x": {}}}
    known = {"name": "mine", "ids": "i1"}
    assert sample(CONTRACT, schema, known.get) == {"name": "mine", "ids": ["i1"]}


def test_no_value_is_better_than_an_invalid_one():
    assert sample(CONTRACT, {"type": "string", "pattern": "^[0-9]{17}$"}) is None


@pytest.mark.parametrize("operation", [name for name, schema in BODIES.items() if schema is not None])
def test_the_body_of_each_operation_has_a_sample(operation):
    known = {"executionId": "e123", "cron": "0 0 * * *"}
    assert CONTRACT.is_valid(BODIES[operation], sample(CONTRACT, BODIES[operation], known.get))
