"""What an item sends with: builds requests, keeps the journal, judges every exchange."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lmconform import checks
from lmconform.checks import Finding
from lmconform.client.transport import Request
from lmconform.contract import paths
from lmconform.contract.openapi import Operation
from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange

if TYPE_CHECKING:
    from lmconform.client.session import Session

OWN_GROUP: Final = "\0own"
_UNSET: Final = object()
_KINDS = {"createArtifact": "artifact", "createDeployment": "deployment", "createExecutionSchedule": "schedule"}
_EXECUTION_CREATORS = frozenset({"createExecution", "createExecutionForConfiguration", "createConfiguration"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding at one exchange of the item."""

    finding: Finding
    operation: str
    exchange: Exchange


@dataclass(slots=True)
class Client:
    """Sends for one item. ``exchanges`` keeps ids; ``broken`` the first finding of each cause."""

    session: Session
    item: str
    exchanges: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    broken: dict[tuple[str, str], Judged] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    last: Exchange | None = None

    def send(
        self,
        operation_id: str,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = _UNSET,
        *,
        body: bytes | None = None,
        media_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        resource_group: str | None = OWN_GROUP,
        authorize: bool = True,
        judge: bool = True,
    ) -> Exchange:
        """Send a request for an operation of the contract.

        ``query`` values that are lists are serialised as the parameter's style says; booleans
        become ``true`` and ``false``. ``json`` is encoded, ``body`` goes as it is.
        ``resource_group`` None leaves the header out. ``judge`` False skips the contract's
        checks, for requests that are wrong on purpose in a way that the contract cannot judge.
        """
        operation = self.session.contract.operation(operation_id)
        content = _encode(json) if json is not _UNSET else (body or b"")
        pairs = dict(headers or {})
        if (json is not _UNSET or body is not None) and "Content-Type" not in pairs:
            pairs["Content-Type"] = media_type or _media_type(operation)
        if resource_group is not None and operation.parameter("AI-Resource-Group"):
            own = self.session.target.resource_group
            pairs["AI-Resource-Group"] = own if resource_group is OWN_GROUP else resource_group
        request = Request(
            item=self.item,
            operation=operation.id,
            method=operation.method,
            path=operation.fill(path or {}),
            query=encode_query(operation, query or {}),
            headers=tuple(pairs.items()),
            body=content,
            authorize=authorize,
        )
        return self.dispatch(operation, request, path or {}, query or {}, judge=judge)

    def dispatch(
        self,
        operation: Operation | None,
        request: Request,
        path: Mapping[str, str],
        query: Mapping[str, Any],
        *,
        judge: bool = True,
    ) -> Exchange:
        """Send a request that is built already; the guard and the journal see it as well.

        Raises NotTestable for an answer that was cut: nobody can say what the rest would be.
        """
        document = _decode(request.body)
        self.session.guard.check(operation, path, query, document)
        with self.session.shield() if request.method == "POST" else nullcontext():
            # What is made and not noted would be left behind.
            try:
                exchange = self.session.transport.send(request)
            except NotTestable:
                self._doubt(operation, request, path, document)
                raise
            if exchange.status >= 500:
                self._doubt(operation, request, path, document)
            if operation is not None:
                self._keep_journal(operation, request, path, query, document, exchange)
        self.exchanges.append(exchange.id)
        self.last = exchange
        if operation is not None and judge:
            self.judge(operation, exchange)
        if exchange.truncated:
            raise NotTestable(
                f"{paths.label(exchange.method, exchange.path)}: a body of more than {len(exchange.body)} bytes"
            )
        return exchange

    def judge(self, operation: Operation, exchange: Exchange) -> list[Finding]:
        """Run the contract's checks; returns what is broken, and remembers it."""
        found = []
        for finding in checks.judge(self.session.contract, operation, exchange):
            self.judged.add(finding.requirement)
            if not finding.ok:
                found.append(finding)
                key = (finding.requirement, operation.id)
                self.broken.setdefault(key, Judged(finding, operation.id, exchange))
                self.counts[key] = self.counts.get(key, 0) + 1
        return found

    def _doubt(self, operation: Operation | None, request: Request, path: Mapping[str, str], document: Any) -> None:
        """A change that broke off, or ended in a gateway, may have been carried out all the same."""
        if operation is None or request.method in ("GET", "HEAD"):
            return
        journal, body = self.session.journal, document if isinstance(document, dict) else {}
        entries = next(iter(body.values()), None)
        named = [entry["id"] for entry in entries if _has_id(entry)] if isinstance(entries, list) else []
        journal.doubt([*path.values(), *named])
        kind = "execution" if operation.id in _EXECUTION_CREATORS else _KINDS.get(operation.id, "")
        configuration = body.get("configurationId") or path.get("configurationId")
        if kind and isinstance(configuration, str):
            journal.maybe_started(kind, configuration, _group(request))
        elif operation.id == "uploadFile":
            journal.created("file", path["path"], _group(request))
        elif operation.id == "patchMetrics" and body:
            journal.created("metrics", str(body.get("executionId")), _group(request))

    def _keep_journal(
        self,
        operation: Operation,
        request: Request,
        path: Mapping[str, str],
        query: Mapping[str, Any],
        document: Any,
        exchange: Exchange,
    ) -> None:
        if not exchange.ok:
            return
        journal = self.session.journal
        group = _group(request)
        made = exchange.json_object().get("id")
        if isinstance(made, str) and operation.id in _KINDS:
            journal.created(_KINDS[operation.id], made, group)
        elif operation.id == "uploadFile":
            journal.created("file", path["path"], group)
        elif isinstance(made, str) and operation.id in _EXECUTION_CREATORS:
            # The tutorial's page has the two endpoints transposed: the answer says what was made.
            journal.created("execution" if _is_execution(operation, exchange) else "configuration", made, group)
        elif operation.id == "deleteFile":
            journal.removed("file", path["path"])
        elif operation.id == "patchMetrics" and isinstance(document, dict):
            journal.created("metrics", str(document.get("executionId")), group)


def encode_query(operation: Operation, query: Mapping[str, Any]) -> str:
    """The query string for ``query``; a value None leaves the parameter out."""
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        parameter = operation.parameter(name)
        key = quote(name, safe="$")
        if isinstance(value, Sequence) and not isinstance(value, str):
            texts = [percent(_text(v)) for v in value]
            if parameter is not None and parameter.explode:
                parts += [f"{key}={t}" for t in texts]
            else:
                parts.append(f"{key}={','.join(texts)}")
        else:
            parts.append(f"{key}={percent(_text(value))}")
    return "&".join(parts)


def percent(text: str) -> str:
    """``text`` for a path segment or a query value; half a surrogate pair becomes a question mark."""
    return quote(text, safe="", errors="replace")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _group(request: Request) -> str:
    return next((v for k, v in request.headers if k.lower() == "ai-resource-group"), "")


def _has_id(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str)


def _is_execution(operation: Operation, exchange: Exchange) -> bool:
    if "status" in exchange.json_object() or "targetStatus" in exchange.json_object():
        return True
    return exchange.status == 202 if operation.id == "createConfiguration" else exchange.status != 201


def _encode(value: Any) -> bytes:
    return jsonlib.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _decode(body: bytes) -> Any:
    try:
        return jsonlib.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def _media_type(operation: Operation) -> str:
    content = operation.request_body.content if operation.request_body else {}
    named = next(iter(content), "application/json")
    # A range such as */* is nothing that a body can be.
    return "application/octet-stream" if "*" in named else named
