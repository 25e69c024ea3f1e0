"""The ASGI application: gateway, routing by the contract, handlers, answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lmconform.contract.openapi import Contract, Operation
from lmconform.mock import artifacts, configurations, executions, meta, metrics, scenarios, validation
from lmconform.mock.auth import Authority
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import TOO_LARGE, Problem, envelope
from lmconform.mock.store import Group, Store
from lmconform.mock.switches import Switches

_BODY_LIMIT = 6 * 1024 * 1024
# Read and thrown away, so that a client which is still sending can read the answer.
_DRAIN_LIMIT = 64 * 1024 * 1024

HANDLERS: dict[str, Callable[[Call], Reply]] = {
    "listScenarios": scenarios.list_scenarios,
    "getScenario": scenarios.get_scenario,
    "listScenarioVersions": scenarios.list_versions,
    "listExecutables": scenarios.list_executables,
    "getExecutable": scenarios.get_executable,
    "listArtifacts": artifacts.list_,
    "createArtifact": artifacts.create,
    "getArtifact": artifacts.get,
    "countArtifacts": artifacts.count_,
    "listConfigurations": configurations.list_,
    "createConfiguration": configurations.create,
    "getConfiguration": configurations.get,
    "countConfigurations": configurations.count_,
    "listExecutions": executions.list_,
    "createExecution": executions.create,
    "createExecutionForConfiguration": executions.create_for_configuration,
    "getExecution": executions.get,
    "modifyExecution": executions.modify,
    "deleteExecution": executions.delete,
    "modifyExecutions": executions.modify_many,
    "countExecutions": executions.count_,
    "findMetrics": metrics.find,
    "patchMetrics": metrics.patch,
    "deleteMetrics": metrics.delete,
    "getMeta": meta.get,
}


class App:
    """One mock. The gateway comes first: token, then resource group, then the operation (F64)."""

    def __init__(self, contract: Contract, store: Store, authority: Authority, switches: Switches) -> None:
        self._contract = contract
        self._store = store
        self._authority = authority
        self._switches = switches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        body = await _read(receive)
        path = quote(scope.get("raw_path") or scope["path"].encode(), safe="/%$!'()*+,;=:@&~-._")
        path = path.partition("?")[0]
        if path == "/oauth/token":
            reply = self._token(scope, headers, body)
        else:
            try:
                reply = self._answer(scope, path, headers, body)
            except Problem as problem:
                reply = self._problem(problem, path)
        await _response(reply, scope["method"])(scope, receive, send)

    def _token(self, scope: Scope, headers: Headers, body: bytes | None) -> Reply:
        status, answer = self._authority.issue(
            headers.get("authorization", ""), body or b"", scope.get("query_string", b"")
        )
        return Reply(status, answer)

    def _answer(self, scope: Scope, path: str, headers: Headers, body: bytes | None) -> Reply:
        self._authority.check(headers.get("authorization"), self._switches)
        if body is None:
            code = TOO_LARGE if path.endswith("/metrics") else "01010413"
            raise Problem(413, code, "PayloadLimitException")
        if scope["method"] == "GET" and path == "/v2/lm/healthz":
            return Reply(200, meta.HEALTH)
        if scope["method"] == "GET" and path == "/v2/lm/meta/versions":
            return Reply(200, meta.VERSIONS)
        inside = path.removeprefix("/v2")
        found = self._contract.match(scope["method"], inside) if path.startswith("/v2/") else None
        if found is None:
            return self._nowhere(self._contract.methods(inside))
        operation, values = found
        group = self._group(operation, headers)
        group.settle()
        validation.path(self._contract, operation, values, self._switches)
        query = validation.query(self._contract, operation, scope.get("query_string", b""), self._switches)
        media_type = headers.get("content-type", "")
        data = validation.body(self._contract, operation, media_type, body, self._switches)
        base = f"{scope.get('scheme', 'http')}://{_host(scope)}"
        return HANDLERS[operation.id](Call(operation, values, query, data, group, self._switches, base))

    def _group(self, operation: Operation, headers: Headers) -> Group:
        name = headers.get("ai-resource-group")
        if operation.parameter("AI-Resource-Group") is None:
            name = "default"
        if not name:
            if self._switches["missing-resource-group"] == "400":
                raise Problem(400, "01010002", "Invalid Request, Missing header parameter 'AI-Resource-Group'")
            name = "default"
        if name not in self._store.groups:
            if self._switches["unknown-resource-group"] == "403":
                raise Problem(403, text="RBAC: access denied")
            raise Problem(404, "01010007", "Resource group does not exist")
        return self._store.groups[name]

    def _nowhere(self, allowed: tuple[str, ...]) -> Reply:
        status = 405 if allowed else 404
        headers = {"Allow": ", ".join(allowed)} if allowed else {}
        form = self._switches["unknown-path-body"]
        if form == "empty":
            return Reply(status, text="", headers=headers)
        words = "Method not allowed" if allowed else "Not found"
        if form == "text":
            return Reply(status, text=words, headers=headers)
        return Reply(status, {"error": {"code": str(status), "message": words}}, headers=headers)

    def _problem(self, problem: Problem, path: str) -> Reply:
        if problem.text is not None:
            return Reply(problem.status, text=problem.text)
        target = path.removeprefix("/v2/lm")[:200] if path.startswith("/v2/lm") else "/"
        return Reply(problem.status, envelope(problem, target, self._switches))


def _response(reply: Reply, method: str) -> Response:
    headers = dict(reply.headers)
    if reply.text is not None:
        return Response(reply.text, reply.status, headers, "text/plain")
    if reply.json is None:
        return Response(b"", reply.status, headers)
    return Response(json.dumps(reply.json, separators=(",", ":")), reply.status, headers, "application/json")


async def _read(receive: Receive) -> bytes | None:
    """The body, or None when it is longer than the limit."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= _DRAIN_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= _BODY_LIMIT:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks) if size <= _BODY_LIMIT else None


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _host(scope: Scope) -> str:
    server = scope.get("server") or ("127.0.0.1", 0)
    return f"{server[0]}:{server[1]}"
