"""Schedules that probes create and change start nothing."""

import json
from datetime import UTC, datetime

from tests.probes.probe_bench import OBSERVATIONS, PROBES, Defect, Rewriting, look, odd, open_session, run

from lmconform.safety.cron import fires_soon

SCHEDULES = [name for name in PROBES if "-SCHEDULE-" in name]


def test_no_schedule_of_ours_starts_anything(mock):
    session = open_session(mock)
    session.guard._disposable = False
    session.transport = Rewriting(session.transport, Defect())
    assert odd(run(session, *SCHEDULES)) == {}
    look(session, *(name for name in OBSERVATIONS if "OBS-SCHEDULE" in name))
    operations = ("createExecutionSchedule", "modifyExecutionSchedule")
    bodies = [r.body for r in session.transport.requests if r.operation in operations and r.body.endswith(b"}")]
    crons = {cron for cron in (json.loads(body).get("cron") for body in bodies) if isinstance(cron, str)}
    assert len(crons) >= 3
    assert not [cron for cron in crons if fires_soon(cron, datetime.now(UTC))]
