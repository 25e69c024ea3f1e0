"""Lines of JSON objects, with errors that name file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from lmconform.errors import ConfigError
from lmconform.evidence.exchange import decode

# What a file of lines is expected to be, unless somebody else says it.
_RECORDING: Final = "a recording; give the folder of a run, or a file"
# Bytes of one line: six for each of the longest body that is read, and room for the rest.
_LONGEST: Final = 64 * 1024 * 1024


def objects(file: Path, expected: str = _RECORDING) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each line with its object; raises ConfigError, which says that ``expected`` was expected.

    A last line that was cut off in the middle is left out: what wrote it was killed there.
    """
    try:
        with file.open("rb") as stream:
            yield from parsed(_lines(stream), str(file), expected)
    except OSError as error:
        raise unreadable(file, error, expected) from error


def parsed(lines: Iterable[bytes], name: str, expected: str = _RECORDING) -> Iterator[tuple[int, dict[str, Any]]]:
    """As ``objects``, of lines that come from what is called ``name``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = _object(line)
        except ValueError as error:
            if not line.endswith(b"\n") and len(line) <= _LONGEST:
                return
            raise ConfigError(f"{name}:{number}: {error}; expected {expected}") from error
        yield number, found


def unreadable(file: Path, error: OSError, expected: str = _RECORDING) -> ConfigError:
    """The error for a file that cannot be read."""
    return ConfigError(f"{file}: cannot be read ({error.strerror or error}); expected {expected}")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; one that is too long ends it."""
    while line := stream.readline(_LONGEST + 1):
        yield line
        if len(line) > _LONGEST:
            return


def _object(line: bytes) -> dict[str, Any]:
    """The object of one line; raises ValueError with what is wrong."""
    if len(line) > _LONGEST:
        raise ValueError(f"a line of more than {_LONGEST} bytes")
    try:
        found = decode(line)
    except UnicodeDecodeError as error:
        raise ValueError(f"no UTF-8 ({error.reason} at byte {error.start})") from error
    except ValueError as error:
        raise ValueError(f"no JSON ({error})") from error
    if not isinstance(found, dict):
        raise ValueError(f"no JSON object, but {_KINDS.get(type(found), 'a number')}")
    return found


_KINDS: Final[dict[type, str]] = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
