"""The summary, which is short, and the details, whose tables hold together."""

from dataclasses import replace

import pytest
from tests.reporting import record

from lmconform.reporting import details, markdown


@pytest.fixture
def lines(tmp_path):
    markdown.write(record.whole(tmp_path), tmp_path / "summary.md")
    return (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()


def test_the_verdict_is_the_heading_and_the_run_stands_below_it(lines):
    assert lines[0] == "# mock: nonconformant"
    assert lines[2] == "lmconform 0.1.0, profile full, dialect published, seed 7, 120 requests in 9.0 s."


def test_findings_stand_first_and_the_gravest_is_on_top(lines):
    heads = [line for line in lines if line.startswith("### ")]
    assert heads == [
        "### FAIL LM-B  MUST  getMeta",
        "### NOT_TESTABLE LM-F  MUST",
        "### XPASS waiver/LM-I  MUST",
        "### ERROR LM-C  MUST",
    ]
    start = lines.index(heads[0])
    assert lines[start : lines.index(heads[1])] == [
        heads[0],
        "",
        "A count is the number of resources.",
        "",
        r"- expected `count 1 \x7c 2`",
        r"- actual `count 3\nand \x00 more <of> it`",
        "- answer `200 {}`",
        "- evidence `spec: SAP's published description says so`",
        "- source `F1: What a count is. (SAP Help; proven)`",
        "- since `SAP's description 2.32.1 or before`",
        "- story `POST /v2/lm/artifacts 201, GET /v2/lm/meta 200`",
        "- again `lmconform run mock --only probe/LM-B --seed 7`",
        "- request `curl -X GET 'http://127.0.0.1/v2/lm/meta'`",
        "- more [requests and answers](report.html#item=probe%2FLM-B)",
        "",
    ]


def test_what_does_not_gate_is_one_line(lines):
    assert "- NOT_TESTABLE LM-G  MUST (1, does not gate): `no group`" in lines
    assert "- WARN LM-D  SHOULD (1, does not gate): `expected a, got b`" in lines


def test_what_passed_is_a_number_and_the_other_reports_are_named(lines):
    assert not [line for line in lines if "LM-A" in line or line.startswith("|")]
    assert lines[-3].startswith("Results: 1 ERROR, 1 FAIL, 1 NOT_APPLICABLE, 2 NOT_TESTABLE, 2 PASS, ")
    assert lines[-1] == (
        "Beside this file: [report.html](report.html) has the findings with requests, "
        "[details.md](details.md) every item and observation."
    )


PAGE, FILES = "https://ci.example/job/7", "https://ci.example/job/7/files/reports/"


def summary(folder, **header):
    markdown.write(record.write(folder, replace(record.HEADER, **header), record.FAIL, record.FOOTER), folder / "s.md")
    return (folder / "s.md").read_text()


def test_links_lead_to_the_job_that_shows_the_files(tmp_path):
    shown = summary(tmp_path, job=PAGE, files=FILES)
    assert f"- more [requests and answers]({FILES}report.html#item=probe%2FLM-B)\n" in shown
    assert f"[details.md]({FILES}details.md) every item and observation. They are kept by [the job]({PAGE}).\n" in shown


def test_no_link_leads_to_files_that_a_job_only_has_as_an_archive(tmp_path):
    shown = summary(tmp_path, job=PAGE)
    assert shown.count("](") == 1
    assert shown.endswith(f"`details.md` every item and observation. They are kept by [the job]({PAGE}).\n")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://u:secret@ci.example", "https://x) [y](https://z", "https://x/<b>", "https://a b"],
)
def test_what_is_no_url_of_a_page_is_no_link(tmp_path, url):
    assert "](" not in summary(tmp_path, job=url, files=url)


def test_a_waived_result_is_no_finding_and_says_which_entry_waives_it(lines):
    assert [line for line in lines if line.startswith("- `waived    LM-H (1 result): waivers.yaml:2 expects FAIL")]


@pytest.mark.parametrize("number", [1, 30, 500])
def test_it_has_sixty_lines_at_most_and_says_what_is_left_out(tmp_path, number):
    many = [
        replace(record.FAIL, id=f"probe/LM-{n}", item=f"probe/LM-{n}", requirements=(f"LM-{n}",), expected=f"{'x' * n}")
        for n in range(number)
    ]
    markdown.write(record.write(tmp_path, record.HEADER, *many, record.FOOTER), tmp_path / "summary.md")
    lines = (tmp_path / "summary.md").read_text().splitlines()
    assert len(lines) <= markdown.LONGEST
    told = [line for line in lines if line.startswith(("### FAIL", "- FAIL"))]
    rest = [int(line.split()[1]) for line in lines if line.endswith("more causes, see report.html")]
    assert len(told) + sum(rest) == number


@pytest.fixture
def details_of(tmp_path):
    details.write(record.whole(tmp_path), tmp_path / "details.md")
    return (tmp_path / "details.md").read_text(encoding="utf-8").splitlines()


def test_generated_data_is_counted_operation_by_operation(details_of):
    assert "| createArtifact | 30 | 28 | 20 |" in details_of


def test_every_item_has_a_row_with_its_outcome_and_reason(details_of):
    waived = "waivers.yaml:2 expects FAIL until 2027-01-31 (team <x>, #1): known \\x7c so"
    assert "| probe/LM-A | PASS | 0.25 |" in details_of
    assert "| probe/LM-E | NOT_APPLICABLE: `no metrics` | 0.00 |" in details_of
    assert f"| probe/LM-H | XFAIL: `{waived}` | 1.50 |" in details_of


def test_observations_have_their_value_and_what_was_looked_at(details_of):
    assert r"| LM-OBS-ORDER | `newest \x7c first` | Order of lists. |" in details_of


def test_every_row_of_a_table_has_as_many_cells_as_its_head(details_of):
    width = 0
    for line in details_of:
        cells = line.count("|")
        assert cells in (0, width) or width == 0, line
        width = cells


def test_a_run_without_a_footer_is_incomplete(tmp_path):
    markdown.write(record.write(tmp_path, record.HEADER, record.PASS), tmp_path / "summary.md")
    assert (tmp_path / "summary.md").read_text().startswith("# mock: incomplete\n")
