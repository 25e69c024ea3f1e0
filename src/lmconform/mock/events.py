"""Events of a resource group: what happens when a time has come, by name.

Outputs appear, deleted enactments disappear, deployments expire, schedules start executions.
"""

from __future__ import annotations

from contextlib import suppress

from lmconform.mock import lifecycle, schedules, ttl
from lmconform.mock.problems import Problem
from lmconform.mock.store import PLAIN, Events, Group


def _output(group: Group, execution_id: str, when: float) -> None:
    """Register the output artifacts of an execution."""
    execution = group.executions.get(execution_id)
    if execution is None or execution.artifacts is not None or execution.stopped is not None or execution.failure:
        return
    execution.artifacts = []
    group.touch("executions", execution_id)
    for name, kind in execution.outputs:
        artifact = {
            "name": name,
            "kind": kind,
            "url": f"ai://default/{execution_id}/{name}",
            "description": "",
            "scenarioId": execution.configuration["scenarioId"],
            "executionId": execution_id,
        }
        # No request is waiting for this, so that a quota error has no recipient.
        with suppress(Problem):
            execution.artifacts.append(group.add_artifact(artifact))


def _gone(group: Group, enactment_id: str, when: float) -> None:
    """Remove a deleted enactment; with a list lag it is removed from lists in a second event."""
    enactment = group.executions.pop(enactment_id, None) or group.deployments.pop(enactment_id, None)
    if enactment is not None:
        group.add_weight(-PLAIN)
        group.touch(enactment.shelf, enactment_id)
    if not group.timing.metrics_stay:
        group.delete_tracking(enactment_id)
    if enactment is not None and group.timing.lag:
        group.ghosts[enactment_id] = enactment
        group.plan(when + group.timing.lag * group.timing.pace, "gone", enactment_id)
    else:
        group.ghosts.pop(enactment_id, None)


def _admit(group: Group, enactment_id: str, when: float) -> None:
    """Let one that waits go on when there is room, or look again a step later."""
    enactment = group.executions.get(enactment_id) or group.deployments.get(enactment_id)
    if enactment is None or not enactment.waits or enactment.stopped is not None or enactment.failed is not None:
        return
    if not group.has_room(enactment):
        group.plan(max(when, group.now()) + group.timing.pace, "admit", enactment_id)
        return
    enactment.waits, enactment.held = False, max(when - enactment.created, 0.0)
    group.touch(enactment.shelf, enactment_id)
    if not enactment.serves and not enactment.failure:
        group.plan(lifecycle.output_due(enactment, group.timing), "output", enactment_id)


EVENTS: Events = {"admit": _admit, "output": _output, "gone": _gone, "expire": ttl.expire, "fire": schedules.fire}
