"""One mock for one test: its address and credentials, its time, its content, and what it was asked."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from lmconform import private_files
from lmconform.mock import assembly, auth
from lmconform.mock.advice import Advice
from lmconform.mock.background import Background
from lmconform.mock.clock import POLLS
from lmconform.mock.control import FAILURE
from lmconform.mock.options import OPTIONS
from lmconform.mock.settings import Settings
from lmconform.mock.switches import Switches
from lmconform.testing.requests_seen import RequestsSeen

# A step of a tenant in seconds; an hour is an hour then.
_STEP = 15.0
_DEFAULTS = {option.dest: option.default for option in OPTIONS}


class AiCore:
    """A mock that runs until ``stop``; use it as a context manager. Nothing of it is shared with another one.

    ``workflows`` is a folder of templates, ``preset`` and ``switches`` choose how the tenant behaves, ``faults`` are
    rules of docs/faults.md, ``without`` names capabilities that it lacks. ``time`` is ``polls`` (a GET that repeats an
    earlier one of executions or deployments moves it by one step), ``by-hand`` (only ``advance`` does) or ``running``.
    ``pace`` is the length of a step in seconds, and an execution completes after four. Raises ConfigError.
    """

    def __init__(
        self,
        *,
        workflows: str | Path | None = None,
        preset: str = "plain",
        switches: Mapping[str, str] | None = None,
        faults: Iterable[str] = (),
        without: Iterable[str] = (),
        resource_group: str = "default",
        time: str = POLLS,
        pace: float = _STEP,
    ) -> None:
        chosen = Switches([f"{name}={value}" for name, value in (switches or {}).items()], preset)
        options = _DEFAULTS | {
            "port": 0,
            "workflows": None if workflows is None else Path(workflows),
            "fault": tuple(faults),
            "without": tuple(without),
            "time": time,
            "pace": pace,
            "page": False,
            "admin": True,
        }
        self._mock = assembly.assemble(Settings.from_options(options, chosen, {}))
        self._control = self._mock.control
        self._background = Background(self._mock)
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self.resource_group = resource_group
        self._background.call(self._open_group)

    def __enter__(self) -> AiCore:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"AiCore({self.url!r})"

    def stop(self) -> None:
        """Close the port and all connections."""
        self._background.stop()
        if self._home is not None:
            self._home.cleanup()

    @property
    def url(self) -> str:
        """Where it listens, without a path: the API is below ``/v2/lm``."""
        return self._mock.plain.url

    @property
    def service_key(self) -> dict[str, Any]:
        """The service key of its client, as SAP BTP shows one."""
        return dict(self._mock.plain.key)

    @property
    def variables(self) -> dict[str, str]:
        """Variables from which SAP's SDKs find this mock: ``AICORE_…``, and a home with a configuration file."""
        key = self._mock.plain.key
        single = {
            "AICORE_CLIENT_ID": key["clientid"],
            "AICORE_CLIENT_SECRET": key["clientsecret"],
            "AICORE_AUTH_URL": f"{self.url}{auth.PATH}",
            "AICORE_BASE_URL": f"{self.url}/v2",
            "AICORE_RESOURCE_GROUP": self.resource_group,
        }
        if self._home is None:
            self._home = tempfile.TemporaryDirectory(prefix="lmconform-ai-core-")
            private_files.write(Path(self._home.name) / "config.json", json.dumps(single, indent=2))
        return single | {"AICORE_SERVICE_KEY": json.dumps(key), "AICORE_HOME": self._home.name}

    @property
    def requests(self) -> RequestsSeen:
        """What it was asked up to now, the oldest first."""
        return RequestsSeen(self._background.call(lambda: self._control.requests))

    @property
    def advice(self) -> list[Advice]:
        """What the application does wrong, by its requests up to now."""
        return self._background.call(lambda: self._control.advice)

    def advance(self, by: str | float | timedelta) -> None:
        """Move its time on: seconds, or a text such as ``30s``, ``1h30m``, ``2d``. What is due until then happens."""
        self._background.call(partial(self._control.advance, by))

    def finish(self, enactment: Any) -> None:
        """Let an execution be COMPLETED now, or a deployment RUNNING; an id, or what has one."""
        self._background.call(partial(self._control.finish, _id(enactment)))

    def fail(self, enactment: Any, message: str = FAILURE) -> None:
        """Let an execution or a deployment be DEAD now, with that statusMessage; an id, or what has one."""
        self._background.call(partial(self._control.fail, _id(enactment), message))

    def seed(self, executable: str, **content: Any) -> dict[str, Any]:
        """Create a configuration of an executable with all that it needs; returns ids.

        ``artifacts`` are URLs by input, ``parameters`` values by name; what is left out is made up. With a ``status``
        it is run, and is in that status; ``metrics`` are values by name, then. ``group`` is the resource group,
        ``name`` that of the configuration, ``ttl`` that of a deployment.
        """
        return self._background.call(
            partial(self._control.seed, executable, **{"group": self.resource_group} | content)
        )

    def inject(self, *rules: str, seed: int = 0) -> None:
        """Break answers from now on by these rules of docs/faults.md, as ``createExecution: 503, count=1``."""
        self._background.call(partial(self._control.inject, rules, seed))

    def expire_tokens(self) -> None:
        """Refuse all tokens that were issued up to now."""
        self._background.call(self._control.expire)

    def reset(self) -> None:
        """Back to the start: no content, no requests, no advice, no faults, the time of the machine."""
        self._background.call(self._control.reset)
        self._background.call(self._open_group)

    def _open_group(self) -> None:
        if self.resource_group not in self._mock.store.groups:
            self._mock.store.add(self.resource_group)


def _id(enactment: Any) -> str:
    """The id of what may be an id, an object of SAP's SDK, an answer, or what ``seed`` returned."""
    found = enactment if isinstance(enactment, str) else getattr(enactment, "id", None)
    if isinstance(enactment, Mapping):
        found = next((enactment[name] for name in ("id", "execution", "deployment") if name in enactment), None)
    if not isinstance(found, str):
        raise TypeError(f"{enactment!r} is no id and has none; give an id, an execution or a deployment")
    return found
