"""Finds out what kind of recording a path is, by what it holds and not by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lmconform.errors import ConfigError
from lmconform.evidence.exchange import decode
from lmconform.evidence.recorder import EXCHANGES
from lmconform.evidence.recordings import answers, own
from lmconform.evidence.recordings.har import Har
from lmconform.evidence.recordings.lines import unreadable
from lmconform.evidence.recordings.recording import Recording

_EXPECTED = "expected the folder of a run, its exchanges.jsonl, an HTTP Archive (HAR), or printed answers, one a line"


def recording(path: Path) -> Recording:
    """The recording at ``path``; raises ConfigError for what is none."""
    if path.is_dir():
        file = path / EXCHANGES
        if not file.is_file():
            raise ConfigError(f"{path}: has no {EXCHANGES}; {_EXPECTED}")
        return own.OwnRecording(file)
    begin = _first_line(path)
    if not begin.startswith("{"):
        raise ConfigError(f"{path}: {'is no recording' if begin else 'is empty'}; {_EXPECTED}")
    try:
        first: Any = decode(begin)
    except ValueError:
        # One object over many lines, or one that lmconform does not nest so deeply.
        return Har.open(path)
    if not isinstance(first, dict):
        raise ConfigError(f"{path}: is no recording; {_EXPECTED}")
    return _of(path, first)


def _of(path: Path, first: dict[str, Any]) -> Recording:
    if "log" in first:
        return Har.open(path)
    if first.get("type") == "exchange":
        return own.OwnRecording(path)
    if set(first) >= answers.MEMBERS:
        return answers.Answers(path)
    if first.get("type") == "header":
        raise ConfigError(f"{path}: holds results and no exchanges; give the folder of the run, or its {EXCHANGES}")
    raise ConfigError(f"{path}: is no recording; {_EXPECTED}")


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return next((line for line in map(bytes.strip, file) if line), b"").decode("utf-8-sig")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no UTF-8 text ({error.reason}); {_EXPECTED}") from error
