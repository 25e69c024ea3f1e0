"""The pytest hooks of the controlling process: reports become events, the end becomes the footer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lmconform.plan.run import Run
from lmconform.results import assembly
from lmconform.results.events import from_json

PROPERTY = "lmconform"
LOST = "lmconform-lost"


class Controller:
    """Registered as a plugin once the target has answered; workers have none."""

    def __init__(self, run: Run, item_ids: frozenset[str]) -> None:
        self._run = run
        self._ids = item_ids

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what the item said; an item that could not even start is our error."""
        properties = dict(report.user_properties)
        if report.when == "call" and PROPERTY in properties:
            for data in json.loads(str(properties[PROPERTY])):
                self._run.take(from_json(data))
            self._run.lost = self._run.lost or str(properties.get(LOST, ""))
        elif report.failed and (item := self._item_of(report.nodeid)):
            reason = str(report.longrepr).strip().splitlines()[-1] if report.longrepr else "no reason given"
            self._run.take(assembly.error(item, (), f"{report.when}: {reason}", report.duration))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Add up what a worker sent and left (pytest-xdist)."""
        told = getattr(node, "workeroutput", {}).get("lmconform")
        if told:
            self._run.sent += told["sent"]
            self._run.left.update(told["left"])

    def _item_of(self, nodeid: str) -> str:
        name = nodeid.partition("[")[2].rpartition("]")[0]
        return name if name in self._ids else ""
