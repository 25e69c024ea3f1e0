"""The pytest hooks of the controlling process: reports become events, the end becomes the footer."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import pytest

from lmconform.client.polling import LEAST_PAUSE, Overdue, Policy, poll
from lmconform.evidence.redaction import of_process
from lmconform.results import assembly
from lmconform.results.events import from_json
from lmconform.run.invocation import Run
from lmconform.settings.time_limits import TimeLimit

PROPERTY = "lmconform"
LOST = "lmconform-lost"
CUT = "lmconform-cut"
# A terminal's Ctrl-C goes to the workers as well: they may be on their way already.
_HEAR_SECONDS = 0.5
# What cleaning takes at most, and the item that was interrupted.
_CLEAN_SECONDS = 30.0


class Controller:
    """Registered as a plugin once the target has answered; workers have none."""

    def __init__(self, run: Run, item_ids: frozenset[str]) -> None:
        self._run = run
        self._ids = item_ids
        self._working: list[Any] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what an item said in a worker; an item that could not even start is our error."""
        properties = dict(report.user_properties)
        if report.when == "call" and PROPERTY in properties:
            events = [from_json(data) for data in json.loads(str(properties[PROPERTY]))]
            self._run.take_all(events, str(properties[LOST]), str(properties[CUT]))
        elif report.failed and (item := self._item_of(report.nodeid)):
            if report.when == "call" and item in self._run.reported:
                # It said itself, in this process, what it found.
                return
            reason = str(report.longrepr).strip().splitlines()[-1] if report.longrepr else "no reason given"
            self._run.take(assembly.error(item, (), f"{report.when}: {reason}", report.duration))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Know the workers (pytest-xdist)."""
        self._working.append(node)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Add up what a worker sent and left (pytest-xdist)."""
        if node in self._working:
            self._working.remove(node)
            self._add(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Let the workers of an interrupted run clean up, before pytest-xdist kills them.

        A second Ctrl-C ends the waiting.
        """
        with suppress(KeyboardInterrupt):
            wait_for(self._working, _HEAR_SECONDS)
            for node in self._working:
                interrupt(node)
            wait_for(self._working, _CLEAN_SECONDS)
        for node in self._working:
            self._add(node)

    def _add(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get("lmconform")
        if output:
            self._run.sent += output["sent"]
            self._run.left.update(output["left"])
            for token in output["tokens"]:
                of_process().learn(token)

    def _item_of(self, nodeid: str) -> str:
        name = nodeid.partition("[")[2].rpartition("]")[0]
        return name if name in self._ids else ""


def interrupt(node: Any) -> None:
    """End what a worker does, as Ctrl-C would, unless it has ended."""
    process = getattr(getattr(node.gateway, "_io", None), "popen", None)
    if process is not None and process.poll() is None and not hasattr(node, "workeroutput"):
        os.kill(process.pid, signal.SIGINT)


def wait_for(nodes: Iterable[Any], seconds: float) -> None:
    """Wait until every worker has said what it left, or is gone."""
    working = list(nodes)

    def is_over() -> bool:
        return all(hasattr(node, "workeroutput") or node.channel.isclosed() for node in working)

    with suppress(Overdue):
        poll(is_over, bool, Policy(LEAST_PAUSE, TimeLimit("", seconds)), what="the workers", state=str)
