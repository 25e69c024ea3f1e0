"""Legal variants of a response: undeclared members, members left out, other forms of date-times."""

from __future__ import annotations

from typing import Any

from lmconform.mock.switches import Switches
from lmconform.mock.times import reformat

_TIMES = frozenset(
    ("createdAt", "modifiedAt", "submissionTime", "startTime", "completionTime", "start", "end", "timestamp")
)
# Optional in the description, and not needed by SAP's client.
_OPTIONAL = frozenset(("submissionTime", "startTime", "completionTime", "lastOperation", "statusDetails"))
# Left out only when empty: a value comes from the user.
_OPTIONAL_WHEN_EMPTY = frozenset(
    ("description", "labels", "parameters", "inputArtifacts", "outputArtifacts", "statusMessage", "details", "tags")
)
# SAP's client fails on an unknown member in these (fact H1); the members of cost are strings by any name.
_STRICT = frozenset(("inputArtifacts", "outputArtifacts", "cost", "metadata"))
_EXTRA = {"x-beyond": {"list": [None, 1], "id": 7}}


class ResponseVariants:
    """Applies the switches that concern every response; ``active`` is False when all are at their defaults."""

    def __init__(self, switches: Switches) -> None:
        self._extra = switches["extra-members"] == "yes"
        self._sparse = switches["optional-members"] == "sparse"
        self._form = switches["time-form"]
        self.active = self._extra or self._sparse or self._form != "z"

    def apply(self, value: Any, *, strict: bool = False) -> Any:
        """The JSON value as it is sent; ``strict`` adds no undeclared members."""
        if isinstance(value, list):
            return [self.apply(item, strict=strict) for item in value]
        if not isinstance(value, dict):
            return value
        result = {
            name: self._time(member) if name in _TIMES else self.apply(member, strict=strict or name in _STRICT)
            for name, member in value.items()
            if not (self._sparse and self._is_optional(name, member))
        }
        return result | _EXTRA if self._extra and not strict else result

    def _is_optional(self, name: str, member: Any) -> bool:
        return name in _OPTIONAL or (name in _OPTIONAL_WHEN_EMPTY and not member)

    def _time(self, member: Any) -> Any:
        return reformat(member, self._form) if isinstance(member, str) else member
