"""`--revision`: a target that pins a revision is not turned red by a requirement that is newer."""

import json
import shutil
import subprocess
import sys

import pytest
from tests.conftest import clean_environment, read_events, results_of
from tests.waivers.waiver_bench import REQUIREMENT

import lmconform as package
from lmconform.contract import bundle, revisions

PROBE = f"probe/{REQUIREMENT}"


@pytest.fixture
def later(tmp_path):
    """Runs a later lmconform: beside the revision of today it has an older one, which lacks a requirement."""
    site, root = tmp_path / "site", bundle.root()
    inside = site / "lmconform" / "_bundle"
    shutil.copytree(package.__path__[0], site / "lmconform", ignore=shutil.ignore_patterns("__pycache__", "_bundle"))
    for part in ("specs", "scenarios", "tests/conformance"):
        shutil.copytree(root / part, inside / part, ignore=shutil.ignore_patterns("__pycache__"))
    old = inside / "specs" / "lm" / "revisions" / "2026-01.yaml"
    levels = {name: level for name, level in revisions.read(revisions.names()[-1]).items() if name != REQUIREMENT}
    old.write_text("requirements:\n" + "".join(f"  {name}: {level}\n" for name, level in levels.items()))

    def run(*arguments):
        command = [sys.executable, "-m", "lmconform", *map(str, arguments)]
        env = clean_environment(PYTHONPATH=str(site))
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)

    return run


def test_a_newer_requirement_is_shown_with_its_finding_and_does_not_gate_until_the_pin_moves(
    later, start_mock, tmp_path
):
    broken = start_mock("--mutant", "metrics-replace")
    (tmp_path / "lmconform.toml").write_text(
        f'[targets.dev]\nurl = "{broken.url}"\ncredentials = {{ service_key = "{broken.key_file}" }}\n'
        'resource_group = "tutorial"\nprofile = "core"\nallow_writes = true\nrevision = "2026-01"\n'
    )
    pinned = later("run", "dev", "--only", REQUIREMENT, "--report-dir", "pinned", "--workers", "2")
    assert pinned.returncode == 0, pinned.stdout + pinned.stderr
    found = results_of(tmp_path / "pinned")[PROBE]
    assert (found["outcome"], found["gates"], found["level"]) == ("INFO", False, "MUST")
    assert (found["unscored"], found["actual"]) == ("2026-01", "[]")
    line = f"newer     {REQUIREMENT} (MUST, not scored) at findMetrics: expected "
    assert [one for one in pinned.stdout.splitlines() if one.startswith(line) and one.endswith("got []")]
    assert f"`newer     {REQUIREMENT} (MUST, not scored)" in (tmp_path / "pinned" / "summary.md").read_text()
    assert REQUIREMENT not in read_events(tmp_path / "pinned")[-1]["not_exercised"]

    moved = later("run", "dev", "--only", REQUIREMENT, "--report-dir", "moved", "--revision", revisions.names()[-1])
    assert moved.returncode == 1
    assert results_of(tmp_path / "moved")[PROBE]["outcome"] == "FAIL"
    assert f"--revision {revisions.names()[-1]}" in results_of(tmp_path / "moved")[PROBE]["again"]


def test_revisions_are_listed_with_what_each_lacks(later):
    rows = json.loads(later("list", "revisions", "--json").stdout)
    assert [(row["name"], row["state"], row["newer"]) for row in rows] == [
        ("2026-01", "older", [REQUIREMENT]),
        *((name, "latest", []) for name in revisions.names()),
    ]
