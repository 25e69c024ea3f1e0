"""The bundled description as SAP publishes it, read once for what needs it before a run has chosen its own."""

from __future__ import annotations

from functools import cache

from lmconform.contract.openapi import Contract


@cache
def published() -> Contract:
    """The published description in its newest version. Raises ContractError."""
    return Contract.load()
