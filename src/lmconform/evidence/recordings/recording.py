"""What every format of a recording gives: exchanges with the operations that they answer, and what cannot be judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lmconform.contract import paths
from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange


class Why(StrEnum):
    """Why a recorded request is not judged, as words after their number."""

    ELSEWHERE = "not under /v2/lm"
    UNKNOWN = "under /v2/lm and not in the description"
    NO_ANSWER = "without an answer"
    CACHED = "answered 304 for what a cache held"
    NO_OPERATION = "sent for no operation of the description"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange. ``operations`` may have given the answer: several where only a gateway's refusal is known.

    ``has_headers``: the headers of the answer were recorded, and not its media type only.
    """

    exchange: Exchange
    operations: tuple[Operation, ...]
    has_headers: bool = True


@dataclass(frozen=True, slots=True)
class Unjudged:
    """One request that no check can judge; ``label`` names it: ``GET /v2/lm/promptTemplates``."""

    why: Why
    label: str


class Recording(ABC):
    """A file with recorded exchanges. ``read`` may be called again; it raises ConfigError in the middle of a bad file.

    ``format`` is its name for people.
    """

    format: str

    def __init__(self, file: Path) -> None:
        self.file = file

    @abstractmethod
    def read(self, contract: Contract) -> Iterator[Recorded | Unjudged]:
        """What was recorded, in the order of the file, with the operations of ``contract``."""

    def secrets(self) -> Iterable[str]:
        """What must not be written again: values of tokens, cookies and passwords."""
        return ()

    @property
    def origin(self) -> Any:
        """The header of the run that left the recording, a JSON object; None where another tool made it."""
        return None


def place(url: str) -> str | None:
    """The path of a URL from ``/lm`` on, as it was sent; None for one that is not under ``/v2/lm``."""
    root = f"{paths.BASE}{paths.ROOT}"
    _, found, rest = urlsplit(url).path.partition(root)
    return f"{paths.ROOT}{rest}" if found and (not rest or rest.startswith("/")) else None
