"""All items that there are: the order of a run, and what each kind is known by."""

from collections import Counter

import pytest

from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.fuzz import links
from lmconform.probes import registry
from lmconform.run.catalogue import catalogue, plan
from lmconform.settings.options import RunConfig

CONTRACT, REGISTER = Contract.load(), Register.load()
ITEMS = catalogue(CONTRACT, REGISTER)
IDS = [item.id for item in ITEMS]


def test_every_probe_observation_operation_and_start_of_a_sequence_is_one_item():
    probes, looks = registry.load(REGISTER), registry.load_observations()
    assert {i for i in IDS if i.startswith("probe/")} == {probe.id for probe in probes}
    assert {i for i in IDS if i.startswith("observe/")} == {look.id for look in looks}
    fuzzed = {f"fuzz/{operation.id}" for operation in CONTRACT.operations}
    fuzzed |= {f"fuzz/sequence/{start.id}" for start in links.starts(CONTRACT)}
    assert {i for i in IDS if i.startswith("fuzz/")} == fuzzed
    assert max(Counter(IDS).values()) == 1


def test_reads_come_first_then_writes_then_fuzz_and_last_what_looks_back():
    profiles = [item.profile for item in ITEMS]
    assert "smoke" not in profiles[profiles.index("core") :]
    last = [probe.id for probe in registry.load(REGISTER) if probe.last]
    assert last == IDS[-len(last) :]
    looks_back = ("-STAYS-DELETED", "-TERMINAL-STAYS", "-OTHERS-STAY", "-VIEWS-AGREE")
    # The schedule of the last one has to be some seconds old by then.
    looks_back += (
        "-MODIFY-LISTED",
        "-DEFAULT-PAGE",
        "-OUTPUT-OWNER",
        "-URL-HOLDS-ID",
        "-FRESH-KEPT",
        "-DELETED-REFUSES",
    )
    assert [item_id for item_id in last if not item_id.endswith(looks_back)] == []
    fuzz = slice(next(n for n, own in enumerate(IDS) if own.startswith("fuzz/")), -len(last))
    assert set(profiles[fuzz]) == {"full"}
    assert {i.partition("/")[0] for i in IDS[fuzz]} == {"fuzz"}
    # Observations and probes that cost much are left to the profile full as well.
    full = {i for i, own in zip(IDS, profiles, strict=True) if own == "full"}
    assert {i.partition("/")[0] for i in full} == {"fuzz", "observe", "probe"}
    assert "probe/LM-EXECUTION-DELETED-REFUSES" in full
    assert "probe/LM-EXECUTION-STAYS-DELETED" not in full


def test_the_steps_of_a_workflow_keep_their_order_and_stay_on_one_worker():
    steps = [item for item in ITEMS if item.id.startswith("scenario/training/")]
    assert [item.step.id for item in steps] == [step.id for step in steps[0].workflow.steps]
    assert {item.group for item in steps} == {"scenario/training"}


@pytest.mark.parametrize("profile", ["smoke", "core", "full", "gate"])
def test_a_plan_is_a_part_of_the_catalogue_and_needs_no_target(profile):
    made = plan(RunConfig.from_options("mock", {"profile": profile}))
    assert {item.id for item in made.items} <= set(IDS)
    assert (profile == "full") == (len(made.items) == len(IDS))
