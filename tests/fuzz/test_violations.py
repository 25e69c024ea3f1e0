"""Values made from a schema: each wrong one breaks the keyword that it is made for, at its place."""

import pytest

from lmconform.fuzz import violations
from lmconform.fuzz.violations import GONE

BODIES = {
    "createArtifact": {
        **{"name": "n", "kind": "model", "url": "ai://default/x", "scenarioId": "abcd", "description": "d"},
        "labels": [{"key": "ext.ai.sap.com/key", "value": "v"}],
    },
    "modifyExecutions": {"executions": [{"id": "abcd", "targetStatus": "STOPPED"}]},
    "patchMetrics": {
        "executionId": "abcd",
        "metrics": [
            {
                **{"name": "loss", "value": 0.5, "step": 1, "timestamp": "2026-01-01T00:00:00Z"},
                "labels": [{"name": "n", "value": "v"}],
            }
        ],
        "tags": [{"name": "n", "value": "v"}],
        "customInfo": [{"name": "n", "value": "v"}],
    },
}


def schema_of(contract, operation):
    return next(iter(contract.operation(operation).request_body.content.values()))


def broken_keywords(contract, operation):
    """What each wrong value of a body breaks: the kinds of the validator's errors, with the place that they name."""
    schema, body = schema_of(contract, operation), BODIES[operation]
    assert contract.first_error(schema, body) == ""
    for path, node in violations.positions(contract, schema):
        for below, value in violations.wrong(contract, node, violations.at(body, path)):
            changed = violations.put(body, (*path, *below), value)
            if changed is not GONE:
                yield path, [error.kind.name for error in contract.validator(schema).iter_errors(changed)]


@pytest.mark.parametrize("operation", BODIES)
def test_each_wrong_body_breaks_one_keyword_and_what_follows_from_it(contract, operation):
    found = list(broken_keywords(contract, operation))
    several = {tuple(kinds) for _, kinds in found if len(kinds) > 1}
    # What has another type is no choice either, and too many entries are copies of one.
    assert several <= {("type", "enum"), ("maxItems", "uniqueItems")}
    # Formats are notes to the validator.
    assert {path[-1] for path, kinds in found if not kinds} <= {"timestamp", "createdAt", "modifiedAt"}


def test_metrics_break_every_keyword_that_their_schema_has(contract):
    kinds = {kind for _, found in broken_keywords(contract, "patchMetrics") for kind in found}
    assert kinds == {"type", "required", "pattern", "minLength", "maxLength", "minimum"}


def test_lists_of_changes_break_their_lengths_and_their_uniqueness(contract):
    kinds = {kind for path, found in broken_keywords(contract, "modifyExecutions") for kind in found if len(path) == 1}
    assert kinds == {"type", "minItems", "maxItems", "uniqueItems"}


def test_every_example_of_the_description_is_valid(contract):
    schemas = [p.schema for o in contract.operations for p in o.parameters]
    schemas += [s for o in contract.operations if o.request_body for s in o.request_body.content.values()]
    found = [
        (node, example)
        for schema in schemas
        for _, node in violations.positions(contract, schema)
        for example in violations.examples(node)
    ]
    assert len(found) > 50
    assert [example for node, example in found if not contract.is_valid(node, example)] == []


def test_named_values_of_a_parameter_are_valid(contract):
    for operation in contract.operations:
        for parameter in operation.parameters:
            for value in violations.named(contract, parameter.schema):
                assert contract.is_valid(parameter.schema, value), (operation.id, parameter.name, value)


def test_a_change_leaves_the_value_that_it_is_made_from_as_it_is():
    value = {"a": [{"b": 1}]}
    assert violations.put(value, ("a", 0, "b"), 2) == {"a": [{"b": 2}]}
    assert violations.put(value, ("a", 0, "b"), GONE) == {"a": [{}]}
    assert violations.put(value, ("a", 1), 2) is GONE
    assert violations.put(value, ("c", "d"), 2) is GONE
    assert value == {"a": [{"b": 1}]}


def test_a_place_is_opened_with_what_leads_to_it():
    value = {"a": [], "b": "text"}
    assert violations.opened(value, ("a", 0, "c")) == {"a": [{}], "b": "text"}
    assert violations.opened(value, ("d", 0)) == {"a": [], "b": "text", "d": [None]}
    assert violations.opened(value, ("b", "c")) is GONE
    assert value == {"a": [], "b": "text"}
