"""When a URL that came back is the one that was sent."""

from __future__ import annotations

from typing import Any


def came_back(sent: Any, answered: Any) -> bool:
    """Whether ``answered`` is ``sent``; a server may add one slash at its end (M2)."""
    return bool(answered == sent) or (isinstance(sent, str) and bool(answered == f"{sent}/"))
