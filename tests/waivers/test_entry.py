"""What an entry records of a failure fits the same failure of another run, and no other one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.reporting import record
from tests.waivers.waiver_bench import TODAY

from lmconform.waivers.entry import Age, Entry
from lmconform.waivers.suggestion import People, entries

ENTRY = Entry("waivers.yaml:2", 6, "LM-B", (), (), (), (), "FAIL", "", "known", "#1", "team-x", TODAY, ())


@pytest.mark.parametrize(
    ("recorded", "actual", "fits"),
    [
        ("500 *", '500 {"error": {"code": "1"}}', True),
        ("500 *", "500", True),
        ("500 *", '501 {"error": {}}', False),
        ("500 *", "the answer is 500 {}", False),
        ("count: 3", "count: 12", True),
        ("* is ignored: 200 *", '%24search is ignored: 200 {"count": 7}', True),
        ("* is ignored: *", "%24search is ignored: 404 {}", True),
        ("[]", "[]", True),
        ("[]", "[0.5]", False),
        ("a (b) *", "a (b) c", True),
        ("RUNNING after … s", "RUNNING after 4.0 s", False),
        ("RUNNING after …", "RUNNING after 4", True),
        ("e*", "f5", False),
    ],
)
def test_what_is_recorded_fits_without_ids_and_numbers_and_with_the_status(recorded, actual, fits):
    assert replace(ENTRY, actual=recorded).expects(replace(record.FAIL, actual=actual)) is fits


@pytest.mark.parametrize(
    ("actual", "again"),
    [
        ('202 {"id": "ec5558cc687de0d0"}', '202 {"id": "e29061b91e2fc997", "more": [1]}'),
        ("RUNNING after 4.0 s and 76 polls", "RUNNING after 4.1 s and 9 polls"),
        ("labels[0].value = '20261128T104127-dexkug'", "labels[2].value = '20270101T000000-piiewn'"),
        ("name = 'a * b'", "name = 'a * b'"),
        ("requestId 10cd657b083a481b9f51e2c2002c6ead", "requestId e6da73dd35994ce9b30c85192a1d4c0c"),
        ("x" * 500, "x" * 500),
    ],
)
def test_what_is_suggested_for_a_failure_fits_it_in_another_run(actual, again):
    lines = list(entries([replace(record.FAIL, actual=actual)], "dev", "2.42.0", People("r", "i", "o", TODAY)))
    (recorded,) = [line.partition(": ")[2] for line in lines if line.startswith("    actual: ")]
    assert replace(ENTRY, actual=recorded[1:-1].replace('\\"', '"')).expects(replace(record.FAIL, actual=again))


def test_one_entry_is_suggested_for_each_cause_and_none_for_what_does_not_gate():
    found = [record.FAIL, replace(record.FAIL, id="probe/LM-B#getX", operation="getX"), record.UNKNOWN]
    lines = list(
        entries([*found, record.WARN, record.WAIVED, record.STALE], "dev", "2.42.0", People("", "", "", TODAY))
    )
    assert [line for line in lines if "requirement:" in line] == ["  - requirement: LM-B", "  - requirement: LM-F"]
    assert "    operation: [getMeta, getX]" in lines
    assert [line for line in lines if "outcome:" in line] == ["    outcome: FAIL", "    outcome: NOT_TESTABLE"]


@pytest.mark.parametrize(("days", "age"), [(0, Age.ENDING), (14, Age.ENDING), (15, Age.VALID), (-1, Age.EXPIRED)])
def test_an_entry_counts_through_its_last_day(days, age):
    assert replace(ENTRY, expires=TODAY + timedelta(days=days)).age(TODAY) is age
