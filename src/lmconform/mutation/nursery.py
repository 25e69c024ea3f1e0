"""Mocks of this process by fork: an interpreter that has imported what a mock needs starts each of them at once.

A matrix starts more than a thousand mocks, and each would spend most of its life on the same imports.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final

from lmconform import mutants
from lmconform.client.embedded import MockProcess

# Imported before the first fork, beside all mutants: the command, and what uvicorn selects.
_PRELOADED: Final = ("lmconform.cli.main", "lmconform.cli.mock", "uvicorn.loops.auto", "uvicorn.protocols.http.auto")


def spawn(options: Sequence[str], log: Path, environ: Mapping[str, str]) -> MockProcess:
    """Start ``lmconform mock`` with these options; what it prints goes to ``log``. A ``Spawn`` of ``embedded``."""
    process = _context().Process(target=_serve, args=(tuple(options), str(log), dict(environ)), daemon=True)
    process.start()
    return _Forked(process)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    defects = [module.name for module in pkgutil.walk_packages(mutants.__path__, f"{mutants.__name__}.")]
    context.set_forkserver_preload([*_PRELOADED, *defects])
    return context


def _serve(options: Sequence[str], log: str, environ: Mapping[str, str]) -> None:
    """The life of one mock: a session, an environment and an output of its own."""
    os.setsid()
    with open(log, "wb", buffering=0) as stream:
        for output in (sys.stdout, sys.stderr):
            os.dup2(stream.fileno(), output.fileno())
    os.environ.clear()
    os.environ.update(environ)
    # Its parent is the server of forks, which ends with the process that asked for the mock.
    sys.argv[1:] = ["mock", *options, "--parent-pid", str(os.getppid())]
    runpy.run_module("lmconform", run_name="__main__", alter_sys=True)


class _Forked:
    """The process as ``subprocess`` would have it."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("lmconform mock", timeout or 0.0)
        return self._process.exitcode
