"""The parts of one mock that answer requests, shared by the application and the web page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmconform.contract.openapi import Contract, Operation
from lmconform.mock import capabilities
from lmconform.mock.call import Call, Handler
from lmconform.mock.content import Catalog
from lmconform.mock.store import Group, Store
from lmconform.mock.switches import Switches


@dataclass(frozen=True, slots=True)
class Service:
    """What a mock answers with.

    ``contract`` validates requests, ``handlers`` are by operationId, ``without`` are the capabilities that
    ``--without`` takes away.
    """

    contract: Contract
    handlers: Mapping[str, Handler]
    store: Store
    catalog: Catalog
    switches: Switches
    without: frozenset[str]

    @property
    def withheld(self) -> frozenset[str]:
        """The operations that this mock does not have, because their capability is taken away."""
        return capabilities.withheld(self.without)

    def call(
        self, operation: Operation, path: dict[str, str], query: dict[str, Any], body: Any, group: Group, base: str
    ) -> Call:
        """A valid request for ``operation``; ``base`` is the URL that absolute links begin with."""
        return Call(operation, path, query, body, group, self.switches, base, self.catalog, self.without)
