"""Two patterns meet when a text exists that matches both."""

import pytest

from lmconform.waivers.patterns import meet, of_glob, of_text


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("dev", "dev", True),
        ("dev", "prod", False),
        ("d*", "*v", True),
        ("d*", "dev", True),
        ("d*", "prod-*", False),
        ("*", "", True),
        ("", "", True),
        ("", "?", False),
        ("a*b*c", "a?", False),
        ("a*b*c", "a?c", True),
        ("v[12]", "v1", True),
        ("v[12]", "v3", False),
        ("v[!12]", "v3", True),
        ("v[12]", "v[23]", True),
        ("[*", "[]", True),
    ],
)
def test_globs_meet(first, second, expected):
    assert meet(of_glob(first), of_glob(second)) is expected
    assert meet(of_glob(second), of_glob(first)) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("[]", "[*", True), ("[0.7]", "[]", False), ("?", "a", False), ("?", "*", True), ("a ]", "a *", True)],
)
def test_only_the_star_of_a_text_is_special(first, second, expected):
    assert meet(of_text(first), of_text(second)) is expected
    assert meet(of_text(second), of_text(first)) is expected


def test_long_patterns_are_compared_at_once():
    assert meet(of_text("a*" * 300), of_text("*a" * 300))
