"""The reduction of a suite, on matrices in memory: the fewest items, what is irreplaceable, what fits into a time."""

import dataclasses

import pytest
from tests.mutation.matrices import evidence, matrix

from lmconform.mutation import reduction


def test_the_set_kills_everything_with_as_few_items_as_there_can_be():
    kills = {"m1": ["a", "b"], "m2": ["b", "c"], "m3": ["c", "d"], "m4": ["b", "d"]}
    found, _ = reduction.smallest(evidence(kills, dict.fromkeys("abcd", 1.0)))
    assert len(found.items) == 2
    assert found.killed == set(kills)


def test_the_only_killer_of_a_mutant_is_in_the_set_and_counts_as_irreplaceable():
    kills = {"m1": ["dear"], "m2": ["dear", "cheap"], "m3": ["cheap", "other"]}
    found, needed = reduction.smallest(evidence(kills, {"dear": 9.0, "cheap": 0.1, "other": 0.5}))
    assert set(found.items) == {"dear", "cheap"}
    assert needed == 1


def test_an_item_whose_kills_the_others_have_as_well_goes():
    # "big" kills most and comes first; "left" and "right", which "x" and "y" need, then kill all that it does.
    kills = {**{f"l{n}": ["big", "left"] for n in range(3)}, **{f"r{n}": ["big", "right"] for n in range(3)}}
    kills |= {"x": ["left"], "y": ["right"]}
    found, needed = reduction.smallest(evidence(kills, {"big": 1.0, "left": 1.0, "right": 1.0}))
    assert set(found.items) == {"left", "right"}
    assert needed == 2


def test_of_items_with_equal_kills_the_cheaper_is_taken():
    found, _ = reduction.smallest(evidence({"m": ["slow", "quick"]}, {"slow": 5.0, "quick": 0.1}))
    assert found.items == ("quick",)


def test_a_kill_that_the_mutant_does_not_declare_does_not_count():
    found = evidence({"m": ["a"]}, {"a": 1.0}, broken="LM-Y")
    assert found.full.killed == set()
    assert found.mutants == {"m"}


def test_the_items_are_in_the_order_of_a_run():
    kills = {"m1": ["scenario/w/two"], "m2": ["scenario/w/two"], "m3": ["scenario/w/one"], "m4": ["probe/a"]}
    spent = {"probe/a": 5.0, "scenario/w/one": 3.0, "scenario/w/two": 0.1}
    found, _ = reduction.smallest(evidence(kills, spent))
    assert found.items == tuple(spent)


def test_what_does_not_fit_into_the_time_is_cut_and_the_fewest_kills_for_the_time_go_first():
    kills = {**{f"m{n}": ["good"] for n in range(19)}, "last": ["slow"]}
    known = evidence(kills, {"good": 1.0, "slow": 8.0}, seconds=10.0)
    least, _ = reduction.smallest(known)
    assert least.seconds == pytest.approx(10.0), "the second that belongs to no item is part of every set"
    found = reduction.within(known, least, 3.0)
    assert (found.items, len(found.killed)) == (("good",), 19)


def test_what_is_left_is_timed_again_because_items_share_what_they_wait_for():
    # The first of the two waits a second for both.
    def timer(known, items=None):
        first = next((i for i in ("one", "two") if i in items), "")
        return dataclasses.replace(known, spent={i: 1.0 if i == first else 0.1 for i in ("one", "two", "three")})

    known = evidence({"m1": ["one"], "m2": ["two"], "m3": ["three"]}, {"one": 1.0, "two": 0.1, "three": 0.1})
    least, _ = reduction.smallest(known)
    assert reduction.within(known, least, 0.5).items == ("two", "three"), "as estimated, before it is timed"
    assert reduction.within(known, least, 0.5, timer).items == ("three",)


def test_a_step_brings_the_earlier_steps_that_begin_what_it_waits_for():
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
    assert found.killed == {"m1", "m2", "m3"}, "the kills of the earlier step count as well"
    assert known.of(["scenario/w/find", "probe/c"]).items == ("scenario/w/find", "probe/c"), "none of them waits"


def test_an_item_that_waits_for_others_is_not_cut_for_the_time_of_their_wait():
    # "first" waits for both; without it, "second" would. "slow" takes its time in every run.
    def timer(known, items=None):
        cost = {"other": 0.01, "first": 0.01, "second": 0.01, "slow": 0.5}
        payer = next((i for i in ("other", "first", "second") if i in items), "")
        spent = {i: cost[i] + (1.0 if i == payer else 0.0) for i in items}
        return known.timed(spent, sum(spent.values()))

    kills = {"m1": ["first"], "m2": ["second"], "m3": ["slow"]}
    known = timer(evidence(kills, {}), ["other", "first", "second", "slow"])
    least, _ = reduction.smallest(known)
    assert set(least.items) == {"first", "second", "slow"}
    assert reduction.within(timer(known, least.items), least, 1.1, timer).items == ("first", "second")


def test_the_kills_of_several_matrices_add_up():
    one, two = matrix({"m": ["a"], "n": []}, {"a": 1.0}), matrix({"n": ["b"]}, {"a": 1.0, "b": 2.0})
    known = reduction.read([one, two])
    assert known.full.killed == {"m", "n"}
    assert known.spent == {"a": 1.0, "b": 2.0}


def test_no_cut_leaves_less_than_the_share_of_the_kills_to_keep():
    kills = {**{f"m{n}": ["good"] for n in range(19)}, "last": ["slow"], "one": ["dear"]}
    known = evidence(kills, {"good": 1.0, "slow": 8.0, "dear": 4.0})
    least, _ = reduction.smallest(known)
    assert reduction.within(known, least, 3.0, kept=0.95).items == ("good", "dear")
    assert reduction.within(known, least, 3.0, kept=0.5).items == ("good",)
