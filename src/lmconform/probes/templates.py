"""What the tenant no longer has when a creation that names it is refused: scenarios and executables come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lmconform.errors import Inconclusive, SafetyRefusal, Skip
from lmconform.evidence.exchange import Exchange, decode
from lmconform.safety.guard import ABSENT_PREFIX

if TYPE_CHECKING:
    from lmconform.probes.context import Context

_REFUSED: Final = frozenset({400, 404, 412})
# An executable of a scenario that is not there may be answered with either.
_NOT_THERE: Final = frozenset({400, 404})


def expect_templates(ctx: Context, answer: Exchange) -> None:
    """Raise Inconclusive when a refused POST names a scenario or an executable that the tenant has no more.

    A tenant synchronises templates from a repository at any time. Ids that nothing has are meant to be refused, and
    are not looked for.
    """
    if answer.method != "POST" or answer.status not in _REFUSED:
        return
    body = _sent(answer)
    named = {name: str(body[name]) for name in ("scenarioId", "executableId") if body.get(name)}
    if "scenarioId" not in named or any(value.startswith(ABSENT_PREFIX) for value in named.values()):
        return
    # Another client of the same item: the last exchange of the item stays the refusal.
    asking = ctx.session.client(ctx.client.item)
    operation = "getExecutable" if len(named) > 1 else "getScenario"
    try:
        found = asking.send(operation, named, judge=False)
    except (Skip, SafetyRefusal):
        return
    if found.status in _NOT_THERE:
        text = f"{ctx.label(answer)} names {' and '.join(named.values())}, of which GET says {found.brief}"
        raise Inconclusive(f"{text}: templates were synchronised")


def _sent(answer: Exchange) -> dict[str, Any]:
    try:
        body = decode(answer.request_body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
