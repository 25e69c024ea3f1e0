"""What a run knows of its target before the first item: what it says of itself, and what the run will cost there."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from lmconform.client import embedded
from lmconform.client.doctor import Line
from lmconform.client.session import Session
from lmconform.contract import versions
from lmconform.run.catalogue import Plan
from lmconform.run.forecast import Forecast, forecast
from lmconform.settings.target import Target, remote


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known once the target has been looked at: its clock, the plan at its version, what that will cost."""

    plan: Plan
    target: Target
    because: str
    meta: dict[str, Any] | None
    lines: tuple[Line, ...]
    forecast: Forecast


def look(plan: Plan, launched: embedded.Launched | None, workers: int) -> tuple[Target, Seen]:
    """The target, and what a run of ``plan`` would begin with; nothing is created, and no report is opened.

    Raises HarnessError.
    """
    config = plan.config
    if not config.is_mock:
        target = remote(config, os.environ)
        return target, examine(plan, target, workers)
    with (launched or embedded.launch(config)).ready() as mock:
        return mock.target, examine(plan, mock.target, workers)


def examine(plan: Plan, target: Target, workers: int) -> Seen:
    """Ask the target for what it says of itself, with so many ``workers`` in mind; raises TargetUnreachable.

    A run that only reads needs neither content nor room.
    """
    probe, lines = Session.open(plan.config, plan.contract, plan.register, target, None), list[Line]()
    began = time.monotonic()
    try:
        meta = probe.examine(lines.append, wide=any(item.profile != "smoke" for item in plan.items))
        seconds = (time.monotonic() - began) / max(probe.transport.sent, 1)
    finally:
        probe.close()
    choice = versions.choose(plan.config.contract, meta, plan.contract.version)
    judged = plan.at(choice.version)
    found = forecast(judged, target, meta, workers=workers, seconds_per_request=seconds)
    return Seen(judged, probe.target, choice.because, meta, tuple(lines), found)
