"""Hostile requests, made from the contract and spoiled in their bytes, break nothing."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import clean_environment

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"


def test_hostile_requests_get_no_5xx_and_leave_no_exception_in_the_log():
    options = ("--requests", "8000", "--legs", "4", "--processes", "2", "--seed", "3")
    ran = subprocess.run(
        [sys.executable, str(SOAK), *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        env=clean_environment(),
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "8000 requests" in ran.stdout


def test_a_query_parameter_that_is_needed_is_refused_when_it_is_wrong_whatever_the_switch_says(start_tenant):
    tenant = start_tenant("--switch", "invalid-query=ignore")
    assert tenant.send("DELETE", "/metrics?executionId=%00").status_code == 400
