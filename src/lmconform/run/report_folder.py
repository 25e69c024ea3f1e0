"""The folder of a run's reports: made, and cleared of what an earlier run left there."""

from __future__ import annotations

import itertools
import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lmconform.evidence.recorder import EXCHANGES
from lmconform.reporting import allure, registry
from lmconform.results.stream import FILE_NAME, Run
from lmconform.run import own_files
from lmconform.run.reservation import Reservation, reserved, unwritable
from lmconform.settings.options import RunConfig

OPTION: Final = "--report-dir"
ALLURE: Final = "allure"
# Says where the journal of the run is.
POINTER: Final = "journal.json"
_REPORTS: Final = Path("reports")
# File name -> how every report of that name begins.
_SIGNS: Final = {
    FILE_NAME: re.compile(re.escape('{"type": "header", "lmconform": ')),
    POINTER: re.compile(re.escape('{"run": "')),
    EXCHANGES: re.compile(re.escape('{"type": "exchange", ')),
    **{form.file: form.sign for form in registry.FORMATS.values()},
}


# What a run writes into its folder.
NAMES: Final = (*_SIGNS, ALLURE)


def make(config: RunConfig) -> Reservation:
    """The folder of this run, without any report of another one; raises ConfigError when it cannot be used."""
    # A name has no scheme.
    name = config.label.rpartition("://")[2].partition("/")[0].replace(":", "-")
    return prepared(config.report_dir, f"{name}-{config.profile}")


def prepared(folder: Path | None, name: str) -> Reservation:
    """``folder``, or a new one in ``reports`` that is called after the time and ``name``, for this process alone.

    It is made if need be, with mode 0700; one that is there keeps its mode. Reports of another run are removed from it.
    Raises ConfigError when it cannot be used.
    """
    try:
        held = reserved(folder or _new(name), OPTION)
        try:
            for path in clear(held.folder):
                raise own_files.refusal(OPTION, path)
        except BaseException:
            held.release()
            raise
    except OSError as error:
        raise unwritable(OPTION, folder or _REPORTS, error) from error
    return held


def point_to(folder: Path, run: str, journal: Path) -> None:
    """Say in the folder of the reports which run they are of, and where its journal is."""
    (folder / POINTER).write_text(json.dumps({"run": run, "journal": str(journal)}) + "\n", encoding="utf-8")


def clear(folder: Path) -> list[Path]:
    """Remove the reports that an earlier run left in ``folder``; returns what else has the name of a report.

    A report of a run is a file that begins as those of lmconform do; links are not followed. Raises OSError.
    """
    foreign = own_files.foreign(folder, _SIGNS)
    if own_files.is_own(folder / FILE_NAME, _SIGNS[FILE_NAME]):
        # A run that was killed as it began leaves empty files beside the head of its results.
        foreign = [path for path in foreign if path.is_symlink() or not path.is_file() or path.stat().st_size]
    own = [path for name in _SIGNS if own_files.is_there(path := folder / name) and path not in foreign]
    results = folder / ALLURE
    if own_files.is_there(results) and (results.is_symlink() or not results.is_dir()):
        foreign.append(results)
    else:
        _clear_allure(results)
    for path in own:
        path.unlink()
    return foreign


def describe_allure(run: Run, folder: Path) -> None:
    """Say beside the results for Allure what they are of; does nothing where there are none. Raises OSError."""
    if run.header is not None and (folder / ALLURE).is_dir():
        allure.environment(folder / ALLURE, run.header)


def _clear_allure(folder: Path) -> None:
    """Remove the results of items; what other tools left there stays, and the folder with it."""
    own = list(allure.own(folder))
    for path in own:
        path.unlink(missing_ok=True)
    if own:
        with suppress(OSError):
            folder.rmdir()


def _new(name: str) -> Path:
    """A new folder in ``reports``: the time, then ``name``; raises OSError."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for number in itertools.count(1):
        folder = _REPORTS / (f"{stamp}-{name}" if number == 1 else f"{stamp}-{name}-{number}")
        with suppress(FileExistsError):
            # Of two runs that begin at once, each gets one.
            folder.mkdir(parents=True)
            return folder
    raise AssertionError("unreachable")
