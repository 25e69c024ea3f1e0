"""Containment: partial, in any order, numbers and instants by value."""

import pytest

from lmconform.scenarios.compare import difference

METRIC = {"name": "m", "value": 0.98, "timestamp": "2021-06-28T07:50:24.589Z", "labels": [{"name": "a", "value": "1"}]}


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({"a": 1}, {"a": 1.0, "b": 2}),
        ([1, 2], [2, 3, 1]),
        ({"t": "2021-06-28T07:50:24.589Z"}, {"t": "2021-06-28T07:50:24.589000Z"}),
        ({"t": "2021-06-28T07:50:24.589Z"}, {"t": "2021-06-28T07:50:24.589000000+00:00"}),
        ({"t": "2021-06-28T07:50:24Z"}, {"t": "2021-06-28T09:50:24+02:00"}),
        ([{"a": 1}, {"a": 1, "b": 2}], [{"a": 1, "b": 2}, {"a": 1}]),
        ({"m": [METRIC]}, {"m": [{"name": "other"}, {**METRIC, "step": 2}]}),
        (None, None),
    ],
)
def test_what_is_contained_has_no_difference(expected, actual):
    assert difference(expected, actual) == ""


@pytest.mark.parametrize(
    ("expected", "actual", "text"),
    [
        ({"a": 1}, {"b": 1}, "a is missing"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "a.b is 2, expected 1"),
        ({"a": 1}, {"a": True}, "a is true, expected 1"),
        ({"a": 1}, {"a": "1"}, 'a is "1", expected 1'),
        ({"a": "X"}, {"a": "x"}, 'a is "x", expected "X"'),
        ({"a": [1]}, {"a": 1}, "a is a number, expected a list"),
        ({"a": {}}, {"a": []}, "a is a list, expected an object"),
        ({"a": [1, 1]}, {"a": [1]}, "a has no element 1"),
        ([{"name": "m", "value": 1}], [{"name": "m", "value": 2}], "[0].value is 2, expected 1"),
        ({"t": "2021-06-28T07:50:24Z"}, {"t": "2021-06-28T07:50:25Z"}, "t is"),
        ({"a": 1}, None, "the value is null, expected an object"),
    ],
)
def test_a_difference_names_its_place(expected, actual, text):
    assert difference(expected, actual).startswith(text)


def test_a_list_named_exact_has_nothing_beside():
    expected = {"labels": [{"name": "a"}], "tags": [1]}
    actual = {"labels": [{"name": "a"}, {"name": "b"}], "tags": [1, 2]}
    assert difference(expected, actual) == ""
    assert difference(expected, actual, {"labels"}).startswith("labels has 2 elements, expected 1")


def test_each_element_stands_for_one_only():
    """The greedy choice would give both the first element; the matching finds the other."""
    expected = [{"a": 1}, {"a": 1, "b": 2}]
    actual = [{"a": 1, "b": 2}, {"a": 1, "c": 3}]
    assert difference(expected, actual) == ""
    assert difference([*expected, {"a": 1}], actual) != ""
