"""The OpenAPI description as values: operations, parameters, responses, validators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import jsonschema_rs

from lmconform.contract import bundle, member_paths, paths, pointer, versions
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.pointer import PointerError
from lmconform.errors import ContractError, did_you_mean

Schema = dict[str, Any] | bool

# Letters, marks, digits and underscores of all languages, as UTS 18 defines a word character.
_LETTERS = r"\p{L}\p{M}\p{N}\p{Pc}"
_GROWS = "x-lm-may-grow"
_LONGEST_MESSAGE = 1000
_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; ``location`` is ``path``, ``query`` or ``header``.

    ``slashes``: a slash in its value is one in the path (``x-lm-slashes``; OpenAPI 3.1 has no word for it).
    """

    name: str
    location: str
    required: bool
    schema: Schema
    style: str
    explode: bool
    slashes: bool = False


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What an operation accepts: media type to schema."""

    required: bool
    content: Mapping[str, Schema]

    @property
    def json_schema(self) -> Schema | None:
        """The schema of a JSON body; None where bytes are sent."""
        return next((schema for media, schema in self.content.items() if "json" in media), None)


@dataclass(frozen=True, slots=True)
class Header:
    """A response header that the description names."""

    name: str
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Response:
    """One declared answer: ``status`` as written (``"200"``), media type to schema, headers.

    ``beyond`` holds the reason when real servers send it and the published description does
    not name it.
    """

    status: str
    content: Mapping[str, Schema]
    headers: tuple[Header, ...]
    beyond: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One HTTP method on one path template. ``path`` begins with ``/lm``; ``extensions`` are its ``x-lm-…`` members."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: Mapping[str, Response]
    effect: str
    extensions: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How people name it: ``GET /v2/lm/scenarios``."""
        return paths.label(self.method, self.path)

    def response(self, status: int) -> Response | None:
        """The declared response for ``status``: exact, then the ``4XX`` range, then default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name (header names match in any case), or None."""
        wanted = name.lower()
        return next((p for p in self.parameters if p.name.lower() == wanted), None)

    def fill(self, path_parameters: Mapping[str, str]) -> str:
        """The path with its ``{placeholders}`` replaced by the values, which are percent-encoded here."""
        return re.sub(r"\{([^}]+)\}", lambda m: self._percent(m.group(1), path_parameters[m.group(1)]), self.path)

    def _percent(self, name: str, value: str) -> str:
        parameter = next((p for p in self.parameters if (p.name, p.location) == (name, "path")), None)
        return quote(value, safe="/" if parameter and parameter.slashes else "", errors="replace")


class Contract:
    """An OpenAPI 3.1 description, with the dialect's overlay applied."""

    def __init__(self, document: dict[str, Any], *, dialect: str = "published", source: Path | None = None) -> None:
        self.document = document
        self.dialect = dialect
        self.source = source
        try:
            self.operations: tuple[Operation, ...] = tuple(self._read_operations())
        except (LookupError, TypeError, AttributeError, PointerError) as error:
            raise ContractError(f"{source or 'specs'}: not a usable OpenAPI description ({error!r})") from error
        self._by_id = {operation.id: operation for operation in self.operations}
        self._routes = _Routes(self.operations)

    @classmethod
    def load(
        cls,
        dialect: str = "published",
        folder: Path | None = None,
        *,
        version: str | None = None,
        overlays: Sequence[Path] = (),
    ) -> Contract:
        """The bundled description in one of the ``DIALECTS``, as it was in ``version`` when that is an older one.

        ``folder`` replaces the bundle's ``specs``. ``overlays`` are files by the OpenAPI Overlay Specification 1.0.0
        that are applied after that of the dialect, in their order. Raises ContractError.
        """
        specs = folder or bundle.root() / "specs"
        source = specs / "lm" / "openapi.yaml"
        document = bundle.read_yaml(source)
        if dialect not in DIALECTS:
            raise ContractError(f"dialect {dialect!r} does not exist{did_you_mean(dialect, DIALECTS)}")
        files = [] if dialect == "published" else [specs / "tutorial" / f"{dialect}.overlay.yaml"]
        for file in (*files, *overlays):
            # A run without overlays does not need its JSONPath.
            from lmconform.contract import overlay

            document = overlay.apply(document, file)
        try:
            contract = cls(document, dialect=dialect, source=source)
        except ContractError as error:
            added = ", ".join(map(str, overlays))
            raise ContractError(f"{error}; with {added}" if added else str(error)) from error
        return contract if version is None else contract.at(version)

    @property
    def version(self) -> str:
        """The version of SAP's published description that this one describes."""
        return str(self.document["info"]["version"])

    def at(self, version: str) -> Contract:
        """The contract as it was published in ``version``; this one when it is no later."""
        if not versions.is_later(self.version, version):
            return self
        return Contract(versions.as_of(self.document, version), dialect=self.dialect, source=self.source)

    def operation(self, operation_id: str) -> Operation:
        """The operation of that id; ContractError suggests the nearest one."""
        try:
            return self._by_id[operation_id]
        except KeyError:
            raise ContractError(
                f"operation {operation_id!r} is not in the description{did_you_mean(operation_id, self._by_id)}"
            ) from None

    def __contains__(self, operation_id: object) -> bool:
        return operation_id in self._by_id

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation for a request, with decoded path parameters; ``path`` begins with /lm."""
        # Clients may encode the dollar sign of $count: the two spellings are one path (RFC 3986, section 6.2.2.2).
        path = path.replace("%24", "$")
        for pattern, operation in self._routes.near(method.upper(), path):
            if found := pattern.fullmatch(path):
                return operation, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that the description has for ``path``; empty when the path is unknown."""
        return tuple(sorted({o.method for pattern, o in self._routes.all if pattern.fullmatch(path)}))

    def members(self, operation_id: str) -> frozenset[str]:
        """The names that the JSON body of a 200 may have by its schema; empty when that is no object."""
        response = self.operation(operation_id).response(200)
        schema = response.content.get("application/json", {}) if response is not None else {}
        return frozenset(self._members(schema))

    def _members(self, schema: Any) -> Iterator[str]:
        node = self.resolve(schema)
        if isinstance(node, dict):
            yield from node.get("properties", {})
            for part in (*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())):
                yield from self._members(part)

    def resolve(self, node: Any) -> Any:
        """``node``, or what its ``$ref`` points to."""
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            node = pointer.resolve(self.document, node["$ref"].removeprefix("#"))
        return node

    def first_error(self, schema: Schema, value: Any, *, wide: bool = False) -> str:
        """The first thing that ``value`` breaks in ``schema``, with its place; empty when it is valid.

        Building every error of a list of 100,000 wrong entries takes minutes and gigabytes. Formats are not asserted
        here: JSON Schema 2020-12 makes them annotations. ``wide``: ``\\w`` in a pattern means the letters of all
        languages, which it does for some and not for others, and what ``x-lm-may-grow`` may be longer by that.
        """
        try:
            self.validator(schema, wide=wide).validate(value)
        except jsonschema_rs.ValidationError as error:
            # The message quotes the value, which may be as long as the whole answer.
            return f"{_where(error.instance_path)}{error.message[:_LONGEST_MESSAGE]}"
        return ""

    def date_times(self, schema: Schema, value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
        """The texts in ``value`` that are ``date-time`` by the schema, each with its path; a list in a path is ``*``.

        Empty texts are passed over, and what is no text is the schema's matter.
        """
        if id(schema) not in self._times:
            self._times[id(schema)] = (schema, member_paths.tree(self._dated(schema, frozenset())))
        yield from (found for found in member_paths.texts(value, self._times[id(schema)][1]) if found[1])

    @cached_property
    def _times(self) -> dict[int, tuple[Schema, member_paths.Tree]]:
        return {}

    def _dated(self, schema: Any, above: frozenset[int]) -> Iterator[tuple[str, ...]]:
        """The paths of the date-times in a schema; a list is ``*``."""
        node = self.resolve(schema)
        if not isinstance(node, dict) or id(node) in above:
            return
        above |= {id(node)}
        if node.get("format") == "date-time":
            yield ()
        for part in (*node.get("allOf", ()), *node.get("anyOf", ()), *node.get("oneOf", ())):
            yield from self._dated(part, above)
        for name, member in (*node.get("properties", {}).items(), ("*", node.get("items"))):
            yield from ((name, *rest) for rest in self._dated(member, above))

    def is_valid(self, schema: Schema, value: Any) -> bool:
        """Whether ``value`` is valid against ``schema``; cheaper than ``first_error``."""
        return bool(self.validator(schema).is_valid(value))

    def validator(self, schema: Schema, *, wide: bool = False) -> jsonschema_rs.Draft202012Validator:
        """A compiled validator for a schema of this document, references and all; ``wide``: see ``first_error``."""
        key = (id(schema), wide)
        if key not in self._validators:
            whole = schema if isinstance(schema, bool) else {**schema, "components": self.document["components"]}
            compiled = jsonschema_rs.Draft202012Validator(_widened(whole) if wide else whole)
            # The schema is kept beside its validator: a freed dict's id could be given away again.
            self._validators[key] = (schema, compiled)
        return self._validators[key][1]

    @cached_property
    def _validators(self) -> dict[tuple[int, bool], tuple[Schema, jsonschema_rs.Draft202012Validator]]:
        return {}

    @cached_property
    def sha256(self) -> str:
        """Hash of the description as it is used: overlay applied, keys sorted."""
        import hashlib

        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    yield self._read_operation(path, method, item, item[method])

    def _read_operation(self, path: str, method: str, item: dict[str, Any], node: dict[str, Any]) -> Operation:
        merged: dict[tuple[str, str], Parameter] = {}
        for raw in [*item.get("parameters", []), *node.get("parameters", [])]:
            p = self.resolve(raw)
            style = p.get("style", "form" if p["in"] == "query" else "simple")
            merged[p["name"], p["in"]] = Parameter(
                p["name"],
                p["in"],
                bool(p.get("required")),
                p["schema"],
                style,
                p.get("explode", style == "form"),
                bool(p.get("x-lm-slashes")),
            )
        body = self.resolve(node["requestBody"]) if "requestBody" in node else None
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(merged.values()),
            request_body=RequestBody(bool(body.get("required")), _schemas(body)) if body else None,
            responses={status: self._read_response(status, raw) for status, raw in node["responses"].items()},
            effect=node.get("x-lm-effect", "read" if method == "get" else "destructive"),
            extensions={name: value for name, value in node.items() if name.startswith("x-lm-")},
        )

    def _read_response(self, status: str, raw: dict[str, Any]) -> Response:
        node = self.resolve(raw)
        headers = []
        for name, value in node.get("headers", {}).items():
            header = self.resolve(value)
            headers.append(Header(name, bool(header.get("required")), header.get("schema", True)))
        return Response(str(status), _schemas(node), tuple(headers), str(node.get("x-lm-beyond", "")))


def _widened(node: Any) -> Any:
    if isinstance(node, dict):
        wide = {name: _wide(v) if name == "pattern" and isinstance(v, str) else _widened(v) for name, v in node.items()}
        return wide if _GROWS not in node else {**wide, "maxLength": node["maxLength"] + node[_GROWS]}
    return [_widened(entry) for entry in node] if isinstance(node, list) else node


def _wide(pattern: str) -> str:
    return re.sub(r"(\[[^\]]*?)\\w", lambda found: found[1] + _LETTERS, pattern)


class _Routes:
    """Patterns of the paths with their operations, found without trying all of them."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        # Literal segments win over templated ones: /lm/artifacts/$count is no artifact id.
        ordered = sorted(operations, key=lambda o: (o.path.count("{"), o.path))
        self.all = [(_route(o), o) for o in ordered]
        self._near: dict[tuple[str, str], list[tuple[re.Pattern[str], Operation]]] = {}
        for collection in {"", *(_collection(o.path) for o in ordered)}:
            for pattern, operation in self.all:
                if _collection(operation.path) in ("", collection):
                    self._near.setdefault((operation.method, collection), []).append((pattern, operation))

    def near(self, method: str, path: str) -> Sequence[tuple[re.Pattern[str], Operation]]:
        """Those that have the method and may match the path, the most literal first."""
        found = self._near.get((method, _collection(path)))
        return self._near.get((method, ""), ()) if found is None else found


def _collection(path: str) -> str:
    """``executions`` of ``/lm/executions/{executionId}``; empty when that segment is templated or missing."""
    segments = path.split("/", 3)
    return segments[2] if len(segments) > 2 and "{" not in segments[2] else ""


def _schemas(node: dict[str, Any]) -> dict[str, Schema]:
    return {media: value.get("schema", True) for media, value in node.get("content", {}).items()}


def _route(operation: Operation) -> re.Pattern[str]:
    several = {p.name for p in operation.parameters if p.slashes and p.location == "path"}
    parts = re.split(r"\{([^}]+)\}", operation.path)
    values = {p: ".+" if p in several else "[^/]+" for p in parts[1::2]}
    return re.compile("".join(f"(?P<{p}>{values[p]})" if i % 2 else re.escape(p) for i, p in enumerate(parts)))


def _where(path: list[str | int]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".") + ": " if path else ""
