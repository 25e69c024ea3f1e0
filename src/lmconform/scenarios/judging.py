"""Judges the answer of a step: criteria, what must be contained, what may be absent; the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmconform.client.client import Client
from lmconform.contract.requirements import Register
from lmconform.errors import Inconclusive, NotTestable
from lmconform.outcomes import Outcome, broken
from lmconform.scenarios.compare import difference
from lmconform.scenarios.criteria import first_broken
from lmconform.scenarios.expressions import MISSING, Scope, resolve
from lmconform.scenarios.model import Absent, Step
from lmconform.scenarios.sending import send, send_step, values

# Outcomes after which the flow goes on.
FINE = (Outcome.PASS, Outcome.INFO, Outcome.NOT_APPLICABLE)
# How often and for how many seconds at the most one looks again; seconds between two looks at the least.
_LOOKS, _MOST_GRACE, _LEAST_PAUSE = 20, 60.0, 0.02
# Both are declared, and nobody says which of them stands for a scenario that does not exist.
_NOWHERE = frozenset({400, 404})


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of a step.

    ``because`` is the step that kept this one from running, ``inconclusive`` that nobody is to
    blame for it. ``observations`` are (id, value, text). ``client`` holds the exchanges and what
    the contract's checks found in them. ``duration`` is in seconds.
    """

    workflow_id: str
    step_id: str
    requirements: tuple[str, ...]
    outcome: Outcome
    operation: str
    client: Client
    expected: str = ""
    actual: str = ""
    message: str = ""
    because: str = ""
    inconclusive: bool = False
    duration: float = 0.0
    observations: tuple[tuple[str, str, str], ...] = ()


class Broken(Exception):
    """The target breaks what a step expects; the step's requirements say which promise that is."""

    def __init__(self, expected: str, actual: str, message: str = "") -> None:
        super().__init__(message or f"expected {expected}, got {actual}")
        self.expected = expected
        self.actual = actual
        self.message = message


def judge_settled(step: Step, client: Client, scope: Scope, sleep: Callable[[float], None]) -> None:
    """``judge`` what a poll came to, and again for a moment: what belongs to a status may be seen after it."""
    interval = max(client.session.target.poll_interval, _LEAST_PAUSE)
    pause = min(interval, _MOST_GRACE / _LOOKS)
    for _ in range(_LOOKS):
        try:
            return judge(step, client, scope)
        except Broken:
            sleep(pause)
            send_step(step, client, scope)
    judge(step, client, scope)


def judge(step: Step, client: Client, scope: Scope) -> None:
    """Raise Broken at the first thing that the step expects and the answer does not have.

    Raises Inconclusive when the tenant may lawfully lack it, see ``x-lm-absent``.
    """
    exchange = scope.exchange
    criterion = first_broken(step.criteria, scope)
    if criterion is not None:
        actual = exchange.brief if exchange else "nothing was sent"
        # The first criterion says that the answer itself is right: it only lacks something.
        if step.absent and criterion is not step.criteria[0]:
            _confirm(step.absent, step.label, actual, client, scope)
        raise Broken(criterion.text, actual)
    if not step.criteria and exchange is not None and not exchange.ok:
        raise Broken("a 2xx status", exchange.brief)
    if step.contains:
        found = resolve(step.contains.context, scope)
        wanted = values(step.contains.value, scope)
        problem = difference(wanted, None if found is MISSING else found, step.contains.exact)
        if problem:
            raise Broken(f"{step.contains.context} holds what was stored", problem)


def _confirm(absent: Absent, label: str, actual: str, client: Client, scope: Scope) -> None:
    """Ask for what is lacking by its id: nobody is to blame when it is nowhere."""
    other, refused = absent.call.operation.label, scope.exchange is not None and not scope.exchange.ok
    answer = send(client, absent.call, absent.parameters, None, scope)
    if answer.status in _NOWHERE:
        raise Inconclusive(absent.says)
    if not answer.ok:
        raise NotTestable(f"{other} answered {answer.status}; expected 200, or 404 when there is none")
    raise Broken(f"what {other} finds", f"{label} {'refuses' if refused else 'lacks'} it: {actual}")


def worst(step: Step, register: Register) -> Outcome:
    """The worst that breaking the step's requirements is; a step without any fails."""
    found = {broken(register[r].level, register[r].evidence) for r in step.requirements} or {Outcome.FAIL}
    return next(outcome for outcome in (Outcome.FAIL, Outcome.WARN, Outcome.INFO) if outcome in found)
