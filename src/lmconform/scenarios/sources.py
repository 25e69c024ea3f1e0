"""The OpenAPI descriptions that an Arazzo file names, and the operations in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lmconform.contract import bundle
from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.resources import Resource, resources
from lmconform.errors import ContractError, did_you_mean
from lmconform.scenarios.model import Call
from lmconform.scenarios.shape import Place

_BY_NAME = re.compile(r"\$sourceDescriptions\.([A-Za-z0-9_\-]+)\.(.+)")


class Sources:
    """The descriptions of one file by name. The bundled one is the contract in force, dialect and all."""

    def __init__(self, urls: Mapping[str, str], contract: Contract, place: Place) -> None:
        self._contract = contract
        self._contracts = {name: self._open(name, url, place) for name, url in urls.items()}

    def by_id(self, text: str, place: Place) -> Call:
        """The operation that an ``operationId`` names, plain or as ``$sourceDescriptions.NAME.ID``."""
        found = _BY_NAME.fullmatch(text)
        if found:
            source, operation_id = self._source(found[1], place), found[2]
        elif text.startswith("$") or len(self._contracts) > 1:
            first = next(iter(self._contracts))
            place.fail(f"operationId {text!r} does not name its description; write $sourceDescriptions.{first}.NAME")
        else:
            source, operation_id = next(iter(self._contracts.values())), text
        if operation_id not in source:
            if operation_id in self._contract and source is not self._contract:
                return self._call(self._contract.operation(operation_id))
            known = [operation.id for operation in source.operations]
            hint = did_you_mean(operation_id, known)
            place.fail(f"operationId {operation_id!r} is not in {source.source}{hint}")
        return self._call(source.operation(operation_id))

    def resource(self, call: Call) -> Resource | None:
        """The resource of the contract in force that an operation is about."""
        return resources(self._contract).resource_of(call.operation)

    def _call(self, operation: Operation) -> Call:
        # A dialect may have brought the operation into the contract; then that is the one that counts.
        for own in self._contract.operations:
            if (own.method, own.path) == (operation.method, operation.path):
                return Call(own, judged=True)
        return Call(operation, judged=False)

    def _source(self, name: str, place: Place) -> Contract:
        if name not in self._contracts:
            place.fail(f"there is no source description {name!r}{did_you_mean(name, self._contracts)}")
        return self._contracts[name]

    def _open(self, name: str, url: str, place: Place) -> Contract:
        bundled = bundle.root() / "specs" / "lm" / "openapi.yaml"
        # A file outside the bundle names the bundled descriptions as its own neighbours do.
        nearby = (place.file.parent / url, bundle.root() / re.sub(r"^(\.\./)+", "", url))
        path = next((candidate.resolve() for candidate in nearby if candidate.is_file()), None)
        if path is None:
            place.fail(f"source description {name!r}: {url!r} is no file beside it; remote ones are not fetched")
        if path in (bundled.resolve(), _resolved(self._contract.source)):
            return self._contract
        try:
            return Contract(bundle.read_yaml(path), source=path)
        except ContractError as error:
            place.fail(f"source description {name!r}: {error}")


def _resolved(path: Path | None) -> Path | None:
    return path.resolve() if path else None
