"""Defects of the times and views of executions and deployments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from lmconform.mock import lifecycle
from lmconform.mock.call import Call, Reply
from lmconform.mock.lifecycle import Life, Timing
from lmconform.mock.records import Enactment
from lmconform.mutants.bench import Bench, resources

Rule = Callable[[dict[str, Any]], bool]

# Steps of the mock's clock.
_LONGER: Final = 5.0


def has_ended(resource: dict[str, Any]) -> bool:
    """Whether it is in a terminal status."""
    return resource.get("status") in ("COMPLETED", "STOPPED", "DEAD")


def is_stopped(resource: dict[str, Any]) -> bool:
    """Whether it is stopped."""
    return resource.get("status") == "STOPPED"


def has_settled(resource: dict[str, Any]) -> bool:
    """Whether it is in a status that it does not leave by itself."""
    return has_ended(resource) or resource.get("status") == "RUNNING"


def shown_as(bench: Bench, operations: tuple[str, ...], when: Rule, **members: Any) -> None:
    """Resources for which ``when`` is true show other values of ``members``, where they have the member."""

    @bench.after(*operations)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if when(resource):
                resource.update({name: value for name, value in members.items() if name in resource})


def selected_as(bench: Bench, operations: tuple[str, ...], when: Rule, status: str) -> None:
    """With ``$select=status`` resources for which ``when`` is true have another status."""

    @bench.after(*operations)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if call.query.get("$select") == "status" and when(resource):
                resource["status"] = status


def every_second_read(bench: Bench, operation: str, when: Rule, **members: Any) -> None:
    """Every second answer about a resource for which ``when`` is true shows other values."""
    reads: dict[str, int] = {}

    @bench.after(operation)
    def other(call: Call, reply: Reply) -> None:
        for resource in resources(reply):
            if "status" in resource and when(resource) and "$select" not in call.query:
                reads[resource["id"]] = reads.get(resource["id"], 0) + 1
                if reads[resource["id"]] % 2 == 0:
                    resource.update(members)


def stays_unknown(bench: Bench) -> None:
    """What was just made is UNKNOWN for longer, so that requests reach it then also while the machine is busy."""

    @bench.patch(lifecycle.Timing, "life")
    def later(original: Callable[..., Life], timing: Timing, enactment: Enactment) -> Life:
        life = original(timing, enactment)
        pending = life.pending if life.pending is None else life.pending + _LONGER
        return replace(_ending_later(life), pending=pending, running=life.running + _LONGER)


def stays_pending(bench: Bench) -> None:
    """What was started is PENDING for longer, so that several requests see it then."""

    @bench.patch(lifecycle.Timing, "life")
    def later(original: Callable[..., Life], timing: Timing, enactment: Enactment) -> Life:
        life = original(timing, enactment)
        return replace(_ending_later(life), running=life.running + _LONGER)


def runs_longer(bench: Bench) -> None:
    """Executions are RUNNING for longer, so that several requests reach them then also while the machine is busy."""

    @bench.patch(lifecycle.Timing, "life")
    def later(original: Callable[..., Life], timing: Timing, enactment: Enactment) -> Life:
        return _ending_later(original(timing, enactment))


def _ending_later(life: Life) -> Life:
    return replace(life, dead=life.dead + _LONGER, output=life.output + _LONGER, completed=life.completed + _LONGER)
