"""Where the API stands: its base, its root, and how people name a request."""

from __future__ import annotations

from typing import Final

# The path of the description's server, and what all its paths begin with.
BASE: Final = "/v2"
ROOT: Final = "/lm"


def label(method: str, path: str) -> str:
    """How people name a request; ``path`` begins with ``ROOT``: ``GET /v2/lm/scenarios``."""
    return f"{method} {BASE}{path}"


META: Final = label("GET", f"{ROOT}/meta")
