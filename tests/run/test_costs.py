"""What items are declared to cost: alone and among others, and what a selection costs at most."""

from collections import Counter

from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.run import costs
from lmconform.run.catalogue import catalogue

EVERY = catalogue(Contract.load(), Register.load())
PROBES = [item for item in EVERY if item.id.startswith("probe/")]


def most(items, workers=1, examples=50):
    return costs.most(items, EVERY, workers=workers, examples=examples)


def test_nearly_every_item_is_declared():
    """Those that came since the last measurement cost as much as the dearest of their kind until the next one."""
    missing = [item.id for item in EVERY if not costs.is_declared(item.id)]
    assert len(missing) < len(EVERY) / 8, "run benchmarks/costs.py"


def test_an_item_among_others_costs_no_more_than_alone():
    for item in EVERY:
        row = costs.row(item.id)
        assert Counter(row["among"]) <= Counter(row["single"]), item.id


def test_an_item_that_is_not_declared_costs_as_much_as_the_dearest_of_its_kind():
    unknown = costs.row("probe/LM-ANEW")
    assert all(Counter(costs.row(item.id)[way]) <= unknown[way] for item in PROBES for way in ("single", "among"))


def test_a_probe_that_only_reads_creates_nothing():
    for item in PROBES:
        if item.profile == "smoke":
            assert not [name for name in costs.row(item.id)["single"] if not name.isupper()], item.id


def test_one_item_costs_less_than_all_and_all_cost_less_than_each_alone():
    one, whole = most(PROBES[100:101]), most(EVERY)
    assert 0 < one.requests.total() < whole.requests.total() / 10
    alone = sum((Counter(costs.row(item.id)["single"]) for item in EVERY), Counter())
    assert whole.makes["execution"] < alone["execution"]


def test_workers_share_nothing():
    one, four = most(EVERY), most(EVERY, workers=4)
    assert one.makes["execution"] < four.makes["execution"]
    assert one.requests.total() < four.requests.total() <= 4.1 * one.requests.total()


def test_more_generated_cases_cost_more_and_fewer_are_not_counted_on():
    fuzz = [item for item in EVERY if item.id.startswith("fuzz/")]
    usual = most(fuzz).requests.total()
    assert most(fuzz, examples=10).requests.total() == usual
    assert 1.5 * usual < most(fuzz, examples=100).requests.total() <= 2 * usual + 10
