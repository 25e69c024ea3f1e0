"""What is broken, failing, flaky or fixed after the considered runs of a target."""

import pytest

from lmconform.history.store import Seen, Stored
from lmconform.history.trend import considered, stories

OUTCOMES = {
    "F": Seen("FAIL", True, "200 | 404"),
    "T": Seen("NOT_TESTABLE", True, "because"),
    "X": Seen("XFAIL", False, "200 | 404"),
    "P": Seen("PASS", False, ""),
    "n": Seen("NOT_APPLICABLE", False, ""),
}


def story(course, subject="probe/LM-A"):
    """What is told of a subject: a letter a run, ``-`` where it has none, ``x`` for a run that ended early."""
    runs = [
        Stored(n, "dev", "core", "[]", f"2026-01-{n + 1:02}T00:00:00+00:00", "partial", 0, letter != "x", 0, {})
        for n, letter in enumerate(course)
    ]
    other = {"probe/LM-B": OUTCOMES["P"]}
    found = stories(
        runs,
        {n: other | ({subject: OUTCOMES[letter]} if letter in OUTCOMES else {}) for n, letter in enumerate(course)},
    )
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("course", "state"),
    [
        ("PPF", "failing"),
        ("PFF", "failing"),
        ("PFFF", "broken"),
        ("FFF", "broken"),
        ("TTT", "broken"),
        ("FPP", "fixed"),
        ("PFP", "flaky"),
        ("PFPF", "flaky"),
        # Three failures in a row are broken, whatever was before.
        ("PFPFFF", "broken"),
        # A run of a target that was down says nothing: neither a failure nor a pass.
        ("PFxF", "failing"),
        ("PFxFF", "broken"),
        ("Fx", "failing"),
        # What was not judged in between is no flip.
        ("PFnF", "failing"),
        ("PF-F", "failing"),
        # What a waiver tolerates is not mended.
        ("PFX", "failing"),
        ("FXX", "broken"),
        ("FXF", "broken"),
        ("XXP", "fixed"),
        # A capability that is gone is no repair.
        ("PFn", "no longer judged"),
        ("FFF-", "no longer judged"),
    ],
)
def test_the_course_of_a_finding_has_one_name(course, state):
    assert story(course).state == state


@pytest.mark.parametrize("course", ["PPP", "nnn", "PnP", "xx", ""])
def test_what_never_failed_has_no_story(course):
    assert story(course) is None


def test_a_story_says_since_when_it_fails_and_when_it_was_fixed():
    found = story("PPFFPP")
    assert (found.first_seen[:10], found.fixed[:10]) == ("2026-01-03", "2026-01-05")
    assert (found.failed, found.judged, found.flips, found.difference) == (2, 6, 2, "200 | 404")
    again = story("PFPFF")
    assert (again.first_seen[:10], again.fixed) == ("2026-01-04", "")


def test_a_check_of_the_contract_that_is_not_stored_was_kept():
    assert story("-F-", "LM-HTTP-BODY-SCHEMA at getMeta").state == "flaky"
    assert story("FF-", "LM-HTTP-BODY-SCHEMA at getMeta").state == "fixed"


def test_a_run_that_ended_early_is_not_considered():
    run = Stored(0, "dev", "core", "[]", "2026-01-01T00:00:00+00:00", "incomplete", 11, False, 0, {})
    assert considered([run]) == []
