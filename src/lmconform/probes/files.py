"""Probes of files: their bytes, their paths, what is there already, what is gone."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import FILES, Context
from lmconform.probes.isolation import other_group
from lmconform.probes.observations import answer
from lmconform.probes.registry import observation, probe

_UPLOAD: Final = f"{FILES}.capabilities.upload"
_DOWNLOAD: Final = f"{FILES}.capabilities.download"
_DELETE: Final = f"{FILES}.capabilities.delete"
_SHARED: Final = "probes.file"
_LONGEST: Final = 1024

# A target may take some media types alone, and looks at the bytes for them (A5): the likeliest first.
_CONTENTS: Final = (
    ("text/csv", "name,number\r\nGr\u00f6\u00dfe,1\r\n\u65e5\u672c,2\r\n".encode()),
    ("text/plain", "made by a conformance run\r\nGr\u00f6\u00dfe \u65e5\u672c\n".encode()),
    ("application/json", b'{"made by": "a conformance run", "numbers": [1, 2]}\n'),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that we uploaded: its path, its bytes, the answer."""

    path: str
    content: bytes
    exchange: Exchange


def contents(ctx: Context) -> bytes:
    """Bytes that the target says it takes; raises Inconclusive when we have none of its types."""
    node: Any = ctx.session.capabilities.meta or {}
    for name in ("extensions", "dataset", "limits", "acceptedContentTypes"):
        node = node.get(name) if isinstance(node, dict) else None
    accepted = node if isinstance(node, list) and node else [kind for kind, _ in _CONTENTS]
    for kind, content in _CONTENTS:
        if kind in accepted:
            return content
    raise Inconclusive(f"the target takes files of types {', '.join(map(str, accepted))} alone")


def path_of(ctx: Context, name: str = "file") -> str:
    """A path of ours, as deep as people's paths are."""
    return f"{ctx.unique('files')}/{name}/2024-05.part_1.csv"


def put(ctx: Context, path: str, content: bytes, query: dict[str, Any] | None = None, **more: Any) -> Exchange:
    """Upload; the guard lets no path through that is not ours. Raises Inconclusive without an object store."""
    exchange = ctx.send("uploadFile", {"path": path}, query, body=content, **more)
    # A tenant brings its own store (F28, F51); only the words of the refusal tell that it has none.
    if not exchange.ok and "object store" in exchange.text.lower():
        raise Inconclusive(f"{ctx.label(exchange)} answered {exchange.brief}")
    return exchange


def uploaded(ctx: Context, content: bytes | None = None) -> File:
    """A new file; raises NotTestable when it is refused, for instance for want of an object store."""
    ctx.require(_UPLOAD)
    path, data = path_of(ctx), contents(ctx) if content is None else content
    exchange = put(ctx, path, data)
    if not exchange.ok:
        raise NotTestable(
            f"{ctx.label(exchange)} answered {exchange.brief}; files need an object store secret in the resource group"
        )
    return File(path, data, exchange)


def shared(ctx: Context) -> File:
    """The file of this session that nobody changes or deletes."""
    if _SHARED not in ctx.session.shared:
        ctx.session.shared[_SHARED] = uploaded(ctx)
    found: File = ctx.session.shared[_SHARED]
    return found


def _absent(ctx: Context) -> str:
    return f"{ctx.absent_id()}/nothing.csv"


@probe("LM-FILE-UNKNOWN-404", effect="read")
def nothing_is_not_found(ctx: Context) -> None:
    ctx.expect_refused(ctx.get("downloadFile", path=_absent(ctx)), {404})


@probe("LM-FILE-BAD-PATH", effect="read")
def odd_paths_lead_nowhere(ctx: Context) -> None:
    for odd in ("a b.csv", "a*b.csv", "a:b:c.csv"):
        ctx.expect_refused(ctx.get("downloadFile", path=f"{ctx.absent_id()}-{odd}"), {400, 404})


@probe("LM-FILE-UPLOAD", effect="destructive")
def new_file_is_taken(ctx: Context) -> None:
    exchange = put(ctx, path_of(ctx), contents(ctx))
    ctx.expect_status(exchange, {201})
    body = exchange.json_object()
    good = isinstance(body.get("message"), str) and isinstance(body.get("url"), str)
    ctx.expect(good, expected="message and url", actual=exchange.brief)


@probe("LM-FILE-UPLOAD-BAD-PATH", effect="destructive")
def odd_paths_take_no_file(ctx: Context) -> None:
    content = contents(ctx)
    start = ctx.unique("files")
    # A gateway may refuse a long URL before the API looks at it.
    for path in (f"{start} b.csv", f"{start}*.csv", f"{start}/{'x' * (_LONGEST - len(start))}"):
        ctx.expect_refused(put(ctx, path, content), {400, 404, 414})


@probe("LM-FILE-DOWNLOAD-ECHO", effect="destructive")
def bytes_come_back(ctx: Context) -> None:
    file = shared(ctx)
    _expect_content(ctx, file.path, file.content)


@probe("LM-FILE-DOWNLOAD-HEADERS", effect="destructive")
def browsers_are_warned(ctx: Context) -> None:
    found = ctx.get("downloadFile", path=shared(ctx).path)
    ctx.expect_status(found, {200})
    wanted: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("X-Content-Type-Options", lambda value: value.strip().lower() == "nosniff"),
        ("Content-Security-Policy", lambda value: "default-src 'none'" in value),
        ("Content-Disposition", lambda value: value.strip().lower().startswith("attachment")),
    )
    for name, holds in wanted:
        value = found.header(name)
        ctx.expect(value is not None and holds(value), expected=f"{name} that forbids it", actual=f"{name}: {value}")


@probe("LM-FILE-PATH-KEPT", effect="destructive")
def paths_are_told_apart(ctx: Context) -> None:
    ctx.require(_UPLOAD)
    first = contents(ctx)
    start = ctx.unique("files")
    files = {f"{start}/a/data.csv": first, f"{start}/b/data.csv": first + first, f"{start}/a_data.csv": first * 3}
    for path, content in files.items():
        exchange = put(ctx, path, content)
        if not exchange.ok:
            raise NotTestable(f"{ctx.label(exchange)} answered {exchange.brief}")
    for path, content in files.items():
        _expect_content(ctx, path, content)


@probe("LM-FILE-CONFLICT", effect="destructive")
def file_is_not_replaced_by_chance(ctx: Context) -> None:
    file = shared(ctx)
    for query in ({}, {"overwrite": False}):
        exchange = put(ctx, file.path, file.content + file.content, query)
        ctx.expect_refused(exchange, {409})
    if ctx.session.capabilities.has(_DOWNLOAD):
        _expect_content(ctx, file.path, file.content)


@probe("LM-FILE-OVERWRITE", effect="destructive")
def file_is_replaced_when_asked_for(ctx: Context) -> None:
    file = uploaded(ctx)
    new = file.content + file.content
    ctx.expect_status(put(ctx, file.path, new, {"overwrite": True}), {201})
    if ctx.session.capabilities.has(_DOWNLOAD):
        _expect_content(ctx, file.path, new)


@probe("LM-FILE-REGISTERED", effect="destructive")
def file_becomes_an_artifact(ctx: Context) -> None:
    url = shared(ctx).exchange.json_object().get("url")
    ctx.expect_status(ctx.send("createArtifact", json=ctx.artifact_body(url=url)), {201})


@probe("LM-FILE-DELETE", effect="destructive")
def deleted_file_is_gone(ctx: Context) -> None:
    file = uploaded(ctx)
    ctx.expect_status(ctx.send("deleteFile", {"path": file.path}), {204})
    if not ctx.session.capabilities.has(_DOWNLOAD):
        return
    patience = ctx.session.target.poll_timeout
    try:
        # An object store may take a moment.
        for _ in ctx.polls():
            if ctx.get("downloadFile", path=file.path).status == 404:
                return
    except Inconclusive:
        ctx.fail(expected=f"404 within {patience:g} s of the deletion", actual="the file is still there")


@probe("LM-FILE-DELETE-404", effect="destructive")
def nothing_is_not_deleted(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("deleteFile", {"path": _absent(ctx)}), {404})


@probe("LM-AUTH-FILE", effect="destructive")
def no_file_without_a_token(ctx: Context) -> None:
    path = {"path": shared(ctx).path}
    requests: tuple[tuple[str, dict[str, Any]], ...] = (
        ("downloadFile", {}),
        ("uploadFile", {"body": b"lmconform", "query": {"overwrite": True}}),
        ("deleteFile", {}),
    )
    for operation, rest in requests:
        refused = ctx.send(operation, path, authorize=False, **rest)
        ctx.expect(refused.status in (401, 403), expected="401 or 403", actual=refused.brief, exchange=refused)
    if ctx.session.capabilities.has(_DOWNLOAD):
        _expect_content(ctx, path["path"], shared(ctx).content)


def _expect_content(ctx: Context, path: str, content: bytes) -> None:
    found = ctx.get("downloadFile", path=path)
    ctx.expect_status(found, {200})
    ctx.expect(
        found.body == content,
        expected=f"the {len(content)} bytes that were uploaded",
        actual=f"{len(found.body)} bytes: {found.body[:60]!r}",
    )


@observation(
    "LM-OBS-FILE-EMPTY",
    operation="uploadFile",
    source="A1",
    effect="destructive",
    capability=_UPLOAD,
    text="An upload of no bytes.",
)
def empty_file(ctx: Context) -> str:
    return answer(put(ctx, path_of(ctx), b""))


@observation(
    "LM-OBS-FILE-PREFIX",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=_UPLOAD,
    text="An upload to a path that ends in a slash.",
)
def file_as_prefix(ctx: Context) -> str:
    return answer(put(ctx, f"{ctx.unique('files')}/", contents(ctx)))


@observation(
    "LM-OBS-FILE-URL",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=_UPLOAD,
    text="Form of urls.",
)
def form_of_urls(ctx: Context) -> str:
    file = shared(ctx)
    return str(file.exchange.json_object().get("url")).replace(file.path, "<path>")


@observation(
    "LM-OBS-FILE-OTHER-GROUP",
    operation="downloadFile",
    source="J",
    effect="destructive",
    capability=_DOWNLOAD,
    text="A file that was uploaded in another resource group, which may have the same object store.",
)
def file_of_another_group(ctx: Context) -> str:
    other = other_group(ctx)
    return answer(ctx.send("downloadFile", {"path": shared(ctx).path}, resource_group=other))
