"""One function for each medium makes a text of a server a text."""

import pytest
from markdown_it import MarkdownIt

from lmconform.reporting import escaping


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x00\x1b[31m\x7f\x9b", r"\x00\x1b[31m\x7f\x9b"),
        ("\u202e\u2066\u200f\u061c\u2028", r"\u202e\u2066\u200f\u061c\u2028"),
        ("a\ud800b", r"a\ud800b"),
        ("Zürich 漢字 😀 \\n", "Zürich 漢字 😀 \\n"),
    ],
)
def test_what_is_not_shown_itself_is_an_escape_and_the_rest_stays(text, shown):
    assert escaping.visible(text) == shown
    assert escaping.visible(shown) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", r":\x3aerror::x"),
        ("   ::error::x", r"   :\x3aerror::x"),
        ("a ::error::x", "a ::error::x"),
        ("a ##[error]x", r"a #\x23[error]x"),
        ("##vso[a]##teamcity[b]", r"#\x23vso[a]#\x23teamcity[b]"),
        ("## heading", "## heading"),
    ],
)
def test_a_line_of_a_log_is_no_command(line, shown):
    assert escaping.terminal(line) == shown
    assert escaping.terminal(shown) == shown


@pytest.mark.parametrize(
    "text", ["a", "`", "``", "a`b``c", "`a", "<b>", "![](u)", "a\nb", "  a  ", "\\", "a\\|b", "*a*"]
)
def test_a_cell_of_markdown_is_one_code_span(text):
    rows = f"| a | b |\n|---|---|\n| {escaping.markdown(text)} | c |\n"
    tokens = MarkdownIt("commonmark").enable("table").parse(rows)
    cells = [token.children for token in tokens if token.type == "inline"]
    assert [child.type for child in cells[2]] == ["code_inline"]
    assert cells[2][0].content.strip() == escaping.visible(text).replace("|", r"\x7c").strip()
    assert cells[3][0].content == "c"


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_a_cell_without_a_text_is_empty(text):
    assert escaping.markdown(text) == ""


def test_xml_has_no_character_that_it_cannot_carry():
    assert escaping.xml("a\x00\ufffe\uffff\ud800<b>") == "a\\x00\ufffd\ufffd\\ud800<b>"
