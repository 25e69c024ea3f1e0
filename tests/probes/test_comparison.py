"""Values that are equal are equal however they are written."""

import pytest

from lmconform.probes.comparison import apart, differences, instant, pairs


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06T07:08:09.123Z", "2024-05-06T07:08:09.123000Z"),
        ("2024-05-06T07:08:09.1Z", "2024-05-06T09:08:09.100000000+02:00"),
        ("2024-05-06t07:08:09z", "2024-05-06T07:08:09Z"),
        ("2024-05-06T07:08:60Z", "2024-05-06T07:09:00Z"),
    ],
)
def test_an_instant_has_many_spellings(left, right):
    assert instant(left) == instant(right) is not None


@pytest.mark.parametrize("text", [None, 7, "", "yesterday", "2024-13-01T00:00:00Z"])
def test_what_is_no_time_is_none(text):
    assert instant(text) is None


def test_null_and_absent_are_one():
    assert differences({"a": None, "b": 1}, {"b": 1}) == []


@pytest.mark.parametrize("left", [None, "", [], {}])
@pytest.mark.parametrize("right", [None, "", [], {}])
def test_nothing_has_many_spellings(left, right):
    assert differences({"a": left}, {"a": right}) == []


@pytest.mark.parametrize("value", [0, False, [None], "0"])
def test_something_is_not_nothing(value):
    assert differences({"a": value}, {}) == [("a", value, None)]
    assert differences({"a": None}, {"a": value}) == [("a", None, value)]


def test_the_servers_times_may_lose_their_fractions_and_ours_may_not():
    full, cut, later = "2024-05-06T07:08:09.987Z", "2024-05-06T07:08:09Z", "2024-05-06T07:08:10.987Z"
    assert differences({"createdAt": full}, {"createdAt": cut}) == []
    assert differences({"createdAt": full}, {"createdAt": later}) == [("createdAt", full, later)]
    assert differences({"timestamp": full}, {"timestamp": cut}) == [("timestamp", full, cut)]


def test_order_of_labels_is_free_and_their_number_is_not():
    red, big = {"key": "color", "value": "red"}, {"key": "size", "value": "big"}
    assert differences({"labels": [red, big]}, {"labels": [big, red]}) == []
    assert differences({"labels": [red, big]}, {"labels": [red]}) == [("labels", [red, big], [red])]
    assert differences({"labels": [red, big]}, {"labels": [red, big, big]}) == [("labels", [red, big], [red, big, big])]
    assert "size" in apart("labels", [red, big], [red, big, big])[1]


def test_tags_that_a_server_adds_may_be_double():
    tag = {"name": "by", "value": "server"}
    assert differences({"tags": [tag]}, {"tags": [tag, tag]}) == []


def test_order_of_inputs_is_free_and_a_member_without_a_value_is_none():
    data, more = {"name": "data", "description": None, "labels": []}, {"name": "more"}
    assert differences({"inputArtifacts": [data, more]}, {"inputArtifacts": [more, {"name": "data"}]}) == []
    doubled = {"inputArtifacts": [more, more, data]}
    assert differences({"inputArtifacts": [data, more]}, doubled) == [
        ("inputArtifacts", [data, more], [more, more, data])
    ]


def test_times_are_compared_as_instants_and_texts_as_texts():
    assert differences({"createdAt": "2024-05-06T07:08:09Z"}, {"createdAt": "2024-05-06T07:08:09.000Z"}) == []
    assert differences({"url": "ai://a/b"}, {"url": "ai://a/b/"}) == [("url", "ai://a/b", "ai://a/b/")]


def test_entries_that_are_no_objects_are_no_reason_to_break():
    assert pairs(["odd", {"name": "a", "value": "1"}]) == {("'odd'",), ("'a'", "'1'")}


def test_of_long_values_the_part_is_shown_where_they_differ():
    left, right = apart("url", "a" * 500 + "left" + "z" * 500, "a" * 500 + "right" + "z" * 500)
    assert ("left" in left, "right" in right, "(1006 characters)" in left) == (True, True, True)
    assert max(len(left), len(right)) < 200


def test_of_lists_in_any_order_the_entries_are_shown_that_the_other_lacks():
    red, big, small = ({"key": key, "value": key} for key in ("red", "big", "small"))
    assert apart("labels", [red, big], [small, red]) == (
        '[{"key": "big", "value": "big"}]',
        '[{"key": "small", "value": "small"}]',
    )
    assert apart("labels", [red], []) == ('[{"key": "red", "value": "red"}]', "[]")


def test_short_values_are_shown_whole():
    assert apart("deployable", "yes", True) == ('"yes"', "true")
