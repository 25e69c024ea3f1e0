"""The two roots of exceptions, which are never mixed.

.. code-block:: text

    HarnessError                 we or the user are wrong; carries the exit code
     +-- ConfigError             an option, variable, file or key            exit 4
     +-- ContractError           specs/ cannot be read or used               exit 4
     +-- ScenarioError           a file in scenarios/ cannot be used         exit 4
     +-- NothingSelected         the selection matches no item               exit 5
     +-- TargetUnreachable       down, or wrong credentials                  exit 10
     +-- TargetLost              was there, and is gone                      exit 11
     +-- StorageLost             a file that the run needs is not writable   exit 11
     +-- SafetyRefusal           a request that could harm is not sent       exit 3
          +-- BudgetSpent        it would create more than a run may         exit 3
          +-- Unreadable         it is not known what the request would do   exit 3
          +-- NotOwn             the target's answers do not show that what
          |                      it names belongs to this run                exit 3
          |    +-- NotThere      GET does not find it at all                exit 3
          +-- CreationStopped    too many creations got no usable answer     exit 3

    Failure(AssertionError)      the target breaks a requirement; carries a Judgement

    Skip                         neither: the requirement could not be judged; carries a Judgement
     +-- NotApplicable           the target does not advertise the capability
     +-- NotTestable             it does, and it could not be exercised (gates)
     +-- Inconclusive            judging needs what no publication promises (never gates)

Messages say what was found, where, what was expected and what to do, in one line.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

from lmconform.exit_codes import ExitCode
from lmconform.judgement import Judgement, State, broken, stated


class HarnessError(Exception):
    """Something is wrong on this side of the wire; ``exit_code`` is what the process returns."""

    exit_code = ExitCode.INTERNAL


class ConfigError(HarnessError):
    """An option, an environment variable or a file that the user gave cannot be used."""

    exit_code = ExitCode.USAGE


class ContractError(HarnessError):
    """A file in specs/ cannot be read, or does not say what we need."""

    exit_code = ExitCode.USAGE


class ScenarioError(HarnessError):
    """An Arazzo file cannot be read, or refers to something that does not exist."""

    exit_code = ExitCode.USAGE


class NothingSelected(HarnessError):
    """The selection matches no item; a run without items would be green on nothing."""

    exit_code = ExitCode.NOTHING_RAN


class TargetUnreachable(HarnessError):
    """The target does not answer, or it refuses the credentials, before the first item."""

    exit_code = ExitCode.UNREACHABLE


class TargetLost(HarnessError):
    """The target answered before and no longer does; the run cannot be finished."""

    exit_code = ExitCode.INCOMPLETE


class SafetyRefusal(HarnessError):
    """A request that could harm what is not ours was not sent."""


class BudgetSpent(SafetyRefusal):
    """The run has created as many of a kind on a tenant as it may; ``option`` is what allows more."""

    def __init__(self, because: str, option: str = "") -> None:
        super().__init__(because)
        self.option = option


class Unreadable(SafetyRefusal):
    """What the request would do cannot be known: a cron that the library does not parse."""


class NotOwn(SafetyRefusal):
    """The target gave an id that cannot be used, or the answers do not show that it belongs to this run."""


class NotThere(NotOwn):
    """GET does not find what the run is said to have created: ``noun`` and ``id``."""

    def __init__(self, message: str, noun: str, resource_id: str) -> None:
        super().__init__(message)
        self.noun = noun
        self.id = resource_id


class CreationStopped(SafetyRefusal):
    """Creations of a kind were answered in ways that leave open what they created, several times in a row."""


class StorageLost(HarnessError):
    """The journal, the results or the evidence of a run cannot be written; the run ends and cleans up."""

    exit_code = ExitCode.INCOMPLETE


class Failure(AssertionError):
    """The target breaks a requirement; ``judgement`` says which, and what shows it.

    ``requirement`` is its id, or empty where the item that catches the failure knows it;
    ``expected`` and ``actual`` are short texts for people, ``exchanges`` the ids of the exchanges
    that show it.
    """

    def __init__(
        self,
        requirement: str,
        *,
        expected: str,
        actual: str,
        message: str = "",
        operation: str = "",
        exchanges: Iterable[str] = (),
    ) -> None:
        head = f"{requirement}: " if requirement else ""
        super().__init__(message or f"{head}expected {expected}, got {actual}")
        self.judgement = replace(
            broken(requirement, expected, actual), message=message, operation=operation, exchanges=tuple(exchanges)
        )


class Skip(Exception):
    """A requirement could not be judged; the text says why, and ``judgement`` carries it."""

    state: ClassVar[State]

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.judgement: Judgement = stated(self.state, because)


class NotApplicable(Skip):
    """The target does not advertise what the requirement is about."""

    state = State.NOT_APPLICABLE


class NotTestable(Skip):
    """The requirement applies, and the target kept us from judging it."""

    state = State.NOT_TESTABLE


class Inconclusive(Skip):
    """Judging needs something that no publication promises: content of a tenant, or a moment in time.

    ``option`` is the option of a run that would let it be judged.
    """

    state = State.INCONCLUSIVE

    def __init__(self, because: str, option: str = "") -> None:
        super().__init__(because)
        self.judgement = replace(self.judgement, option=option)


@contextmanager
def judged_refusals() -> Iterator[None]:
    """Within it a request that was not sent raises what that says about its requirement, a Skip.

    A refusal for which neither the target nor a bound is the reason is our mistake, and goes on as it is.
    """
    try:
        yield
    except BudgetSpent as refusal:
        raise Inconclusive(str(refusal), refusal.option) from refusal
    except Unreadable as refusal:
        raise Inconclusive(str(refusal), "--disposable") from refusal
    except (NotOwn, CreationStopped) as refusal:
        raise NotTestable(str(refusal)) from refusal


def caught(function: Callable[[], object]) -> Failure | Skip | None:
    """What ``function`` says about its requirement: the Failure or Skip that it raises, or None when it returns."""
    try:
        function()
    except (Failure, Skip) as raised:
        return raised
    return None


def closest(name: str, known: Iterable[str]) -> str:
    """The known name nearest to ``name``, or the empty string."""
    return next(iter(closest_of(name, known, 1)), "")


def closest_of(name: str, known: Iterable[str], number: int = 3) -> list[str]:
    """The known names nearest to ``name`` in any case, at most ``number`` of them, the nearest first."""
    by_text = {one.lower(): one for one in sorted(known, reverse=True)}
    near = difflib.get_close_matches(name.lower(), sorted(by_text), n=number, cutoff=0.4)
    return [by_text[one] for one in near]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The tail of an error message: a suggestion, or the legal names when few, or nothing."""
    names = sorted(known)
    near = closest(name, names)
    if near:
        return f"; did you mean {near!r}?"
    if 0 < len(names) <= 8:
        return f"; expected one of {', '.join(names)}"
    return ""
