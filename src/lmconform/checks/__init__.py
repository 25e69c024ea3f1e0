"""Pure judges of one exchange against the contract; import ground to evidence, send nothing.

``judge`` runs every family. A check returns None where the contract promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lmconform.checks import body, headers, media_type, status
from lmconform.contract.openapi import Contract, Operation
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement

__all__ = ["CHECKS", "judge"]

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


def judge(contract: Contract, operation: Operation, exchange: Exchange) -> Iterator[Judgement]:
    """What every check has to say about ``exchange``, which answers ``operation``."""
    for check in CHECKS:
        judgement = check(contract, operation, exchange)
        if judgement is not None:
            yield judgement
