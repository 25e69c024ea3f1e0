"""Probes of files: their bytes, their paths, what is there already, what is gone."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.isolation import other_group
from lmconform.probes.lab import FILES, Lab
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


def contents(lab: Lab) -> bytes:
    """Bytes that the target says it takes; raises Inconclusive when we have none of its types."""
    node: Any = lab.session.capabilities.meta or {}
    for name in ("extensions", "dataset", "limits", "acceptedContentTypes"):
        node = node.get(name) if isinstance(node, dict) else None
    accepted = node if isinstance(node, list) and node else [kind for kind, _ in _CONTENTS]
    for kind, content in _CONTENTS:
        if kind in accepted:
            return content
    raise Inconclusive(f"the target takes files of types {', '.join(map(str, accepted))} alone")


def path_of(lab: Lab, name: str = "file") -> str:
    """A path of ours, as deep as people's paths are."""
    return f"{lab.unique('files')}/{name}/2024-05.part_1.csv"


def put(lab: Lab, path: str, content: bytes, query: dict[str, Any] | None = None, **more: Any) -> Exchange:
    """Upload; the guard lets no path through that is not ours. Raises Inconclusive without an object store."""
    exchange = lab.send("uploadFile", {"path": path}, query, body=content, **more)
    # A tenant brings its own store (F28, F51); only the words of the refusal tell that it has none.
    if not exchange.ok and "object store" in exchange.text.lower():
        raise Inconclusive(f"{lab.label(exchange)} answered {exchange.brief}")
    return exchange


def uploaded(lab: Lab, content: bytes | None = None) -> File:
    """A new file; raises NotTestable when it is refused, for instance for want of an object store."""
    lab.require(_UPLOAD)
    path, data = path_of(lab), contents(lab) if content is None else content
    exchange = put(lab, path, data)
    if not exchange.ok:
        raise NotTestable(
            f"{lab.label(exchange)} answered {exchange.brief}; files need an object store secret in the resource group"
        )
    return File(path, data, exchange)


def shared(lab: Lab) -> File:
    """The file of this session that nobody changes or deletes."""
    if _SHARED not in lab.session.shared:
        lab.session.shared[_SHARED] = uploaded(lab)
    found: File = lab.session.shared[_SHARED]
    return found


def _absent(lab: Lab) -> str:
    return f"{lab.absent_id()}/nothing.csv"


@probe("LM-FILE-UNKNOWN-404", effect="read")
def nothing_is_not_found(lab: Lab) -> None:
    lab.expect_refused(lab.get("downloadFile", path=_absent(lab)), {404})


@probe("LM-FILE-BAD-PATH", effect="read")
def odd_paths_lead_nowhere(lab: Lab) -> None:
    for odd in ("a b.csv", "a*b.csv", "a:b:c.csv"):
        lab.expect_refused(lab.get("downloadFile", path=f"{lab.absent_id()}-{odd}"), {400, 404})


@probe("LM-FILE-UPLOAD", effect="destructive")
def new_file_is_taken(lab: Lab) -> None:
    exchange = put(lab, path_of(lab), contents(lab))
    lab.expect_status(exchange, {201})
    body = exchange.json_object()
    good = isinstance(body.get("message"), str) and isinstance(body.get("url"), str)
    lab.expect(good, expected="message and url", actual=exchange.brief)


@probe("LM-FILE-UPLOAD-BAD-PATH", effect="destructive")
def odd_paths_take_no_file(lab: Lab) -> None:
    content = contents(lab)
    start = lab.unique("files")
    # A gateway may refuse a long URL before the API looks at it.
    for path in (f"{start} b.csv", f"{start}*.csv", f"{start}/{'x' * (_LONGEST - len(start))}"):
        lab.expect_refused(put(lab, path, content), {400, 404, 414})


@probe("LM-FILE-DOWNLOAD-ECHO", effect="destructive")
def bytes_come_back(lab: Lab) -> None:
    file = shared(lab)
    _expect_content(lab, file.path, file.content)


@probe("LM-FILE-DOWNLOAD-HEADERS", effect="destructive")
def browsers_are_warned(lab: Lab) -> None:
    found = lab.get("downloadFile", path=shared(lab).path)
    lab.expect_status(found, {200})
    wanted: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("X-Content-Type-Options", lambda value: value.strip().lower() == "nosniff"),
        ("Content-Security-Policy", lambda value: "default-src 'none'" in value),
        ("Content-Disposition", lambda value: value.strip().lower().startswith("attachment")),
    )
    for name, holds in wanted:
        value = found.header(name)
        lab.expect(value is not None and holds(value), expected=f"{name} that forbids it", actual=f"{name}: {value}")


@probe("LM-FILE-PATH-KEPT", effect="destructive")
def paths_are_told_apart(lab: Lab) -> None:
    lab.require(_UPLOAD)
    first = contents(lab)
    start = lab.unique("files")
    files = {f"{start}/a/data.csv": first, f"{start}/b/data.csv": first + first, f"{start}/a_data.csv": first * 3}
    for path, content in files.items():
        exchange = put(lab, path, content)
        if not exchange.ok:
            raise NotTestable(f"{lab.label(exchange)} answered {exchange.brief}")
    for path, content in files.items():
        _expect_content(lab, path, content)


@probe("LM-FILE-CONFLICT", effect="destructive")
def file_is_not_replaced_by_chance(lab: Lab) -> None:
    file = shared(lab)
    for query in ({}, {"overwrite": False}):
        exchange = put(lab, file.path, file.content + file.content, query)
        lab.expect_refused(exchange, {409})
    if lab.session.capabilities.has(_DOWNLOAD):
        _expect_content(lab, file.path, file.content)


@probe("LM-FILE-OVERWRITE", effect="destructive")
def file_is_replaced_when_asked_for(lab: Lab) -> None:
    file = uploaded(lab)
    new = file.content + file.content
    lab.expect_status(put(lab, file.path, new, {"overwrite": True}), {201})
    if lab.session.capabilities.has(_DOWNLOAD):
        _expect_content(lab, file.path, new)


@probe("LM-FILE-REGISTERED", effect="destructive")
def file_becomes_an_artifact(lab: Lab) -> None:
    url = shared(lab).exchange.json_object().get("url")
    lab.expect_status(lab.send("createArtifact", json=lab.artifact_body(url=url)), {201})


@probe("LM-FILE-DELETE", effect="destructive")
def deleted_file_is_gone(lab: Lab) -> None:
    file = uploaded(lab)
    lab.expect_status(lab.send("deleteFile", {"path": file.path}), {204})
    if not lab.session.capabilities.has(_DOWNLOAD):
        return
    patience = lab.session.target.poll_timeout
    try:
        # An object store may take a moment.
        for _ in lab.ticks():
            if lab.get("downloadFile", path=file.path).status == 404:
                return
    except Inconclusive:
        lab.fail(expected=f"404 within {patience:g} s of the deletion", actual="the file is still there")


@probe("LM-FILE-DELETE-404", effect="destructive")
def nothing_is_not_deleted(lab: Lab) -> None:
    lab.expect_refused(lab.send("deleteFile", {"path": _absent(lab)}), {404})


@probe("LM-AUTH-FILE", effect="destructive")
def no_file_without_a_token(lab: Lab) -> None:
    path = {"path": shared(lab).path}
    requests: tuple[tuple[str, dict[str, Any]], ...] = (
        ("downloadFile", {}),
        ("uploadFile", {"body": b"lmconform", "query": {"overwrite": True}}),
        ("deleteFile", {}),
    )
    for operation, rest in requests:
        refused = lab.send(operation, path, authorize=False, **rest)
        lab.expect(refused.status in (401, 403), expected="401 or 403", actual=refused.brief, exchange=refused)
    if lab.session.capabilities.has(_DOWNLOAD):
        _expect_content(lab, path["path"], shared(lab).content)


def _expect_content(lab: Lab, path: str, content: bytes) -> None:
    found = lab.get("downloadFile", path=path)
    lab.expect_status(found, {200})
    lab.expect(
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
def empty_file(lab: Lab) -> str:
    return answer(put(lab, path_of(lab), b""))


@observation(
    "LM-OBS-FILE-PREFIX",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=_UPLOAD,
    text="An upload to a path that ends in a slash.",
)
def file_as_prefix(lab: Lab) -> str:
    return answer(put(lab, f"{lab.unique('files')}/", contents(lab)))


@observation(
    "LM-OBS-FILE-URL",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=_UPLOAD,
    text="Form of urls.",
)
def form_of_urls(lab: Lab) -> str:
    file = shared(lab)
    return str(file.exchange.json_object().get("url")).replace(file.path, "<path>")


@observation(
    "LM-OBS-FILE-OTHER-GROUP",
    operation="downloadFile",
    source="J",
    effect="destructive",
    capability=_DOWNLOAD,
    text="A file that was uploaded in another resource group, which may have the same object store.",
)
def file_of_another_group(lab: Lab) -> str:
    other = other_group(lab)
    return answer(lab.send("downloadFile", {"path": shared(lab).path}, resource_group=other))
