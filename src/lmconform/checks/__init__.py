"""Pure judges of one exchange against the contract; import ground to evidence, send nothing.

``judge`` runs every family. A check returns None where the contract promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lmconform.checks import body, headers, media_type, status
from lmconform.checks.finding import Finding
from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange

__all__ = ["CHECKS", "Finding", "judge"]

# In the order in which people want to read them: the first broken one is usually the cause.
CHECKS = (
    status.no_server_error,
    status.declared_status,
    media_type.declared_media_type,
    headers.declared_headers,
    body.error_envelope,
    body.declared_schema,
    body.date_times,
)


def judge(contract: Contract, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
    """What every check has to say about ``exchange``, which answers ``operation``."""
    for check in CHECKS:
        finding = check(contract, operation, exchange)
        if finding is not None:
            yield finding
