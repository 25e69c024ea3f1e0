"""examples/application: its tests pass in a folder of its own, one after another and with four workers."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import clean_environment

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "application"


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(EXAMPLE, tmp_path / "application", ignore=shutil.ignore_patterns("__pycache__"))


def printed_by(folder, *arguments):
    """What pytest prints in the folder of the application."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=clean_environment(PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "4")], ids=["alone", "four workers"])
def test_the_tests_of_the_application_pass(copy, workers):
    printed = printed_by(copy, *workers)
    assert "6 passed" in printed, printed


def test_they_see_an_application_that_stops_waiting_for_its_turn(copy):
    source = copy / "churn.py"
    source.write_text(source.read_text().replace('time.sleep(int(answer.headers.get("Retry-After", PAUSE)))', "pass"))
    printed = printed_by(copy, "-k", "too_many")
    assert "Retry-After said 1 s" in printed, printed
