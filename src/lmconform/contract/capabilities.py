"""What ``GET /lm/meta`` advertises, with the defaults that the description gives."""

from __future__ import annotations

from typing import Any

# Defaults as the description of MetaCapabilities has them; a key that is absent means its default.
_DEFAULTS = {
    "aiApi.capabilities.multitenant": True,
    "aiApi.capabilities.userExecutions": True,
    "aiApi.capabilities.userDeployments": True,
    "aiApi.capabilities.timeToLiveDeployments": False,
    "aiApi.capabilities.executionSchedules": False,
    "aiApi.capabilities.logs.executions": True,
    "aiApi.capabilities.logs.deployments": True,
    "aiApi.capabilities.bulkUpdates.executions": False,
    "aiApi.capabilities.bulkUpdates.deployments": False,
    "extensions.metrics": False,
}


class Capabilities:
    """The parsed body of ``GET /lm/meta``; ``None`` when the target has no such endpoint."""

    def __init__(self, meta: dict[str, Any] | None) -> None:
        self.meta = meta

    def has(self, path: str) -> bool:
        """Whether the dotted ``path`` is advertised (an object counts as advertised).

        A target without ``/lm/meta`` advertises nothing either way; then the capability is
        taken as present, and the requirement is judged.
        """
        if not path or self.meta is None:
            return True
        node: Any = self.meta
        for part in path.split("."):
            if not isinstance(node, dict) or part not in node:
                return _DEFAULTS.get(path, False)
            node = node[part]
        return node is not False and node is not None
