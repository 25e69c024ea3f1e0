"""The smallest suite: a set that kills everything, a tenth of the time, and the profile that comes of it."""

import dataclasses
import json
import time

import pytest
import yaml

from lmconform.errors import HarnessError
from lmconform.mutation import reduction, timing
from lmconform.run.selection import GATE


def matrix(kills, spent, seconds=0.0, broken="LM-X"):
    """matrix.json as far as it matters: mutant to the items that kill it."""
    return {
        "mutants": [
            {"id": mutant, "breaks": [broken], "kills": [{"requirement": "LM-X", "item": item} for item in items]}
            for mutant, items in kills.items()
        ],
        "spent": spent,
        "baseline": [{"mock": "plain", "seconds": seconds or sum(spent.values())}],
    }


def evidence(kills, spent, **more):
    return reduction.read([matrix(kills, spent, **more)])


def test_the_set_kills_everything_with_as_few_items_as_there_can_be():
    kills = {"m1": ["a", "b"], "m2": ["b", "c"], "m3": ["c", "d"], "m4": ["b", "d"]}
    found, _ = reduction.smallest(evidence(kills, dict.fromkeys("abcd", 1.0)))
    assert len(found.items) == 2
    assert found.killed == set(kills)


def test_what_alone_kills_a_mutant_is_in_the_set_and_is_the_bound():
    kills = {"m1": ["dear"], "m2": ["dear", "cheap"], "m3": ["cheap", "other"]}
    found, needed = reduction.smallest(evidence(kills, {"dear": 9.0, "cheap": 0.1, "other": 0.5}))
    assert set(found.items) == {"dear", "cheap"}
    assert needed == 1


def test_an_item_that_later_ones_make_needless_goes():
    # "big" kills most and is taken first; the two that the others need then kill all that it does.
    kills = {**{f"l{n}": ["big", "left"] for n in range(3)}, **{f"r{n}": ["big", "right"] for n in range(3)}}
    kills |= {"x": ["left"], "y": ["right"]}
    found, needed = reduction.smallest(evidence(kills, {"big": 1.0, "left": 1.0, "right": 1.0}))
    assert set(found.items) == {"left", "right"}
    assert needed == 2


def test_of_equals_the_cheaper_is_taken():
    found, _ = reduction.smallest(evidence({"m": ["slow", "quick"]}, {"slow": 5.0, "quick": 0.1}))
    assert found.items == ("quick",)


def test_a_kill_that_the_mutant_does_not_declare_is_none():
    found = evidence({"m": ["a"]}, {"a": 1.0}, broken="LM-Y")
    assert found.full.killed == set()
    assert found.mutants == {"m"}


def test_the_items_are_in_the_order_of_a_run():
    kills = {"m1": ["scenario/w/two"], "m2": ["scenario/w/two"], "m3": ["scenario/w/one"], "m4": ["probe/a"]}
    spent = {"probe/a": 5.0, "scenario/w/one": 3.0, "scenario/w/two": 0.1}
    found, _ = reduction.smallest(evidence(kills, spent))
    assert found.items == tuple(spent)


def test_what_does_not_fit_into_the_time_goes_and_what_kills_least_for_it_goes_first():
    kills = {**{f"m{n}": ["good"] for n in range(19)}, "last": ["slow"]}
    known = evidence(kills, {"good": 1.0, "slow": 8.0}, seconds=10.0)
    least, _ = reduction.smallest(known)
    assert least.seconds == pytest.approx(10.0), "a second that no item explains is paid by every set"
    found = reduction.within(known, least, 3.0)
    assert (found.items, len(found.killed)) == (("good",), 19)


def test_what_is_left_is_timed_again_because_items_share_what_they_wait_for():
    # Whoever of the two comes first waits a second for both.
    def clock(known, items=None):
        first = next((i for i in ("one", "two") if i in items), "")
        return dataclasses.replace(known, spent={i: 1.0 if i == first else 0.1 for i in ("one", "two", "three")})

    known = evidence({"m1": ["one"], "m2": ["two"], "m3": ["three"]}, {"one": 1.0, "two": 0.1, "three": 0.1})
    least, _ = reduction.smallest(known)
    assert reduction.within(known, least, 0.5).items == ("two", "three"), "so it seems, until it is timed"
    assert reduction.within(known, least, 0.5, clock).items == ("three",)


def test_what_a_step_waits_for_is_begun_as_early_as_in_a_run_of_all():
    order = (
        "scenario/w/find",
        "scenario/w/start",
        "probe/a",
        "probe/b",
        "scenario/w/wait",
        "scenario/w/read",
        "probe/c",
    )
    kills = {"m1": ["scenario/w/read"], "m2": ["probe/a"], "m3": ["scenario/w/start"]}
    known = dataclasses.replace(evidence(kills, dict.fromkeys(order, 0.1)), order=order)
    found = known.of(["probe/a", "scenario/w/read"])
    assert found.items == ("scenario/w/start", "probe/a", "scenario/w/read")
    assert found.killed == {"m1", "m2", "m3"}, "what the first step finds by the way counts as well"
    assert known.of(["scenario/w/find", "probe/c"]).items == ("scenario/w/find", "probe/c"), "nobody waits for anything"


def test_whoever_paid_for_others_is_not_taken_for_the_dear_one():
    # "first" waits for both; without it, "second" would. "slow" takes its time in every run.
    def clock(known, items=None):
        cost = {"other": 0.01, "first": 0.01, "second": 0.01, "slow": 0.5}
        payer = next((i for i in ("other", "first", "second") if i in items), "")
        spent = {i: cost[i] + (1.0 if i == payer else 0.0) for i in items}
        return known.timed(spent, sum(spent.values()))

    kills = {"m1": ["first"], "m2": ["second"], "m3": ["slow"]}
    known = clock(evidence(kills, {}), ["other", "first", "second", "slow"])
    least, _ = reduction.smallest(known)
    assert set(least.items) == {"first", "second", "slow"}
    assert reduction.within(clock(known, least.items), least, 1.1, clock).items == ("first", "second")


def test_the_stopwatch_times_a_run_of_the_items_and_no_others():
    chosen = ["probe/LM-META-API-VERSION", "probe/LM-SCENARIO-LIST-COUNT"]
    began = time.monotonic()
    found = timing.timed(evidence({"m": chosen}, dict.fromkeys(chosen, 9.0)), chosen)
    assert set(found.spent) == set(chosen)
    assert max(found.spent.values()) < found.full.seconds < time.monotonic() - began
    assert found.full.killed == {"m"}


def test_a_part_and_the_whole_are_timed_in_turns(monkeypatch):
    """The machine slows down from run to run; in a real one the whole takes 40 seconds."""
    took = iter(range(1, 100))

    def run(items):
        return float(next(took)), dict.fromkeys(["a", "b"] if items is None else items, 0.5)

    monkeypatch.setattr(timing, "_run", run)
    full, part = timing.in_turns(evidence({"m": ["a"]}, {"a": 1.0}), ["a"])
    assert (part.full.seconds, full.full.seconds) == (1.0, 5.0)
    assert next(took) == 11, "four short runs, a long one, and all that once more"
    assert full.order == ("a", "b")


def test_a_run_that_cannot_be_timed_says_why():
    with pytest.raises(HarnessError, match="probe/NONE"):
        timing.timed(evidence({"m": ["a"]}, {"a": 1.0}), ["probe/NONE"])


def test_matrices_add_up():
    one, two = matrix({"m": ["a"], "n": []}, {"a": 1.0}), matrix({"n": ["b"]}, {"a": 1.0, "b": 2.0})
    known = reduction.read([one, two])
    assert known.full.killed == {"m", "n"}
    assert known.spent == {"a": 1.0, "b": 2.0}


def test_distill_writes_the_profile_and_says_what_it_keeps(lmconform, tmp_path):
    spent = {f"probe/{n}": 0.1 for n in range(40)}
    (tmp_path / "matrix.json").write_text(
        json.dumps(matrix({f"m{n}": ["probe/1", "probe/2"] for n in range(9)}, spent))
    )
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--estimate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "keeps 100.0% of the kills in 2.5% of the time" in done.stdout
    written = yaml.safe_load((tmp_path / "gate.yaml").read_text())
    assert (written["mutants"], written["killed"], written["items"]) == (9, 9, ["probe/1"])
    again = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--check", "--estimate")
    assert again.returncode == 0
    assert "written" not in again.stdout


def test_a_profile_that_takes_too_long_is_told_by_the_exit_code(lmconform, tmp_path):
    kills = {f"m{n}": [f"probe/{n}"] for n in range(10)}
    (tmp_path / "matrix.json").write_text(json.dumps(matrix(kills, {f"probe/{n}": 1.0 for n in range(10)})))
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--estimate")
    assert done.returncode == 1
    assert "keeps 100.0% of the kills in 100.0% of the time" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "not valid JSON"),
        ("[]", "no kill matrix"),
        ('{"mutants": []}', "no kill matrix"),
    ],
)
def test_what_is_no_matrix_is_one_line(lmconform, tmp_path, content, words):
    if content is not None:
        (tmp_path / "matrix.json").write_text(content)
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml")
    assert done.returncode == 4
    assert words in done.stderr
    assert not (tmp_path / "gate.yaml").exists()


def test_the_profile_that_is_shipped_runs_in_its_order_and_passes_on_the_mock(lmconform, tmp_path):
    items = yaml.safe_load(GATE.read_text())["items"]
    done = lmconform("run", "--profile", "gate", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    ran = list(dict.fromkeys(e["item"] for e in events if "item" in e))
    assert ran == items


def test_no_cut_goes_below_the_share_of_the_kills_that_is_to_be_kept():
    kills = {**{f"m{n}": ["good"] for n in range(19)}, "last": ["slow"], "one": ["dear"]}
    known = evidence(kills, {"good": 1.0, "slow": 8.0, "dear": 4.0})
    least, _ = reduction.smallest(known)
    assert reduction.within(known, least, 3.0, kept=0.95).items == ("good", "dear")
    assert reduction.within(known, least, 3.0, kept=0.5).items == ("good",)
