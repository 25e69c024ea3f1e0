"""The application in front of the API: serves ``/`` and ``/-/…``, and passes all other requests on."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_ASSETS = Path(__file__).parent / "assets"
_PREFIX = "/-/"
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_JSON = "application/json"
_TEXT = "text/plain; charset=utf-8"
# No content of other origins, no inline scripts or styles, no conversion of text to markup.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

# The JSON value of a path below /-/, given the query.
Source = Callable[[dict[str, str]], Any]


class Front:
    """The page in front of ``app``. ``sources`` compute the JSON values below ``/-/``, by name.

    ``host`` is the address that the mock listens on; a Host header that names no local host must be equal to it.
    """

    def __init__(self, app: ASGIApp, sources: dict[str, Source], host: str) -> None:
        self._app = app
        self._sources = sources
        self._host = host
        self._files: dict[str, Path] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not (scope["path"] == "/" or scope["path"].startswith(_PREFIX)):
            await self._app(scope, receive, send)
            return
        status, media_type, body, more = self._answer(scope)
        headers = {"Content-Type": media_type, "Content-Length": str(len(body)), **_HEADERS, **more}
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: Scope) -> tuple[int, str, bytes, dict[str, str]]:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _TEXT, b"The page is for reading.\n", {"Allow": "GET, HEAD"}
        host = Headers(scope=scope).get("host", "")
        if not is_local(host, self._host):
            # DNS rebinding: a foreign name that resolves to this machine would let its web page read this one.
            return 421, _TEXT, b"Open this page by its address: http://127.0.0.1 or http://localhost.\n", {}
        name = "index.html" if scope["path"] == "/" else scope["path"].removeprefix(_PREFIX)
        if name in self._sources:
            raw = scope.get("query_string", b"").decode("ascii", "replace")
            value = self._sources[name](dict(parse_qsl(raw[:2000])))
            return 200, _JSON, json.dumps(value, separators=(",", ":")).encode(), {}
        file = self._assets().get(name)
        if file is None:
            return 404, _TEXT, b"Not found\n", {}
        return 200, _MEDIA_TYPES[file.suffix], file.read_bytes(), {}

    def _assets(self) -> dict[str, Path]:
        """The files of the page by name: no path from a request is used on the file system."""
        if self._files is None:
            self._files = {file.name: file for file in _ASSETS.iterdir() if file.suffix in _MEDIA_TYPES}
        return self._files


def is_local(header: str, host: str) -> bool:
    """Whether a Host header is ``host``, an IP address, or a name that every resolver keeps on this machine.

    That is ``localhost`` and what ends in it (RFC 6761, section 6.3). A name without a dot is none: a search domain, or
    the DNS of a network, can point it anywhere.
    """
    name = header.rpartition("]")[0].lstrip("[") if header.startswith("[") else header.partition(":")[0]
    name = name.lower()
    if name in (host.lower(), "localhost") or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
