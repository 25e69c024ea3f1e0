"""Bodies as values: what is JSON, and what only looks like it."""

import json

import pytest

from lmconform.evidence.exchange import decode


def test_json_that_is_as_deep_as_any_api_needs_is_a_value():
    assert decode(b"[" * 50 + b"]" * 50)


@pytest.mark.parametrize("depth", [101, 700, 100_000])
def test_json_that_nobody_could_walk_through_is_no_value(depth):
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        decode(b"[" * depth + b"]" * depth)


def test_what_is_no_utf_8_is_no_json():
    with pytest.raises(ValueError, match="utf-8"):
        decode(b'{"name": "\xff"}')


def test_half_a_surrogate_pair_becomes_a_question_mark_and_a_whole_one_its_character():
    assert decode(rb'{"\ud800": ["\udfff", "\ud83d\ude00"]}') == {"?": ["?", "\U0001f600"]}


def test_numbers_and_texts_come_back_as_they_were():
    value = {"a": [1, 2.5, None, True, "\u00e9\u0000"], "b": {}}
    assert decode(json.dumps(value).encode()) == value
