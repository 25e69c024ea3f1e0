"""A server of the tutorial's endpoints that breaks nothing; a test replaces one route by a defect."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import serve as http_server

from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

NOW = "2026-01-02T03:04:05Z"
SCENARIO = {"id": "text-clf-tutorial", "name": "Text", "createdAt": NOW, "modifiedAt": NOW}
ERROR = {"error": {"code": "01010020", "message": "not found"}}

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
Route = Callable[["Request"], Answer]


@dataclass(slots=True)
class Request:
    """One request as a route sees it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Fake:
    """Routes by ``METHOD /path``; ``seen`` are the requests so far, token requests left out."""

    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)
    stored: dict[str, Any] = field(default_factory=dict)
    base: str = ""
    polls: int = 0
    configuration: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reset(self.routes)

    def reset(self, routes: dict[str, Route]) -> None:
        """Begin anew, with these routes instead of the lawful ones."""
        self.seen, self.stored, self.polls, self.configuration = [], {}, 0, {}
        self.routes = {
            "GET /lm/scenarios": lambda r: (200, {"count": 1, "resources": [SCENARIO]}),
            "GET /lm/scenarios/text-clf-tutorial": lambda r: (200, SCENARIO),
            "POST /lm/artifacts": self.artifact,
            "POST /lm/configurations": self.configure,
            "GET /lm/configurations/conf-1": lambda r: (200, self.configuration),
            "POST /lm/executions": lambda r: (
                202,
                {"id": "e001", "message": "Execution scheduled", "status": "UNKNOWN", "targetStatus": "COMPLETED"},
            ),
            "GET /lm/executions/e001": self.execution,
            "PATCH /lm/metrics": self.store,
            "GET /lm/metrics": lambda r: (200, {"count": 1, "resources": [self.stored]}),
            **routes,
        }

    def artifact(self, request: Request) -> Answer:
        """Echo the url."""
        return 201, {"id": "art-1", "message": "Artifact acknowledged", "url": request.body["url"]}

    def configure(self, request: Request) -> Answer:
        """Keep the configuration."""
        self.configuration = {**request.body, "id": "conf-1", "createdAt": NOW}
        return 201, {"id": "conf-1", "message": "Configuration created"}

    def execution(self, request: Request) -> Answer:
        """One status further with each look."""
        self.polls += 1
        order = ("UNKNOWN", "PENDING", "RUNNING", "COMPLETED")
        return 200, execution(order[min(self.polls, len(order)) - 1])

    def store(self, request: Request) -> Answer:
        """Keep the metrics."""
        self.stored = json.loads(json.dumps(request.body))
        return 204, None

    def count(self, method: str, path: str) -> int:
        """How many such requests came."""
        return sum((r.method, r.path) == (method, path) for r in self.seen)


def execution(status: str, **more: Any) -> dict[str, Any]:
    """An execution in that status."""
    artifact = {"id": "model-1", "name": "text-model-tutorial", "kind": "model", "url": "ai://default/e001/m"}
    artifact |= {"scenarioId": "text-clf-tutorial", "createdAt": NOW, "modifiedAt": NOW}
    made = {"outputArtifacts": [artifact]} if status == "COMPLETED" else {}
    base = {"id": "e001", "configurationId": "conf-1", "status": status, "createdAt": NOW, "modifiedAt": NOW}
    return {**base, **made, **more}


@contextmanager
def serve(fake: Fake) -> Iterator[Fake]:
    """Serve on a free port of 127.0.0.1; ``fake.base`` is the API's base."""

    def answer(handler: Any) -> None:
        path, _, query = handler.path.partition("?")
        if path == "/oauth/token":
            result: Answer = (200, {"access_token": "t", "expires_in": 3600})
        else:
            body = json.loads(handler.body) if handler.body else None
            request = Request(handler.command, path.removeprefix("/v2"), query, dict(handler.headers), body)
            fake.seen.append(request)
            route = fake.routes.get(f"{request.method} {request.path}")
            result = route(request) if route else (404, ERROR)
        status, document, *rest = result
        content = b"" if document is None else json.dumps(document).encode()
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
        head += [] if document is None else ["Content-Type: application/json"]
        head += [f"{name}: {value}" for name, value in (rest[0] if rest else {}).items()]
        # Head and body in one packet: two would wait for each other (Nagle, delayed ACK).
        handler.wfile.write("\r\n".join([*head, "", ""]).encode() + content)

    with http_server(answer) as (url, _):
        fake.base = url
        yield fake


@contextmanager
def session_for(base: str, *, dialect: str = "published", timeout: float = 5.0, **more: Any) -> Iterator[Session]:
    """A session with a server of this machine, ``meta`` is what it advertises, ``expected`` what its owner expects."""
    target = Target(
        name="mock",
        base_url=f"{base}/v2",
        credentials=more.get("credentials") or Credentials("id", "secret", f"{base}/oauth/token", base),
        resource_group="tutorial",
        other_resource_group="other",
        poll_interval=0.02,
        limits=TENANT.with_seconds(dict.fromkeys(TENANT.as_json(), timeout)),
        disposable=True,
        expected=frozenset(more.get("expected", ())),
    )
    config = RunConfig.from_options("mock", {"dialect": dialect})
    session = Session.open(config, Contract.load(dialect), Register.load(), target, None, meta=more.get("meta"))
    try:
        yield session
    finally:
        session.close()
