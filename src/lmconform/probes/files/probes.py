"""Probes of files: their bytes, their paths, conflicts, deletion."""
# ruff: noqa: D103 - the register holds the sentence of each probe

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from lmconform.contract.resources import Role
from lmconform.errors import Failure, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes import liveness
from lmconform.probes.builders.artifacts import artifact_body
from lmconform.probes.builders.files import (
    DOWNLOAD,
    LONGEST_PATH,
    UPLOAD,
    File,
    accepted_content,
    contents,
    new_file,
    new_path,
    replace_shared_file,
    shared_file,
    upload,
)
from lmconform.probes.context import Context
from lmconform.probes.described import described
from lmconform.probes.fixtures import fixture
from lmconform.probes.registry import probe
from lmconform.probes.shared import stays_deleted

# Longer than 64 KiB and 256 KiB, at which buffers and limits of proxies lie.
_LONG: Final = 300_000
# Bytes that are neither ASCII nor UTF-8.
_NO_TEXT: Final = b"\x00\x80\xff\xfe"


def _absent_path(ctx: Context) -> str:
    return f"{ctx.absent_id()}/nothing.csv"


@probe("LM-FILE-UNKNOWN-404")
def unknown_path_is_404(ctx: Context) -> None:
    ctx.expect_refused(_nothing(ctx)[1], {404})


@fixture()
def _nothing(ctx: Context) -> tuple[str, Exchange]:
    """A path to which nothing was uploaded yet, and the answer to its GET."""
    path = new_path(ctx)
    return path, ctx.get("downloadFile", path=path)


@probe("LM-FILE-BAD-PATH")
def invalid_paths_are_refused(ctx: Context) -> None:
    for invalid in ("a b.csv", "a*b.csv", "a:b:c.csv"):
        ctx.expect_refused(ctx.get("downloadFile", path=f"{ctx.absent_id()}-{invalid}"), {400, 404})


@probe("LM-FILE-UPLOAD")
def new_file_is_accepted(ctx: Context) -> None:
    exchange = _first_file(ctx).exchange
    ctx.expect_status(exchange, {201})
    body = exchange.json_object()
    good = isinstance(body.get("message"), str) and isinstance(body.get("url"), str)
    ctx.expect(good, expected="message and url", actual=exchange.brief)
    if ctx.session.capabilities.has(DOWNLOAD):
        response = _first_download(ctx)
        text = "200 for the file that was uploaded after a GET had found nothing"
        ctx.expect(response.status != 404, expected=text, actual=response.brief, exchange=response)


@fixture()
def _first_file(ctx: Context) -> File:
    """The upload to a path at which a GET had found nothing, and the answer to it: JSON, if the target takes it."""
    # A target must not remember that there was nothing.
    path = _nothing(ctx)[0] if ctx.session.capabilities.has(DOWNLOAD) else new_path(ctx)
    if ctx.session.journal.made("file", path):
        # An upload whose answer was lost: the file may be there.
        path = new_path(ctx)
    files = (File(path, content, upload(ctx, path, content)) for content in contents(ctx))
    tried = list(_until_taken(files))
    return tried[-1]


def _until_taken(files: Iterator[File]) -> Iterator[File]:
    for file in files:
        yield file
        if file.exchange.ok:
            return


@fixture()
def _first_download(ctx: Context) -> Exchange:
    """The answer to its GET; an object store may take a moment."""
    seen: list[Exchange] = []

    def look() -> None:
        seen.append(ctx.get("downloadFile", path=_first_file(ctx).path))
        ctx.expect(seen[-1].status != 404, expected="the file", actual=seen[-1].brief)

    with suppress(Failure):
        ctx.retry_in_grace(time.monotonic(), look)
    return seen[-1]


@probe("LM-FILE-UPLOAD-BAD-PATH")
def upload_to_an_invalid_path_is_refused(ctx: Context) -> None:
    content = accepted_content(ctx)
    start = ctx.unique("files")
    # A gateway may refuse a long URL before the API looks at it.
    for path in (f"{start} b.csv", f"{start}*.csv", f"{start}/{'x' * (LONGEST_PATH - len(start))}"):
        ctx.expect_refused(upload(ctx, path, content), {400, 404, 414})


@probe("LM-FILE-DOWNLOAD-ECHO")
def bytes_are_returned(ctx: Context) -> None:
    ctx.require(UPLOAD)
    first = _first_file(ctx)
    if first.exchange.ok and _first_download(ctx).body != first.content:
        _expect_content(ctx, first.path, first.content)
    file = _long_file(ctx)
    _expect_content(ctx, file.path, file.content)
    empty = new_path(ctx)
    # Whether a file without bytes is accepted is not published; what is accepted is there.
    if upload(ctx, empty, b"").ok:
        _expect_content(ctx, empty, b"")


def _long_file(ctx: Context) -> File:
    """A file that is longer than the buffers of servers and ends in bytes that are no text, if the target takes it.

    Otherwise a long text, or the file that all probes read: a target may limit length and media type (A5).
    """
    short = shared_file(ctx)
    path, text = new_path(ctx), short.content * (_LONG // len(short.content))
    for content in (text + _NO_TEXT, text):
        exchange = upload(ctx, path, content)
        if exchange.ok:
            return File(path, content, exchange)
    return short


@probe("LM-FILE-DOWNLOAD-HEADERS")
def headers_stop_browsers_from_running_it(ctx: Context) -> None:
    response = ctx.get("downloadFile", path=shared_file(ctx).path)
    ctx.expect_status(response, {200})
    wanted: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("X-Content-Type-Options", lambda value: value.strip().lower() == "nosniff"),
        ("Content-Security-Policy", lambda value: "default-src 'none'" in value),
        ("Content-Disposition", lambda value: value.strip().lower().startswith("attachment")),
    )
    for name, holds in wanted:
        value = response.header(name)
        ctx.expect(
            value is not None and holds(value),
            expected=f"{name} that keeps a browser from running the file",
            actual=f"{name}: {value}",
        )


@probe("LM-FILE-PATH-KEPT")
def similar_paths_are_different_files(ctx: Context) -> None:
    ctx.require(UPLOAD)
    first = accepted_content(ctx)
    start = ctx.unique("files")
    files = {f"{start}/a/data.csv": first, f"{start}/A/data.csv": first + first, f"{start}/a_data.csv": first * 3}
    for number, (path, content) in enumerate(files.items()):
        exchange = upload(ctx, path, content)
        text = f"201: nothing was uploaded to {path} before"
        ctx.expect(not number or exchange.status != 409, expected=text, actual=exchange.brief, exchange=exchange)
        ctx.require_success(exchange)
    for path, content in files.items():
        _expect_content(ctx, path, content)


@probe("LM-FILE-CONFLICT")
def existing_file_is_not_replaced(ctx: Context) -> None:
    file = shared_file(ctx)
    for query in ({}, {"overwrite": False}):
        exchange = upload(ctx, file.path, file.content + file.content, query)
        if exchange.ok:
            replace_shared_file(ctx)
        ctx.expect_refused(exchange, {409})
    if ctx.session.capabilities.has(DOWNLOAD):
        _expect_content(ctx, file.path, file.content)


@probe("LM-FILE-OVERWRITE")
def overwrite_replaces_a_file(ctx: Context) -> None:
    # Shorter than the old one, so that a rest of that is seen.
    path, new = new_path(ctx), accepted_content(ctx)
    ctx.require(UPLOAD)
    # Nothing has to be there: 409 is for a file that is (A5).
    first = upload(ctx, path, new + new, {"overwrite": True})
    if first.status not in (400, 404, 409):
        ctx.require_success(first)
    else:
        ctx.require_success(upload(ctx, path, new + new))
        text = "201 with overwrite=true also where nothing was uploaded before, as without it"
        ctx.fail(expected=text, actual=first.brief, exchange=first)
    ctx.expect_status(upload(ctx, path, new, {"overwrite": True}), {201})
    if ctx.session.capabilities.has(DOWNLOAD):
        _expect_content(ctx, path, new)


@probe("LM-FILE-REGISTERED")
def file_can_be_registered_as_an_artifact(ctx: Context) -> None:
    url = shared_file(ctx).exchange.json_object().get("url")
    ctx.expect_status(ctx.send("createArtifact", json=artifact_body(ctx, url=url)), {201})


@probe("LM-FILE-DELETE")
def deleted_file_is_gone(ctx: Context) -> None:
    file = new_file(ctx)
    longer = f"{file.path}.csv"
    ctx.require_success(upload(ctx, longer, file.content))
    ctx.expect_status(ctx.send("deleteFile", {"path": file.path}), {204})
    if not ctx.session.capabilities.has(DOWNLOAD):
        return

    def is_gone() -> Exchange:
        # An object store may take a moment.
        return ctx.poll_exchange(
            ("file", file.path, "delete"),
            lambda: ctx.get("downloadFile", path=file.path),
            lambda exchange: exchange.status == 404,
            ctx.limits.delete,
            what="404 for the file that was deleted",
            state=lambda exchange: "the file still exists",
        )

    liveness.expect(ctx, is_gone, "LM-FILE-DELETE")
    # The deletion concerns this file alone, and no other whose path begins so.
    _expect_content(ctx, longer, file.content)


def _delete(ctx: Context) -> None:
    ctx.require(DOWNLOAD)
    deleted_file_is_gone(ctx)


def _upload_again(ctx: Context, path: str) -> None:
    """Raise Failure when an upload to a path is refused for the file that was deleted there."""
    exchange = upload(ctx, path, accepted_content(ctx))
    text = f"201 for an upload to {path}, where the file was deleted"
    ctx.expect(exchange.status != 409, expected=text, actual=exchange.brief, exchange=exchange)


stays_deleted.install("LM-FILE-STAYS-DELETED", "file", _delete, new_file, again=_upload_again)


@probe("LM-FILE-DELETE-404")
def deletion_of_an_unknown_path_is_404(ctx: Context) -> None:
    ctx.expect_refused(ctx.send("deleteFile", {"path": _absent_path(ctx)}), {404})


@probe("LM-AUTH-FILE")
def files_need_a_token(ctx: Context) -> None:
    path = {"path": shared_file(ctx).path}
    requests: dict[str, dict[str, Any]] = {
        Role.GET: {},
        Role.CREATE: {"body": b"lmconform", "query": {"overwrite": True}},
        Role.DELETE: {},
    }
    for role, rest in requests.items():
        operation = described("file").operations[role]
        # What is not offered may be refused before the token is looked at (F64).
        if not ctx.offers(ctx.session.resources.capability(operation)):
            continue
        refused = ctx.send(operation.id, path, authorize=False, **rest)
        ctx.expect(refused.status in (401, 403), expected="401 or 403", actual=refused.brief, exchange=refused)
    if ctx.session.capabilities.has(DOWNLOAD):
        _expect_as_before(ctx, shared_file(ctx))


def _expect_as_before(ctx: Context, file: File) -> None:
    """Raise Failure unless the file is as it was uploaded; raises NotTestable when a new one is not either."""
    try:
        _expect_content(ctx, file.path, file.content)
    except Failure:
        another = new_file(ctx)
        answer = ctx.get("downloadFile", path=another.path)
        if answer.body != another.content:
            raise NotTestable(
                f"a file is not what was uploaded, also when nothing changes it: {answer.brief}"
            ) from None
        raise


def _expect_content(ctx: Context, path: str, content: bytes) -> None:
    """Raise Failure unless the file has these bytes; an object store may take a moment."""

    def judge() -> None:
        response = ctx.get("downloadFile", path=path)
        ctx.expect_status(response, {200})
        ctx.expect(
            response.body == content,
            expected=f"the {len(content)} bytes that were uploaded",
            actual=f"{len(response.body)} bytes: {response.body[:60]!r}",
        )

    ctx.retry_in_grace(time.monotonic(), judge)
