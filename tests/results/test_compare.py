"""What counts as a change between two runs, and what does not."""

from dataclasses import replace

import pytest
from tests.reporting import record

from lmconform.errors import ConfigError
from lmconform.results import comparability
from lmconform.results import latency as latency_test
from lmconform.results.compare import Kind, compare
from lmconform.results.events import Latency, Observation

PASS, SEEN = record.PASS, record.SEEN
FAIL = replace(PASS, outcome="FAIL", gates=True, expected="200", actual="404 {}")
WARN = replace(PASS, outcome="WARN", level="SHOULD", expected="a", actual="b")
ABSENT = replace(PASS, outcome="NOT_APPLICABLE", because="GET /v2/lm/meta does not advertise it")
UNKNOWN = replace(PASS, outcome="NOT_TESTABLE", gates=True, because="403 before it")
OPEN = replace(UNKNOWN, gates=False, because="no room")
ERROR = replace(PASS, outcome="ERROR", message="ValueError: boom")


@pytest.fixture
def run(tmp_path):
    """Writes a run of these events, with header and footer."""
    made = []

    def write(*events, header=record.HEADER, footer=record.FOOTER):
        folder = tmp_path / f"run-{len(made)}"
        folder.mkdir()
        made.append(record.write(folder, header, *events, *([footer] if footer else [])))
        return made[-1]

    return write


def check(result, item="probe/LM-A", requirement="LM-HTTP-BODY-SCHEMA", operation="getMeta", **more):
    """``result`` as the contract's check says it of what an item sent."""
    about = {"id": f"{item}#{requirement}", "item": item, "requirements": (requirement,), "operation": operation}
    return replace(result, **about, **more)


@pytest.mark.parametrize(
    ("old", "new", "kind", "regression"),
    [
        (PASS, FAIL, Kind.REGRESSED, True),
        (ABSENT, UNKNOWN, Kind.REGRESSED, True),
        (WARN, replace(WARN, outcome="FAIL", gates=True), Kind.REGRESSED, True),
        (PASS, ABSENT, Kind.NO_LONGER_JUDGED, True),
        (FAIL, ABSENT, Kind.NO_LONGER_JUDGED, True),
        (UNKNOWN, ABSENT, Kind.NO_LONGER_JUDGED, True),
        (PASS, UNKNOWN, Kind.NO_LONGER_JUDGED, True),
        (PASS, None, Kind.NO_LONGER_JUDGED, True),
        (PASS, OPEN, Kind.NO_LONGER_JUDGED, False),
        (PASS, ERROR, Kind.NO_LONGER_JUDGED, False),
        (PASS, WARN, Kind.WORSE, False),
        (PASS, replace(WARN, outcome="INFO"), Kind.WORSE, False),
        (FAIL, replace(FAIL, actual="500 {}"), Kind.FAILING_DIFFERENTLY, False),
        (UNKNOWN, replace(UNKNOWN, because="503 before it"), Kind.FAILING_DIFFERENTLY, False),
        (FAIL, FAIL, Kind.STILL_FAILING, False),
        (WARN, WARN, Kind.STILL_FAILING, False),
        (FAIL, PASS, Kind.FIXED, False),
        (FAIL, WARN, Kind.FIXED, False),
        (WARN, PASS, Kind.FIXED, False),
        (None, PASS, Kind.NEWLY_JUDGED, False),
        (ABSENT, PASS, Kind.NEWLY_JUDGED, False),
        (UNKNOWN, PASS, Kind.NEWLY_JUDGED, False),
        (UNKNOWN, FAIL, Kind.NEWLY_JUDGED, False),
        (None, FAIL, Kind.NEWLY_JUDGED, True),
        (ABSENT, FAIL, Kind.NEWLY_JUDGED, True),
        (ABSENT, ABSENT, None, False),
        (PASS, PASS, None, False),
    ],
)
def test_each_pair_of_outcomes_is_one_kind_of_change(run, old, new, kind, regression):
    found = compare(run(*filter(None, [old])), run(*filter(None, [new])))
    assert [(change.kind, change.regression) for change in found.changes] == ([(kind, regression)] if kind else [])
    assert found.is_empty == (kind in (None, Kind.STILL_FAILING))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('404 {"id": "ec5558cc687de0d0"}', '404 {"id": "e79a29675993a54b"}'),
        ("got 24ee4e26-5d52-4c1b-8d3c-0c4d54a2b1f0 twice", "got 5a1fd6b1-7c1f-4c0e-9b7e-9d2f62b0c4aa twice"),
        ("lmconform-fuiphn-first-vostqoxoxe: [0.5]", "lmconform-jdcpcr-first-oavnokgcyl: [0.25]"),
        ("2026-01-01T00:00:00Z before", "2027-02-03T04:05:06.789+00:00 before"),
        ('400 {"error": {"message": "no \u00fcmlaut"}}', '400 {"error": {"message": "a b"}}'),
        ("no answer within 30 s (3 requests)", "no answer within 31.5 s"),
        ("curl http://127.0.0.1:8090/v2/lm/meta", "curl https://api.example.com/v2/lm/meta"),
        ("['one']", "['another']"),
    ],
)
def test_what_differs_from_run_to_run_makes_no_finding_another_one(run, old, new):
    found = compare(run(replace(FAIL, actual=old)), run(replace(FAIL, actual=new)))
    assert [change.kind for change in found.changes] == [Kind.STILL_FAILING]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("404 {}", "500 {}"),
        ("count 3", "count 4"),
        ('200 {"status": "RUNNING"}', '200 {"status": "STOPPED"}'),
        ('400 {"code": "01010001"}', '400 {"code": "01010006"}'),
        ('{"name": "a"}', '{"label": "a"}'),
    ],
)
def test_another_status_count_code_or_member_is_another_failure(run, old, new):
    found = compare(run(replace(FAIL, actual=old)), run(replace(FAIL, actual=new)))
    assert [change.kind for change in found.changes] == [Kind.FAILING_DIFFERENTLY]


def test_of_generated_data_only_the_status_is_compared(run):
    fuzz = replace(FAIL, id="fuzz/createArtifact", item="fuzz/createArtifact")
    same = compare(run(replace(fuzz, actual="500 oops")), run(replace(fuzz, actual="500 traceback of \u0600")))
    assert [change.kind for change in same.changes] == [Kind.STILL_FAILING]
    other = compare(run(replace(fuzz, actual="500 oops")), run(replace(fuzz, actual="201 {}")))
    assert [change.kind for change in other.changes] == [Kind.FAILING_DIFFERENTLY]


def test_a_check_that_passes_in_one_run_and_had_nothing_to_judge_in_the_other_is_no_change(run):
    assert compare(run(PASS, check(PASS)), run(PASS)).is_empty
    assert compare(run(PASS), run(PASS, check(PASS))).is_empty


def test_a_finding_of_a_check_is_the_same_wherever_it_is_seen(run):
    other = replace(PASS, id="probe/LM-B", item="probe/LM-B")
    old, new = run(PASS, other, check(FAIL)), run(PASS, other, check(FAIL, "probe/LM-B"))
    found = compare(old, new)
    assert [(change.id, change.kind) for change in found.changes] == [
        ("LM-HTTP-BODY-SCHEMA at getMeta", Kind.STILL_FAILING)
    ]
    assert found.changes[0].items == ("probe/LM-A", "probe/LM-B")


def test_a_check_is_fixed_when_what_saw_it_was_judged_and_else_no_longer_judged(run):
    broken = run(PASS, check(FAIL))
    assert [change.kind for change in compare(broken, run(PASS)).changes] == [Kind.FIXED]
    found = compare(broken, run(ABSENT))
    assert [change.kind for change in found.changes] == [Kind.NO_LONGER_JUDGED, Kind.NO_LONGER_JUDGED]
    assert all(change.regression for change in found.changes)
    assert compare(run(PASS), broken).regressions


def test_an_operation_that_an_item_judges_by_itself_says_it_instead_of_the_item(run):
    part = replace(PASS, id="probe/LM-A#getMeta", operation="getMeta")
    broken = replace(part, outcome="FAIL", gates=True)
    found = compare(run(PASS, part), run(FAIL, broken))
    assert [change.id for change in found.changes] == ["probe/LM-A#getMeta"]
    # What kept the item from being judged is said once.
    assert [change.id for change in compare(run(PASS, part), run(ABSENT)).changes] == ["probe/LM-A"]
    # An operation that is gone by itself is a change.
    gone = compare(run(PASS, part), run(PASS))
    assert [(change.id, change.kind) for change in gone.changes] == [("probe/LM-A#getMeta", Kind.NO_LONGER_JUDGED)]


def test_a_step_that_another_branch_replaces_is_no_regression_and_a_withdrawn_one_is(run):
    step = replace(PASS, id="scenario/serving/deploy", item="scenario/serving/deploy")
    other = replace(step, id="scenario/serving/deploy-for-hours", item="scenario/serving/deploy-for-hours")
    passed_over = replace(step, outcome="NOT_APPLICABLE", because="step deploy-for-hours went on")
    found = compare(run(step), run(passed_over, other))
    assert [(change.kind, change.regression) for change in found.changes] == [
        (Kind.NO_LONGER_JUDGED, False),
        (Kind.NEWLY_JUDGED, False),
    ]
    assert compare(run(step), run(passed_over)).regressions


def test_an_observation_that_changed_is_named_and_is_no_regression(run):
    found = compare(run(SEEN), run(replace(SEEN, value="oldest")))
    assert [(one.id, one.old, one.new) for one in found.observations] == [("LM-OBS-ORDER", SEEN.value, "oldest")]
    assert not found.is_empty
    assert not found.regressions
    with_id = Observation("LM-OBS-X", "observe/LM-OBS-X", "", "404 after ec5558cc687de0d0")
    assert compare(run(with_id), run(replace(with_id, value="404 after e79a29675993a54b"))).is_empty
    assert [one.new for one in compare(run(SEEN), run()).observations] == [None]


@pytest.mark.parametrize(
    ("member", "value", "named"),
    [
        ("profile", "core", "profile: full and core"),
        ("dialect", "deprecated", "dialect: published and deprecated"),
        ("contract_version", "2.32.1", "contract: unknown (aaaaaaaaaaaa) and 2.32.1 (aaaaaaaaaaaa)"),
        ("contract_sha256", "c" * 64, "contract: unknown (aaaaaaaaaaaa) and unknown (cccccccccccc)"),
        ("configuration", {"only": ["probe/*"]}, "--only: none and probe/*"),
    ],
)
def test_runs_that_were_to_judge_different_things_are_refused_with_the_difference(run, member, value, named):
    old, new = run(PASS), run(PASS, header=replace(record.HEADER, **{member: value}))
    with pytest.raises(ConfigError, match="--across") as refused:
        comparability.check(old, new)
    assert named in str(refused.value)


def test_what_a_difference_of_inputs_explains_is_no_regression(run):
    smoke = replace(record.HEADER, profile="smoke")
    found = compare(run(PASS, replace(PASS, id="probe/LM-B", item="probe/LM-B")), run(PASS, header=smoke))
    assert [(change.kind, change.comes_from, change.regression) for change in found.changes] == [
        (Kind.NO_LONGER_JUDGED, "profile", False)
    ]
    older = replace(record.HEADER, contract_version="2.32.1", left_out=("LM-A",))
    found = compare(run(PASS), run(ABSENT, header=older))
    assert [(change.comes_from, change.regression) for change in found.changes] == [("contract", False)]
    # A failure has no such excuse, when both were to judge it; what only one of them judges did not get worse.
    assert compare(run(PASS), run(FAIL, header=smoke)).regressions
    for gating in (FAIL, UNKNOWN):
        other = replace(PASS, id="probe/LM-B", item="probe/LM-B")
        found = compare(run(other, header=smoke), run(other, gating))
        assert [(one.kind, one.comes_from, one.regression) for one in found.changes] == [
            (Kind.NEWLY_JUDGED, "profile", False)
        ]


def test_another_register_explains_items_that_come_and_go_and_nothing_else(run):
    newer = replace(record.HEADER, register_sha256="c" * 64)
    comparability.check(run(PASS), run(PASS, header=newer))
    found = compare(run(PASS), run(header=newer))
    assert [(change.comes_from, change.regression) for change in found.changes] == [("register", False)]
    assert compare(run(PASS), run(ABSENT, header=newer)).regressions


def test_a_run_that_ended_early_lacks_items_for_that_reason(run):
    found = compare(run(PASS), run(footer=None))
    assert (found.complete, bool(found.regressions)) == (False, False)
    assert [change.comes_from for change in found.changes] == ["a run that ended early"]
    assert not compare(run(PASS), run(ERROR)).complete
    assert compare(run(PASS, footer=None), run(FAIL)).regressions


def latency(operation, *seconds):
    sample = tuple(sorted(seconds))
    return Latency(operation, len(sample), sample[len(sample) // 2], sample[-1], sample)


QUICK = [0.1 + number / 1000 for number in range(30)]


def test_an_operation_is_slower_when_more_than_noise_says_so(run):
    others = [latency(f"get{n}", *QUICK) for n in range(4)]
    old = run(latency("listArtifacts", *QUICK), *others)
    found = compare(old, run(latency("listArtifacts", *(2 * s for s in QUICK)), *others))
    assert [(one.operation, one.ratio) for one in found.latency] == [("listArtifacts", 2.0)]
    assert not found.regressions
    assert not found.is_empty
    back = compare(run(latency("listArtifacts", *(2 * s for s in QUICK)), *others), old)
    assert [one.ratio for one in back.latency] == [0.5]


@pytest.mark.parametrize(
    "now",
    [
        [1.3 * s for s in QUICK],  # less than half as long again
        [2 * s for s in QUICK[:15]],  # too few answers
        [*QUICK[:16], *(5 * s for s in QUICK[16:])],  # the median stays
    ],
    ids=["small", "few", "tail"],
)
def test_what_may_be_noise_is_no_change_of_latency(run, now):
    others = [latency(f"get{n}", *QUICK) for n in range(4)]
    old, new = run(latency("listArtifacts", *QUICK), *others), run(latency("listArtifacts", *now), *others)
    assert compare(old, new).is_empty
    # A few milliseconds more, however often.
    fast = [s / 50 for s in QUICK]
    assert compare(run(latency("x", *fast)), run(latency("x", *(4 * s for s in fast)))).is_empty


def test_a_slow_machine_is_said_once_and_not_of_each_operation(run):
    old = run(*(latency(f"get{n}", *QUICK) for n in range(5)))
    new = run(*(latency(f"get{n}", *(3 * s for s in QUICK)) for n in range(5)))
    found = compare(old, new)
    assert (found.latency, found.drift, found.drifted, found.is_empty) == ((), 3.0, True, True)


def test_a_slow_operation_does_not_hide_behind_the_few_others(run):
    quick, slow = latency("a", *QUICK), latency("b", *QUICK)
    found = compare(run(quick, slow), run(quick, latency("b", *(3 * s for s in QUICK))))
    assert [one.operation for one in found.latency] == ["b"]


def test_the_mann_whitney_test_has_the_values_of_other_implementations():
    """R: ``wilcox.test(1:20, 21:40, exact=FALSE)`` and the same with one value in both samples for all ranks."""
    assert latency_test.mann_whitney(range(20), range(20, 40)) == pytest.approx(6.796e-08, rel=1e-3)
    assert latency_test.mann_whitney(range(20), range(20)) == 1.0
    assert latency_test.mann_whitney([1.0] * 20, [1.0] * 20) == 1.0


def test_a_waiver_fixes_nothing_and_without_it_the_same_failure_is_a_regression(run):
    failed, excused, passed = run(FAIL), run(replace(FAIL, outcome="XFAIL", gates=False)), run(PASS)
    assert [change.kind for change in compare(failed, excused).changes] == [Kind.STILL_FAILING]
    assert [change.kind for change in compare(excused, passed).changes] == [Kind.FIXED]
    assert compare(excused, failed).regressions
    assert not compare(passed, excused).regressions


def test_an_entry_of_waivers_that_is_to_be_removed_says_nothing_of_the_target(run):
    assert compare(run(PASS), run(PASS, record.STALE)).changes == ()
