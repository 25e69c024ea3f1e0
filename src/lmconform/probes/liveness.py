"""What an expired time limit means: the probe that judges the promise fails, probes that build on it cannot judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lmconform.client.polling import Overdue
from lmconform.errors import NotTestable
from lmconform.probes.context import Context

T = TypeVar("T")


def expect(ctx: Context, wait: Callable[[], T], liveness: str) -> T:
    """What ``wait`` returns; raises Failure when its limit passes.

    ``liveness`` is the requirement that promises the end of the wait. A probe of another requirement that did not wait
    itself, because others had waited in vain, raises NotTestable.
    """
    try:
        return wait()
    except Overdue as overdue:
        if overdue.repeated and ctx.requirement != liveness:
            raise NotTestable(_broken(liveness, overdue)) from overdue
        ctx.fail(expected=overdue.expected, actual=overdue.actual)


def need(wait: Callable[[], T], liveness: str) -> T:
    """What ``wait`` returns; raises NotTestable, which names the requirement ``liveness``, when its limit passes."""
    try:
        return wait()
    except Overdue as overdue:
        raise NotTestable(_broken(liveness, overdue)) from overdue


def _broken(liveness: str, overdue: Overdue) -> str:
    return f"{liveness} is broken: {overdue.what}: {overdue.actual}"
