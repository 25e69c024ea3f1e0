"""What rude peers stand on: a server between a run and the real mock, and the run's process under watch."""

import http.client
import importlib.util
import json
import socket
import ssl
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import LMCONFORM, clean_environment, free_port, read_events, serve

# The two requests of the preflight and a few of the first items.
POLITE_REQUESTS = 8
POLITE_TOKENS = 12
# A run takes about 70 MB; a body that is read without a limit, several times as much.
MEMORY_MB = 240
REPORT_MB = 20


@dataclass(frozen=True)
class Ending:
    """How a run must end: exit code, verdict (empty: the run never began), what its last word says, a time bound."""

    exit_code: int
    verdict: str = ""
    words: str = ""
    seconds: float = 60.0


@dataclass
class Peer:
    """One rude peer, read from its file; ``endings`` says where rudeness begins, and how the run then ends."""

    name: str
    module: object

    @property
    def endings(self):
        return self.module.ENDINGS


def peers(folder):
    """Every file in the folder, by name."""
    found = []
    for path in sorted(Path(__file__).with_name(folder).glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"{folder}_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(Peer(path.stem, module))
    return found


@dataclass
class Call:
    """One request to the peer: the handler that it came in by, the mock behind it, and another host."""

    handler: object
    mock: object
    elsewhere: str
    tokens: list
    number: int

    @property
    def path(self):
        return self.handler.path

    def write(self, data):
        """Send bytes now."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def head(self, *lines, status="200 OK"):
        """Send a status line and headers."""
        self.write(("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n").encode("latin-1"))

    def hang_up(self):
        """Close the connection."""
        self.handler.wfile.flush()
        self.handler.close_connection = True
        raise ConnectionError

    def sleep(self, seconds):
        """Say nothing for so long, or until the server is stopped."""
        time.sleep(seconds)

    def drip(self, data, pause=1.0):
        """Send one byte a pause."""
        for byte in data:
            self.write(bytes([byte]))
            time.sleep(pause)

    def ask(self):
        """What the mock answers: status, headers, body."""
        upstream = http.client.HTTPConnection(urlsplit(self.mock.url).netloc, timeout=20)
        sent = {k: v for k, v in self.handler.headers.items() if k.lower() not in ("host", "connection")}
        upstream.request(self.handler.command, self.handler.path, self.handler.body, sent)
        answer = upstream.getresponse()
        body = answer.read()
        upstream.close()
        return answer.status, dict(answer.getheaders()), body

    def forward(self, **changes):
        """Answer as the mock does; ``changes`` are members of the token answer."""
        status, headers, body = self.ask()
        if self.path == "/oauth/token" and status == 200:
            token = json.loads(body)
            self.tokens.append(token["access_token"])
            body = json.dumps(token | changes).encode()
        media = headers.pop("content-type", headers.pop("Content-Type", "application/json"))
        kept = {k: v for k, v in headers.items() if k.lower() not in ("content-length", "date", "connection")}
        self.handler.reply(status, body, media, **kept)


@contextmanager
def standing(peer, mode, mock, folder):
    """The peer on a port of its own; yields its URL, the key file, its tokens, and what the other host heard."""
    counts = {"api": 0, "token": 0, "started": 0}
    tokens, lock, module = [], threading.Lock(), peer.module
    has_token = hasattr(module, "token")

    def answer(handler):
        is_token = handler.path == "/oauth/token"
        with lock:
            counts["token" if is_token else "api"] += 1
            number = counts["token" if is_token else "api"]
        call = Call(handler, mock, other, tokens, number)
        polite = number <= (POLITE_TOKENS if is_token else POLITE_REQUESTS) if mode == "later" else False
        if is_token and has_token:
            # A token that is old at once makes each request ask for a new one.
            call.forward(expires_in=0) if polite else module.token(call)
        elif is_rude(call, polite):
            module.answer(call)
        else:
            call.forward()

    def is_rude(call, polite):
        if call.path == "/oauth/token" or polite or not hasattr(module, "answer"):
            return False
        counts["started"] += call.handler.command == "POST" and call.path == "/v2/lm/executions"
        return mode != "writes" or counts["started"] > 1

    with serve(lambda handler: handler.reply(200, {})) as (other, overheard), serve(answer) as (url, _):
        # Another name of this machine is another host to whoever looks at the URL.
        other = other.replace("127.0.0.1", "localhost")
        with ExitStack() as stack:
            where = PLACES[getattr(module, "PLACE", "here")](url, folder, stack)
            key = dict(mock.key) | {"url": where[1], "serviceurls": {"AI_API_URL": where[0]}}
            key_file = Path(folder) / "key.json"
            key_file.write_text(json.dumps(key))
            yield where[0], key_file, tokens, overheard


# Where the API and the token endpoint are, for a peer that is served at a URL.
NOWHERE = "https://lmconform-peer.invalid"
PLACES = {
    "here": lambda url, folder, stack: (url, url),
    "token nowhere": lambda url, folder, stack: (url, NOWHERE),
    "api nowhere": lambda url, folder, stack: (NOWHERE, url),
    "token down": lambda url, folder, stack: (url, f"http://127.0.0.1:{free_port()}"),
    "token behind TLS": lambda url, folder, stack: (url, stack.enter_context(secured(url, folder))),
    "api behind TLS": lambda url, folder, stack: (stack.enter_context(secured(url, folder)), url),
}


@contextmanager
def secured(url, folder):
    """The server at ``url`` behind TLS, with a certificate that nobody vouches for and that is for another host."""
    certificate, key = Path(folder) / "wrong.pem", Path(folder) / "wrong.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=wrong.example"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Relay(urlsplit(url).port, context=context) as relay:
        yield relay.url.replace("http:", "https:")


class Relay:
    """Passes bytes on to a port, on a port of its own, which can be closed and opened again."""

    def __init__(self, port, *, context=None, sees=lambda data: None):
        self._to, self._context, self._sees = port, context, sees
        self._sockets = []
        self._listener = None
        self.port = 0
        self.open()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()

    def open(self):
        """Listen, at the second time on the same port."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self):
        """Be gone, as a process that was killed."""
        hard_close(self._listener)
        while self._sockets:
            hard_close(self._sockets.pop())

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            if self._context:
                client = self._context.wrap_socket(client, server_side=True)
            upstream = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            client.close()
            return
        self._sockets += [client, upstream]
        threading.Thread(target=self._pump, args=(upstream, client, lambda data: None), daemon=True).start()
        self._pump(client, upstream, self._sees)

    def _pump(self, source, sink, sees):
        with suppress(OSError):
            while data := source.recv(64 * 1024):
                sees(data)
                sink.sendall(data)
        hard_close(source)
        hard_close(sink)


def hard_close(sock):
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


@dataclass(frozen=True)
class Done:
    """A run that ended: exit code, what it printed, seconds, peak memory in MB, its folder."""

    code: int
    printed: str
    seconds: float
    memory: float
    folder: Path

    @property
    def events(self):
        return read_events(self.folder) if (self.folder / "results.jsonl").is_file() else []

    @property
    def results(self):
        return [event for event in self.events if event["type"] == "result"]

    @property
    def footer(self):
        events = self.events
        assert not events or events[-1]["type"] == "footer", "the run has no footer"
        return events[-1] if events else None

    def files(self):
        """Everything that the run wrote or printed, by name."""
        found = {str(p.relative_to(self.folder)): p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}
        return {**found, "printed": self.printed.encode()}


def run(folder, target, key_file, *arguments, patience=120):
    """``lmconform run`` against a URL, watched; killed, and a failure, after ``patience`` seconds."""
    out = Path(folder) / "out"
    command = [*LMCONFORM, "run", target, "--service-key", str(key_file), "--resource-group", "tutorial"]
    command += ["--other-resource-group", "other"]
    command += ["--report-dir", str(out), "--poll-interval", "0.1", *map(str, arguments)]
    started = time.monotonic()
    with (Path(folder) / "printed").open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            if time.monotonic() - started > patience:
                process.kill()
                process.wait()
                raise AssertionError(f"the run did not end within {patience} s")
            time.sleep(0.05)
    printed = (Path(folder) / "printed").read_text(errors="replace")
    return Done(process.returncode, printed, time.monotonic() - started, peak, out)


def peak_memory(pid):
    """The most memory that the process ever held, in MB (VmHWM of Linux)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024
