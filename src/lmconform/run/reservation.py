"""The right to write into a folder: one process has it at a time, and it goes with the process."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final

from lmconform.errors import ConfigError

# Bytes that a file system has to take before anything is sent.
_LEAST: Final = 8192


def reserved(folder: Path, option: str) -> Reservation:
    """``folder``, made if need be, for this process alone; raises ConfigError when it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = Reservation(folder, option)
        try:
            _try_out(folder)
        except BaseException:
            held.release()
            raise
    except OSError as error:
        raise unwritable(option, folder, error) from error
    return held


def unwritable(option: str, folder: Path, error: OSError) -> ConfigError:
    """What to say of a folder that cannot be written."""
    return ConfigError(f"{option} {folder}: cannot be written ({error.strerror}); name another folder")


class Reservation:
    """Held until ``release``, or until the process has ended; use it as a context manager, or call ``release``.

    The lock is on the folder, so that no file says who has it. ``option`` begins the text of an error.
    Raises ConfigError for a folder that another process has or that is a link, OSError when it cannot be opened.
    """

    def __init__(self, folder: Path, option: str) -> None:
        self.folder = folder
        if folder.is_symlink():
            raise ConfigError(f"{option} {folder}: is a link; name the folder that it leads to")
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise ConfigError(
                f"{option} {folder}: another run writes there; wait until it has ended, or name another folder"
            ) from error
        except OSError:
            # Some file systems have no locks for folders: there nothing is known of other processes.
            return

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Let others write there; calling it again does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _try_out(folder: Path) -> None:
    """Write a file and remove it: raises OSError where there is no right or no room to write."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".lmconform-") as file:
        file.write(b" " * _LEAST)
