"""The clock of this machine may be wrong: the target is not blamed for it, and schedules still start nothing soon."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.certificates import pair, server_context
from tests.conftest import read_events, serve, service_key

from lmconform.client.backoff import asked
from lmconform.safety.cron import fires_soon

# Imported by each Python that finds it on its path, before anything else.
SHIFT = """
import datetime, os, time
shift = float(os.environ["SHIFT_SECONDS"])
true_time = time.time
time.time = lambda: true_time() + shift
true = datetime.datetime

class Shifted(true):
    @classmethod
    def now(cls, tz=None):
        return true.now(tz) + datetime.timedelta(seconds=shift)

datetime.datetime = Shifted
"""
DAY = 86400
TIMES = ("scenario/schedules/*", "*LM-SCHEDULE-*", "*LM-OBS-CLOCK", "*LM-LOGS-WINDOW", "*LM-METRICS-TIME*")


@pytest.fixture
def shifted(tmp_path):
    """The environment of a process whose clock is wrong by so many seconds."""
    (tmp_path / "shift").mkdir()
    (tmp_path / "shift" / "sitecustomize.py").write_text(SHIFT)
    return lambda seconds: {"PYTHONPATH": str(tmp_path / "shift"), "SHIFT_SECONDS": str(seconds)}


@pytest.mark.parametrize("days", [-20_000, 0.5, 180])
def test_a_wrong_clock_is_said_and_blamed_on_no_target(lmconform, start_mock, tmp_path, shifted, days):
    mock = start_mock()
    options = ("--service-key", mock.key_file, "--resource-group", "tutorial", "--profile", "full", "--allow-writes")
    chosen = [word for pattern in TIMES for word in ("--only", pattern)]
    done = lmconform(
        *("run", mock.url, *options, *chosen, "--only", "fuzz/createExecutionSchedule", "--max-examples", 10),
        *("--poll-interval", 0.05, "--workers", 2, "--report-dir", "out"),
        env=shifted(days * DAY),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    events = read_events(tmp_path / "out")
    side = "ahead of" if days > 0 else "behind"
    (clock,) = [line for line in events[0]["doctor"] if line["name"] == "clock"]
    assert f" s {side} the target's: set the clock of this machine" in clock["text"]
    assert f"{side} the target's" in done.stdout
    seen = {event["id"]: event["value"] for event in events if event["type"] == "observation"}
    assert seen["LM-OBS-CLOCK"] == "within a minute"
    bodies = [
        json.loads(exchange["request"]["body"])
        for exchange in map(json.loads, (tmp_path / "out" / "exchanges.jsonl").read_text().splitlines())
        if exchange["operation"].endswith("ExecutionSchedule") and 200 <= exchange["response"]["status"] < 300
        if exchange["request"]["body"]
    ]
    crons = {body["cron"] for body in bodies if "cron" in body}
    assert len(crons) > 3
    assert [cron for cron in crons if fires_soon(cron, datetime.now(UTC))] == []


def test_retry_after_is_counted_from_the_date_of_its_answer():
    there = datetime.now(UTC) + timedelta(days=300)
    headers = [("Date", format_datetime(there, usegmt=True))]
    headers += [("Retry-After", format_datetime(there + timedelta(seconds=7), usegmt=True))]
    assert asked(headers) == 7


@pytest.mark.parametrize("days", [(-9, -2), (2, 9)], ids=["expired", "not yet valid"])
def test_a_certificate_that_is_good_at_another_time_says_what_time_it_is_here(lmconform, tmp_path, days):
    authority = pair(begin=days[0], end=days[1])
    (tmp_path / "ca.pem").write_text(authority.certificate)
    with serve(lambda handler: handler.reply(200), server_context(authority, tmp_path, clients=authority)) as (url, _):
        key = service_key(tmp_path, url)
        done = lmconform("doctor", url, "--service-key", key, "--ca-bundle", "ca.pem")
    assert done.returncode == 10
    assert f"the certificate is not good on {datetime.now(UTC):%Y-%m-%d}" in done.stdout
    assert "the time of this machine; is it right?" in done.stdout
