"""The mock on its socket: heads beyond a limit, clients that are too slow, and clients that close their side early."""

import contextlib
import select
import socket
import time

import pytest
import requests
from tests.mock.connections import PAGE, connect, rest, statuses

HEAD = PAGE.removesuffix(b"\r\n")


@pytest.fixture(scope="module")
def url(mock):
    return mock.url


def seconds(url):
    """How long the mock takes to answer somebody else."""
    began = time.monotonic()
    assert requests.get(f"{url}/", timeout=20).status_code == 200
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"\r\n", 431),
        (HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 7000) for n in range(10)) + b"\r\n", 431),
        (PAGE.replace(b"?", b"?" + b"x" * 70_000), 414),
        (HEAD + b"X: " + b"x" * 30_000 + b"\r\n\r\n", 200),
        (HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", 200),
        (PAGE.replace(b"?", b"?" + b"x" * 30_000), 200),
    ],
    ids=["300-headers", "a-long-header", "long-headers", "a-long-url", "30-kb", "200-headers", "a-url-of-30-kb"],
)
def test_a_head_beyond_a_limit_is_refused_and_one_within_is_not(url, request_, status):
    with connect(url) as client:
        client.sendall(request_)
        client.shutdown(socket.SHUT_WR)
        assert statuses(rest(client)) == [status]


def test_trailers_beyond_the_limit_are_refused(url):
    with connect(url) as client:
        client.sendall(b"POST /v2/lm/artifacts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        client.sendall(b"X: " + b"x" * 400_000)
        assert statuses(rest(client)) == [431]


@pytest.mark.parametrize("part", [b"x" * 65_536, b"x: y\r\n" * 10_000], ids=["one-header", "many-headers"])
def test_endless_headers_are_refused_early_and_block_nobody(url, part):
    with connect(url) as client:
        client.sendall(HEAD + b"X: ")
        sent, until = 0, time.monotonic() + 10
        with contextlib.suppress(ConnectionError):
            while time.monotonic() < until:
                client.sendall(part)
                sent += len(part)
                if select.select([client], [], [], 0)[0]:
                    break
        assert statuses(client.recv(65536)) == [431]
    assert sent < 32 * 1024 * 1024
    assert seconds(url) < 5


def test_clients_that_send_a_byte_now_and_then_are_closed_and_others_are_served_meanwhile(start_mock):
    url = start_mock("--read-timeout", "2").url
    began = [
        PAGE[:-2],
        b"",
        b"\r\n",
        b"POST /v2/lm/artifacts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n",
    ]
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(url)) for _ in range(100)]
        start = time.monotonic()
        for number, client in enumerate(clients):
            client.sendall(began[number % len(began)])
        waits = [seconds(url)]
        answers = {}
        while len(answers) < len(clients) and time.monotonic() < start + 20:
            for client in select.select([c for c in clients if c not in answers], [], [], 0.3)[0]:
                with contextlib.suppress(ConnectionError):
                    answers[client] = b""
                    answers[client] = rest(client)
            for number, client in enumerate(clients):
                if client not in answers and number % len(began) in (0, 3):
                    with contextlib.suppress(OSError):
                        client.sendall(b"x")
            waits.append(seconds(url))
        assert len(answers) == len(clients)
        assert time.monotonic() - start > 1.5
    assert max(waits) < 5
    said = [statuses(answers[client]) for client in clients]
    assert said[0::4] == said[3::4] == [[408]] * 25
    assert said[1::4] == said[2::4] == [[]] * 25


def test_a_request_that_takes_longer_than_the_timeout_to_answer_is_answered(start_mock):
    url = start_mock("--read-timeout", "0.3", "--fault", "GET: latency, seconds=1").url
    with connect(url) as client:
        client.sendall(b"GET /v2/lm/scenarios HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert statuses(rest(client)) == [403]


def test_what_was_asked_before_a_half_close_is_answered(url):
    for number in (1, 3, 20):
        with connect(url) as client:
            client.sendall(PAGE * number)
            client.shutdown(socket.SHUT_WR)
            assert statuses(rest(client)) == [200] * number


@pytest.mark.parametrize("half", [PAGE[:-2], PAGE[:9], b"PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"])
def test_half_a_request_before_a_half_close_is_none_and_those_before_it_are_answered(url, half):
    with connect(url) as client:
        client.sendall(PAGE * 2 + half)
        client.shutdown(socket.SHUT_WR)
        assert statuses(rest(client)) == [200, 200]


def test_a_file_of_which_only_a_part_came_is_not_stored(mock):
    headers = mock.headers()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = "/v2/lm/dataset/files/default/half.csv"
    head = f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n{lines}"
    with connect(mock.url) as client:
        client.sendall(f"{head}Content-Length: 10\r\n\r\n12345".encode())
        client.shutdown(socket.SHUT_WR)
        assert rest(client) == b""
    assert requests.get(mock.url + path, headers=headers, timeout=5).status_code == 404
