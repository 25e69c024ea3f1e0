"""Requests that a mock must survive: made from the contract, then spoiled in every way that comes to mind."""

from __future__ import annotations

import json
import random
import re
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from lmconform.contract.openapi import Contract, Operation, Parameter, RequestBody

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY", "get", "X")
# Values that get through validation, by the name of the member or parameter.
_GOOD: dict[str, tuple[Any, ...]] = {
    "scenarioId": ("text-clf-tutorial", "foundation-models"),
    "executableId": ("text-clf-train-tutorial", "text-clf-infer-tutorial"),
    "executableIds": ("text-clf-train-tutorial", "text-clf-infer-tutorial"),
    "versionId": ("0.0.1", "1.0"),
    "kind": ("dataset", "model", "resultset", "other"),
    "url": ("ai://default/data", "ai://default/data/", "s3://x/y"),
    "cron": ("0 3 * * *", "0 * * * *", "*/5 * * * *", "0 0 30 2 *", "0 0 29 2 1"),
    "ttl": ("10m", "1h", "2d", "999999999999d", "0m"),
    "targetStatus": ("STOPPED", "DELETED"),
    "timestamp": ("2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z"),
    "start": ("2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2030-06-01T00:00:00Z"),
    "end": ("2036-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"),
    "$select": ("metrics", "tags", "customInfo", "*", "status"),
    "$expand": ("scenario",),
    "$filter": ("executionId eq 'e1234567'", "executionId in ('e1234567','e7654321')"),
    "tagFilters": ("a=b,c!=d", "a"),
    "artifactLabelSelector": ("ext.ai.sap.com/a=b", "ext.ai.sap.com/a!=b"),
    "path": ("a/b.csv", "data.json", "x/y/z.txt"),
    "resourceGroupId": ("group-a", "group-b", "tutorial"),
}
_LABEL = "ext.ai.sap.com/a"
_BAD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, 1e308, -(2**63), 2**64, 10**400, "", " ", "\x00", "\x7f", "é", "\U0001f600"),
    *("null", "NaN", "..", "../../etc/passwd", "%", "%00", "%ff", "a" * 65, "x" * 5000, "'; DROP TABLE things; --"),
    *("\u202e", "0000-00-00T99:99:99Z", "2026-02-30T00:00:00Z", "24:00", "${x}", "{{x}}", "\ud800", "1e999", "-0"),
    *([], {}, [[]], {"a": {}}, [None] * 30, {"": ""}, ["x"] * 1500),
)
_BYTES = (
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"NaN",
    b"Infinity",
    b"\\ud800",
    b'"',
    b"}",
    b"[",
    b"1e999",
    b"\xef\xbb\xbf",
)
_PATHS = (
    *("/", "//", "/v2", "/v2/", "/v2/lm", "/v2/lm/", "/v2/lm//", "/oauth/token", "/v2/admin", "/favicon.ico", "*"),
    *("/v2/admin/resourceGroups", "/v2/admin/resourceGroups/group-a", "/v2/admin/resourceGroups/a/b/c", "/%00"),
    *(
        "/v2/lm/healthz",
        "/v2/lm/meta/versions",
        "/v2/lm/../lm/meta",
        "/v2/lm/dataset/files/../../x",
        "/v2/lm/%2e%2e/meta",
    ),
    *("/v2/lm/dataset/files/%2e%2e/x.csv", "/v2/lm/dataset/files//x.csv", "/v2/lm/executions/%24count", "http://x/y"),
)
_GROUPS = ("tutorial", "default", "other", "group-a", "group-b", "nobody", "", "x" * 300, "../x", "é", " tutorial ")
_TYPES = ("application/json", "application/merge-patch+json", "text/plain", "", "application/json; charset=utf-16", "/")


class Hostile:
    """Makes requests, and learns ids from the answers."""

    def __init__(self, contract: Contract, token: str, dice: random.Random) -> None:
        self._contract = contract
        self._token = token
        self._dice = dice
        self._ids: deque[str] = deque(["absent-1234"], maxlen=200)

    def learn(self, body: bytes) -> None:
        """Remember the ids in an answer."""
        for found in re.findall(rb'"id":"([\w-]{4,64})"', body[:4000])[:5]:
            self._ids.append(found.decode())

    def request(self) -> tuple[str, bytes, bool]:
        """Method, the bytes of a request, and whether its framing is right, so that there must be an answer."""
        dice = self._dice
        operation = dice.choice(self._contract.operations)
        method, target, body = operation.method, self._target(operation), self._body(operation)
        if dice.random() < 0.04:
            method = dice.choice(METHODS)
        if dice.random() < 0.04:
            target = dice.choice(_PATHS)
        headers = self._headers(operation)
        if body or method in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(len(body))))
        head = f"{method} {target} HTTP/1.1\r\n".encode("utf-8", "replace")
        head += b"".join(f"{n}: {v}\r\n".encode("utf-8", "replace") for n, v in headers) + b"\r\n"
        if dice.random() < 0.03:
            return method, self._noise(head + body), False
        # uvicorn takes a body that follows the wish for another protocol for the next request.
        return method, head + body, not (body and ("Upgrade", "websocket") in headers)

    def _target(self, operation: Operation) -> str:
        values = {p.name: self._text(p) for p in operation.parameters if p.location == "path"}
        target = "/v2" + re.sub(r"\{([^}]+)\}", lambda m: self._percent(values[m.group(1)]), operation.path)
        pairs = []
        for parameter in operation.parameters:
            if parameter.location == "query" and self._dice.random() < (0.9 if parameter.required else 0.3):
                pairs.append(f"{quote(parameter.name)}={self._percent(self._text(parameter))}")
        if self._dice.random() < 0.03:
            pairs += self._dice.choice((["x=1"] * 600, ["&&=&", "%", "%zz=%"], ["$top=1", "$top=-1"], ["a" * 20000]))
        return f"{target}?{'&'.join(pairs)}" if pairs else target

    def _percent(self, text: str) -> str:
        safe = "/" if self._dice.random() < 0.9 else "/%$?#[]@!'()*+,;:"
        return quote(text.encode("utf-8", "surrogatepass"), safe=safe) or "-"

    def _text(self, parameter: Parameter) -> str:
        value = self._value(parameter.schema, parameter.name, 0)
        if isinstance(value, list):
            return ",".join(str(item) for item in value[:20])
        return str(value).lower() if isinstance(value, bool) else str(value)[:4000]

    def _headers(self, operation: Operation) -> list[tuple[str, str]]:
        dice = self._dice
        bearer = f"Bearer {self._token}"
        if dice.random() < 0.03:
            bearer = dice.choice(("", "Bearer", "Bearer x.y.z", "Basic eA==", f"bearer  {self._token}", "é" * 50))
        headers = [("Host", "localhost"), ("Authorization", bearer)]
        if dice.random() < 0.97:
            headers.append(("AI-Resource-Group", dice.choice(_GROUPS if dice.random() < 0.2 else _GROUPS[:3])))
        if operation.request_body:
            kind = next(iter(operation.request_body.content)).replace("*/*", "text/csv")
            headers.append(("Content-Type", dice.choice(_TYPES) if dice.random() < 0.05 else kind))
        if dice.random() < 0.03:
            headers += dice.choice(
                (
                    [("X-" + "y" * 300, "z" * 3000)],
                    [("AI-Resource-Group", "other")],
                    [("Expect", "100-continue")],
                    [("Accept", "\x01"), ("Cookie", "a=b; " * 100)],
                    [(f"X-{n}", "1") for n in range(150)],
                    [("Upgrade", "websocket"), ("Connection", "upgrade")],
                )
            )
        return headers

    def _body(self, operation: Operation) -> bytes:
        dice, expected = self._dice, operation.request_body
        if expected is None:
            return b"{}" if dice.random() < 0.02 else b""
        if "*/*" in expected.content:
            return dice.randbytes(dice.choice((0, 1, 100, 5000)))
        if dice.random() < 0.003:
            return b'{"a": "' + b"x" * 7_000_000 + b'"}'
        if dice.random() < 0.01:
            deep = dice.choice((90, 150, 20_000))
            return b'{"a":' * deep + b"1" + b"}" * deep
        raw = self._json(expected).encode("utf-8", "replace")
        if dice.random() < 0.1:
            where = dice.randrange(len(raw) + 1)
            spoils: tuple[Callable[[], bytes], ...] = (
                lambda: raw[:where],
                lambda: raw[:where] + dice.choice(_BYTES) + raw[where:],
                lambda: raw[:where] + dice.choice(_BYTES) + raw[where + 1 :],
                lambda: raw + raw,
                lambda: b"",
            )
            return dice.choice(spoils)()
        return raw

    def _json(self, expected: RequestBody) -> str:
        value = self._value(next(iter(expected.content.values())), "", 0)
        if isinstance(value, dict) and value and self._dice.random() < 0.15:
            name = self._dice.choice(list(value))
            act = self._dice.randrange(3)
            if act == 0:
                del value[name]
            elif act == 1:
                value[name] = self._dice.choice(_BAD)
            else:
                value[str(self._dice.choice(_BAD))[:50]] = self._dice.choice(_BAD)
        return json.dumps(value, ensure_ascii=self._dice.random() < 0.5)

    def _value(self, schema: Any, name: str, depth: int) -> Any:
        """Something that mostly fits the schema."""
        dice = self._dice
        if dice.random() < 0.02:
            return dice.choice(_BAD)
        node = self._contract.resolve(schema)
        if not isinstance(node, dict) or depth > 8:
            return dice.choice(_BAD)
        for several in ("oneOf", "anyOf"):
            if several in node:
                return self._value(dice.choice(node[several]), name, depth + 1)
        kinds = node.get("type", "object" if "properties" in node or "allOf" in node else "string")
        kind = dice.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(node, depth)
        if kind == "array":
            number = dice.choice((0, 1, 1, 2, 3))
            return [self._value(node.get("items", {}), name, depth + 1) for _ in range(number)]
        if kind in ("integer", "number"):
            return dice.choice((0, 1, 2, 10, 1000, node.get("maximum", 5), node.get("minimum", 0), 0.25))
        if kind == "boolean":
            return dice.random() < 0.5
        return None if kind == "null" else self._string(node, name)

    def _object(self, node: dict[str, Any], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for part in node.get("allOf", ()):
            inner = self._value(part, "", depth + 1)
            made |= inner if isinstance(inner, dict) else {}
        required = node.get("required", ())
        for member, schema in node.get("properties", {}).items():
            if self._dice.random() < (0.97 if member in required else 0.5):
                made[member] = self._value(schema, member, depth + 1)
        return made

    def _string(self, node: dict[str, Any], name: str) -> str:
        dice = self._dice
        if "enum" in node:
            return str(dice.choice(node["enum"]))
        if name in _GOOD and dice.random() < 0.9:
            return str(dice.choice(_GOOD[name]))
        if "pattern" in node and "ext" in node["pattern"]:
            return _LABEL
        if name.lower().endswith(("id", "ids")) and dice.random() < 0.95:
            return dice.choice(self._ids)
        return dice.choice(("a", "name", "some text", "x-1", "0.5", "A_b-c.d"))

    def _noise(self, raw: bytes) -> bytes:
        """No proper HTTP any more: bytes changed, lost or added, also in the head."""
        dice = self._dice
        for _ in range(dice.choice((1, 2, 10))):
            where = dice.randrange(len(raw))
            raw = raw[:where] + dice.choice((b"", dice.randbytes(1), dice.choice(_BYTES), b"\r\n")) + raw[where + 1 :]
        return raw
