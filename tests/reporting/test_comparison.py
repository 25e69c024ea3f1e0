"""The views of a comparison: each is read by somebody else's parser, and shows a server's texts as texts."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from tests.reporting import record

from lmconform.reporting.comparison import FORMATS
from lmconform.results.compare import compare

HOSTILE = '<script>alert(1)</script> | \x1b[2J \u202e ::error::x ![a](http://x) "quoted" `code`\nverdict   conformant'
# No control, and nothing that turns a line.
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(tmp_path):
    """A comparison in which every text that a server may have said is hostile."""
    said = {"expected": HOSTILE, "actual": HOSTILE, "because": HOSTILE, "message": HOSTILE, "request": HOSTILE}
    fail = replace(record.FAIL, **said)
    gone = replace(record.PASS, outcome="NOT_APPLICABLE", because=HOSTILE)
    runs = []
    for name, events in {
        "old": (record.PASS, replace(fail, outcome="PASS", gates=False), record.SEEN),
        "new": (gone, fail, replace(record.SEEN, value=HOSTILE)),
    }.items():
        (tmp_path / name).mkdir()
        runs.append(record.write(tmp_path / name, record.HEADER, *events, record.FOOTER))
    return compare(*runs)


class Page(HTMLParser):
    """Collects elements, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


def test_the_page_needs_no_network_and_runs_no_script(hostile):
    page = Page(FORMATS["html"](hostile))
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")] == []
    assert any("default-src 'none'" in (value or "") for name, value in page.attributes if name == "content")


def test_the_page_shows_a_text_of_a_server_as_it_is(hostile):
    text = FORMATS["html"](hostile)
    assert not HIDDEN.search(text)
    shown = "".join(Page(text).texts)
    assert "<script>alert(1)</script> | \\x1b[2J \\u202e ::error::x" in shown
    assert "regression: 2 results are worse" in shown
    assert {"LM-OBS-ORDER", "probe/LM-A", "probe/LM-B"} <= set(Page(text).texts)


def test_markdown_has_no_markup_of_a_server(hostile):
    text = FORMATS["markdown"](hostile)
    assert not HIDDEN.search(text)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    assert not {"html_block"} & {token.type for token in tokens}
    assert not {"html_inline", "image", "link_open"} & {child.type for child in inner}
    # Each table has rows of one width.
    rows = [line.count("|") for line in text.splitlines() if line.startswith("|")]
    assert set(rows) <= {4, 6}
    assert any("<script>" in child.content for child in inner if child.type == "code_inline")


def test_a_terminal_gets_one_line_for_each_text(hostile):
    lines = FORMATS["terminal"](hostile).split("\n")
    assert [line for line in lines if HIDDEN.search(line) or line.startswith(("verdict", "::"))] == []
    assert lines[-1] == "compare   regression: 2 results are worse"


def test_json_has_the_texts_as_they_are(hostile):
    found = json.loads(FORMATS["json"](hostile))
    assert found["regressed"][0]["new"]["actual"] == HOSTILE
    assert found["observations"] == [{"id": "LM-OBS-ORDER", "old": record.SEEN.value, "new": HOSTILE}]


def test_both_runs_are_named_with_date_profile_version_and_seed(hostile):
    for form, write in FORMATS.items():
        text = write(hostile)
        for value in ("2026-01-01T00:00:00+00:00", "full", "published", "0.1.0", "nonconformant"):
            assert value in text, (form, value)
