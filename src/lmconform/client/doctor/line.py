"""One line of the doctor: what was looked at, how it is, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

_LONGEST = 300


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    ADVICE = "advice"  # the run goes on, and the text says what to do
    FAILED = "failed"  # nothing else is sent


@dataclass(frozen=True, slots=True)
class Line:
    """``name`` is one word for what was looked at; ``text`` says what was found, and what to do unless it is ok."""

    name: str
    state: State
    text: str

    def as_json(self) -> dict[str, str]:
        """Name, state and text."""
        return asdict(self)


def ok(name: str, text: str) -> Line:
    """It is as it should be."""
    return Line(name, State.OK, text)


def advice(name: str, text: str) -> Line:
    """A run may start, and there is something to do."""
    return Line(name, State.ADVICE, text)


def printable(text: str) -> str:
    """``text`` in one line of bounded length, without control characters: parts of it may come from a server."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))[:_LONGEST]
