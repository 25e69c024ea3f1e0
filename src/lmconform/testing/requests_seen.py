"""The requests that a mock answered, with the questions that tests ask about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

from lmconform.mock.traffic import Request

_PREFIX = "/v2"
# How many requests a message shows the values of, and characters of each value.
_LAST, _MOST = 5, 500


class RequestsSeen(list[Request]):
    """Requests in their order. ``called`` selects, ``assert_called`` and ``assert_not_called`` say what came instead.

    All criteria are optional, and each is a value, a compiled pattern, a function that judges, or anything that equals
    what it accepts, such as ``unittest.mock.ANY``. ``path`` may leave ``/v2`` out. Of ``body`` and ``query`` only the
    members that are named have to match, at any depth; ``status`` is that of the answer.
    """

    def called(self, method: Any = None, path: Any = None, **criteria: Any) -> RequestsSeen:
        """Those that match; ``criteria`` are ``query``, ``body``, ``group``, ``status`` and ``answer``."""
        unknown = set(criteria) - {"query", "body", "group", "status", "answer"}
        if unknown:
            raise TypeError(f"no criterion {sorted(unknown)[0]!r}; expected query, body, group, status or answer")
        wanted = {"method": method} | criteria
        wanted = {name: value for name, value in wanted.items() if value is not None}
        return RequestsSeen(
            request
            for request in self
            if _is_path(path, request.path)
            and all(matches(value, getattr(request, name)) for name, value in wanted.items())
        )

    def assert_called(self, method: Any = None, path: Any = None, *, times: int | None = None, **criteria: Any) -> None:
        """Raise AssertionError unless a request matches; with ``times``, exactly so many."""
        __tracebackhide__ = True
        found = self.called(method, path, **criteria)
        if len(found) == times or (times is None and found):
            return
        expected = "a request" if times is None else f"{times} requests"
        said = f"expected {expected} {_words(method, path, criteria)}, got {len(found)}; {self._came()}"
        raise AssertionError(said + self.called(method, path)._values(criteria))

    def assert_not_called(self, method: Any = None, path: Any = None, **criteria: Any) -> None:
        """Raise AssertionError when a request matches."""
        __tracebackhide__ = True
        self.assert_called(method, path, times=0, **criteria)

    def _values(self, criteria: Mapping[str, Any]) -> str:
        """What the last ones have where a test wanted something else."""
        shown = [f"  {name} was {getattr(r, name)!r}"[:_MOST] for r in self[-_LAST:] for name in criteria]
        return "\nand of method and path that were expected:\n" + "\n".join(shown) if shown else ""

    def _came(self) -> str:
        return "nothing came" if not self else "these came:\n" + "\n".join(f"  {request}" for request in self[-50:])


def matches(wanted: Any, value: Any) -> bool:
    """Whether a value is what is wanted: equal, matched by a pattern or a function, or a mapping with such members."""
    if isinstance(wanted, re.Pattern):
        return isinstance(value, str) and wanted.search(value) is not None
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and matches(member, value[name]) for name, member in wanted.items()
        )
    if isinstance(wanted, list):
        same = isinstance(value, list) and len(wanted) == len(value)
        return same and all(matches(one, other) for one, other in zip(wanted, value, strict=True))
    if isinstance(wanted, FunctionType | MethodType):
        return bool(wanted(value))
    return bool(wanted == value)


def _is_path(wanted: Any, path: str) -> bool:
    if wanted is None:
        return True
    return matches(wanted, path) or (path.startswith(_PREFIX) and matches(wanted, path.removeprefix(_PREFIX)))


def _words(method: Any, path: Any, criteria: Mapping[str, Any]) -> str:
    named = [f"{name}={value!r}" for name, value in criteria.items()]
    return " ".join([str(method or "of any method"), str(path or "at any path"), *named])
