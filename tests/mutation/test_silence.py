"""The mock with legal choices that hold many pairs of values: nothing gates."""

from benchmarks.silence import pairwise

from lmconform.mutation.matrix import Job, tried
from lmconform.settings.options import RunConfig


def test_no_item_gates_on_the_first_of_the_pairwise_mocks():
    rows = pairwise()
    config = RunConfig.from_options("mock", {"profile": "core", "poll_timeout": 2.0, "start_timeout": 2.0})
    trials = list(tried(config, [Job(row, 0, everything=True) for row in rows[:6]], 2))
    assert len(trials) == 6
    for trial in trials:
        seen = [f"{kill.requirement} at {kill.item}" for kill in trial.kills]
        assert (seen, trial.error) == ([], ""), trial.mutant.text
        assert trial.items > 500
