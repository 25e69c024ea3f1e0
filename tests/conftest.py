"""Fixtures of the harness' own tests: the real command, and the real mock as a process."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tests.browsing import browser  # noqa: F401 - a fixture of all tests

LMCONFORM = [sys.executable, "-m", "lmconform"]


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory):
    """Journals of runs go into a folder of the tests."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    yield
    os.environ.pop("XDG_STATE_HOME")
    if before is not None:
        os.environ["XDG_STATE_HOME"] = before


def clean_environment(**more):
    """This environment without credentials of the user who runs the tests, and without the job that they run in."""
    left_out = ("AICORE_", "PYTEST_", "VCAP_", "GITHUB_", "GITLAB_CI", "JENKINS_URL", "SYSTEM_COLLECTIONURI")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    return kept | {"COLUMNS": "200", "NO_COLOR": "1", "HOME": "/absent"} | more


@pytest.fixture
def lmconform(tmp_path):
    """Runs the command in an empty folder; returns the completed process."""

    def run(*arguments, cwd=tmp_path, timeout=120, env=None, input="", **more):
        return subprocess.run(
            [*LMCONFORM, *map(str, arguments)],
            cwd=cwd,
            env=clean_environment(**(env or {})),
            input=input,
            capture_output=True,
            text=True,
            timeout=timeout,
            **more,
        )

    return run


def read_events(folder):
    """The lines of a run's results.jsonl."""
    return [json.loads(line) for line in (Path(folder) / "results.jsonl").read_text().splitlines()]


def results_of(folder):
    """Result lines by id."""
    return {event["id"]: event for event in read_events(folder) if event["type"] == "result"}


class MockProcess:
    """A mock that was started by hand, with its service key."""

    def __init__(self, folder, *arguments):
        self.key_file = Path(folder) / "key.json"
        self.log = Path(folder) / "mock.log"
        command = [*LMCONFORM, "mock", "--port", "0", "--write-service-key", str(self.key_file), *arguments]
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=clean_environment()
            )
        # A busy machine takes its time.
        deadline = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, "the mock does not start"
            try:
                self.key = json.loads(self.key_file.read_text())
                self.url = self.key["serviceurls"]["AI_API_URL"]
                requests.get(f"{self.url}/v2/lm/healthz", timeout=2)
                return
            except (OSError, ValueError):
                time.sleep(0.05)

    def stop(self):
        """End the process."""
        self.process.terminate()
        self.process.wait(10)

    def headers(self, group="tutorial"):
        """Headers of an authorized request."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.key["clientid"],
            "client_secret": self.key["clientsecret"],
        }
        token = requests.post(f"{self.key['url']}/oauth/token", data=form, timeout=5).json()["access_token"]
        return {"Authorization": f"Bearer {token}", "AI-Resource-Group": group}


class SecuredMock(MockProcess):
    """A mock with a TLS port, and the files of the client that shows a certificate there."""

    def __init__(self, folder, *arguments):
        self.x509_file, self.ca = Path(folder) / "x509-key.json", Path(folder) / "ca.pem"
        files = ("--write-x509-key", str(self.x509_file), "--write-ca", str(self.ca))
        super().__init__(folder, "--tls-port", "0", *files, *arguments)
        self.x509 = json.loads(self.x509_file.read_text())
        self.tls_url = self.x509["certurl"]
        self.pair = Path(folder) / "certificate.pem", Path(folder) / "certificate.key"
        for path, member in zip(self.pair, ("certificate", "key"), strict=True):
            path.write_text(self.x509[member])


@pytest.fixture
def start_mock(tmp_path_factory):
    """Starts mocks with options of the test's choice, and stops them."""
    running = []

    def start(*arguments):
        running.append(MockProcess(tmp_path_factory.mktemp("mock"), "--pace", "0.1", *arguments))
        return running[-1]

    yield start
    for process in running:
        process.stop()


@pytest.fixture(scope="session")
def mock(tmp_path_factory):
    """One mock for all tests that only need some server."""
    process = MockProcess(tmp_path_factory.mktemp("shared-mock"), "--pace", "0.1")
    yield process
    process.stop()


@pytest.fixture(scope="session")
def secured_mock(tmp_path_factory):
    """One mock with a TLS port for all tests that need one."""
    process = SecuredMock(tmp_path_factory.mktemp("secured-mock"), "--pace", "0.1")
    yield process
    process.stop()


@contextmanager
def serve(answer, context=None):
    """A server on 127.0.0.1 whose ``answer(handler)`` writes the response; yields url and requests seen.

    With a ``context`` it speaks TLS.
    """
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together; else each answer waits 40 ms for a delayed ACK.
        wbufsize = 64 * 1024

        def handle_one_request(self):
            try:
                super().handle_one_request()
            except (ConnectionError, ValueError):
                self.close_connection = True

        def do(self):
            length = int(self.headers.get("Content-Length") or 0)
            self.body = self.rfile.read(length)
            seen.append((self.command, self.path))
            answer(self)

        do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = do_PUT = do  # noqa: N815

        def log_message(self, *arguments):
            """Say nothing."""

        def reply(self, status, body=b"", media_type="application/json", **headers):
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def service_key(folder, url, **changes):
    """Write a service key for a server at ``url``; returns its path."""
    key = {
        "clientid": "sb-test!b1|aicore!b1",
        "clientsecret": "secret-of-the-test",
        "url": url,
        "serviceurls": {"AI_API_URL": url},
    } | changes
    path = Path(folder) / "service-key.json"
    path.write_text(json.dumps({name: value for name, value in key.items() if value is not None}))
    return path
