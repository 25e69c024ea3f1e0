"""Probes of the methods that change nothing and that no operation declares: HEAD and OPTIONS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role
from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes.context import Context
from lmconform.probes.observing import raw
from lmconform.probes.registry import probe

# RFC 9110, section 9.2.1: they are safe. TRACE is as well, and gateways refuse it for what it would show.
_HARMLESS: Final = {Role.LIST: ("HEAD", "OPTIONS"), Role.GET: ("HEAD",)}
_BOTH: Final = ("HEAD", "OPTIONS")
# RFC 9110, section 9.1: the answer to a method that a server does not know.
_NOT_IMPLEMENTED: Final = 501
# A server that sends a body after HEAD would spoil the next answer on the same connection.
_LAST_ON_ITS_CONNECTION: Final = (("Connection", "close"),)


@probe("LM-HTTP-HARMLESS-METHOD")
def harmless_methods_break_nothing(ctx: Context) -> None:
    """HEAD at the path of each list and each single resource, OPTIONS at that of each list."""
    for operation in _reads(ctx):
        ctx.judge_part(operation.id, partial(_expect_no_server_error, ctx, operation))


@probe("LM-HTTP-HARMLESS-METHOD-BELOW", costly=True)
def harmless_methods_break_nothing_below(ctx: Context) -> None:
    """HEAD and OPTIONS at the paths of the other operations that read: counts, logs, what stands below a resource."""
    plain = {operation.id for operation in _reads(ctx)}
    for operation in ctx.session.contract.operations:
        is_other = operation.method == "GET" and operation.id not in plain
        if is_other and ctx.offers(ctx.session.resources.capability(operation)):
            ctx.judge_part(operation.id, partial(_expect_no_server_error, ctx, operation))


def _reads(ctx: Context) -> Iterator[Operation]:
    """The operations that read a list, or one resource that stands below no other."""
    for resource in ctx.session.resources:
        reads = (resource.operation(role) for role in _HARMLESS)
        yield from (o for o in reads if o and not resource.parent and ctx.offers(resource.capability))


def _expect_no_server_error(ctx: Context, operation: Operation) -> None:
    # Ids that are not there: nothing has to be made for this.
    path = operation.fill({name: ctx.absent_id() for name in re.findall(r"{(\w+)}", operation.path)})
    role = ctx.session.resources.role_of(operation)
    for method in next((methods for known, methods in _HARMLESS.items() if known == role), _BOTH):
        try:
            answer = raw(ctx, method, path, headers=_LAST_ON_ITS_CONNECTION)
        except NotTestable as broken:
            # No publication says that such a method is answered at all.
            raise Inconclusive(str(broken)) from broken
        good = answer.status < 500 or answer.status == _NOT_IMPLEMENTED
        text = f"no 5xx status but {_NOT_IMPLEMENTED} for {method}"
        ctx.expect(good, expected=text, actual=answer.brief, exchange=answer)
