"""Views for other tools, read by parsers of other projects."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from haralyzer import HarParser
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sarif import loader
from sarif_pydantic import Sarif
from tests.reporting import record

from lmconform.contract import bundle
from lmconform.errors import ConfigError
from lmconform.reporting.registry import FORMATS
from lmconform.results.stream import Run
from lmconform.results.verdict import Verdict

PROMISED = "openapi.yaml#/paths/~1lm~1artifacts/get/responses/200"
FINDING = replace(
    record.FAIL,
    id="probe/LM-ARTIFACT-LISTED",
    item="probe/LM-ARTIFACT-LISTED",
    requirements=("LM-ARTIFACT-LISTED",),
    operation="listArtifacts",
    source=PROMISED,
    text="What was created, is: listed.",
    actual="nothing\n::error::forged",
)

# What fails the gate, and what ended in an error of the harness.
SHOWN = {(r.requirements or (r.id,))[0] for r in (*record.RESULTS, FINDING) if r.gates or r.outcome == "ERROR"}


@pytest.fixture
def view(tmp_path):
    """Writes a view of a run with every kind of result, and reads its text."""

    def written(form, *more):
        run = record.write(tmp_path, record.HEADER, *record.RESULTS, *more, record.FOOTER)
        FORMATS[form].write(run, tmp_path / "out")
        return (tmp_path / "out").read_text()

    return written


def line_of(place):
    """The text of the line of specs/ that a view points at."""
    file, number = place
    return (bundle.root() / file).read_text().splitlines()[number - 1]


def test_sarif_points_at_the_line_of_the_promise(view, tmp_path):
    view("sarif", FINDING)
    (tmp_path / "out").rename(tmp_path / "results.sarif")
    read = loader.load_sarif_file(str(tmp_path / "results.sarif"))
    records = {found["Code"]: found for found in read.get_records()}
    assert set(records) == SHOWN
    found = records["LM-ARTIFACT-LISTED"]
    assert found["Severity"] == "error"
    assert line_of((found["Location"], found["Line"])).strip().rstrip(":").strip("'\"") == "200"
    model = Sarif.model_validate_json((tmp_path / "results.sarif").read_text())
    assert model.runs[0].tool.driver.name == "lmconform"
    assert [rule.id for rule in model.runs[0].tool.driver.rules] == [one["Code"] for one in read.get_records()]


def test_code_quality_has_what_gitlab_asks_for(view):
    issues = {issue["check_name"]: issue for issue in json.loads(view("code-quality", FINDING))}
    assert set(issues) == SHOWN
    assert {issue["severity"] for issue in issues.values()} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({issue["fingerprint"] for issue in issues.values()}) == len(SHOWN)
    place = issues["LM-ARTIFACT-LISTED"]["location"]
    assert "200" in line_of((place["path"], place["lines"]["begin"]))


def test_a_run_without_findings_is_an_empty_list_of_issues(tmp_path):
    run = record.write(tmp_path, record.HEADER, record.PASS, record.FOOTER)
    FORMATS["code-quality"].write(run, tmp_path / "out")
    assert json.loads((tmp_path / "out").read_text()) == []


def test_annotations_are_one_command_a_cause_and_texts_of_the_target_make_none(view):
    lines = view("github", FINDING).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * len(SHOWN) + ["::notice"]
    (told,) = [line for line in lines if "LM-ARTIFACT-LISTED" in line]
    head, _, text = told[2:].partition("::")
    assert dict(pair.split("=") for pair in head.partition(" ")[2].split(","))["title"] == "FAIL LM-ARTIFACT-LISTED"
    assert "What was created, is: listed." in text
    assert r"nothing\n::error::forged" in text


def test_openmetrics_have_the_verdict_and_the_counts(view):
    families = {family.name: family for family in text_string_to_metric_families(view("openmetrics"))}
    states = {s.labels["lmconform_verdict"]: s.value for s in families["lmconform_verdict"].samples}
    assert states == {"conformant": 0, "waived": 0, "partial": 0, "nonconformant": 1, "incomplete": 0}
    counts = {sample.labels["outcome"]: sample.value for sample in families["lmconform_results"].samples}
    assert counts["PASS"] == 2
    assert counts["FAIL"] == 1
    assert families["lmconform_requests"].samples[0].value == 120
    assert families["lmconform_duration_seconds"].samples[0].labels == {"target": "mock", "profile": "full"}


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_one_state_of_openmetrics_and_red_on_the_badge_where_the_gate_fails(tmp_path, verdict):
    run = record.write(tmp_path, record.HEADER, record.PASS, replace(record.FOOTER, verdict=verdict))
    FORMATS["openmetrics"].write(run, tmp_path / "metrics")
    families = text_string_to_metric_families((tmp_path / "metrics").read_text())
    states = next(family.samples for family in families if family.name == "lmconform_verdict")
    assert [s.labels["lmconform_verdict"] for s in states if s.value] == [verdict]
    FORMATS["badge"].write(run, tmp_path / "badge")
    is_red = "#b3261e" in (tmp_path / "badge").read_text()
    assert is_red == (verdict in (Verdict.NONCONFORMANT, Verdict.INCOMPLETE))


def test_the_badge_says_the_verdict(view):
    badge = ElementTree.fromstring(view("badge"))
    assert badge.attrib["aria-label"] == "lmconform: nonconformant"
    assert [text.text for text in badge.iter("{http://www.w3.org/2000/svg}text")] == ["lmconform", "nonconformant"]


def test_a_har_has_every_exchange_of_the_run(lmconform, tmp_path):
    done = lmconform(
        "run", "mock", "--profile", "smoke", "--only", "probe/LM-ART*", "--report-dir", str(tmp_path / "r")
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "r" / "exchanges.jsonl").read_text().splitlines()
    FORMATS["har"].write(Run(tmp_path / "r"), tmp_path / "out.har")
    entries = HarParser.from_file(str(tmp_path / "out.har")).har_data["entries"]
    assert len(entries) == sum('"type": "exchange"' in line for line in lines) > 5
    assert {entry["request"]["method"] for entry in entries} >= {"GET"}
    assert "[redacted]" in (tmp_path / "out.har").read_text()


def test_a_har_without_exchanges_is_refused_in_one_line(view):
    with pytest.raises(ConfigError, match=r"exchanges\.jsonl: cannot be read .*; a HAR needs the exchanges of the run"):
        view("har")
