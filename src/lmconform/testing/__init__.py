"""The mock inside an application's own tests: ``start`` gives one, the pytest plugin has fixtures of it.

Whatever imports this package pays for what it uses: pytest loads the plugin in every project that has lmconform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmconform.testing.ai_core import AiCore

__all__ = ["start"]


def start(**options: Any) -> AiCore:
    """A mock in a thread of this process; a context manager, with the options of ``AiCore``. Raises ConfigError."""
    from lmconform.testing.ai_core import AiCore

    return AiCore(**options)
