"""JUnit as somebody else's parser reads it: one case a result, and a failure is what gates."""

from dataclasses import replace

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from tests.reporting import record

from lmconform.reporting import junit


@pytest.fixture
def parse(tmp_path):
    def parsed(run):
        junit.write(run, tmp_path / "junit.xml")
        return JUnitXml.fromfile(str(tmp_path / "junit.xml"))

    return parsed


@pytest.fixture
def suites(parse, tmp_path):
    return {suite.name: suite for suite in parse(record.whole(tmp_path))}


@pytest.fixture
def cases(suites):
    return {case.name: case for suite in suites.values() for case in suite}


def test_each_item_is_one_case_in_the_suite_of_its_kind(suites, cases):
    assert set(cases) == {result.item for result in record.RESULTS}
    assert {name: len(list(suite)) for name, suite in suites.items()} == {"probe": 7, "waiver": 1, "fuzz": 2}
    assert cases["probe/LM-A"].classname == "lmconform.probe"
    assert cases["probe/LM-B"].time == 1.5


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (record.PASS, None),
        (record.FAIL, Failure),
        (record.ERROR, Error),
        (record.WARN, None),
        (record.ABSENT, Skipped),
        (record.UNKNOWN, Failure),
        (record.OPEN, Skipped),
        (record.WAIVED, Skipped),
        (record.STALE, Failure),
    ],
    ids=lambda value: getattr(value, "outcome", ""),
)
def test_what_gates_is_a_failure_our_mistake_an_error_and_what_was_not_judged_skipped(cases, result, kind):
    assert [type(one) for one in cases[result.id].result] == ([kind] if kind else [])


def test_the_counts_of_a_suite_are_those_of_its_cases(suites):
    for suite in suites.values():
        counted = (suite.tests, suite.failures, suite.errors, suite.skipped, suite.time)
        suite.update_statistics()
        assert (suite.tests, suite.failures, suite.errors, suite.skipped, suite.time) == counted


def test_all_that_an_item_judged_is_in_its_case(parse, tmp_path):
    part = replace(record.FAIL, id="probe/LM-A#LM-HTTP", item="probe/LM-A", requirements=("LM-HTTP",))
    other = replace(part, id="probe/LM-A#LM-X", requirements=("LM-X",), expected="x")
    ((suite),) = parse(record.write(tmp_path, record.HEADER, record.PASS, part, other, record.FOOTER))
    ((case),) = suite
    assert (case.name, [type(one) for one in case.result], suite.failures) == ("probe/LM-A", [Failure, Failure], 1)
    lines = ["PASS LM-A", "FAIL LM-HTTP at getMeta", "FAIL LM-X at getMeta"]
    assert case.system_out.splitlines() == lines


def test_the_run_is_known_by_its_totals_its_time_and_its_properties(parse, suites, tmp_path):
    whole = parse(record.whole(tmp_path))
    assert (whole.tests, whole.failures, whole.errors, whole.skipped) == (10, 3, 1, 3)
    assert whole.time == pytest.approx(sum(suite.time for suite in suites.values()))
    for suite in suites.values():
        properties = {one.name: one.value for one in suite.properties()}
        assert (properties["target"], properties["seed"], properties["verdict"]) == ("mock", "7", "nonconformant")
        assert suite.timestamp == record.HEADER.started


def test_a_failure_says_what_was_expected_and_how_to_see_it_again(cases):
    (failure,) = cases["probe/LM-B"].result
    assert failure.message.startswith("expected count 1 | 2, got count 3")
    assert "again     lmconform run mock --only probe/LM-B --seed 7" in failure.text


def test_what_xml_cannot_carry_is_escaped_and_the_rest_stays(cases):
    (failure,) = cases["probe/LM-B"].result
    assert r"count 3\nand \x00 more <of> it" in failure.text


@pytest.mark.parametrize("footer", [(), (record.Footer(False, "incomplete", 11, "", 1.0, {}, 0, 1, message="lost"),)])
def test_a_run_that_did_not_end_has_an_error_of_its_own(parse, tmp_path, footer):
    suites = {suite.name: suite for suite in parse(record.write(tmp_path, record.HEADER, record.PASS, *footer))}
    ((case),) = suites["run"]
    assert [type(one) for one in case.result] == [Error]
    assert case.result[0].message.startswith("the run is incomplete: ")
