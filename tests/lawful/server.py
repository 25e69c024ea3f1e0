"""Runs one lawful server: python -m tests.lawful.server --seed N --style NAME --write-service-key FILE."""

import argparse
import gzip
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .choices import STYLES, Choices
from .gateway import CLIENT, Api

MEDIA = {"html": "text/html", "bytes": "application/octet-stream"}


class Handler(BaseHTTPRequestHandler):
    """Puts replies on the wire in the server's way."""

    protocol_version = "HTTP/1.1"
    wbufsize = 256 * 1024  # head and body leave together
    timeout = 60

    def handle_one_request(self):
        """One request; a client that hangs up is no news."""
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _read(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def handle_any(self):
        """Any method."""
        try:
            body = self._read()
        except ValueError:
            self.send_error(400)
            return
        headers = {name.lower(): value.strip() for name, value in self.headers.items()}
        with self.server.lock:
            reply = self.server.api.answer(self.command, self.path, headers, body)
            self._write(reply)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_OPTIONS = do_TRACE = handle_any  # noqa: N815

    def _pick(self, name):
        options = {"framing": ("length", "chunked"), "connection": ("keep", "close")}
        options["json_layout"] = ("compact", "indented")
        value = self.server.api.choices[name]
        return self.server.api.rng.choice(options[name]) if value == "mixed" else value

    def _json(self, value):
        layouts = {"compact": {"separators": (",", ":")}, "indented": {"indent": 2}}
        layout = layouts[self._pick("json_layout")]
        text = json.dumps(value, ensure_ascii=self.server.api.choices["json_ascii"], **layout)
        try:
            return text.encode()
        except UnicodeEncodeError:
            return json.dumps(value).encode()

    def _write(self, reply):
        choices = self.server.api.choices
        headers = dict(reply.headers)
        if reply.status == 429:
            headers |= self.server.api.retry_after()
        body = b""
        if reply.kind == "json":
            body, headers["Content-Type"] = self._json(reply.body), choices["json_type"]
        elif reply.kind in ("text", "html"):
            body, headers["Content-Type"] = reply.body.encode(), MEDIA.get(reply.kind, choices["text_type"])
        elif reply.kind == "bytes":
            body, headers["Content-Type"] = reply.body, MEDIA["bytes"]
        if body and choices["compression"] == "when-asked" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if choices["gateway_headers"]:
            headers |= {"x-envoy-upstream-service-time": "7", "X-Request-ID": "1", "Strict-Transport-Security": "x"}
        if self._pick("connection") == "close":
            headers["Connection"] = "close"
            self.close_connection = True
        bodiless = self.command == "HEAD" or reply.status == 204
        chunked = not bodiless and self._pick("framing") == "chunked" and self.request_version == "HTTP/1.1"
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif reply.status != 204:
            headers["Content-Length"] = str(len(body))
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name.lower() if choices["header_case"] == "lower" else name, value)
        self.end_headers()
        if not bodiless:
            self.wfile.write(self._chunks(body) if chunked else body)

    @staticmethod
    def _chunks(body):
        pieces = [body[i : i + 777] for i in range(0, len(body), 777)]
        return b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"

    def log_message(self, *arguments):
        """Say nothing."""


def end_with(parent):
    """End this process when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main():
    """Start, write the service key, serve until the parent ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--style", choices=STYLES, default="any")
    parser.add_argument("--choose", action="append", default=[], metavar="OPTION=VALUE")
    parser.add_argument("--write-service-key", type=Path, required=True)
    options = parser.parse_args()
    choices = Choices(options.seed, options.style, [tuple(c.split("=", 1)) for c in options.choose])
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.lock = threading.Lock()
    url = f"http://127.0.0.1:{server.server_port}"
    server.api = Api(choices, url)
    key = {"clientid": CLIENT[0], "clientsecret": CLIENT[1], "url": url, "serviceurls": {"AI_API_URL": url}}
    draft = options.write_service_key.with_suffix(".draft")
    draft.write_text(json.dumps(key))
    draft.rename(options.write_service_key)
    sys.stderr.write(json.dumps(choices.unusual()) + "\n")
    sys.stderr.flush()
    server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
