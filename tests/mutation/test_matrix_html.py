"""The page of the kill matrix: one cell a kill, and every text escaped."""

from html.parser import HTMLParser

import pytest

from lmconform.mutation import matrix_html
from lmconform.mutation.curve import Curve


def kill(requirement, item="probe/x"):
    return {"requirement": requirement, "item": item, "after": 0.126, "requests": 3}


def mutant(mutant_id, status, breaks, *kills, text="BUG"):
    row = {"id": mutant_id, "family": "lists", "text": text, "status": status}
    return {**row, "breaks": breaks, "kills": list(kills)}


MATRIX = {
    "seeds": [0, 1],
    "seconds": 12.5,
    "problems": ["<b> survives & more"],
    "first_failure": {"median": 0.4, "p95": 1.25},
    "baseline": [{"mock": "plain", "gating": 0}],
    "requirements": [{"id": "LM-A-ONE", "killed": ["a"]}, {"id": "LM-B-TWO", "killed": []}],
    "mutants": [
        mutant("a", "killed", ["LM-A-ONE"], kill("LM-A-ONE", "probe/<i>"), kill("LM-B-TWO"), text="<script> & 'more'"),
        mutant("b", "survived", ["LM-B-TWO"]),
    ],
    "curve": Curve((0,), 50, {"<u>": ("fuzz/<q>", (3,))}).as_json(),
}


class Page(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def page(tmp_path):
    """Writes the page for a matrix, and reads it."""

    def write(**changes):
        matrix_html.write(tmp_path / "matrix.html", {**MATRIX, **changes})
        return Page((tmp_path / "matrix.html").read_text())

    return write


def test_each_text_stands_in_the_page_as_it_is_and_makes_no_tag(page):
    found = page()
    for text in (
        "<b> survives & more",
        "<script> & 'more'",
        "a by LM-A-ONE\nprobe/<i>, 0.13 s, 3 requests",
        "fuzz/<q>",
    ):
        assert text in found.text
    assert not {"script", "q", "u"} & {tag for tag, _ in found.tags}


def test_there_is_a_cell_for_each_kill_and_for_each_declaration_that_was_not_seen(page):
    cells = [at for tag, at in page().tags if tag == "rect" and at.get("class", "").startswith("cell")]
    assert [cell["class"] for cell in cells] == ["cell declared", "cell other", "cell unseen"]
    # Requirements are columns, mutants are rows.
    assert int(cells[0]["x"]) < int(cells[1]["x"]) == int(cells[2]["x"])
    assert int(cells[0]["y"]) == int(cells[1]["y"]) < int(cells[2]["y"])


def test_the_reasons_and_the_curve_are_there_when_the_matrix_has_them(page):
    assert "Red, because" in page().text
    assert "What fuzzing earns" in page().text
    plain = page(problems=[], curve=None)
    assert "Red, because" not in plain.text
    assert "What fuzzing earns" not in plain.text


def test_labels_stay_in_sight_and_can_be_read_in_the_dark(browser, tmp_path):
    many = [mutant(f"mutant-{n}", "killed", ["LM-A-ONE"], kill("LM-A-ONE")) for n in range(300)]
    columns = [{"id": f"LM-{group}-{n}", "killed": []} for group in ("A", "B") for n in range(100)]
    matrix = {**MATRIX, "mutants": many, "requirements": [{"id": "LM-A-ONE", "killed": []}, *columns]}
    matrix_html.write(tmp_path / "matrix.html", matrix)
    page = browser.new_page(viewport={"width": 900, "height": 700}, color_scheme="dark")
    page.goto(f"file://{tmp_path}/matrix.html")
    page.locator(".scroll").evaluate("box => box.scrollTo(1500, 2000)")
    boxes = [page.locator(part).bounding_box() for part in (".scroll", ".side", ".head")]
    assert boxes[1]["x"] - boxes[0]["x"] < 3
    assert boxes[2]["y"] - boxes[0]["y"] < 3
    color, back = page.locator(".side text").last.evaluate(
        "one => [getComputedStyle(one).fill, getComputedStyle(document.body).backgroundColor]"
    )
    assert (color, back) == ("rgb(123, 201, 138)", "rgb(22, 24, 27)")
    assert page.locator(".head text").count() == 201
    page.close()


def test_the_page_fits_a_narrow_screen_but_for_the_grid(browser, tmp_path):
    item = "probe/LM-A-VERY-LONG-NAME-OF-A-REQUIREMENT#operationWithALongName"
    rows = [mutant("mutant-with-quite-a-long-name", "killed", ["LM-A-ONE"], kill("LM-A-ONE", item), text="BUG: " * 9)]
    matrix_html.write(tmp_path / "matrix.html", {**MATRIX, "mutants": rows})
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(f"file://{tmp_path}/matrix.html")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("td", has_text=item).is_visible()
    page.close()
