"""A run that could not start leaves reports that say so: a green one of yesterday must not be taken for its own.

What writes them is imported when it is needed: the command line imports this module before the embedded mock starts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lmconform.errors import ConfigError, HarnessError
from lmconform.exit_codes import ExitCode
from lmconform.run import interrupts

if TYPE_CHECKING:
    from lmconform.results.events import Header
    from lmconform.run.catalogue import Plan
    from lmconform.run.reservation import Reservation
    from lmconform.settings.options import RunConfig


@dataclass(slots=True)
class Start:
    """What is known of a run before its first item: it grows until the run has begun.

    Without a ``folder`` nothing is written: the user named none, and none was made. ``held`` is the right to write
    there, once the run has it.
    """

    folder: Path | None
    target: str = ""
    config: RunConfig | None = None
    plan: Plan | None = None
    held: Reservation | None = None

    def holds(self, held: Reservation) -> Path:
        """The run has its folder now; returns that."""
        self.held, self.folder = held, held.folder
        return held.folder


@contextmanager
def recorded(start: Start) -> Iterator[Start]:
    """Around what comes before the first item: an exception goes on, and the reports say that the run did not start."""
    try:
        yield start
    except HarnessError as error:
        record(start, str(error), error.exit_code)
        raise
    except (KeyboardInterrupt, Exception) as error:
        if interrupts.is_behind(error):
            record(start, "interrupted", ExitCode.INTERRUPTED)
        else:
            record(start, f"internal error: {type(error).__name__}: {error}", ExitCode.INTERNAL)
        raise


def record(start: Start, reason: str, code: ExitCode) -> None:
    """Replace what an earlier run left in the folder by reports of a run that could not start, for ``reason``.

    Files of that name that lmconform did not write stay; a folder that cannot be written, or that another run
    writes into, is left as it is: the user reads the reason on the terminal.
    """
    if start.folder is None:
        return
    from lmconform.reporting import registry
    from lmconform.results.events import Footer, now
    from lmconform.results.stream import FILE_NAME, ResultWriter, Run
    from lmconform.results.verdict import Verdict
    from lmconform.run import report_folder
    from lmconform.run.reservation import Reservation

    with suppress(OSError, ConfigError), ExitStack() as stack:
        start.folder.mkdir(parents=True, exist_ok=True)
        folder = stack.enter_context(start.held or Reservation(start.folder, report_folder.OPTION))
        foreign = {path.name for path in report_folder.clear(folder)}
        if FILE_NAME in foreign:
            return
        with ResultWriter(folder / FILE_NAME) as writer:
            writer.write(_header(start, folder, now()))
            writer.write(
                Footer(
                    complete=False,
                    verdict=Verdict.INCOMPLETE,
                    exit_code=code,
                    finished=now(),
                    duration=0.0,
                    counts={},
                    fuzz_cases=0,
                    exchanges=0,
                    message=f"the run could not start: {reason}",
                )
            )
        registry.write(Run(folder), folder, without=foreign)


def _header(start: Start, folder: Path, now: str) -> Header:
    from lmconform import __version__
    from lmconform.results.events import Header
    from lmconform.run.ci_job import job_of

    config, plan = start.config, start.plan
    job = job_of(os.environ, folder)
    return Header(
        lmconform=__version__,
        started=now,
        target=config.label if config else start.target,
        profile=config.profile if config else "",
        dialect=config.dialect if config else "",
        seed=config.seed if config else 0,
        contract_sha256=plan.contract.sha256 if plan else "",
        register_sha256=plan.register.sha256 if plan else "",
        versions={},
        configuration=config.public() if config else {},
        target_because=config.target_because if config else "",
        job=job.page,
        files=job.files,
    )
