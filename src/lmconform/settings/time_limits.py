"""How long a target may take for what it has promised: the named limits, their options and their defaults.

A limit that passes is a finding, and the finding names the option that raises it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A number of ``seconds``, and the ``option`` of ``lmconform run`` that changes it."""

    option: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """The limits of one target. The defaults are those of a tenant.

    ``stop``: from an accepted stop to STOPPED; about 17 minutes were seen once (fact M14). ``delete``: from an
    accepted deletion to 404. ``start``: from the creation of a deployment to RUNNING. ``poll``: from the creation
    of an execution to its end.
    """

    stop: TimeLimit = TimeLimit("--stop-timeout", 1800.0)
    delete: TimeLimit = TimeLimit("--delete-timeout", 900.0)
    start: TimeLimit = TimeLimit("--start-timeout", 3600.0)
    poll: TimeLimit = TimeLimit("--poll-timeout", 3600.0)

    def scaled(self, factor: float) -> TimeLimits:
        """The same limits, each multiplied by ``factor``."""
        return replace(self, **{f.name: _times(getattr(self, f.name), factor) for f in fields(self)})

    def with_seconds(self, given: Mapping[str, float | None]) -> TimeLimits:
        """The limits with the seconds in ``given`` (``{"stop": 60.0}``); None keeps what there is."""
        named = {name: seconds for name, seconds in given.items() if seconds is not None}
        changed: dict[str, Any] = {name: replace(getattr(self, name), seconds=s) for name, s in named.items()}
        return replace(self, **changed)

    def as_json(self) -> dict[str, float]:
        """Name to seconds."""
        return {f.name: getattr(self, f.name).seconds for f in fields(self)}


def _times(limit: TimeLimit, factor: float) -> TimeLimit:
    return replace(limit, seconds=limit.seconds * factor)


TENANT = TimeLimits()
# A server on this machine runs no cluster: a tenth is plenty.
LOOPBACK = TENANT.scaled(0.1)
# The embedded mock: what it runs lives for seconds.
EMBEDDED = TENANT.with_seconds({"stop": 30.0, "delete": 30.0, "start": 30.0, "poll": 30.0})
