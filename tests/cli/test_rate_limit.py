"""A target that says when it may be asked again is asked by no worker before."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from tests.conftest import results_of, serve

# What was on its way when the answer was written.
UNDER_WAY = 0.5


class Limiter:
    """The mock behind a limit of the rate: once, when three processes have asked, it says 429."""

    def __init__(self, mock, retry_after):
        self.mock = mock
        self.retry_after = retry_after
        self.session = requests.Session()
        self.lock = threading.Lock()
        self.ports = set()
        self.times = []
        self.limited_at = None

    def answer(self, handler):
        if handler.path != "/oauth/token" and self.limits(handler.client_address[1]):
            handler.reply(429, {"error": {"code": "1", "message": "slow"}}, Retry_After=self.retry_after())
            return
        sent = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "content-length")}
        url = self.mock.url + handler.path
        got = self.session.request(handler.command, url, headers=sent, data=handler.body, timeout=20)
        handler.reply(got.status_code, got.content, got.headers.get("Content-Type", "text/plain"))

    def limits(self, port):
        with self.lock:
            self.ports.add(port)
            self.times.append(time.monotonic())
            if self.limited_at is None and len(self.ports) > 2:
                self.limited_at = time.monotonic()
                return True
            return False


@pytest.mark.parametrize(
    ("retry_after", "least"),
    [
        (lambda: "2", 2.0),
        # A date has whole seconds.
        (lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True), 2.9),
    ],
    ids=["seconds", "date"],
)
def test_no_worker_asks_before_the_time_that_the_target_names(lmconform, mock, tmp_path, retry_after, least):
    limiter = Limiter(mock, retry_after)
    with serve(limiter.answer) as (url, _):
        done = lmconform(
            *("run", url, "--service-key", mock.key_file, "--resource-group", "tutorial", "--workers", "2"),
            *("--report-dir", "out"),
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert limiter.limited_at is not None
    since = [moment - limiter.limited_at for moment in limiter.times]
    assert [round(s, 2) for s in since if UNDER_WAY < s < least - 0.05] == []
    assert len([s for s in since if s >= least - 0.05]) > 10
    assert [result["id"] for result in results_of(tmp_path / "out").values() if result["gates"]] == []
