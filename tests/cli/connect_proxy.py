"""An HTTP proxy that opens tunnels (CONNECT), and an API behind TLS that is reached through it alone."""

import base64
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from tests.certificates import pair, server_context
from tests.conftest import serve, service_key

# No resolver knows it: only the proxy can lead there.
HOST = "tenant.invalid"
USER, PASSWORD = "agent", "pass/word+of=the:proxy"


@contextmanager
def connect_proxy(port):
    """Leads ``HOST`` to a port of this machine, for those who show user and password; yields its port and requests."""
    seen = []
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self):
            seen.append((self.path, self.headers.get("Authorization")))
            if self.headers.get("Proxy-Authorization") != expected:
                self.send_error(407)
                return
            with socket.create_connection(("127.0.0.1", port)) as behind:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_copy, args=(behind, self.connection), daemon=True)
                back.start()
                _copy(self.connection, behind)
                back.join(5)

        def log_message(self, *arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _copy(source, sink):
    try:
        while data := source.recv(64 * 1024):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@contextmanager
def tenant(mock, folder, **headers):
    """The mock as ``HOST`` behind TLS; yields its port, the requests it sees, and writes key.json and ca.pem.

    ``headers`` are in each of its answers.
    """
    own = pair(names=(HOST,))
    (folder / "ca.pem").write_text(own.certificate)
    session = requests.Session()

    def answer(handler):
        sent = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "content-length")}
        got = session.request(handler.command, mock.url + handler.path, headers=sent, data=handler.body, timeout=20)
        handler.reply(got.status_code, got.content, got.headers.get("Content-Type", "text/plain"), **headers)

    with serve(answer, server_context(own, folder, clients=own)) as (url, seen):
        client = {name: mock.key[name] for name in ("clientid", "clientsecret")}
        service_key(folder, f"https://{HOST}", **client)
        yield int(url.rpartition(":")[2]), seen
