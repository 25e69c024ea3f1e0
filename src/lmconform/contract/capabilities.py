"""What ``GET /lm/meta`` advertises, with the defaults that the description gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from lmconform.contract.openapi import Contract
from lmconform.contract.published import published
from lmconform.contract.resources import Role, resources

_META: Final = ("GET", "/lm/meta")
_EXTENSIONS: Final = "extensions"


class Capabilities:
    """The parsed body of ``GET /lm/meta``; ``None`` when the target has no such endpoint.

    ``contract`` has the schema of that body with its defaults, and the operations that need a capability; the
    published one when it is left out.
    """

    def __init__(self, meta: dict[str, Any] | None, contract: Contract | None = None) -> None:
        self.meta = meta
        self._contract = contract

    def has(self, path: str) -> bool:
        """Whether the dotted ``path`` is advertised (an object counts as advertised).

        What belongs to an extension is there only with the extension, which has no default
        itself (fact A3), and what another capability implies only with that one. A target without
        ``/lm/meta`` advertises nothing either way; then the capability is taken as present, and the
        requirement is judged.
        """
        if not path or self.meta is None:
            return True
        if not self.has(self._model.implied.get(path, "")):
            return False
        parts = path.split(".")
        if parts[0] == _EXTENSIONS and self._at(parts[:2]) in (None, False):
            return False
        advertised = self._at(parts)
        return self._model.default(path) is True if advertised is None else advertised is not False

    def opt_in_unadvertised(self, path: str, *, bulk: bool = True) -> bool:
        """Whether the target has no ``/lm/meta`` to say that it offers something that is off unless said.

        Refusing it is as lawful as serving it then. ``bulk``: bulk updates are meant as well.
        """
        return self.meta is None and self._model.is_opt_in(path) and (bulk or path not in self._model.bulk)

    @cached_property
    def _model(self) -> _Model:
        return _Model(self._contract or published())

    def _at(self, parts: list[str]) -> Any:
        node: Any = self.meta
        for part in parts:
            node = node.get(part) if isinstance(node, dict) else None
        return node


class _Model:
    """What the description says of capabilities: ``implied`` maps each to the one that it needs."""

    def __init__(self, contract: Contract) -> None:
        found = resources(contract)
        self.implied = found.implied()
        bulk = (resource.operation(Role.BULK_MODIFY) for resource in found)
        self.bulk = frozenset(found.capability(operation) for operation in bulk if operation is not None)
        meta = contract.match(*_META)
        response = meta[0].response(200) if meta is not None else None
        schema = response.content.get("application/json", {}) if response is not None else {}
        # From the dotted path to the schema of that member.
        self._members = dict(_members(contract, schema, ""))

    def default(self, path: str) -> bool | None:
        """What a member that is absent or null means; None when the description does not say."""
        value = self._members.get(path, {}).get("default")
        return value if isinstance(value, bool) else None

    def is_opt_in(self, path: str) -> bool:
        """Whether it is off unless a target advertises it: by its default, or as part of an extension."""
        extension = ".".join(path.split(".")[:2])
        if extension.startswith(f"{_EXTENSIONS}."):
            return not self._members.get(extension, {}).get("x-lm-presumed", False)
        return self.default(path) is False


def _members(contract: Contract, schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    node = contract.resolve(schema)
    if not isinstance(node, dict):
        return
    if path:
        yield path, node
    for name, member in node.get("properties", {}).items():
        yield from _members(contract, member, f"{path}.{name}".lstrip("."))
    for part in (*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _members(contract, part, path)
