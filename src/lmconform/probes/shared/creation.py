"""Probes of creation: bodies to refuse, bodies to accept, the Location, two requests with one body."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.context import Context, Created, Json
from lmconform.probes.registry import probe

Bodies = Callable[[Context], Iterable[Any]]
# An id in a body that the pattern of ids forbids: some targets check the pattern, some look the resource up (F19).
BAD_REFERENCE: Final = frozenset({400, 404})
# JSON that breaks off.
MALFORMED: Final = b'{"name": "lmconform", "scenarioId": '


def refuses(requirement: str, operation: str, bodies: Bodies, *, allowed: Collection[int] = (400,)) -> None:
    """Each of the bodies is invalid in one way, and is refused (F62). Bytes are sent unchanged."""

    @probe(requirement)
    def invalid_body_is_refused(ctx: Context) -> None:
        for body in bodies(ctx):
            ctx.expect_refused(_send(ctx, operation, body), allowed)


def accepts(requirement: str, operation: str, bodies: Bodies, *, success: int) -> None:
    """Each of the bodies is valid, and is accepted with the status ``success``."""

    @probe(requirement)
    def valid_body_is_accepted(ctx: Context) -> None:
        for body in bodies(ctx):
            ctx.expect_status(_send(ctx, operation, body), {success})


def without_each(body: Json, names: Iterable[str]) -> list[Json]:
    """``body`` without the first name, without the second, and so on."""
    return [{key: value for key, value in body.items() if key != name} for name in names]


def expect_header_names_id(ctx: Context, created: Created, header: str) -> None:
    """Raise Failure when the answer to a creation has the header, without the new id in it."""
    value = created.exchange.header(header)
    ctx.expect(value is None or created.id in value, expected=f"a {header} with {created.id}", actual=str(value))


def install(resource: ResourceType) -> None:
    """Register the probe of the Location."""

    @probe(f"LM-{resource.noun}-CREATE-LOCATION")
    def location_names_the_id(ctx: Context) -> None:
        expect_header_names_id(ctx, resource.make(ctx), "Location")


def install_named(resource: ResourceType) -> None:
    """Register the probes for types whose names need not be unique, and whose lists can be searched for a name."""

    @probe(f"LM-{resource.noun}-CREATE-TWICE")
    def two_requests_create_two_resources(ctx: Context) -> None:
        first = resource.make(ctx)
        second = ctx.send(resource.create, json=first.sent)
        ctx.expect_status(second, {200, 201, 202})
        ctx.expect(second.json_object().get("id") != first.id, expected="a second id", actual=f"{first.id} again")

    @probe(f"LM-{resource.noun}-REFUSED-NOT-STORED")
    def refused_body_is_not_stored(ctx: Context) -> None:
        token = ctx.unique("refused")
        answer = ctx.send(resource.create, json=resource.body(ctx, name=token, scenarioId="?"))
        if answer.ok:
            raise NotTestable(f"{ctx.label(answer)} accepted a scenarioId that the pattern forbids")
        ids = ctx.ids(resource.list, {"$search": token})
        ctx.expect(not ids, expected="no resource with the name of the refused body", actual=f"{ids}")


def _send(ctx: Context, operation: str, body: Any) -> Exchange:
    if isinstance(body, bytes):
        return ctx.send(operation, body=body)
    return ctx.send(operation, json=body)
