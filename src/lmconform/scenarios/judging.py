"""Judges the answer of a step: criteria, what must be contained, what may be absent; what that means for the flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lmconform.client.client import Client
from lmconform.client.polling import looks
from lmconform.contract.requirements import Register
from lmconform.errors import Failure, Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, Outcome, State
from lmconform.scenarios.compare import difference, short
from lmconform.scenarios.criteria import first_broken
from lmconform.scenarios.expressions import MISSING, Scope, as_text, resolve
from lmconform.scenarios.model import Absent, Step
from lmconform.scenarios.sending import send, send_step, values

# Both are declared, and no publication says which of them stands for a scenario that does not exist.
_NOWHERE = frozenset({400, 404})


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of a step.

    ``judgement`` is about the step as a whole, and names no requirement. ``origin`` is the step
    that kept this one from running, ``is_fine`` whether the flow goes on. ``client`` holds the
    exchanges and what the contract's checks found in them. ``observations`` are (id, value, text).
    """

    workflow_id: str
    step_id: str
    requirements: tuple[str, ...]
    judgement: Judgement
    client: Client
    is_fine: bool
    origin: str = ""
    observations: tuple[tuple[str, str, str], ...] = ()

    @property
    def state(self) -> State:
        """The state of the step as a whole."""
        return self.judgement.state

    @property
    def behind(self) -> State:
        """The state of the steps that this one keeps from running."""
        if self.is_fine:
            return State.NOT_APPLICABLE
        return State.INCONCLUSIVE if self.state is State.INCONCLUSIVE else State.NOT_TESTABLE

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """One judgement for each requirement of the step; the first is the main one of its item."""
        because = ": ".join(filter(None, (self.origin, self.judgement.because)))
        return tuple(
            replace(self.judgement, requirement=requirement, part=requirement if number else "", because=because)
            for number, requirement in enumerate(self.requirements)
        )


def breaks(expected: str, actual: str, message: str = "", *, shown: Exchange | None = None) -> Failure:
    """The failure that says what a step expects and does not get; the step's requirements say which promise that is.

    ``shown`` is the exchange that shows it, where that is not the last one.
    """
    return Failure("", expected=expected, actual=actual, message=message, exchanges=[shown.id] if shown else [])


def judge_settled(step: Step, client: Client, scope: Scope, sleep: Callable[[float], None]) -> None:
    """``judge``, and again for a moment: what belongs to a status may be seen after it, and lists may lag behind."""
    looked = False
    for is_last in looks(client.session.target.poll_interval, sleep):
        if looked:
            send_step(step, client, scope)
        looked = True
        try:
            return judge(step, client, scope)
        except Failure:
            if is_last:
                raise


def judge(step: Step, client: Client, scope: Scope) -> None:
    """Raise Failure at the first thing that the step expects and the answer does not have.

    Raises Inconclusive when the tenant may lawfully lack it, see ``x-lm-absent``.
    """
    exchange = scope.exchange
    criterion = first_broken(step.criteria, scope)
    if criterion is not None:
        actual = exchange.brief if exchange else "nothing was sent"
        # The first criterion says that the answer itself is right: it only lacks something.
        if step.absent and criterion is not step.criteria[0]:
            _confirm(step.absent, step.label, actual, client, scope)
        raise breaks(criterion.text, actual)
    if not step.criteria and exchange is not None and not exchange.ok:
        raise breaks("a 2xx status", exchange.brief)
    if step.contains:
        value = resolve(step.contains.context, scope)
        wanted = values(step.contains.value, scope)
        problem = difference(wanted, None if value is MISSING else value, step.contains.exact)
        if problem:
            if step.absent:
                _confirm(step.absent, step.label, problem, client, scope)
            raise breaks(f"{step.contains.context} holds {short(wanted)}", problem)


def _confirm(absent: Absent, label: str, actual: str, client: Client, scope: Scope) -> None:
    """Ask for what is lacking by its id: a tenant may lawfully lack it."""
    lacking = scope.exchange
    other, refused = absent.call.operation.label, lacking is not None and not lacking.ok
    answer = send(client, absent.call, absent.parameters, None, scope)
    if answer.status in _NOWHERE:
        raise Inconclusive(as_text(resolve(absent.says, scope)))
    if not answer.ok:
        raise NotTestable(f"{other} answered {answer.status}; expected 200, or 404 when there is none")
    # The finding is about the answer that lacks it, and not about the last one.
    raise breaks(f"what {other} finds", f"{label} {'refuses' if refused else 'lacks'} it: {actual}", shown=lacking)


def is_fine(step: Step, state: State, register: Register) -> bool:
    """Whether the flow goes on after a step in that state: it does not when the state costs more than a remark."""
    if state is State.BROKEN:
        needed = [register[requirement] for requirement in step.requirements]
        return bool(needed) and all(requirement.weigh(state)[0] is Outcome.INFO for requirement in needed)
    return state in (State.KEPT, State.NOTED, State.NOT_APPLICABLE)
