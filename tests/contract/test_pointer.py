"""JSON Pointers by RFC 6901: its own examples, and what is no pointer or points to nothing."""

import pytest

from lmconform.contract import pointer
from lmconform.contract.pointer import PointerError

# The document and the pointers of section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_a_pointer_names_a_value(text, value):
    assert pointer.resolve(DOCUMENT, text) == value


def test_an_escaped_tilde_is_never_read_as_an_escaped_slash():
    assert pointer.parse("/~01") == ("~1",)


@pytest.mark.parametrize("text", ["/bar", "/foo/2", "/foo/-", "/foo/01", "/foo/-1", "/foo/0/x", "/a/b"])
def test_a_pointer_that_points_to_nothing_is_a_lookup_error(text):
    with pytest.raises(LookupError, match="points to nothing"):
        pointer.resolve(DOCUMENT, text)


@pytest.mark.parametrize(("text", "words"), [("foo", "does not begin with '/'"), ("/a~2b", "~0"), ("/a~", "~0")])
def test_a_text_that_is_no_pointer_is_refused_with_the_reason(text, words):
    with pytest.raises(PointerError, match=words):
        pointer.parse(text)
