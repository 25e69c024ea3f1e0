"""The one way to a target: what is repeated, and what is waited for."""

import json
import socket
import struct
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.conftest import free_port, serve

from lmconform.client.backoff import retry_after
from lmconform.client.patience import Patience
from lmconform.client.token import RATE
from lmconform.client.transport import Request, Transport
from lmconform.errors import NotTestable, TargetLost, TargetUnreachable
from lmconform.evidence.redaction import MASK, Redactor
from lmconform.safety.counters import Counters
from lmconform.safety.rate import Rate
from lmconform.settings.credentials import Credentials
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

GET = Request(item="test", operation="getMeta", method="GET", path="/lm/meta")
POST = Request(item="test", operation="createArtifact", method="POST", path="/lm/artifacts", body=b"{}")


def transport(url, waited=None, redactor=None):
    credentials = Credentials("client", "secret-of-the-test", f"{url}/oauth/token", "")
    target = Target("test", f"{url}/v2", credentials, "tutorial", "other", 0.01, TENANT)
    return Transport(target, redactor or Redactor(), None, sleep=(waited if waited is not None else []).append)


def answering(*statuses, **headers):
    """An API whose n-th answer has the n-th status; the last one repeats."""
    left = list(statuses)

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": f"token-{len(left)}-of-the-test", "expires_in": 3600})
        else:
            handler.reply(left.pop(0) if len(left) > 1 else left[0], {}, **headers)

    return answer


def calls(seen):
    return [request for request in seen if request[1] != "/oauth/token"]


def test_a_rate_limit_is_waited_out_as_long_as_it_says():
    waited = []
    with serve(answering(429, 200, Retry_After="7")) as (url, seen):
        exchange = transport(url, waited).send(POST)
    assert (exchange.status, len(calls(seen)), waited) == (200, 2, [pytest.approx(7.0, abs=0.5)])


def test_a_rate_limit_that_names_no_time_is_waited_out_longer_each_time():
    waited = []
    with serve(answering(429, 429, 200)) as (url, _):
        assert transport(url, waited).send(GET).status == 200
    assert waited == [0.5, 1.0]


def test_a_rate_limit_without_end_is_given_back_after_four_tries():
    with serve(answering(429)) as (url, seen):
        assert transport(url).send(GET).status == 429
    assert len(calls(seen)) == 4


def test_a_target_that_limits_for_ever_is_not_waited_for_for_ever():
    waited = []
    with serve(answering(429, Retry_After="1")) as (url, _):
        used = transport(url, waited)
        for _ in range(20):
            assert used.send(GET).status == 429
    # Nine seconds, and a second for each request: time does not go on here, so what all wait for is never over.
    assert sum(waited) < 9 + 20


def test_a_wait_of_an_hour_is_not_waited():
    waited = []
    with serve(answering(429, Retry_After="3600")) as (url, _):
        assert transport(url, waited).send(GET).status == 429
    assert waited == []


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("asked", [{}, {"Retry_After": "0"}], ids=["", "Retry-After"])
def test_a_write_is_not_repeated_after_a_passing_status_and_a_read_is(status, asked):
    with serve(answering(status, 200, **asked)) as (url, seen):
        assert transport(url).send(POST).status == status
        assert len(calls(seen)) == 1
    with serve(answering(status, 200, **asked)) as (url, _):
        assert transport(url).send(GET).status == 200


UPSTREAM = "upstream connect error or disconnect/reset before headers."


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("no healthy upstream", 2),
        (f"{UPSTREAM} reset reason: connection failure", 2),
        (f"{UPSTREAM} retried and the latest reset reason: remote connection failure, transport failure reason: x", 2),
        (f"{UPSTREAM} reset reason: overflow", 2),
        # The service had the request when the connection to it ended.
        (f"{UPSTREAM} reset reason: connection termination", 1),
        ("upstream request timeout", 1),
        ('{"error":{"code":"503","message":"no healthy upstream"}}', 1),
    ],
)
def test_a_write_is_repeated_when_the_gateway_says_that_it_was_not_handed_on(method, text, times):
    statuses = [503, 200]
    answer = token_or(lambda handler: handler.reply(statuses.pop(0), text.encode(), "text/plain"))
    with serve(answer) as (url, seen):
        request = Request(item="test", operation="createArtifact", method=method, path="/lm/artifacts", body=b"{}")
        assert transport(url).send(request).status == (200 if times == 2 else 503)
    assert len(calls(seen)) == times


def test_a_gateway_that_never_hands_on_does_not_hold_a_run():
    waited = []
    with serve(token_or(lambda handler: handler.reply(503, b"no healthy upstream", "text/plain"))) as (url, seen):
        one = transport(url, waited)
        assert {one.send(POST).status for _ in range(20)} == {503}
    assert waited == [0.5, 1.0, 2.0] * 3
    assert len(calls(seen)) == 3 * 4 + 17


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_whose_connection_is_reset_is_sent_once(method):
    def answer(handler):
        if handler.command == method and handler.path != "/oauth/token":
            # Closed with data unread and no time to linger: the other side gets a reset.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            raise ConnectionError
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(answer) as (url, seen):
        one = transport(url)
        # The connection is open and was used before: a client that opens another one would send twice.
        assert one.send(GET).status == 200
        with pytest.raises(NotTestable, match=f"{method}.*connection"):
            one.send(Request(item="test", operation="createArtifact", method=method, path="/lm/artifacts", body=b"{}"))
    assert [sent for sent in seen if sent == (method, "/v2/lm/artifacts")] == [(method, "/v2/lm/artifacts")]


def test_a_write_does_not_go_out_on_a_connection_that_has_rested(monkeypatch):
    monkeypatch.setattr("lmconform.client.connection._LONGEST_REST", 0.2)
    used = {}

    def answer(handler):
        now, port = time.monotonic(), handler.client_address[1]
        if now - used.get(port, now) > 0.3:
            # The server ends what has rested for that long at the moment at which the request arrives.
            handler.close_connection = True
            handler.connection.close()
            raise ConnectionError
        used[port] = now
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(answer) as (url, _):
        one = transport(url)
        assert one.send(GET).status == 200
        time.sleep(0.4)
        assert one.send(POST).status == 200


def test_one_connection_serves_many_requests():
    ports = set()

    def answer(handler):
        ports.add(handler.client_address[1])
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(answer) as (url, seen):
        one = transport(url)
        for request in [GET, POST] * 20:
            one.send(request)
    assert (len(calls(seen)), len(ports)) == (40, 1)


def test_a_500_is_never_repeated():
    with serve(answering(500, 200)) as (url, _):
        assert transport(url).send(GET).status == 500


def test_a_401_is_repeated_once_with_a_new_token():
    with serve(answering(401, 200)) as (url, seen):
        assert transport(url).send(POST).status == 200
    assert len([s for s in seen if s[1] == "/oauth/token"]) == 2
    with serve(answering(401)) as (url, seen):
        assert transport(url).send(POST).status == 401
        assert len(calls(seen)) == 2


def test_a_redirect_is_an_answer_and_is_not_followed():
    with serve(answering(200)) as (other, seen), serve(answering(307, Location=other)) as (url, _):
        assert transport(url).send(GET).status == 307
    assert seen == []


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_of_the_token_endpoint_leads_the_secret_nowhere(status):
    def answer(handler):
        handler.reply(status, {}, Location=f"{other}/oauth/token")

    refused = pytest.raises(TargetUnreachable, match=f"answered {status}, expected 200")
    with serve(answering(200)) as (other, seen), serve(answer) as (url, _), refused:
        transport(url).send(GET)
    assert seen == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), (" 0 ", 0.0), ("-1", None), ("soon", None), ("1.5", None), ("", None)],
)
def test_retry_after_is_a_whole_number_of_seconds(value, seconds):
    assert retry_after(value) == seconds


@pytest.mark.parametrize(
    "date",
    [f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", f"Mon, 01 Jan 2024 {'9' * 20}:00:00 GMT", f"1 Jan 2024 0:0 +{'9' * 20}"],
)
def test_a_date_of_numbers_that_no_clock_has_is_none(date):
    with serve(answering(429, 200, Retry_After=date, Date=date)) as (url, _):
        assert transport(url).send(GET).status == 200
    assert retry_after(date) is None


def test_retry_after_is_a_date():
    assert 50 < retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)) <= 60


def test_a_connection_that_breaks_on_one_request_is_not_testable():
    def answer(handler):
        if handler.path == "/v2/lm/meta":
            handler.connection.close()
            raise ConnectionError
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(answer) as (url, seen), pytest.raises(NotTestable, match="connection closed"):
        transport(url).send(GET)
    assert [path for _, path in seen].count("/v2/lm/meta") == 4


def test_a_target_that_breaks_every_connection_is_lost_and_nothing_more_is_sent():
    def answer(handler):
        if handler.path != "/oauth/token":
            handler.connection.close()
            raise ConnectionError
        handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})

    with serve(answer) as (url, seen):
        used = transport(url)
        with pytest.raises(TargetLost, match="no longer answers: connection closed"):
            used.send(GET)
        sent = len(seen)
        with pytest.raises(TargetLost, match="no longer answers"):
            used.send(GET)
    assert len(seen) == sent


def test_a_target_that_nobody_serves_any_more_is_lost():
    with serve(answering(200)) as (url, _):
        used = transport(url)
        assert used.send(GET).status == 200
        used.session.close()
    with pytest.raises(TargetLost, match="no longer accepts connections"):
        used.send(GET)


def test_a_token_endpoint_that_is_down_is_unreachable():
    with pytest.raises(TargetUnreachable, match="does not answer"):
        transport(f"http://127.0.0.1:{free_port()}").send(GET)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}"], ids=["html", "list", "no-token"])
def test_a_token_answer_without_a_token_is_unreachable(body):
    with serve(lambda handler: handler.reply(200, body)) as (url, _), pytest.raises(TargetUnreachable, match="without"):
        transport(url).send(GET)


def test_a_token_is_masked_from_the_moment_it_is_known():
    redactor = Redactor()
    with serve(answering(200)) as (url, _):
        transport(url, redactor=redactor).send(GET)
    assert redactor.text("token-1-of-the-test and secret-of-the-test") == f"{MASK} and {MASK}"


def test_a_body_without_end_is_cut():
    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        else:
            handler.reply(200, b"x" * (9 * 1024 * 1024))

    with serve(answer) as (url, _):
        exchange = transport(url).send(GET)
    assert exchange.truncated
    assert len(exchange.body) == 8 * 1024 * 1024


def token_or(answer):
    """An API with a token endpoint that works."""

    def both(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        else:
            answer(handler)

    return both


def trickle(handler):
    """An answer that comes a byte at a time, and would take half an hour."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n")
    for _ in range(20000):
        handler.wfile.flush()
        time.sleep(0.1)
        handler.wfile.write(b" ")


def test_the_time_limit_is_for_the_whole_answer():
    def answer(handler):
        if handler.path == "/v2/lm/meta":
            trickle(handler)
        handler.reply(200, {})

    with serve(token_or(answer)) as (url, _):
        used = transport(url)
        used.patience = Patience(answer=0.5)
        started = time.monotonic()
        with pytest.raises(NotTestable, match="no answer in time"):
            used.send(GET)
    assert time.monotonic() - started < 10


def test_a_target_that_hangs_is_lost_though_it_accepts_connections():
    with serve(token_or(lambda handler: time.sleep(3))) as (url, _):
        used = transport(url)
        used.patience = Patience(answer=0.3)
        with pytest.raises(TargetLost, match="no longer answers: no answer in time"):
            used.send(GET)


def test_an_operation_that_is_late_again_and_again_gets_less_time_until_it_answers():
    late = [True]

    def answer(handler):
        if handler.path == "/v2/lm/meta" and late[0]:
            time.sleep(4)
        handler.reply(200, {})

    with serve(token_or(answer)) as (url, _):
        used = transport(url)
        used.patience = Patience(answer=2.0)
        seconds = []
        for _ in range(4):
            started = time.monotonic()
            with pytest.raises(NotTestable, match="no answer in time"):
                used.send(GET)
            seconds.append(time.monotonic() - started)
        late[0] = False
        assert used.send(GET).status == 200
    assert min(seconds[:2]) > 1.9
    assert max(seconds[2:]) < 1.9


def test_a_body_is_unpacked_no_further_than_it_is_read():
    packed = zlib.compress(b" " * (64 << 20), wbits=31)
    with serve(token_or(lambda handler: handler.reply(200, packed, Content_Encoding="gzip"))) as (url, _):
        exchange = transport(url).send(GET)
    assert (exchange.truncated, exchange.body) == (True, b" " * (8 << 20))


@pytest.mark.parametrize("bits", [15, 31], ids=["deflate", "gzip"])
def test_a_body_that_is_packed_unasked_is_read_whole(bits):
    body = json.dumps({"count": 0, "resources": []}).encode() * 5000
    coding = "deflate" if bits == 15 else "gzip"
    packed = zlib.compress(body, wbits=bits)
    with serve(token_or(lambda handler: handler.reply(200, packed, Content_Encoding=coding))) as (url, _):
        exchange = transport(url).send(GET)
    assert (exchange.truncated, exchange.body) == (False, body)


def test_the_body_of_a_redirect_is_read_no_further_than_any_other():
    with serve(token_or(lambda handler: handler.reply(302, b"x" * (9 << 20), Location="/"))) as (url, _):
        exchange = transport(url).send(GET)
    assert (exchange.status, exchange.truncated) == (302, True)


def test_a_token_endpoint_that_is_busy_for_a_moment_is_asked_again():
    statuses = [503, 429, 200]
    waited = []

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(statuses.pop(0), {"access_token": "token-of-the-test"})
        else:
            handler.reply(200, {})

    with serve(answer) as (url, _):
        assert transport(url, waited).send(GET).status == 200
    assert waited == [1.0, 2.0]


def test_a_token_endpoint_that_names_a_time_is_asked_by_no_worker_before_it(tmp_path):
    statuses, waited = [429, 200, 200], ([], [])

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(statuses.pop(0), {"access_token": "token-of-the-test"}, Retry_After="5")
        else:
            handler.reply(200, {})

    with serve(answer) as (url, _):
        for mine in waited:
            worker = transport(url, mine)
            worker.token.rate = Rate(None, Counters(tmp_path / "counters.json"), RATE)
            assert worker.send(GET).status == 200
    # The second one never saw the 429.
    assert [pytest.approx(5, abs=1)] == waited[0]
    assert [pytest.approx(5, abs=2)] == waited[1]


def test_a_token_endpoint_is_waited_for_as_long_as_it_says_within_reason():
    statuses, waited = [503, 200, 429], []

    def answer(handler):
        if handler.path == "/oauth/token":
            asked = {503: "7", 429: "3600"}.get(statuses[0], "0")
            handler.reply(statuses.pop(0), {"access_token": "token-of-the-test"}, Retry_After=asked)
        else:
            handler.reply(200, {})

    with serve(answer) as (url, _):
        used = transport(url, waited)
        assert used.send(GET).status == 200
        used.token.forget(used.token.token())
        with pytest.raises(TargetUnreachable, match="answered 429, expected 200; try again later"):
            used.send(GET)
    assert waited == [7.0]
