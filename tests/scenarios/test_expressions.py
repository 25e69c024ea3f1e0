"""Runtime expressions: what they see, and what is no expression."""

import pytest

from lmconform.evidence.exchange import Exchange
from lmconform.scenarios.expressions import MISSING, ExpressionError, Scope, evaluate, find, parse, resolve

BODY = b'{"id": "e1", "list": [{"a/b": 1}, {"m~n": null}], "n": 2.5}'


def exchange(status=200, body=BODY, media_type="application/json", **more):
    """An exchange with a JSON body."""
    values = {
        "id": "1",
        "item": "i",
        "operation": "getExecution",
        "method": "GET",
        "url": "http://h/v2/lm/executions/e1?x=1",
        "path": "/lm/executions/e1",
        "request_headers": (("AI-Resource-Group", "tutorial"),),
        "request_body": b'{"sent": [true]}',
        "status": status,
        "headers": (("Content-Type", media_type), ("X.Dotted", "y")),
        "body": body,
        "truncated": False,
        "started": "",
        "elapsed": 0.0,
    }
    return Exchange(**{**values, **more})


@pytest.fixture
def scope():
    """Something of everything."""
    return Scope(
        inputs={"group": "g"},
        steps={"a-step": {"out": {"deep": ["x"]}}},
        exchange=exchange(),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$inputs.group", "g"),
        ("$steps.a-step.outputs.out", {"deep": ["x"]}),
        ("$steps.a-step.outputs.out#/deep/0", "x"),
        ("$statusCode", 200),
        ("$response.body#/id", "e1"),
        ("$response.body#/list/0/a~1b", 1),
        ("$response.body#/list/1/m~0n", None),
        ("$response.body#/n", 2.5),
    ],
)
def test_an_expression_has_the_value_that_it_points_to(scope, text, value):
    assert evaluate(parse(text), scope) == value


@pytest.mark.parametrize(
    "text",
    [
        "$inputs.none",
        "$steps.never.outputs.x",
        "$response.body#/list/2",
        "$response.body#/list/-",
        "$response.body#/list/01",
        "$response.body#/id/x",
    ],
)
def test_an_expression_that_points_to_nothing_is_missing(scope, text):
    assert evaluate(parse(text), scope) is MISSING


def test_nothing_of_an_answer_is_there_before_one_came():
    assert evaluate(parse("$statusCode"), Scope()) is MISSING
    assert evaluate(parse("$response.body#/id"), Scope()) is MISSING


def test_a_body_that_is_no_json_is_a_text_and_an_empty_one_is_missing():
    plain = Scope(exchange=exchange(body=b"RBAC: access denied", media_type="text/plain"))
    broken = Scope(exchange=exchange(body=b"{"))
    empty = Scope(exchange=exchange(body=b""))
    assert evaluate(parse("$response.body"), plain) == "RBAC: access denied"
    assert evaluate(parse("$response.body#/id"), broken) is MISSING
    assert evaluate(parse("$response.body"), empty) is MISSING


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("inputs.x", "begins with '$'"),
        ("$input.x", "did you mean 'inputs'"),
        ("$respnse.body", "did you mean 'response'"),
        ("$request.body", "$request is not supported"),
        ("$response.header.x", "expected $response.body"),
        ("$statusCode.x", "expected $statusCode"),
        ("$statusCode#/x", "expected $statusCode"),
        ("$inputs", "expected $inputs.NAME"),
        ("$inputs.a b", "wrong shape"),
        ("$steps.a.output.b", "expected $steps.ID.outputs.NAME"),
        ("$response.body#id", "does not begin with '/'"),
        ("$response.body#/a~2", "~0"),
    ],
)
def test_a_text_that_is_no_expression_is_refused_with_the_reason(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in str(caught.value)


def test_a_whole_expression_keeps_its_type_and_an_embedded_one_becomes_text(scope):
    tree = {"whole": "$response.body#/list", "text": "id {$response.body#/id} of {$statusCode}", "n": 1, "none": None}
    assert resolve(tree, scope) == {
        "whole": [{"a/b": 1}, {"m~n": None}],
        "text": "id e1 of 200",
        "n": 1,
        "none": None,
    }


def test_braces_without_a_dollar_sign_are_text(scope):
    text = "[{'Predicted': 'False',  'value': 34}]"
    assert resolve(text, scope) == text


def test_expressions_are_found_wherever_they_stand():
    tree = ["$inputs.a", {"k": "x {$inputs.b} {$statusCode}"}, 3, "costs 5$"]
    assert [expression.text for expression in find(tree)] == ["$inputs.a", "$inputs.b", "$statusCode"]
