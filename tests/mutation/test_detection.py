"""benchmarks/detection.py: what counts as a kill and as a false alarm, by runs that its file holds already."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.conftest import clean_environment

from lmconform.client.embedded import PACE
from lmconform.contract import bundle

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "detection.py"
SEEN, UNSEEN, MILD = "artifact-same-id-again", "deployment-goes-back", "execution-unlisted"
SETTINGS = {
    "max_examples": 20,
    "pace": PACE,
    "contract_sha256": bundle.digest([bundle.root() / "specs" / "lm" / "openapi.yaml"]),
    "lmconform": version("lmconform"),
    "schemathesis": version("schemathesis"),
}


def run(suspect, seed, *findings, seconds=1.0, complete=True):
    return {
        **{"tool": "stock", "suspect": suspect, "seed": seed, "seconds": seconds},
        **{"findings": list(findings), "complete": complete},
    }


RUNS = [
    run("unmutated", 0, "GET /a 400"),
    run("unmutated", 1, "GET /a 400", "GET /b 400", seconds=2.0),
    run(SEEN, 0, "GET /a 400", "GET /c 500", seconds=3.0),
    run(UNSEEN, 0, "GET /b 400", seconds=4.0),
    run(MILD, 0, "warning: x", seconds=5.0, complete=False),
]


@pytest.fixture
def detection(tmp_path):
    def start(settings, *options):
        file = tmp_path / "runs.json"
        file.write_text(json.dumps({"settings": settings, "runs": RUNS}))
        return subprocess.run(
            [sys.executable, str(SCRIPT), "--tools", "stock", "--out", str(file), *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=clean_environment(),
        )

    return start


def test_only_what_no_run_on_the_unmutated_mock_found_is_a_kill(detection):
    ran = detection(SETTINGS, "--ids", SEEN, UNSEEN, MILD)
    assert ran.returncode == 0, ran.stderr
    row = next(line for line in ran.stdout.splitlines() if line.startswith("| stock |"))
    assert [cell.strip() for cell in row.split("|")][3:-1] == ["2/3 (67%)", "1 to 2", "0.5", "3.0"]
    assert "1 of the kills are warnings alone" in ran.stdout
    assert f"did not come to its end at {MILD}" in ran.stdout
    assert "| deployments | 1 | 0 |" in ran.stdout


def test_runs_of_other_settings_are_never_put_into_one_table(detection):
    ran = detection(SETTINGS, "--ids", SEEN, "--max-examples", "21")
    assert ran.returncode == 1
    assert "other settings" in ran.stderr
    assert ran.stdout == ""


def test_a_sample_holds_each_family_as_often_as_the_others_and_a_larger_one_holds_it():
    code = "from detection import sample; print(*(f'{m.family}:{m.id}' for m in sample({})), sep='\\n')"
    small, large = (
        subprocess.run(
            [sys.executable, "-c", code.replace("{}", str(wanted))],
            cwd=SCRIPT.parent,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=clean_environment(),
        ).stdout.splitlines()
        for wanted in (20, 60)
    )
    assert large[:20] == small
    assert len(set(large)) == 60
    families = [line.partition(":")[0] for line in large]
    counts = [families.count(family) for family in set(families)]
    assert max(counts) - min(counts) <= 1
