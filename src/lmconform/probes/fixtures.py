"""Fixtures: values that the probes of one session share. Each is made on first use and remembered."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, TypeVar

from lmconform.errors import Failure, Skip
from lmconform.evidence.story import Entry

if TYPE_CHECKING:
    from lmconform.probes.context import Context

P = ParamSpec("P")
T = TypeVar("T")
# The key of the store in ``session.shared``; other kinds of items have keys of their own.
_STORE: Final = "probes.fixtures"
# So often a value is made that a lost change may have spoilt.
_MOST_MADE: Final = 3


@dataclass(slots=True)
class _Slot:
    """The place of one value. ``outcome`` is empty until the value, or an exception to remember, is known.

    ``sent`` is what was sent for it. ``spoilt_for`` are the hiccups of the client that made it, when one of them was
    then: only the attempt that this client belongs to goes on with the value. ``made`` counts.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    outcome: list[Any] = field(default_factory=list)
    sent: list[Entry] = field(default_factory=list)
    spoilt_for: list[str] | None = None
    made: int = 0


@dataclass(slots=True)
class _Store:
    """All slots of one session."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    slots: dict[Hashable, _Slot] = field(default_factory=dict)

    def slot(self, key: Hashable) -> _Slot:
        with self.lock:
            return self.slots.setdefault(key, _Slot())


class Fixture(Generic[P, T]):
    """A function whose result is remembered for each session and each set of arguments; see ``fixture``.

    Threads that ask for the same value wait for the one that makes it. Arguments must be hashable. When a change was
    lost before the API while a value was made, the next attempt and the next probe make it again.
    """

    def __init__(
        self,
        function: Callable[Concatenate[Context, P], T],
        builds_on: Callable[[T], Iterable[str]] | None = None,
        remember: tuple[type[Skip | Failure], ...] = (),
    ) -> None:
        self._function = function
        self._signature = inspect.signature(function)
        self._builds_on = builds_on
        self._remember = remember
        self.__doc__ = function.__doc__

    def __call__(self, ctx: Context, *args: P.args, **kwargs: P.kwargs) -> T:
        """The value for these arguments; raises what the function raises."""
        slot = self._slot(ctx, *args, **kwargs)
        with slot.lock:
            if not slot.outcome or self._is_stale(ctx, slot):
                since, hiccups = ctx.client.position, ctx.client.hiccups
                before = len(hiccups)
                slot.outcome = []
                slot.outcome = [self._make(ctx, *args, **kwargs)]
                slot.sent, slot.made = ctx.client.story.since(since), slot.made + 1
                slot.spoilt_for = hiccups if len(hiccups) > before and slot.made < _MOST_MADE else None
            elif slot.sent:
                # What made the value is a part of what this probe has to tell.
                ctx.client.recall(slot.sent)
            outcome = slot.outcome[0]
        if self._remember and isinstance(outcome, self._remember):
            raise outcome.with_traceback(None)
        value: T = outcome
        return value

    def put(self, ctx: Context, value: T, *args: P.args, **kwargs: P.kwargs) -> None:
        """Remember ``value`` from now on: a probe has made what the function would make."""
        slot = self._slot(ctx, *args, **kwargs)
        with slot.lock:
            slot.outcome, slot.sent, slot.spoilt_for = [value], [], None

    def _make(self, ctx: Context, *args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return self._function(ctx, *args, **kwargs)
        except self._remember as error:
            return error

    def _is_stale(self, ctx: Context, slot: _Slot) -> bool:
        if slot.spoilt_for is not None and slot.spoilt_for is not ctx.client.hiccups:
            return True
        outcome = slot.outcome[0]
        if self._builds_on is None or isinstance(outcome, (Skip, Failure)):
            return False
        return ctx.session.journal.doubts_any(self._builds_on(outcome))

    def _slot(self, ctx: Context, *args: P.args, **kwargs: P.kwargs) -> _Slot:
        store: _Store = ctx.session.shared.setdefault(_STORE, _Store())
        bound = self._signature.bind(ctx, *args, **kwargs)
        bound.apply_defaults()
        # The first argument is the context, which is another one for each probe.
        return store.slot((self, *list(bound.arguments.values())[1:]))


def fixture(
    *,
    builds_on: Callable[[Any], Iterable[str]] | None = None,
    remember: tuple[type[Skip | Failure], ...] = (),
) -> Callable[[Callable[Concatenate[Context, P], T]], Fixture[P, T]]:
    """Make a function of a Context (and hashable arguments) a Fixture.

    ``builds_on`` returns the ids of the resources behind a value: it is made again when the journal doubts one of
    them. ``remember`` lists exceptions that are remembered like a value and raised for each caller; after any other
    exception the next caller tries again.
    """

    def decorate(function: Callable[Concatenate[Context, P], T]) -> Fixture[P, T]:
        return Fixture(function, builds_on, remember)

    return decorate
