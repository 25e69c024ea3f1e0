"""Probes that are the same for several operations: unknown ids, bad ids, bodies to refuse or accept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from typing import Any

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes.lab import Lab
from lmconform.probes.registry import probe

Bodies = Callable[[Lab], Iterable[Any]]
Place = Callable[[Lab], dict[str, str]]

# Half a document: valid JSON up to where it ends.
# An id in a body that the pattern of ids forbids: some targets look at the pattern, some look for the thing (F19).
LOOKED_UP = frozenset({400, 404})
MALFORMED = b'{"name": "lmconform", "scenarioId": '


def nowhere(_: Lab) -> dict[str, str]:
    """No further path parameters."""
    return {}


def unknown_id(requirement: str, operation: str, parameter: str, *, place: Place = nowhere, needs: str = "") -> None:
    """A well-formed id of nothing is answered with 404; ``needs`` is a further capability."""

    @probe(requirement, effect="read")
    def judge(lab: Lab) -> None:
        lab.require(needs)
        answer = lab.get(operation, **{**place(lab), parameter: lab.absent_id()})
        if answer.status == 400:
            # The target's ids have a form of their own: the one that SAP's services give (D1).
            answer = lab.get(operation, **{**place(lab), parameter: str(uuid.uuid4())})
        if answer.status == 400:
            answer = lab.get(operation, **{**place(lab), parameter: uuid.uuid4().hex[:16]})
        lab.expect_refused(answer, {404})


def expect_absent(lab: Lab, answer: Exchange, get: str, path: dict[str, str]) -> None:
    """Raise Failure unless a change of nothing was answered with 404; ``get`` reads what ``path`` names.

    Raises Inconclusive where the target's ids have a form that ours have not.
    """
    if answer.status == 400 and lab.send(get, path).status == 400:
        raise Inconclusive(f"{lab.label(answer)}: ids of the target have a form of their own")
    lab.expect_refused(answer, {404})


def bad_id(requirement: str, operation: str, parameter: str, *, place: Place = nowhere, needs: str = "") -> None:
    """An id that the pattern of ids forbids is answered with 400 or 404 (F63); ``needs`` as in unknown_id."""

    @probe(requirement, effect="read")
    def judge(lab: Lab) -> None:
        lab.require(needs)
        for wrong in ("abc", "lmconform absent", "a" * 65):
            path = {**place(lab), parameter: wrong}
            lab.expect_refused(lab.get(operation, **path), {400, 404})


def refuses(
    requirement: str, operation: str, bodies: Bodies, *, allowed: Collection[int] = (400,), effect: str = "write"
) -> None:
    """Each of the bodies is wrong in one way, and is refused (F62). Bytes go as they are."""

    @probe(requirement, effect=effect)
    def judge(lab: Lab) -> None:
        for body in bodies(lab):
            lab.expect_refused(_send(lab, operation, body), allowed)


def accepts(requirement: str, operation: str, bodies: Bodies, *, success: int, effect: str = "write") -> None:
    """Each of the bodies is valid, and is accepted with ``success``."""

    @probe(requirement, effect=effect)
    def judge(lab: Lab) -> None:
        for body in bodies(lab):
            lab.expect_status(_send(lab, operation, body), {success})


def without_each(body: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """``body`` without the first name, without the second, and so on."""
    return [{key: value for key, value in body.items() if key != name} for name in names]


def _send(lab: Lab, operation: str, body: Any) -> Any:
    if isinstance(body, bytes):
        return lab.send(operation, body=body)
    return lab.send(operation, json=body)
