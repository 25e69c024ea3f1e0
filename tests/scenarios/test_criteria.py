"""Criteria: simple conditions, regular expressions, JSONPath."""

import pytest
from tests.scenarios.test_expressions import exchange

from lmconform.scenarios.conditions import compile_condition
from lmconform.scenarios.criteria import compile_criterion, first_broken
from lmconform.scenarios.expressions import ExpressionError, Scope

BODY = b'{"status": "RUNNING", "n": 3, "ok": true, "list": [{"id": "a"}, {"id": "b"}], "none": null, "text": "it\'s"}'


@pytest.fixture
def scope():
    """A 202 with a body, and an output."""
    return Scope(exchange=exchange(202, BODY), inputs={"number": "12"}, steps={"s-1": {"out": {"deep": [5]}}})


@pytest.mark.parametrize(
    "condition",
    [
        "$statusCode == 202",
        "202 == $statusCode",
        "$statusCode != 200",
        "$statusCode >= 200 && $statusCode < 300",
        "$statusCode == 200 || $statusCode == 202",
        "$statusCode == 202 || $statusCode == 1 && $statusCode == 2",
        "!($statusCode == 200)",
        "!!$response.body#/ok",
        "($statusCode == 200 || $statusCode == 202) && $response.body#/n > 2.5",
        "$response.body#/status == 'RUNNING'",
        "$response.body#/status == 'running'",
        '$response.body#/status == "RUNNING"',
        "$response.body#/status != 'DEAD'",
        "'abc' < 'ABD'",
        "$statusCode",
        "$response.body#/ok",
        "$response.body#/ok == true",
        "$response.body#/none == null",
        "$response.body#/never == null",
        "$response.body#/never != 'x'",
        "$response.body#/text == 'it''s'",
        "$response.body#/list/1/id == 'b'",
        "$response.body#/list[1].id == 'b'",
        "$response.body.list[0].id == 'a'",
        "$response.body['list'][0]['id'] == 'a'",
        "$steps.s-1.outputs.out.deep[0] == 5",
        "$inputs.number == 12",
        "$inputs.number > 9",
        "-1.5e1 == -15",
    ],
)
def test_a_simple_condition_holds(scope, condition):
    assert compile_condition(condition).holds(scope)


@pytest.mark.parametrize(
    "condition",
    [
        "$statusCode == 200",
        "$statusCode == '200'",
        "$response.body#/ok == 'true'",
        "$response.body#/ok == 1",
        "$response.body#/never",
        "$response.body#/never > 0",
        "$response.body#/status > 5",
        "$response.body#/list[9].id == 'a'",
        "$response.body#/none",
        "!$response.body#/ok",
        "false || null",
        "true && false",
    ],
)
def test_a_simple_condition_does_not_hold(scope, condition):
    assert not compile_condition(condition).holds(scope)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("", "expected a value before its end, column 1"),
        ("$statusCode ==", "expected a value before its end"),
        ("$statusCode = 200", "cannot be read from column 13 on"),
        ("$statusCode == 200 &&", "expected a value before its end"),
        ("($statusCode == 200", "expected ')' before its end"),
        ("$statusCode == 200)", "')' is not expected at column 19"),
        ("$statusCode 200", "'200' is not expected"),
        ("$status == 200", "did you mean 'statusCode'"),
        ("$response.body[x]", "cannot be read"),
        ("$response.body[1", "expected ']'"),
        ("$response.body[true]", "expected an index or a name in brackets"),
        ("__import__('os')", "cannot be read from column 1 on"),
        ("'open", "cannot be read"),
        ("(" * 60 + "1" + ")" * 60, "nested deeper than 50 levels"),
    ],
)
def test_a_condition_that_cannot_be_read_is_refused_with_its_place(condition, words):
    with pytest.raises(ExpressionError) as caught:
        compile_condition(condition)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("node", "holds"),
    [
        ({"context": "$response.body#/status", "condition": "^RUN", "type": "regex"}, True),
        ({"context": "$response.body#/status", "condition": "^run", "type": "regex"}, False),
        ({"context": "$statusCode", "condition": "^20[0-9]$", "type": "regex"}, True),
        ({"context": "$response.body#/never", "condition": ".*", "type": "regex"}, False),
        ({"context": "$response.body", "condition": "$.list[?@.id == 'b']", "type": "jsonpath"}, True),
        ({"context": "$response.body", "condition": "$..list[?(@.id == 'z')]", "type": "jsonpath"}, False),
        ({"context": "$response.body", "condition": "$.none", "type": "jsonpath"}, True),
        ({"context": "$response.body#/status", "condition": "$", "type": "jsonpath"}, False),
        ({"condition": "$statusCode == 202"}, True),
        ({"condition": "$statusCode == 202", "type": "simple"}, True),
    ],
)
def test_a_criterion_of_each_type(scope, node, holds):
    assert compile_criterion(node).holds(scope) is holds


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"condition": "x", "type": "regx"}, "did you mean 'regex'"),
        ({"condition": "//a", "type": "xpath", "context": "$response.body"}, "type 'xpath' is not supported"),
        ({"condition": "$.a", "type": {"type": "jsonpath", "version": "v"}}, "a type with a version ('v')"),
        ({"condition": "$.a", "type": "jsonpath"}, "has no context"),
        ({"condition": "(", "type": "regex", "context": "$response.body"}, "is no regular expression"),
        ({"condition": "$.[", "type": "jsonpath", "context": "$response.body"}, "is no JSONPath"),
        ({"condition": 5}, "a condition is a text"),
        ({"condition": "x", "type": "regex", "context": 5}, "its context is a runtime expression"),
    ],
)
def test_a_criterion_that_cannot_be_used_is_refused(node, words):
    with pytest.raises(ExpressionError) as caught:
        compile_criterion(node)
    assert words in str(caught.value)


def test_the_first_broken_criterion_is_named(scope):
    criteria = [
        compile_criterion({"condition": c}) for c in ("$statusCode == 202", "$response.body#/status == 'DEAD'", "false")
    ]
    broken = first_broken(criteria, scope)
    assert broken is not None
    assert broken.text == "$response.body#/status == 'DEAD'"
    assert first_broken(criteria[:1], scope) is None
