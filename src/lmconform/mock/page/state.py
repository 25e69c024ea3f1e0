"""The state of a resource group, as the page polls it: the newest resources of each kind, and totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from lmconform.mock import lifecycle
from lmconform.mock.page.series import Charts
from lmconform.mock.records import Enactment, Schedule, Tracking
from lmconform.mock.store import GROUPS, Group, Store

NEWEST = 25
_MOST_ITEMS = 50
_MOST_TEXT = 2000
_SHORT = 200
_KINDS = ("executions", "deployments", "schedules", "artifacts", "configurations", "tracking", "files")

# Returns one resource as the API shows it, by kind and id; None when the API does not show it.
Look = Callable[[Group, str, str], dict[str, Any] | None]


def show(store: Store, look: Look, charts: Charts, query: dict[str, str]) -> dict[str, Any]:
    """The state of the resource group ``group``, with the full resource ``kind`` and ``id`` if the query names one."""
    wanted = query.get("group", "")
    group = store.groups.get(wanted) or store.groups.get("tutorial") or next(iter(store.groups.values()))
    group.run_due_events()
    shown: dict[str, Any] = {
        "now": group.now(),
        "group": group.name,
        "groups": [_group(each) for each in store.groups.values()],
        "newest": NEWEST,
        "totals": _totals(group),
        "executions": [_enactment(group, e) for e in _newest(group.executions)],
        "deployments": [_enactment(group, e) for e in _newest(group.deployments)],
        "schedules": [_schedule(s) for s in _newest(group.schedules)],
        "artifacts": [bounded(a, _SHORT) for a in _newest(group.artifacts)],
        "configurations": [bounded(c, _SHORT) for c in _newest(group.configurations)],
        "tracking": [_tracking(key, tracking) for key, tracking in islice(reversed(group.tracking.items()), NEWEST)],
        "files": [
            {"path": path[:_SHORT], "size": len(group.files[path])} for path in islice(reversed(group.files), NEWEST)
        ],
    }
    if query.get("kind") and query.get("id"):
        shown["open"] = _open(group, look, charts, query["kind"], query["id"])
    return shown


def bounded(value: Any, most: int = _MOST_TEXT) -> Any:
    """A JSON value that is short enough to show: ``most`` characters of texts, the first 50 items of lists."""
    if isinstance(value, dict):
        return {str(name)[:most]: bounded(member, most) for name, member in islice(value.items(), _MOST_ITEMS)}
    if isinstance(value, list):
        return [bounded(item, most) for item in value[:_MOST_ITEMS]]
    if isinstance(value, str) and len(value) > most:
        return f"{value[:most]}… ({len(value) - most} more characters)"
    return value


def _open(group: Group, look: Look, charts: Charts, kind: str, resource_id: str) -> dict[str, Any]:
    opened: dict[str, Any] = {"kind": kind, "id": resource_id[:_SHORT], "resource": look(group, kind, resource_id)}
    opened["resource"] = bounded(opened["resource"])
    tracking = group.tracking.get(resource_id)
    if tracking is not None and kind in ("executions", "tracking"):
        opened["charts"] = charts.of(f"{group.name} {resource_id}", tracking.metrics)
        opened["points"] = len(tracking.metrics)
        opened["tags"] = bounded(list(islice(tracking.tags.values(), _MOST_ITEMS)))
        opened["infos"] = bounded(list(islice(tracking.custom_info.values(), _MOST_ITEMS)))
    if kind in ("executions", "deployments"):
        opened["logs"] = bounded(look(group, f"{kind} logs", resource_id))
    return opened


def _newest(shelf: dict[str, Any]) -> Iterable[Any]:
    return islice(reversed(shelf.values()), NEWEST)


def _totals(group: Group) -> dict[str, int]:
    return {kind: len(getattr(group, kind)) for kind in _KINDS}


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "own": group.name in GROUPS,
        "created": group.created,
        "labels": bounded(group.labels, _SHORT),
        "totals": _totals(group),
    }


def _enactment(group: Group, enactment: Enactment) -> dict[str, Any]:
    now = lifecycle.at(enactment, group.now(), group.timing)
    tracking = group.tracking.get(enactment.id)
    return {
        "id": enactment.id,
        "status": now.status,
        "target": now.target_status,
        "created": enactment.created,
        "modified": now.modified,
        "submitted": now.submitted,
        "started": now.started,
        "completed": now.completed,
        "message": enactment.failure[:_SHORT] if now.status == "DEAD" else "",
        "schedule": enactment.schedule,
        "ttl": enactment.ttl,
        "configuration": enactment.configuration["name"],
        "configurationId": enactment.configuration["id"],
        "scenarioId": enactment.configuration["scenarioId"],
        "executableId": enactment.configuration["executableId"],
        "points": len(tracking.metrics) if tracking else 0,
    }


def _tracking(execution_id: str, tracking: Tracking) -> dict[str, Any]:
    return {
        "id": execution_id,
        "points": len(tracking.metrics),
        "tags": len(tracking.tags),
        "infos": len(tracking.custom_info),
    }


def _schedule(schedule: Schedule) -> dict[str, Any]:
    active = schedule.status == "ACTIVE" and schedule.due < lifecycle.NEVER
    return {
        "id": schedule.id,
        "name": str(schedule.data["name"])[:_SHORT],
        "cron": str(schedule.data["cron"])[:_SHORT],
        "status": schedule.status,
        "configuration": schedule.configuration["name"],
        "configurationId": schedule.configuration["id"],
        "created": schedule.created,
        "modified": schedule.modified,
        "due": schedule.due if active else None,
    }
