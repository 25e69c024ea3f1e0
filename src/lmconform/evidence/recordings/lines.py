"""Lines of JSON objects, with errors that name file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lmconform.errors import ConfigError
from lmconform.evidence.exchange import decode


def objects(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each line with its object; raises ConfigError.

    A last line that was cut off in the middle is left out: what wrote it was killed there.
    """
    try:
        stream = file.open(encoding="utf-8")
    except OSError as error:
        raise unreadable(file, error) from error
    with stream:
        try:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    found = decode(line)
                except ValueError as error:
                    if not line.endswith("\n"):
                        return
                    raise ConfigError(f"{file}:{number}: no JSON ({error}); expected one object a line") from error
                if not isinstance(found, dict):
                    raise ConfigError(f"{file}:{number}: {type(found).__name__}; expected a JSON object")
                yield number, found
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}: is no UTF-8 text ({error.reason}); expected a recording") from error


def unreadable(file: Path, error: OSError) -> ConfigError:
    """The error for a file that cannot be read."""
    return ConfigError(f"{file}: cannot be read ({error.strerror}); give the folder of a run, or a file")
