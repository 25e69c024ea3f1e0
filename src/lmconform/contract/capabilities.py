"""What ``GET /lm/meta`` advertises, with the defaults that the description gives."""

from __future__ import annotations

from typing import Any

# Defaults as the published MetaCapabilities has them: a member that is absent or null means its default.
_DEFAULTS = {
    "aiApi.capabilities.multitenant": True,
    "aiApi.capabilities.shareable": True,
    "aiApi.capabilities.staticDeployments": True,
    "aiApi.capabilities.userDeployments": True,
    "aiApi.capabilities.userExecutions": True,
    "aiApi.capabilities.timeToLiveDeployments": False,
    "aiApi.capabilities.executionSchedules": False,
    "aiApi.capabilities.logs.executions": True,
    "aiApi.capabilities.logs.deployments": True,
    "aiApi.capabilities.bulkUpdates.executions": False,
    "aiApi.capabilities.bulkUpdates.deployments": False,
    "extensions.dataset.capabilities.upload": True,
    "extensions.dataset.capabilities.download": True,
    "extensions.dataset.capabilities.delete": True,
    "extensions.metrics.capabilities.extendedResults": False,
}


# There is no second without the first, whatever is advertised of it.
_UPON = {
    "aiApi.capabilities.timeToLiveDeployments": "aiApi.capabilities.userDeployments",
    "aiApi.capabilities.logs.deployments": "aiApi.capabilities.userDeployments",
    "aiApi.capabilities.bulkUpdates.deployments": "aiApi.capabilities.userDeployments",
    "aiApi.capabilities.executionSchedules": "aiApi.capabilities.userExecutions",
    "aiApi.capabilities.logs.executions": "aiApi.capabilities.userExecutions",
    "aiApi.capabilities.bulkUpdates.executions": "aiApi.capabilities.userExecutions",
}
# Off unless a target says that it has them; metrics are no less, but the tutorial itself is built upon them.
_RARE = ("aiApi.capabilities.timeToLive", "aiApi.capabilities.executionSchedules", "extensions.dataset")
_BULK = "aiApi.capabilities.bulkUpdates"


class Capabilities:
    """The parsed body of ``GET /lm/meta``; ``None`` when the target has no such endpoint."""

    def __init__(self, meta: dict[str, Any] | None) -> None:
        self.meta = meta

    def has(self, path: str) -> bool:
        """Whether the dotted ``path`` is advertised (an object counts as advertised).

        What belongs to an extension is there only with the extension, which has no default
        itself (fact A2). A target without ``/lm/meta`` advertises nothing either way; then
        the capability is taken as present, and the requirement is judged.
        """
        if not path or self.meta is None:
            return True
        if not self.has(_UPON.get(path, "")):
            return False
        parts = path.split(".")
        if parts[0] == "extensions" and self._at(parts[:2]) in (None, False):
            return False
        found = self._at(parts)
        return _DEFAULTS.get(path, False) if found is None else found is not False

    def opt_in_unadvertised(self, path: str, *, bulk: bool = True) -> bool:
        """Whether the target has no ``/lm/meta`` to say that it offers something that is off unless said.

        Refusing it is as lawful as serving it then. ``bulk``: bulk updates are meant as well.
        """
        return self.meta is None and path.startswith((*_RARE, _BULK) if bulk else _RARE)

    def _at(self, parts: list[str]) -> Any:
        node: Any = self.meta
        for part in parts:
            node = node.get(part) if isinstance(node, dict) else None
        return node
