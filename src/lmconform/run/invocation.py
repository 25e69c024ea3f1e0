"""One run as the controlling process sees it: target, folder, results, verdict."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lmconform.client import embedded
from lmconform.client.session import Session
from lmconform.contract.resources import resources as contract_resources
from lmconform.errors import ConfigError, StorageLost
from lmconform.evidence.latencies import Latencies
from lmconform.evidence.recorder import EXCHANGES
from lmconform.evidence.redaction import of_process
from lmconform.exit_codes import ExitCode
from lmconform.reporting import allure, registry
from lmconform.reporting.progress import Progress
from lmconform.results import latency, seen
from lmconform.results.events import Event, Footer, Result, now
from lmconform.results.stream import FILE_NAME, ResultWriter
from lmconform.results.stream import Run as Record
from lmconform.results.verdict import Tally, Verdict, exit_code
from lmconform.run import costs, failed_start, leak_check, pruning, remembering, report_folder, waiving
from lmconform.run.catalogue import Plan
from lmconform.run.examination import Seen, examine
from lmconform.run.header import header
from lmconform.run.reservation import Reservation
from lmconform.run.sent_so_far import SentSoFar
from lmconform.safety.run_state import RunState
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target, remote
from lmconform.waivers.matching import Active

Listener = Callable[[Event], None]


@dataclass(slots=True)
class Run:
    """Opened before the first item, closed after the last; between them it takes events."""

    plan: Plan
    held: Reservation
    target: Target
    meta: dict[str, Any] | None
    state: RunState
    writer: ResultWriter
    listener: Listener
    mock: embedded.EmbeddedMock | None
    waivers: Active
    started: float = field(default_factory=time.monotonic)
    tally: Tally = field(default_factory=Tally)
    reported: set[str] = field(default_factory=set)
    lost: str = ""
    # The items for which there was no time.
    cut: list[str] = field(default_factory=list)
    sent: int = 0
    # What is left of what was created: ids by noun, and descriptions of what may have been created.
    left: dict[str, list[str]] = field(default_factory=dict)
    in_doubt: list[str] = field(default_factory=list)
    latencies: Latencies = field(default_factory=Latencies)
    finished: bool = False
    exit_code: ExitCode = ExitCode.INTERNAL
    # Why the reports are not there.
    unwritten: str = ""
    # What the file says, once it is complete.
    record: Record | None = None
    # Who follows the run while it goes on.
    progress: Progress | None = None
    # What changed since the baseline, where one was asked for.
    against: remembering.Against | None = None

    @classmethod
    def begin(
        cls,
        plan: Plan,
        listener: Listener | None = None,
        launched: embedded.Launched | None = None,
        *,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> Run:
        """Start or find the target, ask it who it is, open the report; raises HarnessError.

        ``launched`` is the embedded mock when it is on its way already, ``workers`` the number of processes.
        """
        config = plan.config
        start = failed_start.Start(config.report_dir, config=config, plan=plan)
        # In this order: what was begun is undone, then the reports say why.
        with failed_start.recorded(start), ExitStack() as undone:
            remembering.check(config, os.environ)
            target = None if config.is_mock else remote(config, os.environ)
            held = report_folder.make(config)
            start.holds(held)
            mock = (launched or embedded.launch(config)).ready() if config.is_mock else None
            if mock is not None:
                undone.callback(mock.stop)
            target = target or (mock.target if mock else None)
            assert target is not None
            seen = examine(plan, target, workers)
            run = cls._open(seen, held, seen.target, listener or _say_nothing, mock, undone)
            undone.pop_all()
            run.follow(progress)
            return run

    @classmethod
    def _open(
        cls,
        seen: Seen,
        held: Reservation,
        target: Target,
        listener: Listener,
        mock: embedded.EmbeddedMock | None,
        undone: ExitStack,
    ) -> Run:
        """Begin the journal and the results; raises StorageLost, and ``undone`` closes them then."""
        folder = held.folder
        try:
            pruning.prune(contract_resources(seen.plan.contract), os.environ)
            state = _state(seen.plan.config, target, folder, passing=mock is not None)
            undone.callback(state.end)
            writer = ResultWriter(folder / FILE_NAME)
            undone.callback(writer.discard)
        except OSError as error:
            raise StorageLost(f"{folder} cannot be written ({_reason(error)})") from error
        plan = seen.plan
        waivers = waiving.active(plan.waivers, plan.config, plan.contract.version, datetime.now(UTC).date())
        run = cls(plan, held, target, seen.meta, state, writer, listener, mock, waivers)
        run.take(header(seen, run.target, run.state, run.waivers, run.folder))
        if run.lost:
            raise StorageLost(run.lost)
        return run

    @property
    def folder(self) -> Path:
        """Where the reports go."""
        return self.held.folder

    def follow(self, progress: Progress | None) -> None:
        """Tell ``progress`` of the items, and of what is sent."""
        self.progress = progress
        if progress is not None:
            weights = {item.id: costs.weight(item.id) for item in self.plan.items}
            progress.starts(weights, SentSoFar(self.folder / EXCHANGES))

    def session(self, worker: str = "") -> Session:
        """A session in this process; ``worker`` names its journal where it is not that of this process."""
        return Session.open(
            self.plan.config,
            self.plan.contract,
            self.plan.register,
            self.target,
            self.folder,
            worker,
            self.meta,
            self.state,
        )

    def for_worker(self) -> dict[str, Any]:
        """What a worker process needs to open a session."""
        return {
            "target": self.target.as_json(),
            "folder": str(self.folder.resolve()),
            "meta": self.meta,
            "contract": self.plan.contract.version,
            "named": self._named(),
            "run": self.state.id,
            "state": str(self.state.folder or ""),
            "today": self.waivers.today.isoformat(),
        }

    def _named(self) -> dict[str, Any] | None:
        """What a worker has to know of a target with a name: its configuration names it by its URL."""
        named = self.plan.config.named
        return {"name": named.name, "shown": named.shown, "keys": sorted(named.keys)} if named else None

    def take(self, event: Event) -> None:
        """Write an event free of secrets, count it, and pass it on; where that fails the run is lost, and goes on."""
        self.waivers.note(event)
        try:
            event = self.writer.write(event)
        except OSError as error:
            self.lost = self.lost or f"{self.folder} cannot be written ({_reason(error)})"
        if isinstance(event, Result):
            self.tally.add(event)
            self.reported.add(event.item)
        try:
            self.listener(event)
        except OSError:
            # The terminal is gone; the files are not.
            self.listener = _say_nothing

    def take_all(self, events: Iterable[Event], lost: str, cut: str = "") -> None:
        """Take what an item said; ``lost`` says why the target was given up, or is empty.

        ``cut`` is the item when the time was over before it, or empty.
        """
        for event in events:
            self.take(event)
        self.lost = self.lost or lost
        self.cut += [cut] if cut else []

    def leave(self, sent: int, left: dict[str, list[str]], in_doubt: list[str]) -> None:
        """Add what one process sent, left, and may have created."""
        self.sent += sent
        for noun, ids in left.items():
            self.left.setdefault(noun, []).extend(ids)
        self.in_doubt += in_doubt

    def finish(self, *, interrupted: bool, exit_status: int) -> ExitCode:
        """Write the footer and the reports; returns the exit code."""
        self.finished = True
        leak = self._leak(report_folder.NAMES)
        footer = self._footer(leak, interrupted=interrupted, exit_status=ExitCode.INTERNAL if leak else exit_status)
        self.take(footer)
        if self.mock is not None:
            # It takes leave while we write.
            self.mock.dismiss()
        self.state.end()
        self._write_reports()
        code = ExitCode(footer.exit_code)
        if self.unwritten and code in (ExitCode.PASSED, ExitCode.FAILED):
            code = ExitCode.INCOMPLETE
        # They are views of what was looked through: only a mistake of their own could show more.
        if late := self._leak(form.file for form in registry.FORMATS.values()):
            print(late, file=sys.stderr)
            code = ExitCode.INTERNAL
        self.stop_mock()
        self.held.release()
        self.exit_code = code
        if not leak:
            self._remember()
        return code

    def _footer(self, leak: str, *, interrupted: bool, exit_status: int) -> Footer:
        """What the run came to; stale waivers, and what all exchanges say, are taken before."""
        register = self.plan.register.at(self.plan.contract.version)
        missing = [item.id for item in self.plan.items if item.id not in self.reported and item.requirements]
        complete = not (interrupted or self.lost or missing or self.cut or exit_status == ExitCode.INTERNAL)
        for result in self.waivers.stale({item.id for item in self.plan.items}) if complete else ():
            self.take(result)
            allure.add_failure(result.item, f"expected {result.expected}; {result.actual}")
        verdict = Verdict.INCOMPLETE if self.lost else self.tally.verdict(register, complete=complete)
        for event in (*latency.events(self.latencies), *self._seen()):
            self.take(event)
        footer = Footer(
            complete=complete,
            verdict=verdict,
            exit_code=self._code(verdict, interrupted=interrupted, exit_status=exit_status),
            finished=now(),
            duration=round(time.monotonic() - self.started, 3),
            counts=dict(sorted(self.tally.counts.items())),
            fuzz_cases=self.tally.fuzz_cases,
            exchanges=self.sent,
            not_exercised=self.tally.not_exercised(register),
            left_behind={noun: len(ids) for noun, ids in sorted(self.left.items()) if ids},
            left={noun: ids for noun, ids in sorted(self.left.items()) if ids},
            permanent=tuple(noun for noun, ids in sorted(self.left.items()) if ids and self._is_permanent(noun)),
            in_doubt=tuple(self.in_doubt),
            cleanup=self._cleanup(),
            message=leak or self.lost or self._not_run(missing),
        )
        return self._compared(footer)

    def _code(self, verdict: Verdict, *, interrupted: bool, exit_status: int) -> ExitCode:
        """The exit code of the verdict, unless the run was broken off, or broke."""
        if interrupted:
            return ExitCode.INTERRUPTED
        if exit_status == ExitCode.INTERNAL:
            return ExitCode.INTERNAL
        is_strict = self.plan.config.require == "conformant"
        return exit_code(verdict, require_conformant=is_strict, stale_waivers=self.tally.stale)

    def _compared(self, footer: Footer) -> Footer:
        """The footer with what changed since the last run, and with what the baseline makes of the exit code."""
        footer = remembering.with_changes(self.folder, footer, self.plan.config, os.environ)
        self.against = remembering.against_baseline(self.folder, footer, self.plan.config, os.environ)
        if self.against is None:
            return footer
        code = self.against.gate(ExitCode(footer.exit_code))
        return replace(footer, exit_code=code, baseline=self.against.line)

    def _write_reports(self) -> None:
        """Close the results and write the views of them; ``unwritten`` says why they are not there."""
        try:
            self.writer.close()
            self.record = Record(self.folder)
            registry.write(self.record, self.folder)
            report_folder.describe_allure(self.record, self.folder)
        except (OSError, ConfigError) as error:
            self.unwritten = f"{self.folder}: the reports cannot be written ({_reason(error)})"
        if not self.unwritten and self.record is not None and self.record.footer is None:
            self.unwritten = self.lost

    def _seen(self) -> list[Event]:
        """What all exchanges say together; nothing where they cannot be read, which ends a run elsewhere."""
        try:
            return list(seen.events(self.plan.contract, self.folder / EXCHANGES))
        except ConfigError:
            return []

    def _remember(self) -> None:
        """Put the run into the history; what fails there changes nothing else."""
        forgotten = remembering.remember(self.record, self.plan.config, os.environ) if self.record else ""
        if forgotten:
            with suppress(OSError):
                print(f"lmconform: warning: {forgotten}", file=sys.stderr)

    def _leak(self, names: Iterable[str]) -> str:
        """What to say of files that show a secret, or that cannot be searched."""
        try:
            return leak_check.finding(self.folder, names, of_process())
        except OSError as error:
            return f"{self.folder}: cannot be searched for secrets ({_reason(error)})"

    def _cleanup(self) -> str:
        """The command that removes what is left; empty when nothing can be removed, or when it goes with the mock."""
        stays = [noun for noun, ids in self.left.items() if ids and not self._is_permanent(noun)]
        needed = (stays or self.in_doubt) and self.state.folder is not None and not self.state.passing
        return f"lmconform cleanup {self.state.id} --yes" if needed else ""

    def _is_permanent(self, noun: str) -> bool:
        return contract_resources(self.plan.contract)[noun].is_permanent

    def stop_mock(self) -> None:
        """End the embedded mock; calling it again does nothing."""
        if self.mock is not None:
            self.mock.stop()
            self.mock = None

    def _not_run(self, missing: list[str]) -> str:
        """Why the run is incomplete although the target was there; empty when it is complete."""
        if self.cut:
            budget = f"--max-time {self.plan.config.max_time:g} s"
            return f"{budget} was over before {len(self.cut)} items ran, the first is {self.cut[0]}"
        return f"{len(missing)} items did not run, the first is {missing[0]}" if missing else ""


def _reason(error: Exception) -> str:
    """Why a file cannot be used, without the path that the reader knows."""
    return getattr(error, "strerror", None) or str(error)


def _say_nothing(event: Event) -> None:
    pass


def _state(config: RunConfig, target: Target, folder: Path, *, passing: bool) -> RunState:
    about = {
        "target": config.label,
        "base_url": target.base_url,
        "resource_groups": [group for group in (target.resource_group, target.other_resource_group) if group],
        "dialect": config.dialect,
        "overlay": [str(path.resolve()) for path in config.overlay],
        "report": str(folder.resolve()),
    }
    state = RunState.create(about, os.environ, passing=passing, writes=config.profile != "smoke")
    if state.folder is not None and not passing:
        report_folder.point_to(folder, state.id, state.folder)
    return state
