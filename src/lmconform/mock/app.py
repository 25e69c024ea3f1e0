"""The ASGI application: the gateway's checks, routing by the contract, handlers, responses."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from lmconform.contract.openapi import Operation
from lmconform.mock import admin, auth, fresh_group, meta, validation
from lmconform.mock.auth import Authority
from lmconform.mock.call import Reply
from lmconform.mock.limits import MAX_UPLOAD_BYTES
from lmconform.mock.persistence import StateFile
from lmconform.mock.problems import TOO_LARGE, Problem, envelope
from lmconform.mock.response_variants import ResponseVariants
from lmconform.mock.service import Service
from lmconform.mock.store import Group

# A longer body is read and discarded up to this limit: a client that is still sending would not read the response.
_DRAIN_LIMIT = 64 * 1024 * 1024
# Paths outside the contract that real clients request.
_EXTRA_PATHS = {"/v2/lm/healthz": meta.HEALTH, "/v2/lm/meta/versions": meta.VERSIONS}
# Most paths contain nothing that has to be percent-encoded.
_PLAIN_PATH = re.compile(rb"[A-Za-z0-9/$._-]+")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_encode = json.JSONEncoder(separators=(",", ":")).encode
Headers = Mapping[str, str]


class App:
    """One mock. The gateway checks the token, then the resource group, then the operation runs (F64).

    Changes are in the state file, if there is one, before a response is sent.
    """

    def __init__(self, service: Service, authority: Authority, state: StateFile | None = None) -> None:
        self._state = state
        self._service = service
        self._contract = service.contract
        self._store = service.store
        self._authority = authority
        self._switches = service.switches
        self._withheld = service.withheld
        self._variants = ResponseVariants(service.switches)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        # When a header is repeated, the first one counts.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        try:
            body = await _read(receive)
        except ClientDisconnect:
            # Half a request is none.
            return
        path = path_of(scope)
        reply = self._token(scope, headers, body) if path == auth.PATH else self._reply(scope, path, headers, body)
        await _respond(reply, send)

    def _reply(self, scope: Scope, path: str, headers: Headers, body: bytes | None) -> Reply:
        """The reply of the operation, or an error; changes are in the state file before the reply is sent.

        Where the file cannot be written, what only reads is answered, and nothing else is carried out.
        """
        is_writing = scope["method"] not in _READING
        try:
            self._save(is_urgent=is_writing)
            reply = self._answer(scope, path, headers, body)
        except Problem as problem:
            reply = self._problem(problem, path)
        try:
            self._save(is_urgent=is_writing)
        except Problem as problem:
            reply = self._problem(problem, path)
        return reply

    def _save(self, *, is_urgent: bool) -> None:
        if self._state is not None:
            self._state.commit(is_urgent=is_urgent)

    def _token(self, scope: Scope, headers: Headers, body: bytes | None) -> Reply:
        if body is None:
            return Reply(413, {"error": "invalid_request", "error_description": "the body is too long"})
        tls = scope.get("extensions", {}).get("tls", {})
        certificate = next(iter(tls.get("client_cert_chain", ())), "")
        query = scope.get("query_string", b"")
        reply = self._authority.issue(scope["method"], headers.get("authorization", ""), body, query, certificate)
        if reply.status == 401:
            reply.json["error"] = self._switches["wrong-secret"]
        return reply

    def _answer(self, scope: Scope, path: str, headers: Headers, body: bytes | None) -> Reply:
        method = scope["method"]
        contract_path = path.removeprefix("/v2")
        if not path.startswith("/v2/") and self._switches["outside-path"] == "bare":
            return Reply(404)
        route = self._contract.match(method, contract_path) if path.startswith("/v2/") else None
        if route is not None and route[0].id in self._withheld:
            route, contract_path = None, ""
        extra = path == admin.PATH or path.startswith(f"{admin.PATH}/") or path in _EXTRA_PATHS
        if route is None and not extra and self._switches["authorization-first"] == "no":
            return self._no_route(self._contract.methods(contract_path))
        self._authority.check(headers.get("authorization"), self._switches)
        if body is None:
            code = TOO_LARGE if path.endswith("/metrics") else "01010413"
            raise Problem(413, code, "PayloadLimitException")
        if extra:
            return self._extra(method, path, body)
        if route is None:
            return self._no_route(self._contract.methods(contract_path))
        return self._operate(scope, *route, headers, body)

    def _extra(self, method: str, path: str, body: bytes) -> Reply:
        """Endpoints that real clients use and that the contract does not describe."""
        if path.startswith(admin.PATH):
            return admin.answer(self._store, method, path, body)
        return Reply(200, _EXTRA_PATHS[path]) if method == "GET" else self._no_route(("GET",))

    def _operate(
        self, scope: Scope, operation: Operation, values: dict[str, str], headers: Headers, body: bytes
    ) -> Reply:
        switches = self._switches
        group = self._group(operation, headers, values) if switches["resource-group-check"] == "first" else None
        validation.path(self._contract, operation, values, switches)
        query = validation.query(self._contract, operation, scope.get("query_string", b""), switches)
        data = validation.body(self._contract, operation, headers.get("content-type", ""), body, switches)
        group = group or self._group(operation, headers, values)
        group.run_due_events()
        base = _base(scope.get("scheme", "http"), scope.get("server"))
        call = self._service.call(operation, values, query, data, group, base)
        try:
            fresh_group.check(call)
            reply = self._service.handlers[operation.id](call)
        except Problem as problem:
            if problem.missing and switches["foreign-id"] == "403" and self._store.holds(problem.missing):
                raise Problem(403, text="RBAC: access denied") from problem
            raise
        if self._variants.active:
            strict = operation.id != "findMetrics" and query.get("$select") == "status"
            reply.json = self._variants.apply(reply.json, strict=strict)
        return reply

    def _group(self, operation: Operation, headers: Headers, values: dict[str, str]) -> Group:
        name = headers.get("ai-resource-group")
        if operation.id == "getMeta":
            name = "default"
        elif not name and operation.path.endswith("/logs"):
            name = self._group_of_logs(values)
        if not name:
            if self._switches["missing-resource-group"] == "400":
                raise Problem(400, "01010002", "Invalid Request, Missing header parameter 'AI-Resource-Group'")
            name = "default"
        if name not in self._store.groups:
            if self._switches["unknown-resource-group"] == "403":
                raise Problem(403, text="RBAC: access denied")
            raise Problem(404, "01010007", "Resource group does not exist")
        return self._store.groups[name]

    def _group_of_logs(self, values: dict[str, str]) -> str | None:
        """The group that holds the id: the description of logs has no group header, and ids are unique."""
        choice = self._switches["logs-without-group"]
        if choice == "anywhere":
            holder = next((g for g in self._store.groups.values() if any(g.holds(v) for v in values.values())), None)
            return holder.name if holder else "default"
        return "default" if choice == "default" else None

    def _no_route(self, allowed: tuple[str, ...]) -> Reply:
        allowed = allowed if self._switches["wrong-method"] == "405" else ()
        status = 405 if allowed else 404
        headers = {"Allow": ", ".join(allowed)} if allowed else {}
        form = self._switches["unknown-path-body"]
        if form == "empty":
            return Reply(status, text="", headers=headers)
        message = "Method not allowed" if allowed else "Not found"
        if form == "text":
            return Reply(status, text=message, headers=headers)
        if form == "sibling":
            return Reply(status, {"request_id": str(uuid.uuid4()), "message": message}, headers=headers)
        return Reply(status, {"error": {"code": str(status), "message": message}}, headers=headers)

    def _problem(self, problem: Problem, path: str) -> Reply:
        if problem.text is not None and self._switches["gateway-body"] == "text":
            return Reply(problem.status, text=problem.text)
        if problem.text is not None:
            problem = Problem(problem.status, str(problem.status), problem.text)
        if problem.status == 413 and self._switches["too-large-body"] == "bare":
            return Reply(413, {"request_id": str(uuid.uuid4()), "message": problem.message})
        target = path.removeprefix("/v2/lm")[:200] if path.startswith("/v2/lm") else "/"
        return Reply(problem.status, self._variants.apply(envelope(problem, target, self._switches)))


async def _respond(reply: Reply, send: Send) -> None:
    if reply.data is not None:
        body, media_type = reply.data, b"application/octet-stream"
    elif reply.text is not None:
        body, media_type = reply.text.encode(), b"text/plain; charset=utf-8"
    elif reply.json is not None:
        body, media_type = _encode(reply.json).encode(), b"application/json"
    else:
        body, media_type = b"", b""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    if reply.status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    if media_type:
        headers.append((b"content-type", media_type))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read(receive: Receive) -> bytes | None:
    """The body, or None when it is longer than the limit; raises ClientDisconnect when its end does not come."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= _DRAIN_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_UPLOAD_BYTES:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= MAX_UPLOAD_BYTES else None


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def path_of(scope: Scope) -> str:
    """The path of a request, percent-encoded as the client sent it."""
    raw = scope.get("raw_path") or scope["path"].encode()
    if _PLAIN_PATH.fullmatch(raw):
        return str(raw, "ascii")
    return quote(raw, safe="/%$!'()*+,;=:@&~-._").partition("?")[0]


@cache
def _base(scheme: str, server: tuple[str, int] | None) -> str:
    host, port = server or ("127.0.0.1", 0)
    return f"{scheme}://{host}:{port}"
