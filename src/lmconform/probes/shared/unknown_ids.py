"""Probes with ids that no resource has: well-formed ids, and ids that their pattern forbids."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes.builders.resource_type import ResourceType
from lmconform.probes.context import Context
from lmconform.probes.enactment import Enactment
from lmconform.probes.registry import probe

Path = Callable[[Context], dict[str, str]]


def _no_path(_: Context) -> dict[str, str]:
    return {}


def install(resource: ResourceType | Enactment) -> None:
    """Register the probes of GET with an unknown and with a malformed id."""
    unknown_id(f"LM-{resource.noun}-UNKNOWN-404", resource.get, resource.parameter)
    bad_id(f"LM-{resource.noun}-BAD-ID", resource.get, resource.parameter)


def unknown_id(requirement: str, operation: str, parameter: str, *, path: Path = _no_path, needs: str = "") -> None:
    """A well-formed unknown id is answered with 404.

    ``path`` gives the other path parameters, ``needs`` is a further capability.
    """

    @probe(requirement)
    def unknown_id_is_not_found(ctx: Context) -> None:
        ctx.require(needs)
        answer = ctx.get(operation, **{**path(ctx), parameter: ctx.absent_id()})
        if answer.status == 400:
            # The target may have a pattern for its ids: these are the forms that SAP's services use (D1).
            answer = ctx.get(operation, **{**path(ctx), parameter: str(uuid.uuid4())})
        if answer.status == 400:
            answer = ctx.get(operation, **{**path(ctx), parameter: uuid.uuid4().hex[:16]})
        ctx.expect_refused(answer, {404})


def bad_id(requirement: str, operation: str, parameter: str, *, path: Path = _no_path, needs: str = "") -> None:
    """An id that the pattern of ids forbids is answered with 400 or 404 (F63); parameters as in ``unknown_id``."""

    @probe(requirement)
    def malformed_id_is_refused(ctx: Context) -> None:
        ctx.require(needs)
        for malformed in ("abc", "lmconform \u00e4bsent", "a" * 65):
            parameters = {**path(ctx), parameter: malformed}
            ctx.expect_refused(ctx.get(operation, **parameters), {400, 404})


def expect_absent(ctx: Context, answer: Exchange, get: str, path: dict[str, str]) -> None:
    """Raise Failure unless a change of an unknown resource was answered with 404; ``get`` reads what ``path`` names.

    Raises Inconclusive where the target has another pattern for its ids.
    """
    if answer.status == 400 and ctx.send(get, path).status == 400:
        raise Inconclusive(f"{ctx.label(answer)}: the target has another pattern for its ids")
    ctx.expect_refused(answer, {404})
