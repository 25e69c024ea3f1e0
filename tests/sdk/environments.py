"""The two pairs of SAP's SDK, each in a virtual environment of its own: both install the same module names."""

import fcntl
import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# What to install, and the distributions that then are there with their versions.
PAIRS = {
    "newer": ("sap-ai-sdk-core==3.5.*", {"sap-ai-sdk-core": "3.5", "sap-ai-sdk-base": "3."}),
    "older": ("ai-core-sdk==2.6.*", {"ai-core-sdk": "2.6", "ai-api-client-sdk": "2.6"}),
}


class Unavailable(Exception):
    """An environment cannot be made: no network, no pip, no venv."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One pair, ready to be used; ``folder`` is its virtual environment."""

    name: str
    folder: Path

    def tool(self, name):
        """A program of this environment."""
        return str(self.folder / "bin" / name)


@functools.cache
def make(name, cache):
    """The environment of a pair below the folder ``cache``: made once, and reused by later runs and other workers."""
    requirement, _ = PAIRS[name]
    folder = Path(cache) / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder / "installed.txt"
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = done.is_file() and done.read_text() == requirement and (folder / "bin" / "python").exists()
        if not kept:
            done.unlink(missing_ok=True)
            _run(sys.executable, "-m", "venv", "--clear", folder)
            _run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", requirement)
            done.write_text(requirement)
    return Environment(name, folder)


def _run(*command):
    # Variables such as PYTHONPATH would lead into the project's own environment.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "AICORE_"))}
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{' '.join(words[1:4])}: {error}") from error
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        raise Unavailable(f"{' '.join(words[1:4])}: {lines[-1]}")
