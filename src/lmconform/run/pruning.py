"""Removes the journals of runs that are long over and left nothing that could be deleted."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from lmconform.contract.resources import Resources
from lmconform.errors import ConfigError
from lmconform.safety import run_state
from lmconform.safety.run_state import RunState

DAYS: Final = 30
_DAY: Final = 86400.0
_RUN: Final = re.compile(r"\d{8}T\d{6}-[a-z]+")


def prune(resources: Resources, environ: Mapping[str, str]) -> int:
    """Remove journals that nothing was written to for ``DAYS`` days; returns their number.

    A journal stays when a process still writes it, when its run left or may have left something that the API can
    delete, when it cannot be read, and when its folder holds anything that no run writes.
    """
    before, number = time.time() - DAYS * _DAY, 0
    # Where nothing can be read, nothing is removed.
    with suppress(ConfigError):
        for state in run_state.every(environ):
            number += _remove(state, resources, before)
    return number


def _remove(state: RunState, resources: Resources, before: float) -> bool:
    folder = state.folder
    # What cannot be read or removed is tried again by the next run.
    with suppress(OSError, ConfigError):
        if folder is None or not _RUN.fullmatch(folder.name) or folder.is_symlink():
            return False
        files = list(folder.iterdir())
        if not all(_is_ours(path) and path.lstat().st_mtime < before for path in files):
            return False
        if state.about().get("run") != state.id or state.is_running() or _may_be_left(state, resources):
            return False
        # The head goes last: without it the folder would be taken for something else.
        for path in sorted(files, key=lambda path: path.name == run_state.ABOUT):
            path.unlink()
        folder.rmdir()
        return True
    return False


def _is_ours(path: Path) -> bool:
    is_known = path.name in (run_state.ABOUT, run_state.COUNTERS) or path.suffix == run_state.JOURNAL
    return is_known and path.is_file() and not path.is_symlink()


def _may_be_left(state: RunState, resources: Resources) -> bool:
    """Whether ``lmconform cleanup`` might find something to delete."""
    journal = state.recorded()
    permanent = {resource.noun for resource in resources if resource.is_permanent}
    return bool(journal.ids_left().keys() - permanent or journal.all_maybe_started())
