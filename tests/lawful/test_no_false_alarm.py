"""On no lawful server does anything gate, nor does the harness make a mistake, nor is anybody's thing touched.

One seed a style by default; LAWFUL_SEEDS=0:30 in the environment takes more. Everything at length, and what could
not be judged: ``python -m tests.lawful.campaign --seeds 0:30 --profile full --untested --max-examples 10``.
"""

import os

import pytest

from tests.lawful.campaign import alarms, told
from tests.lawful.choices import STYLES

FIRST, LAST = map(int, os.environ.get("LAWFUL_SEEDS", "0:1").split(":"))
SEEDS = range(FIRST, LAST)
# Fuzz asks everything of the wire and of validation; content and time matter less to it.
FUZZED = ("tenant-like", "strict", "lax")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("style", STYLES)
def test_a_lawful_server_raises_no_alarm(tmp_path, style, seed):
    found, results = alarms(tmp_path, style, seed)
    assert told(found) == []
    assert len(results) > 100


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("style", FUZZED)
def test_generated_requests_raise_no_alarm_either(tmp_path, style, seed):
    found, results = alarms(tmp_path, style, seed, "--max-examples", 4, "--only", "fuzz/*", profile="full")
    assert told(found) == []
    assert any(r["id"].startswith("fuzz/") and r["outcome"] == "PASS" for r in results)


@pytest.mark.parametrize(
    ("choice", "probes"),
    [
        ("tag_filter_signs=raw", "LM-METRICS-TAG-FILTER*"),
        ("job_metrics=True", "LM-METRICS-*"),
        ("schedule_delete_time=2.5", "LM-CONCURRENT-DELETE"),
        ("versions_of_reads=True", "LM-*-STAYS"),
        ("uneven_entries=True", "LM-EXECUTABLE-LIST-EQUALS-GET"),
        ("unserved_before_token=True files=upload-only", "LM-AUTH-FILE"),
        ("schedule_list_lag=0.4", "LM-SCHEDULE-*FILTER*"),
        ("file_lag=0.4 files=on", "LM-FILE-[DOP]*"),
        ("record_lag=0.3", "LM-[ACQ]*"),
        ("file_limit=16 files=on", "*FILE*"),
        ("file_count=3 files=on", "*FILE*"),
        ("late_completion=0.4", "LM-*BULK-*"),
        ("late_completion=0.4", "LM-*-FILTER-ENDED"),
        ("synchronised=True", "LM-EXECUTABLE-FILTER-VERSION"),
        ("stamps=lower", "LM-SCHEDULE-WINDOW-ECHO"),
        ("ids=numbered", "LM-[ABCDE]*"),
        ("ids=by-group foreign=12", "LM-[ISO]*"),
        ("list_lag=0.4", "LM-EXECUTION-FILTER-EXECUTABLES"),
        ("list_lag=0.4", "LM-EXECUTION-COUNT-COMBINED"),
        ("templates=touched", "LM-[SE][CX]E*-LIST-EQUALS-GET"),
        ("templates=added", "LM-*-TENANT-WIDE"),
    ],
)
def test_what_no_publication_forbids_raises_no_alarm(tmp_path, choice, probes):
    found, results = alarms(tmp_path, "plain", FIRST, "--only", f"probe/{probes}", choose=choice.split())
    assert told(found) == []
    assert any(r["id"].startswith("probe/") for r in results)


def test_capabilities_that_are_told_only_with_a_resource_group_are_believed(tmp_path):
    only = ("--only", "probe/LM-META-*", "--only", "probe/LM-SCHEDULE-CREATE*", "--only", "observe/LM-OBS-META-*")
    found, results = alarms(tmp_path, "plain", FIRST, *only, choose=["meta=grouped", "schedules=on"])
    assert told(found) == []
    outcomes = {r["item"]: r["outcome"] for r in results}
    assert [name for name in outcomes if name.startswith("probe/LM-SCHEDULE-CREATE")]
    assert set(outcomes.values()) == {"PASS"}


@pytest.mark.parametrize(("limit", "words"), [(30, ""), (0.5, "--delete-timeout")])
def test_a_deletion_that_takes_its_time_is_a_finding_only_beyond_the_limit_of_its_owner(tmp_path, limit, words):
    only = ("--only", "scenario/*", "--only", "fuzz/sequence/createExecution*")
    limits = ("--delete-timeout", limit, "--max-examples", 20)
    found, results = alarms(tmp_path, "plain", FIRST, *only, *limits, choose=["delete_time=2.5"], profile="full")
    assert any(r["outcome"] == "PASS" for r in results)
    assert bool(found) is bool(words)
    assert not words or any(words in f"{r['expected']} {r['actual']} {r['because']}" for r in found)


def test_a_glance_at_a_busy_group_raises_no_alarm(tmp_path):
    found, results = alarms(tmp_path, "busy", FIRST, profile="smoke")
    assert told(found) == []
    assert {r["outcome"] for r in results} >= {"PASS"}
