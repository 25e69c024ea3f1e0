"""The last touch to an answer: members that nobody declared, members left out, times written another way."""

from __future__ import annotations

from typing import Any

from lmconform.mock.switches import Switches

_TIMES = frozenset(
    ("createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime", "start", "end", "timestamp")
)
# Optional in the description, and SAP's client does without them; what is not empty was the user's own.
_SPARE = frozenset(("submissionTime", "startTime", "completionTime", "lastOperation", "statusDetails"))
_SPARE_WHEN_EMPTY = frozenset(
    ("description", "labels", "parameters", "inputArtifacts", "outputArtifacts", "statusMessage", "details", "tags")
)
# SAP's client breaks on a member that it does not know in these (fact H1); costs are texts by any name.
_STRICT = frozenset(("inputArtifacts", "outputArtifacts", "cost"))
_EXTRA = {"x-beyond": {"list": [None, 1], "id": 7}}


class Dress:
    """What the switches make of every answer; ``needed`` is False when they make nothing of it."""

    def __init__(self, switches: Switches) -> None:
        self._extra = switches["extra-members"] == "yes"
        self._sparse = switches["optional-members"] == "sparse"
        self._form = switches["time-form"]
        self.needed = self._extra or self._sparse or self._form != "z"

    def answer(self, value: Any, *, strict: bool = False) -> Any:
        """The JSON value as it goes out; ``strict`` keeps undeclared members away."""
        if isinstance(value, list):
            return [self.answer(item, strict=strict) for item in value]
        if not isinstance(value, dict):
            return value
        result = {
            name: self._time(member) if name in _TIMES else self.answer(member, strict=strict or name in _STRICT)
            for name, member in value.items()
            if not (self._sparse and self._is_spare(name, member))
        }
        return result | _EXTRA if self._extra and not strict else result

    def _is_spare(self, name: str, member: Any) -> bool:
        return name in _SPARE or (name in _SPARE_WHEN_EMPTY and not member)

    def _time(self, text: Any) -> Any:
        if not isinstance(text, str) or not text.endswith("Z"):
            return text
        if self._form == "offset":
            return text[:-1] + "+00:00"
        if self._form == "fraction" and "." not in text:
            return text[:-1] + ".000Z"
        return text
