"""Schedules of executions: made, changed, paused, counted, deleted."""

import uuid
from datetime import UTC, datetime, timedelta

from ai_api_client_sdk.models.status import ScheduleStatus
from walking import TRAINING, api, configure, dataset, gone, refused, tell

client = api()
data = dataset(client)
configuration, another = (configure(client, TRAINING, {"text-data": data}) for _ in range(2))
schedules = client.execution_schedule

start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
made = schedules.create("walk", "0 * * * *", configuration)
limited = schedules.create("walk-limited", "1 1 1 1 1", configuration, start=start, end=start + timedelta(days=30))
fresh, bounded = schedules.get(made.id), schedules.get(limited.id)
assert fresh.modified_at >= fresh.created_at
assert (bounded.start, bounded.end) == (start, start + timedelta(days=30))

found = schedules.query(configuration_id=configuration, status=ScheduleStatus.ACTIVE, top=10)
assert found.count == len(found.resources)
assert {s.id for s in found.resources} == {made.id, limited.id}
counts = {"active": schedules.count(configuration_id=configuration, status=ScheduleStatus.ACTIVE)}

changes = [
    schedules.modify(made.id, cron="30 2 * * 1").message,
    schedules.modify(made.id, status=ScheduleStatus.INACTIVE).message,
]
paused = schedules.get(made.id)
counts["inactive"] = schedules.count(configuration_id=configuration, status=ScheduleStatus.INACTIVE)
changes.append(schedules.modify(made.id, status=ScheduleStatus.ACTIVE).message)
changes.append(schedules.modify(limited.id, configurationId=another, end=start + timedelta(days=60)).message)
moved = schedules.get(limited.id)
counts["of the other configuration"] = schedules.count(configuration_id=another)
counts["runs"] = client.execution.count(execution_schedule_id=made.id)

deletions = [schedules.delete(made.id).message, schedules.delete(limited.id).message]
afterwards = [gone(schedules, made.id)["exception"], gone(schedules, limited.id)["exception"]]
counts["afterwards"] = schedules.count(configuration_id=configuration)
absent = str(uuid.uuid4())

tell(
    messages={"create": made.message, "modify": changes, "delete": deletions},
    fresh={"name": fresh.name, "cron": fresh.cron, "status": fresh.status.value},
    configuration=fresh.configuration_id == configuration,
    paused={"cron": paused.cron, "status": paused.status.value},
    moved={"configuration": moved.configuration_id == another, "days": (moved.end - moved.start).days},
    counts=counts,
    gone=afterwards,
    refusals={
        "cron": refused(schedules.create, "walk", "0 * * *", configuration)["exception"],
        "configuration": refused(schedules.create, "walk", "0 * * * *", absent)["exception"],
        "modify": refused(schedules.modify, absent, status=ScheduleStatus.INACTIVE)["exception"],
        "delete": refused(schedules.delete, absent)["exception"],
    },
)
