"""What is counted is what was sent, and what cannot be known to belong to the run is never changed."""

import subprocess

import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events
from tests.safety.bad_creations import WAYS, standing
from tests.safety.foreign import Foreign
from tests.safety.killing import held

MOST = {"executions": 8, "deployments": 2}
# Three answers in a row that say nothing; that an id is not new is known once it came before, or was asked for.
ENOUGH = {"always_the_same": 4, "existing": 6}
ITEMS = (
    *("probe/LM-EXECUTION-STOP*", "probe/LM-EXECUTION-DELETE*", "probe/LM-EXECUTION-CREATE*"),
    *("probe/LM-DEPLOYMENT-STOP*", "probe/LM-DEPLOYMENT-DELETE*", "probe/LM-DEPLOYMENT-UPDATE*"),
    *("probe/LM-SCHEDULE-[CDPR]*", "probe/LM-METRICS-DELETE*"),
)


def run(url, key_file, out, *arguments):
    """A run against a URL, not disposable, with the bounds of a tenant."""
    words = [
        *(*LMCONFORM, "run", url, "--service-key", str(key_file), "--resource-group", "tutorial", "--allow-writes"),
        *("--allow-deployments", "--max-executions", "8", "--max-deployments", "2", "--poll-interval", "0.05"),
        *("--start-timeout", "3", "--poll-timeout", "3", "--stop-timeout", "3", "--delete-timeout", "3", "--quiet"),
        *("--report-dir", str(out), *arguments),
    ]
    return subprocess.run(words, env=clean_environment(), capture_output=True, text=True, timeout=170, check=False)


@pytest.mark.parametrize("way", WAYS)
def test_bounds_hold_and_nothing_foreign_changes_when_creations_are_answered_badly(way, start_mock, tmp_path, key_at):
    mock = start_mock()
    foreign = Foreign(mock)
    with standing(mock, way) as (url, created, seen):
        chosen = [word for item in ITEMS for word in ("--only", item)]
        done = run(url, key_at(url, mock), tmp_path / "out", "--profile", "core", *chosen)
        assert done.returncode in (1, 11), done.stdout + done.stderr
        assert created["executions"] <= MOST["executions"], created
        assert created["deployments"] <= MOST["deployments"], created
        assert created["executionSchedules"] <= ENOUGH.get(way, 3), created
        footer = read_events(tmp_path / "out")[-1]
        if footer["left"].keys() - set(footer["permanent"]):
            assert footer["cleanup"]
    assert foreign.now() == foreign.before
    left = {name: one for name, one in held(mock).items() if name not in foreign.before}
    assert left == {}, (left, footer)
    assert not [path for method, path in seen if method != "GET" and "/.." in path]
    deletions = [path for method, path in seen if method == "DELETE" and path.startswith("/v2/lm/metrics")]
    assert all("executionId=" in path for path in deletions)
