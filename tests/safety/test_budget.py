"""Bounds hold for all workers of a run together, and bad answers end the creations of a kind."""

import multiprocessing

import pytest

from lmconform.errors import BudgetSpent, CreationStopped
from lmconform.safety.budget import ALL, Bound, Budget
from lmconform.safety.counters import Counters
from lmconform.safety.rate import Rate

EIGHT = {"execution": Bound(8, "--max-executions", "by the test")}


def take_many(file, number):
    """How many of so many attempts get one, in a process of its own."""
    budget, taken = Budget(EIGHT, Counters(file)), 0
    for _ in range(number):
        try:
            budget.take("execution")
        except BudgetSpent:
            continue
        taken += 1
    return taken


def test_processes_share_one_budget(tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        taken = pool.starmap(take_many, [(tmp_path / "counters.json", 20)] * 3)
    assert sum(taken) == 8


def test_each_kind_has_its_bound_and_all_have_one_together():
    budget = Budget(EIGHT | {ALL: Bound(3, "--max-created", "by the test")})
    for noun in ("execution", "artifact", "artifact"):
        budget.take(noun)
    budget.take("metrics", counts_for_all=False)
    with pytest.raises(BudgetSpent, match="no more things: the run has created its 3 things") as refusal:
        budget.take("execution")
    assert refusal.value.option == "--max-created"
    assert budget.spent("execution") == 1


@pytest.mark.parametrize("between", [0, 1, 2])
def test_three_answers_in_a_row_that_say_nothing_end_the_creations_of_their_kind(between):
    budget = Budget({})
    for _ in range(between):
        budget.unusable("execution")
    budget.usable("execution")
    for _ in range(3):
        budget.take("execution")
        budget.unusable("execution")
    with pytest.raises(CreationStopped, match="3 answers in a row do not say what was created"):
        budget.take("execution")
    budget.take("deployment")


def test_what_a_killed_process_wrote_by_half_is_no_number(tmp_path):
    file = tmp_path / "counters.json"
    budget = Budget(EIGHT, Counters(file))
    budget.take("execution")
    with file.open("a") as stream:
        stream.write('{"execution": 77')
    assert budget.spent("execution") == 1


def test_workers_share_the_rate(tmp_path):
    moments, slept = [], []
    rates = [Rate(50.0, Counters(tmp_path / "counters.json")) for _ in range(2)]
    for number in range(20):
        rates[number % 2].wait(slept.append)
        moments.append(slept[-1] if slept else 0.0)
    # The twentieth request waits for nineteen before it, less the time that passed here.
    assert 0.2 < moments[-1] <= 0.38
    assert Rate(None, Counters()).wait(slept.append) is None
