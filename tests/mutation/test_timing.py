"""The timing of runs: which items a run has, and in which order runs of two kinds alternate."""

import pytest
from tests.mutation.matrices import evidence

from lmconform.errors import HarnessError
from lmconform.mutation import timing


def test_a_timed_run_has_the_items_that_it_is_asked_for_and_is_not_in_the_history_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(timing, "_SHORT", 1)
    chosen = ["probe/LM-META-API-VERSION", "probe/LM-SCENARIO-LIST-COUNT"]
    found = timing.timed(evidence({"m": chosen}, dict.fromkeys(chosen, 9000.0)), chosen)
    assert set(found.spent) == set(chosen)
    assert max(found.spent.values()) < 9000, "the times are those of the run"
    assert found.overhead > 0, "the start of the process belongs to no item"
    assert found.full.killed == {"m"}
    assert list(tmp_path.rglob("*.sqlite")) == []


def test_runs_of_the_part_and_of_the_whole_alternate(monkeypatch):
    took = iter(range(1, 100))  # Each run is slower than the one before.

    def run(items):
        return float(next(took)), dict.fromkeys(["a", "b"] if items is None else items, 0.5)

    monkeypatch.setattr(timing, "_run", run)
    full, part = timing.alternating(evidence({"m": ["a"]}, {"a": 1.0}), ["a"])
    assert (part.full.seconds, full.full.seconds) == (1.0, 5.0)
    assert next(took) == 11, "four short runs, a long one, and all that once more"
    assert full.order == ("a", "b")


def test_a_run_that_fails_is_an_error_with_its_last_line():
    with pytest.raises(HarnessError, match="probe/NONE"):
        timing.timed(evidence({"m": ["a"]}, {"a": 1.0}), ["probe/NONE"])
