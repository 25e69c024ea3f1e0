"""Mocks that are forked: each is a process of its own, with its own defect, and none outlives who asked for it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from tests.conftest import clean_environment

from lmconform.client import embedded
from lmconform.errors import TargetUnreachable
from lmconform.mutation import nursery
from lmconform.settings.options import MOCK, RunConfig

ASKS = """
import time
from lmconform.client import embedded
from lmconform.mutation import nursery
from lmconform.settings.options import MOCK, RunConfig

if __name__ == "__main__":
    mock = embedded.start(RunConfig.from_options(MOCK, {}), (), nursery.spawn)
    print(mock.process.pid, flush=True)
    time.sleep(60)
"""
CONFIG = RunConfig.from_options(MOCK, {})


def listed(mock):
    """The status of a list without a token."""
    headers = {"AI-Resource-Group": "tutorial"}
    return requests.get(f"{mock.target.base_url}/lm/scenarios", headers=headers, timeout=5).status_code


def ends(pid):
    """Whether the process is gone within some seconds."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_each_has_its_own_defect_and_ends_when_it_is_told():
    with embedded.start(CONFIG, ("--mutant", "auth-none"), nursery.spawn) as open_to_all:
        with embedded.start(CONFIG, (), nursery.spawn) as plain:
            assert (listed(open_to_all), listed(plain)) == (200, 403)
            assert open_to_all.process.pid != plain.process.pid
            assert os.getsid(plain.process.pid) == plain.process.pid
        assert ends(plain.process.pid)
        assert listed(open_to_all) == 200


def test_one_that_cannot_start_says_why():
    with pytest.raises(TargetUnreachable, match="'auth-nonee' is unknown; did you mean 'auth-none'"):
        embedded.start(CONFIG, ("--mutant", "auth-nonee"), nursery.spawn)


def test_none_outlives_a_process_that_is_killed(tmp_path):
    (tmp_path / "asks.py").write_text(ASKS)
    command = [sys.executable, str(tmp_path / "asks.py")]
    with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, text=True) as asks:
        pid = int(asks.stdout.readline())
        asks.send_signal(signal.SIGKILL)
    assert ends(pid)
