"""Probe of the methods that change nothing and that no operation declares: HEAD and OPTIONS."""

from __future__ import annotations

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
# RFC 9110, section 9.1: the answer to a method that a server does not know.
_NOT_IMPLEMENTED: Final = 501
# A server that sends a body after HEAD would spoil the next answer on the same connection.
_LAST_ON_ITS_CONNECTION: Final = (("Connection", "close"),)


@probe("LM-HTTP-HARMLESS-METHOD")
def harmless_methods_break_nothing(ctx: Context) -> None:
    """HEAD at the path of each list and each single resource, OPTIONS at that of each list."""
    for operation in _reads(ctx):
        ctx.judge_part(operation.id, partial(_expect_no_server_error, ctx, operation))


def _reads(ctx: Context) -> Iterator[Operation]:
    """The operations that read a list, or one resource that stands below no other."""
    for resource in ctx.session.resources:
        reads = (resource.operation(role) for role in _HARMLESS)
        yield from (o for o in reads if o and not resource.parent and ctx.offers(resource.capability))


def _expect_no_server_error(ctx: Context, operation: Operation) -> None:
    known = ctx.session.resources
    resource = known.resource_of(operation)
    # An id that is not there: nothing has to be made for this.
    path = operation.fill({resource.id_parameter: ctx.absent_id()} if resource and "{" in operation.path else {})
    for method in _HARMLESS[Role(known.role_of(operation))]:
        try:
            answer = raw(ctx, method, path, headers=_LAST_ON_ITS_CONNECTION)
        except NotTestable as broken:
            # No publication says that such a method is answered at all.
            raise Inconclusive(str(broken)) from broken
        good = answer.status < 500 or answer.status == _NOT_IMPLEMENTED
        text = f"no 5xx status but {_NOT_IMPLEMENTED} for {method}"
        ctx.expect(good, expected=text, actual=answer.brief, exchange=answer)
