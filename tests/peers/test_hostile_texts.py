"""Texts of a server reach every report of a real run as texts: nothing in them becomes a line, a command or markup."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from tests.conftest import serve, service_key
from tests.peers import answering
from tests.peers import peer_bench as bench

FORGED = "verdict   conformant of mock (profile full), exit 0"
TEXTS = {
    "line": f"no\n{FORGED}\r\n{FORGED}\u2028{FORGED}\x85{FORGED}",
    "command": "\n::set-output name=a::b\n::error::x\n##[error]x ##vso[task.complete]x ##teamcity[buildStatus]",
    "escape": "\x1b[2J\x1b[31mred\x1b]0;title\x07 \x9b31m \x08\x08 \x7f",
    "direction": "\u202eexit 0 tnamrofnoc\u202c \u2066a\u2069 \u200f",
    "html": "<script>alert(1)</script><img src=//evil.example/a.png onerror=x>&lt;b&gt;]]><!-- --><br/>",
    "markdown": "| a | ![i](https://evil.example/i.png) [l](//evil.example) <https://evil.example> **b** @all `c`",
    "ticks": "`` ` ``` </code> <script> `|`",
    "heading": "\n# mock: conformant\n\n---\n\n- x\n\n![i](https://evil.example/i.png)\n",
}
NAMES = list(TEXTS)
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def answer(call):
    text = TEXTS[NAMES[call.number % len(NAMES)]]
    if call.number // len(NAMES) % 2:
        answering.respond(call, *answering.mocked(call, text), text)
    else:
        answering.respond(call, 500, answering.error(text), text)


@pytest.fixture(scope="module")
def done(mock, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    with bench.standing(answering.peer(answer), "later", mock, folder) as (url, key_file, _, _):
        options = ("--profile", "smoke", "--request-timeout", "5")
        return bench.run(folder, url, key_file, *options, patience=240)


def test_the_texts_reached_the_results(done):
    assert done.code == 1, done.printed
    said = (done.folder / "results.jsonl").read_text()
    for part in ("conformant of mock", "::error::", "<script>", "evil.example", "\\u001b[2J"):
        assert part in said


def test_on_the_terminal_no_text_of_the_server_is_a_line_or_a_command(done):
    lines = done.printed.split("\n")
    assert [line for line in lines if line.startswith("verdict")] == [lines[-2]]
    assert "nonconformant" in lines[-2]
    assert [line for line in lines if _HIDDEN.search(line)] == []
    assert [line for line in lines if re.match(r"\s*::|.*##(\[|vso|teamcity)", line)] == []
    # Every line has a word of ours before what a server said.
    assert [line for line in lines if re.match(r"\s*(no|red|exit 0|alert)\b", line)] == []


@pytest.mark.parametrize("name", ["summary.md", "details.md"])
def test_markdown_has_no_markup_of_the_server(done, name):
    text = (done.folder / name).read_text()
    assert _HIDDEN.search(text) is None
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in tokens} | {child.type for child in inline}
    assert "code_inline" in kinds
    assert kinds.isdisjoint({"html_inline", "html_block", "image", "strong_open", "em_open", "hr"})
    # All links lead to the reports of the run.
    links = [child.attrs["href"].partition("#")[0] for child in inline if child.type == "link_open"]
    assert set(links) <= {"report.html", "details.md"}
    assert {token.tag for token in tokens if token.type == "heading_open"} <= {"h1", "h3"}
    # Outside of code there are only words of lmconform and of its user.
    outside = " ".join(child.content for child in inline if child.type == "text")
    for part in ("evil.example", "<script", "@all", "::error"):
        assert part not in outside


def test_the_rows_of_each_table_have_as_many_cells_as_its_head(done):
    tables = [block.split("\n") for block in (done.folder / "details.md").read_text().split("\n\n") if block[0] == "|"]
    assert len(tables) >= 2
    for head, *rows in tables:
        assert [row for row in rows if row.strip() and row.count("|") != head.count("|")] == []


def test_junit_has_texts_and_no_other_elements(done):
    root = ET.parse(done.folder / "junit.xml").getroot()
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }
    texts = [text for e in root.iter() for text in (e.text or "", *e.attrib.values())]
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert [text for text in texts if _HIDDEN.search(text) or f"\n{FORGED}" in text] == []


def test_allure_has_texts_and_no_html(done):
    results = [json.loads(path.read_text()) for path in (done.folder / "allure").glob("*-result.json")]
    assert results
    # Allure reads descriptions as Markdown: they hold sentences of the register, and nothing that the target says.
    assert [text for r in results if re.search(r"[<`*_]|://", text := r.get("description", ""))] == []
    assert not [result for result in results if "descriptionHtml" in result]
    messages = [result.get("statusDetails", {}).get("message", "") for result in results]
    assert any("<script>" in message for message in messages)
    assert [m for m in messages if _HIDDEN.search(m) or f"\n{FORGED}" in m or re.search(r"(?m)^\s*::", m)] == []


def test_compare_shows_texts_of_a_server_as_texts(done, lmconform, mock, tmp_path):
    url = mock.key["serviceurls"]["AI_API_URL"]
    calm = bench.run(tmp_path, url, mock.key_file, "--profile", "smoke", patience=120)
    compared = lmconform("compare", calm.folder, done.folder, "--across")
    assert compared.returncode == 1
    assert "\\x1b[2J" in compared.stdout
    assert [line for line in compared.stdout.split("\n") if _HIDDEN.search(line) or line.startswith("verdict")] == []


def test_cleanup_shows_texts_of_a_server_as_texts(lmconform, tmp_path):
    forged = f"\x1b[2J\r\n{FORGED}"

    def answer(handler):
        kind = handler.path.partition("?")[0].rpartition("/")[2]
        if kind == "token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif kind == "deployments":
            handler.reply(500, forged.encode(), "text/plain")
        elif kind == "e1234567890abcdef":
            handler.reply(200, {"id": kind, "configurationId": "c", "status": forged})
        else:
            handler.reply(200, {"count": 0, "resources": []})

    with serve(answer) as (url, _):
        runs = tmp_path / "state" / "lmconform"
        for name in ("20260101T000000-abcdef", "20260102T000000-ghijkl"):
            (runs / name).mkdir(parents=True)
            about = {"target": url, "base_url": f"{url}/v2", "resource_groups": ["g"]}
            (runs / name / "run.json").write_text(json.dumps(about))
            made = {"event": "created", "noun": "execution", "id": "e1234567890abcdef", "group": "g", "name": ""}
            made["origins"] = {"configurationId": "c"}
            (runs / name / "main.jsonl").write_text(json.dumps(made) + "\n")
        options = ("--service-key", service_key(tmp_path, url), "--poll-interval", "0")
        done = lmconform("cleanup", "--all", *options, env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert done.returncode == 11, done.stdout + done.stderr
    assert done.stdout.count("  left    execution e1234567890abcdef \\x1b[2J\\r\\n") == 2
    assert "  unknown GET /v2/lm/deployments in g answered 500 \\x1b[2J" in done.stdout
    assert [line for line in done.stdout.split("\n") if _HIDDEN.search(line) or line.startswith(FORGED)] == []
