"""Files that only their owner may read, and folders for them that go with the process, also with one that is killed.

A folder is locked as long as its process lives. What has no lock is what a kill left: the next process that needs a
folder, or calls ``sweep``, removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final

_LOCK: Final = ".lock"
# Access for the owner alone.
_UMASK: Final = 0o077


class PrivateFolder:
    """A new folder of mode 0700; use it as a context manager, or call ``remove``."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        base = _base()
        if base is None:
            self.path = Path(tempfile.mkdtemp(prefix="lmconform-"))
            return
        with _locked(base):
            _remove_left(base)
            self.path = Path(tempfile.mkdtemp(dir=base))
            self._descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it with all that it holds; calling it again does nothing."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def keep_private() -> int:
    """From now on, only the owner can read what this process and its children make; returns the mask before."""
    return os.umask(_UMASK)


def sweep() -> None:
    """Remove the folders of processes that were killed."""
    if (base := _base()) is not None:
        with _locked(base):
            _remove_left(base)


def write(path: Path, text: str) -> None:
    """Write a file of mode 0600 that appears with its full content or not at all; raises OSError.

    A link of that name is replaced, and not followed.
    """
    with draft(path) as file:
        file.write_text(text, encoding="utf-8")


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """An empty file of mode 0600 beside ``path``, to be filled: at the end it replaces what is there, be it a link.

    An exception removes it. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        yield Path(name)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _base() -> Path | None:
    """The folder of this user's private folders; None when there can be none that is only this user's."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(runtime) / "lmconform" if runtime else Path(tempfile.gettempdir()) / f"lmconform-{os.getuid()}"
    try:
        with suppress(FileExistsError):
            base.mkdir(mode=0o700)
        found = base.lstat()
    except OSError:
        return None
    # Where everybody may write, somebody else may have been first.
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return base if is_ours else None


@contextmanager
def _locked(base: Path) -> Iterator[None]:
    """Keep other processes from making or removing folders in ``base``."""
    descriptor = os.open(base / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _remove_left(base: Path) -> None:
    for folder in base.iterdir():
        if folder.is_dir() and not folder.is_symlink() and not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
