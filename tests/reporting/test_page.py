"""The page of a run in Chromium: what it shows, that it is text everywhere, and that it needs no network."""

import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.browsing import absent
from tests.reporting import record

from lmconform.reporting import links
from lmconform.reporting.page import page as html
from lmconform.results.events import Coverage, Life

HOSTILE = '<script>document.title="taken"</script><img src=x onerror=alert(1)>\x1b[31m\u202e</pre>'
STEP = {
    "id": "1",
    "item": "probe/LM-X",
    "method": "POST",
    "path": "/v2/lm/artifacts",
    "query": "a=1",
    "headers": [["AI-Resource-Group", HOSTILE]],
    "body": '{"name": "a"}',
    "status": 201,
    "answer_headers": [["Location", HOSTILE]],
    "answer": '{"id": "1", "name": "</script>"}',
    "seconds": 0.01,
    "times": 3,
    "left_out": 2,
    "telling": False,
}
FINDING = replace(
    record.FAIL,
    id="probe/LM-ARTIFACT-LISTED",
    item="probe/LM-ARTIFACT-LISTED",
    requirements=("LM-ARTIFACT-LISTED",),
    operation="listArtifacts",
    text="What was created is listed.",
    expected=HOSTILE,
    actual=HOSTILE,
    story=(STEP, {**STEP, "id": "2", "status": 500, "answer": HOSTILE, "telling": True, "left_out": 0}),
)
TUTORIAL = [
    replace(record.PASS, id=f"scenario/training/{name}", item=f"scenario/training/{name}", operation=operation)
    for name, operation in (("register-artifact", "createArtifact"), ("poll-execution", "getExecution"))
]

COVERAGE = Coverage(
    "listArtifacts",
    {"200": 12, "400": 0},
    {"$top": 5, "name": 0},
    {"$top maximum 100000": (1, 2), "name maxLength 256": (0, 0)},
)
LIVES = (
    Life("training", "execution", "e1", (("UNKNOWN", 0.1), ("RUNNING", 0.2), ("COMPLETED", 1.1)), 1.1),
    Life("training", "execution", HOSTILE, ((HOSTILE, 0.1),), 0.1),
)
CHANGE = {"kind": "regressed", "id": "LM-B at getMeta", "was": "PASS", "now": f"FAIL {HOSTILE}"}


def written(folder, *events):
    run = record.write(folder, record.HEADER, *events, record.FOOTER)
    html.write(run, folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page of a run with every kind of result, and a hostile one."""
    hostile = replace(record.SEEN, value=HOSTILE)
    folder = tmp_path_factory.mktemp("page")
    footer = replace(record.FOOTER, since="2026-01-01T00:00:00+00:00", changes=(CHANGE,))
    run = record.write(folder, record.HEADER, *record.RESULTS, FINDING, *TUTORIAL, hostile, COVERAGE, *LIVES, footer)
    html.write(run, folder / "report.html")
    return folder / "report.html"


@pytest.fixture
def opened(browser, file):
    """Opens the page at an address; fails on an error, a dialog, or a request to anywhere else."""
    complaints, asked, contexts = [], [], []

    def at(fragment="", **options):
        context = browser.new_context(**({"viewport": {"width": 1200, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"file://{file}{fragment}")
        return page

    yield at
    for context in contexts:
        context.close()
    assert complaints == []
    assert all(url.startswith(f"file://{file}") for url in asked), asked


def rows(page):
    """The ids of the items that are shown."""
    return page.locator("#rows tbody tr td:first-child button").all_inner_texts()


def test_the_verdict_and_the_reasons_are_said_in_words(opened):
    page = opened()
    assert page.locator("h1 .verdict").inner_text() == "nonconformant"
    number = sum(result.gates for result in (*record.RESULTS, FINDING))
    assert f"Results that fail the gate: {number}. Reasons: {number}." in page.locator("header").inner_text()
    assert page.title() == "nonconformant: mock - lmconform"


def test_what_a_target_says_is_text(opened):
    page = opened("#item=" + quote(FINDING.id))
    assert page.locator("img, pre script, dd script").count() == 0
    shown = page.locator("#findings").inner_text()
    assert '<script>document.title="taken"</script><img src=x onerror=alert(1)>' in shown
    assert r"\x1b[31m\u202e" in shown
    assert "\u202e" not in page.content()


def test_a_finding_tells_its_requests_in_order_and_opens_the_telling_one(opened):
    story = opened().locator("#findings .cause", has_text="What was created is listed.").locator(".story > li")
    assert story.first.inner_text() == "2 more requests"
    assert "POST /v2/lm/artifacts?a=1 201" in story.nth(1).inner_text()
    assert "3 times" in story.nth(1).inner_text()
    assert story.nth(1).locator("details").get_attribute("open") is None
    assert story.nth(2).locator("details").get_attribute("open") is not None
    story.nth(1).locator("summary").click()
    assert '"name": "a"' in story.nth(1).locator("pre").first.inner_text()


def test_a_click_copies_the_command(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    line = page.locator(".copied", has_text="lmconform run mock --only probe/LM-B --seed 7").first
    line.locator("button").click()
    line.get_by_text("copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "lmconform run mock --only probe/LM-B --seed 7"


def test_words_and_tokens_filter_the_items(opened):
    page = opened()
    total = len(record.RESULTS) + 1 + len(TUTORIAL)
    assert page.locator("#found").inner_text() == f"{total} of {total} results"
    page.fill("#query", "outcome:fail op:listArtifacts")
    assert rows(page) == [FINDING.id]
    page.fill("#query", "outcome:fail -op:listArtifacts")
    assert rows(page) == ["probe/LM-B"]
    page.fill("#query", "kind:lists")
    assert rows(page) == [FINDING.id]
    page.fill("#query", "was created")
    assert rows(page) == [FINDING.id]


def test_the_address_has_the_state_and_a_link_leads_back_to_it(opened):
    page = opened()
    page.fill("#query", "outcome:fail")
    page.get_by_role("button", name=FINDING.id).click()
    address = page.evaluate("location.hash")
    again = opened(address)
    assert again.input_value("#query") == "outcome:fail"
    assert again.locator("tr.open").inner_text().startswith(FINDING.id)


def test_the_link_of_the_summary_opens_the_item(opened):
    link = links.to_item(record.HEADER, FINDING.id)
    assert opened(link.removeprefix("report.html")).locator("tr.open").inner_text().startswith(FINDING.id)


def test_a_cell_of_the_matrix_shows_its_items(opened):
    page = opened()
    row = page.locator("#matrix tr", has=page.get_by_role("link", name="listArtifacts", exact=True))
    cell = row.locator("td.FAIL a")
    assert cell.inner_text() == "1 broken"
    cell.click()
    assert rows(page) == [FINDING.id]
    assert row.locator("td.missing").count() > 0


def test_the_flow_of_the_tutorial_is_told_step_by_step(opened):
    steps = opened().locator("#flows .flow", has_text="training").locator(".steps > li")
    assert [text.split()[0] for text in steps.all_inner_texts()] == ["register-artifact", "poll-execution"]


def test_a_flow_shows_the_statuses_of_what_it_started(opened):
    lives = opened().locator("#flows .flow", has_text="training").locator(".life")
    assert lives.first.locator("li").all_inner_texts() == ["UNKNOWN 0.1 s", "RUNNING 0.2 s", "COMPLETED 1.1 s"]
    widths = lives.first.locator("li").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert widths[1] > 2 * widths[0]


def test_what_changed_since_the_last_run_is_listed(opened):
    page = opened()
    page.get_by_role("link", name="changes", exact=True).click()
    rows = page.locator("#changes tbody tr")
    assert [" ".join(text.split()[:6]) for text in rows.all_inner_texts()] == ["regressed LM-B at getMeta PASS FAIL"]


def test_coverage_says_what_was_reached_and_what_never_was(opened):
    page = opened()
    row = page.locator("#coverage tbody tr", has_text="listArtifacts")
    assert row.locator("summary").all_inner_texts() == ["1 of 2"] * 3
    for summary in row.locator("summary").all():
        summary.click()
    assert "$top maximum 100000 1 at it, 2 beyond it" in row.inner_text()
    assert row.locator(".never").all_inner_texts() == ["never: 400", "never: name", "never: name maxLength 256"]


def test_keys_lead_to_the_filter_and_from_finding_to_finding(opened):
    page = opened()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "cause-2"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "cause-1"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"


def test_links_lead_somewhere(opened):
    page = opened()
    for target in page.locator("a[href^='#']").evaluate_all("links => links.map(link => link.getAttribute('href'))"):
        if "=" not in target:
            assert page.locator(f"[id='{target[1:]}']").count() == 1, target


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_scrolling_sideways(opened, scheme):
    page = opened(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_serious_finding(opened, scheme):
    folder = os.environ.get("LMCONFORM_AXE")
    if not folder:
        absent("no axe-core (npm install axe-core; LMCONFORM_AXE names its folder)")
    axe = Path(folder) / "axe.min.js"
    page = opened(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    # The page allows no foreign script: axe is evaluated, not added.
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    grave = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]
    assert grave == []


def test_a_page_is_printed_with_its_findings(opened):
    page = opened()
    page.emulate_media(media="print")
    assert page.locator("#findings .cause").first.is_visible()
    assert not page.locator("#filter").is_visible()


def test_a_run_that_did_not_end_says_so(tmp_path, browser):
    run = record.write(tmp_path, record.HEADER, record.PASS)
    html.write(run, tmp_path / "report.html")
    page = browser.new_page()
    page.goto(f"file://{tmp_path}/report.html")
    assert "The run did not end" in page.locator("header").inner_text()
    page.close()


@pytest.mark.parametrize(
    ("verdict", "results", "words"),
    [
        ("waived", (record.WAIVED,), "judged; results that fail, as waivers say: 1."),
        ("conformant", (), "judged; no promise was seen broken."),
        ("partial", (record.WAIVED,), "not judged in this run; results that fail, as waivers say: 1."),
    ],
)
def test_a_waived_failure_is_not_called_kept(tmp_path, verdict, results, words):
    footer = replace(record.FOOTER, verdict=verdict)
    html.write(record.write(tmp_path, record.HEADER, record.PASS, *results, footer), tmp_path / "page.html")
    assert words in (tmp_path / "page.html").read_text()


def test_ten_thousand_results_take_less_than_three_megabytes(tmp_path):
    many = [
        replace(record.PASS, id=f"probe/LM-A#LM-HTTP-{n}", requirements=(f"LM-HTTP-{n % 40}",)) for n in range(10000)
    ]
    assert written(tmp_path, *many).stat().st_size < 3_000_000
