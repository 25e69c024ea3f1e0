"""The pytest hooks of the controlling process: reports become events, the end becomes the footer."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest

from lmconform.client import cleanup
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

    def __init__(self, run: Run, item_ids: frozenset[str], stop: Callable[[str], None]) -> None:
        self._run = run
        self._ids = item_ids
        # Ends the session, for a reason.
        self._stop = stop
        self._working: list[Any] = []
        self._killed: list[str] = []

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Show which item has begun, here or in a worker."""
        item = self._item_of(nodeid)
        if item and self._run.progress is not None:
            self._run.progress.begins(item)

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
        """Add up what a worker sent and left (pytest-xdist); one that was killed ends the run."""
        is_known = node in self._working
        if is_known:
            self._working.remove(node)
        if hasattr(node, "workeroutput"):
            if is_known:
                self._add(node)
        else:
            self._killed.append(str(node.gateway.id))
            self._run.lost = self._run.lost or f"worker {node.gateway.id} was killed (out of memory?)"
            self._stop(self._run.lost)

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
            self._clean_up_after_killed()
        for node in self._working:
            self._add(node)

    def _clean_up_after_killed(self) -> None:
        """Remove what killed workers had created, by their journals."""
        for worker in self._killed:
            session = self._run.session(f"after-{worker}")
            try:
                self._run.state.recorded(worker, into=session.journal)
                cleanup.clean(session)
            finally:
                session.close()
            in_doubt = [str(maybe) for maybe in session.journal.all_maybe_started()]
            self._run.leave(session.transport.sent, session.journal.ids_left(), in_doubt)

    def _add(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {}).get("lmconform")
        if output:
            self._run.leave(output["sent"], output["left"], output["in_doubt"])
            self._run.lost = self._run.lost or output["lost"]
            self._run.latencies.add_all(output["latencies"])
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
