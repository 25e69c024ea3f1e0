"""Tells files that lmconform wrote from others of their names, by how they begin; links are no files here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lmconform.errors import ConfigError

# Characters that are looked at to know a file.
_BEGINNING: Final = 4096


def is_there(path: Path) -> bool:
    """Whether anything has that name, also a link to nothing."""
    return os.path.lexists(path)


def is_own(path: Path, sign: re.Pattern[str]) -> bool:
    """Whether it is a file that begins with ``sign``. Raises OSError."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return sign.match(file.read(_BEGINNING).decode("utf-8", "replace")) is not None


def foreign(folder: Path, signs: Mapping[str, re.Pattern[str]]) -> list[Path]:
    """What in ``folder`` has the name of a file of lmconform and is none; ``signs`` are by name. Raises OSError."""
    there = [folder / name for name in signs if is_there(folder / name)]
    return [path for path in there if not is_own(path, signs[path.name])]


def refusal(option: str, path: Path) -> ConfigError:
    """What to say of something in a folder that has the name of a file of lmconform and is none."""
    return ConfigError(
        f"{option} {path.parent}: holds {path.name}, which no run of lmconform wrote; name another folder"
    )
