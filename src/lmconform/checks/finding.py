"""What a check found at one exchange."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``requirement`` is kept (``ok``) or broken; the texts are for people."""

    requirement: str
    ok: bool
    expected: str = ""
    actual: str = ""


def kept(requirement: str) -> Finding:
    """The requirement was judged, and it holds."""
    return Finding(requirement, True)


def broken(requirement: str, expected: str, actual: str) -> Finding:
    """The requirement was judged, and it does not hold."""
    return Finding(requirement, False, expected, actual)
