"""Starts the mock as a separate process, and ends that process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from lmconform.client.polling import LEAST_PAUSE, Overdue, Policy, poll
from lmconform.contract import paths
from lmconform.errors import TargetUnreachable
from lmconform.private_files import PrivateFolder
from lmconform.settings import environment
from lmconform.settings.options import RunConfig, api_base
from lmconform.settings.time_limits import EMBEDDED, TimeLimit

if TYPE_CHECKING:
    from lmconform.settings.target import Target

PACE = 0.1
_START_SECONDS = 60.0
_KEY, _LOG = "service-key.json", "mock.log"


class MockProcess(Protocol):
    """What is needed of a process, as ``subprocess.Popen`` has it."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def returncode(self) -> int | None:
        """How it ended; None while that was not asked for, or while it runs."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def terminate(self) -> None:
        """SIGTERM."""

    def kill(self) -> None:
        """SIGKILL."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""


# Starts ``lmconform mock`` with options, a file for what it prints, and an environment.
Spawn = Callable[[Sequence[str], Path, Mapping[str, str]], MockProcess]


@dataclass(slots=True)
class EmbeddedMock:
    """A running mock; use it as a context manager."""

    target: Target
    _launched: Launched

    def __enter__(self) -> EmbeddedMock:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def service_key(self) -> Path:
        """Its service key, a file that goes with the process."""
        return self._launched.service_key

    @property
    def process(self) -> MockProcess:
        """The process that it is."""
        return self._launched.process

    def dismiss(self) -> None:
        """Ask the process to end; ``stop`` waits until it has."""
        self._launched.process.terminate()

    def stop(self) -> None:
        """End the process, politely first."""
        self._launched.stop()


@dataclass(slots=True)
class Launched:
    """A mock that may not answer yet: there is time to do something else."""

    process: MockProcess
    _config: RunConfig
    _folder: PrivateFolder

    @property
    def service_key(self) -> Path:
        """Where the process writes its service key."""
        return self._folder.path / _KEY

    def ready(self) -> EmbeddedMock:
        """Wait until it answers; raises TargetUnreachable, and then the process has ended."""
        # What takes long to import is imported while the mock starts.
        from lmconform.settings import expectations, service_key
        from lmconform.settings.target import Target

        config, folder = self._config, self._folder.path
        try:
            file = _wait_for_key(self.process, self.service_key, folder / _LOG)
            found = service_key.read(file.read_text(encoding="utf-8"), str(file))
        except BaseException:
            self.stop()
            raise
        target = Target(
            name="mock",
            base_url=api_base(found.api_url),
            credentials=found,
            resource_group=config.resource_group or "tutorial",
            other_resource_group=config.other_resource_group or "other",
            poll_interval=PACE / 2 if config.poll_interval is None else config.poll_interval,
            limits=EMBEDDED.with_seconds(config.seconds),
            # Its owner is this run. That, a short interval and short limits are all that is different about it.
            disposable=True,
            expected=expectations.read(config.expect),
        )
        return EmbeddedMock(target, self)

    def stop(self) -> None:
        """End the process, politely first."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.remove()


def _interpreter(options: Sequence[str], log: Path, environ: Mapping[str, str]) -> MockProcess:
    """A new interpreter. In a separate session: Ctrl-C is for the run, which still needs the mock to clean up."""
    command = [sys.executable, "-m", "lmconform", "mock", *options, "--parent-pid", str(os.getpid())]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=environ, start_new_session=True
        )


def start(config: RunConfig, options: Sequence[str] = (), spawn: Spawn = _interpreter) -> EmbeddedMock:
    """Start ``lmconform mock`` on a free port of 127.0.0.1; raises TargetUnreachable.

    ``options`` are more of ``lmconform mock``: its legal choices, or the one defect that it is to have.
    """
    return launch(config, options, spawn).ready()


def launch(config: RunConfig, options: Sequence[str] = (), spawn: Spawn = _interpreter) -> Launched:
    """Begin to start it."""
    folder = PrivateFolder()
    chosen = ["--port", "0", "--pace", str(PACE), "--quiet", "--dialect", config.dialect]
    chosen += ["--write-service-key", str(folder.path / _KEY), *options]
    return Launched(spawn(chosen, folder.path / _LOG, environment.without_secrets(os.environ)), config, folder)


def _wait_for_key(process: MockProcess, key: Path, log: Path) -> Path:
    def answers() -> bool:
        if process.poll() is not None:
            words = " ".join(log.read_text(errors="replace").split())[-300:]
            raise TargetUnreachable(f"the embedded mock ended with status {process.returncode}: {words}")
        return _answers(key)

    try:
        poll(answers, bool, Policy(LEAST_PAUSE, TimeLimit("", _START_SECONDS)), what="its answer", state=str)
    except Overdue as overdue:
        raise TargetUnreachable(f"the embedded mock did not answer within {_START_SECONDS:g} s") from overdue
    return key


def _answers(key: Path) -> bool:
    import requests

    try:
        url = json.loads(key.read_text())["serviceurls"]["AI_API_URL"]
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{api_base(url)}{paths.ROOT}/healthz", timeout=1).status_code > 0
    except (OSError, ValueError, KeyError):
        return False
