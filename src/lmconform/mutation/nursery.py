"""Mocks of this process by fork: an interpreter that has imported what a mock needs starts each of them at once.

A matrix starts more than a thousand mocks, and each would spend most of its life on the same imports.
"""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Final

from lmconform import mutants
from lmconform.client.embedded import MockProcess

# Imported before the first fork, beside all mutants: the command, and what uvicorn selects.
_PRELOADED: Final = ("lmconform.cli.main", "lmconform.cli.mock", "uvicorn.loops.auto", "uvicorn.protocols.http.auto")


def spawn(options: Sequence[str], log: Path, environ: Mapping[str, str]) -> MockProcess:
    """Start ``lmconform mock`` with these options; what it prints goes to ``log``. A ``Spawn`` of ``embedded``."""
    # Nothing is ever sent: the end of this process ends the pipe, and that ends the mock.
    theirs, ours = _context().Pipe(duplex=False)
    process = _context().Process(target=_serve, args=(tuple(options), str(log), dict(environ), theirs), daemon=True)
    process.start()
    theirs.close()
    return _Forked(process, ours)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    defects = [module.name for module in pkgutil.walk_packages(mutants.__path__, f"{mutants.__name__}.")]
    context.set_forkserver_preload([*_PRELOADED, *defects])
    return context


def _serve(options: Sequence[str], log: str, environ: Mapping[str, str], theirs: Connection) -> None:
    """The life of one mock: a session, an environment and an output of its own."""
    os.setsid()
    with open(log, "wb", buffering=0) as stream:
        for output in (sys.stdout, sys.stderr):
            os.dup2(stream.fileno(), output.fileno())
    os.environ.clear()
    os.environ.update(environ)
    threading.Thread(target=_end_with, args=(theirs,), daemon=True).start()
    sys.argv[1:] = ["mock", *options]
    runpy.run_module("lmconform", run_name="__main__", alter_sys=True)


def _end_with(theirs: Connection) -> None:
    """Wait for the end of the process that asked for this mock, and end."""
    with suppress(EOFError, OSError):
        theirs.recv_bytes()
    os.kill(os.getpid(), signal.SIGTERM)


class _Forked:
    """The process as ``subprocess`` would have it."""

    def __init__(self, process: ForkServerProcess, ours: Connection) -> None:
        self._process = process
        self._ours = ours

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
        self._ours.close()
        return self._process.exitcode
