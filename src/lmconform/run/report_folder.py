"""The folder of a run's reports: made, and cleared of what an earlier run left there."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lmconform.errors import ConfigError
from lmconform.evidence.recorder import EXCHANGES
from lmconform.reporting import allure, registry
from lmconform.results.stream import FILE_NAME
from lmconform.settings.options import RunConfig

ALLURE: Final = "allure"
# Says where the journal of the run is.
POINTER: Final = "journal.json"
# Characters that are looked at to know a file.
_BEGINNING: Final = 4096
# File name -> how every report of that name begins.
_SIGNS: Final = {
    FILE_NAME: re.compile(re.escape('{"type": "header", "lmconform": ')),
    POINTER: re.compile(re.escape('{"run": "')),
    EXCHANGES: re.compile(re.escape('{"type": "exchange", ')),
    **{form.file: form.sign for form in registry.FORMATS.values()},
}


# What a run writes into its folder.
NAMES: Final = (*_SIGNS, ALLURE)


def make(config: RunConfig) -> Path:
    """The folder of this run, without any report of another one; raises ConfigError when it cannot be used."""
    # A name has no scheme.
    name = config.label.rpartition("://")[2].partition("/")[0].replace(":", "-")
    return prepared(config.report_dir or unused(f"{name}-{config.profile}"))


def prepared(folder: Path) -> Path:
    """``folder``, made if need be, without any report of another run; raises ConfigError when it cannot be used.

    A new one has mode 0700; one that is there keeps its mode.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = clear(folder)
        if foreign:
            raise ConfigError(
                f"--report-dir {folder}: holds {foreign[0].name}, which no run of lmconform wrote; name another folder"
            )
        (folder / EXCHANGES).touch()
    except OSError as error:
        raise ConfigError(
            f"--report-dir {folder}: cannot be written ({error.strerror}); name another folder"
        ) from error
    return folder


def point_to(folder: Path, run: str, journal: Path) -> None:
    """Say in the folder of the reports which run they are of, and where its journal is."""
    (folder / POINTER).write_text(json.dumps({"run": run, "journal": str(journal)}) + "\n", encoding="utf-8")


def clear(folder: Path) -> list[Path]:
    """Remove the reports that an earlier run left in ``folder``.

    What has the name of a report, and does not begin as lmconform's own does, stays: it is returned.
    Raises OSError.
    """
    foreign = []
    for name, sign in _SIGNS.items():
        path = folder / name
        if not path.exists():
            continue
        if path.is_file() and is_own(path, sign):
            path.unlink()
        else:
            foreign.append(path)
    if (folder / ALLURE).is_dir():
        for path in (folder / ALLURE).glob(allure.RESULTS):
            if allure.is_own(path):
                path.unlink()
        # Results of other tools may lie there: then it stays.
        with suppress(OSError):
            (folder / ALLURE).rmdir()
    return foreign


def is_own(path: Path, sign: re.Pattern[str]) -> bool:
    """Whether lmconform wrote the file. An empty one is what a run leaves that was killed as it began."""
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING).decode("utf-8", "replace")
    return not beginning or sign.match(beginning) is not None


def unused(name: str) -> Path:
    """A folder in ``reports`` that is not there yet: the time, then ``name``."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    wanted = Path("reports") / f"{stamp}-{name}"
    number = 1
    while wanted.exists():
        number += 1
        wanted = wanted.with_name(f"{stamp}-{name}-{number}")
    return wanted
