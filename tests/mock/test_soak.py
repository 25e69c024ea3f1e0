"""Hostile requests, made from the contract and spoiled in their bytes, break nothing."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.conftest import clean_environment

SOAK = Path(__file__).resolve().parents[2] / "benchmarks" / "soak.py"


def test_hostile_requests_get_no_5xx_and_leave_no_exception_in_the_log():
    options = ("--requests", "8000", "--legs", "4", "--processes", "2", "--seed", "3")
    ran = subprocess.run(
        [sys.executable, str(SOAK), *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        env=clean_environment(),
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "8000 requests" in ran.stdout


def test_an_invalid_required_query_parameter_is_refused_with_every_switch_value(start_tenant):
    tenant = start_tenant("--switch", "invalid-query=ignore")
    assert tenant.send("DELETE", "/metrics?executionId=%00").status_code == 400


def test_a_client_that_is_refused_while_sending_a_long_body_can_read_the_response(mock):
    host, port = mock.url.removeprefix("http://").split(":")
    head = b"POST /v2/lm/artifacts HTTP/1.1\r\nHost: localhost\r\nAccept: \x01\r\nContent-Length: 7000000\r\n\r\n"
    for _ in range(5):
        with socket.create_connection((host, int(port)), timeout=10) as sock:
            sock.sendall(head + b"x" * 7_000_000)
            assert sock.recv(65536).startswith(b"HTTP/1.1 400 ")
            # The server closes the connection: the client has the complete response.
            assert sock.recv(65536) == b""
