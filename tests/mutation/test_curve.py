"""The fuzz curve: what share is found after how many cases, as numbers and as SVG."""

import re

from lmconform.mutation import curve_svg
from lmconform.mutation.curve import MOST, Curve
from lmconform.rendering import render

CURVE = Curve((0, 1), 50, {"one": ("fuzz/a", (3, 60)), "two": ("fuzz/b", (7, 0))})


def test_the_share_grows_with_the_cases_and_what_was_never_found_stays_out():
    assert [CURVE.found(n) for n in (1, 3, 7, 59, 60, MOST)] == [0, 0.25, 0.5, 0.5, 0.75, 0.75]


def test_the_plot_marks_the_default_and_the_table_says_what_was_not_found():
    page = render("lmconform.mutation", "curve.svg", curve=curve_svg.layout(CURVE.as_json()))
    assert "default 50: 50%" in page
    assert f"<td>7<td>over {MOST}</tr>" in page
    assert not re.search(r"(src|href)=", page), "the SVG loads something from elsewhere"
