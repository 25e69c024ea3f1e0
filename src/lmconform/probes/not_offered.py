"""What a description lets a target leave out: a parameter that is answered with a declared 501."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from lmconform.client.transport import Request
from lmconform.errors import NotApplicable
from lmconform.evidence.exchange import Exchange

if TYPE_CHECKING:
    from lmconform.probes.context import Context

_NOT_IMPLEMENTED: Final = 501


def expect_offered(ctx: Context, exchange: Exchange) -> None:
    """Raise NotApplicable when the answer is a 501 that the operation declares for one of the parameters.

    That is the parameter without which the same GET gets another answer. Without such a parameter nothing is raised: a
    target that answers all requests for an advertised operation with 501 does not offer what it advertises.
    """
    if exchange.status != _NOT_IMPLEMENTED or exchange.method != "GET" or not exchange.operation:
        return
    if str(_NOT_IMPLEMENTED) not in ctx.session.contract.operation(exchange.operation).responses:
        return
    parts = [part for part in urlsplit(exchange.url).query.split("&") if part]
    for part in reversed(parts):
        if _without(ctx, exchange, [other for other in parts if other is not part]) != _NOT_IMPLEMENTED:
            name = unquote(part.partition("=")[0])
            raise NotApplicable(f"{ctx.label(exchange)} with {name} gets the declared 501: it need not be offered")


def _without(ctx: Context, exchange: Exchange, parts: list[str]) -> int:
    """The status of the same GET with these parts of its query alone."""
    operation = ctx.session.contract.operation(exchange.operation)
    kept = tuple((name, v) for name, v in exchange.request_headers if name.lower() == "ai-resource-group")
    request = Request(
        item=ctx.client.item,
        operation=operation.id,
        method=exchange.method,
        path=exchange.path,
        query="&".join(parts),
        headers=kept,
    )
    # Not judged: what the rest of the query names may be nothing that the operation answers.
    return ctx.client.dispatch(operation, request, {}, {}, judge=False).status
