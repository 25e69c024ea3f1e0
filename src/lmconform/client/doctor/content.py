"""What there is to test with: executables to train and to serve with, and room for what they start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from lmconform.client.doctor.line import Line, advice, ok
from lmconform.contract.resource import Resource
from lmconform.contract.resources import Role
from lmconform.evidence.exchange import Exchange, natural

if TYPE_CHECKING:
    from lmconform.client.session import Session

# Sends a read for an operation, with its path and query; None without an answer.
Ask = Callable[..., Exchange | None]

# The executables of so many scenarios are looked through: a tenant may have hundreds, and a run looks again.
MOST_SCENARIOS: Final = 5
# What counts against the room of a tenant.
_RUNNING: Final = "RUNNING"
_PURPOSES: Final = {False: "train", True: "serve"}


def executables(ask: Ask, scenarios: Exchange) -> Iterator[Line]:
    """An executable to train with and one to serve with, each with its scenario."""
    listed = [entry for entry in scenarios.resources() if isinstance(entry.get("id"), str)]
    found: dict[bool, str] = {}
    for scenario in listed[:MOST_SCENARIOS]:
        if len(found) == len(_PURPOSES):
            break
        answer = ask("listExecutables", path={"scenarioId": scenario["id"]})
        for entry in answer.resources() if answer is not None else ():
            if isinstance(deployable := entry.get("deployable"), bool):
                found.setdefault(deployable, f"{scenario['id']}/{entry.get('id')}")
    rest = f" among the first {MOST_SCENARIOS} of {len(listed)} scenarios" if len(listed) > MOST_SCENARIOS else ""
    for deployable, purpose in _PURPOSES.items():
        if deployable in found:
            yield ok("content", f"to {purpose} with: {found[deployable]}")
            continue
        yield advice(
            "content",
            f"no executable to {purpose} with (deployable: {str(deployable).lower()}){rest}: what needs one stays "
            "unjudged; let the tenant's applications offer a template",
        )


def room(session: Session, ask: Ask) -> Iterator[Line]:
    """How many of what costs something are running, and how many meta allows."""
    for resource in session.resources:
        count = resource.operation(Role.COUNT)
        life = resource.life
        if resource.cost.runs is None or count is None or life is None or _RUNNING not in life.statuses:
            continue
        if session.capabilities.has(resource.capability):
            yield _room(resource, ask(count.id, query={"status": _RUNNING}), session.capabilities.meta)


def _room(resource: Resource, answer: Exchange | None, meta: Mapping[str, Any] | None) -> Line:
    running = natural(answer.text.strip()) if answer is not None and answer.ok else None
    most = _most(resource, meta)
    said = f"{'an unknown number of' if running is None else running} {resource.noun}s running"
    if most is None:
        return ok("room", said)
    if running is not None and running >= most:
        return advice("room", f"{said}, and meta allows {most}: stop one, or what a run starts stays queued")
    return ok("room", f"{said}, meta allows {most}")


def _most(resource: Resource, meta: Mapping[str, Any] | None) -> int | None:
    """``aiApi.limits.<resource>.maxRunningCount`` of meta; None for no limit."""
    node: Any = meta
    for part in ("aiApi", "limits", resource.collection.rpartition("/")[2], "maxRunningCount"):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node if isinstance(node, int) and not isinstance(node, bool) and node >= 0 else None
