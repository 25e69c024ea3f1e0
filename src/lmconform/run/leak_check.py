"""Looks through the files of a run after its end: none of them may show a secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from lmconform.evidence.redaction import Redactor

# Characters that are looked at in one go, and those that two pieces share: as many as tell a secret, with escapes.
_PIECE: Final = 1 << 20
_SHARED: Final = 1 << 10


def finding(folder: Path, names: Iterable[str], redactor: Redactor) -> str:
    """What to say when a file of ``folder`` shows a secret, whole or in part, in any of its forms; else nothing.

    ``names`` are files, and folders that are looked through. Links are not followed. Raises OSError.
    """
    found = [str(path) for path in _files(folder, names) if any(map(redactor.shows, _texts(path)))]
    if not found:
        return ""
    return f"{', '.join(found)}: shows a secret; delete the file, create a new service key, and report this mistake"


def _files(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = folder / name
        found = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else [path]
        yield from (file for file in found if file.is_file() and not file.is_symlink())


def _texts(path: Path) -> Iterator[str]:
    """What the file says. A line of JSON gives its texts, so that their escapes need not be resolved again."""
    with path.open(encoding="utf-8", errors="replace") as file:
        if path.suffix in (".jsonl", ".json"):
            for line in file:
                try:
                    yield "\n".join(_strings(json.loads(line)))
                except (ValueError, RecursionError):
                    yield line
            return
        before = ""
        while piece := file.read(_PIECE):
            yield before + piece
            before = piece[-_SHARED:]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from _strings(member)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
