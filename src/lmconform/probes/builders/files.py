"""Uploads files: bytes that the target accepts, paths that belong to this harness, one file that probes share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from lmconform.contract.limits import Limits
from lmconform.contract.paths import META
from lmconform.errors import Inconclusive, NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import FILES, Context
from lmconform.probes.fixtures import fixture

UPLOAD: Final = f"{FILES}.capabilities.upload"
DOWNLOAD: Final = f"{FILES}.capabilities.download"
LONGEST_PATH: Final = 1024
# A target may accept only some media types, which it detects in the bytes (A5): the most common one first.
_CONTENTS: Final = (
    ("text/csv", "name,number\r\nGr\u00f6\u00dfe,1\r\n\u65e5\u672c,2\r\n".encode()),
    ("text/plain", "made by a conformance run\r\nGr\u00f6\u00dfe \u65e5\u672c\n".encode()),
    ("application/json", b'{"made by": "a conformance run", "numbers": [1, 2]}\n'),
)


# JSON that is other bytes when it is read and written anew.
_LAID_OUT: Final = b'{"b": 1.0,\r\n  "a":[ 2 ],"c": "\\u00e4"}\n'


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file: its path, its bytes, the answer."""

    path: str
    content: bytes
    exchange: Exchange


def accepted_content(ctx: Context) -> bytes:
    """Bytes of a media type that meta allows; raises Inconclusive when it allows none of those above."""
    accepted = _accepted(ctx)
    for kind, content in _CONTENTS:
        if kind in accepted:
            return content
    raise Inconclusive(f"the target accepts only files of types {', '.join(map(str, accepted))}")


def contents(ctx: Context) -> list[bytes]:
    """Bytes to upload: JSON where meta does not exclude it, and what to send when that is refused (A5)."""
    laid_out = [_LAID_OUT] if "application/json" in _accepted(ctx) else []
    return [*laid_out, accepted_content(ctx)]


def _accepted(ctx: Context) -> list[Any]:
    node: Any = ctx.session.capabilities.meta or {}
    for name in ("extensions", "dataset", "limits", "acceptedContentTypes"):
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, list) and node else [kind for kind, _ in _CONTENTS]


def new_path(ctx: Context) -> str:
    """A path below the prefix of this harness, with folders, digits and dots as users have them."""
    return f"{ctx.unique('files')}/file/2024-05.part_1.csv"


def upload(ctx: Context, path: str, content: bytes, query: dict[str, Any] | None = None) -> Exchange:
    """Upload a file to a path below the prefix of this harness.

    Raises Inconclusive when it is refused without an object store, and beyond a limit that the target advertises.
    """
    exchange = ctx.send("uploadFile", {"path": path}, query, body=content)
    if 400 <= exchange.status < 500:
        limits = Limits(ctx.session.capabilities.meta)
        limit = limits.exceeded_by(
            len(content), len(ctx.session.journal.all("file", ctx.session.target.resource_group))
        )
        if limit:
            raise Inconclusive(f"{ctx.label(exchange)} answered {exchange.brief}; {META} advertises {limit}")
    # The owner of a tenant registers the store (F28, F51); only the text of the refusal shows that there is none.
    if not exchange.ok and "object store" in exchange.text.lower():
        raise Inconclusive(f"{ctx.label(exchange)} answered {exchange.brief}")
    return exchange


def new_file(ctx: Context) -> File:
    """A new file; raises NotTestable when it is refused."""
    ctx.require(UPLOAD)
    path, content = new_path(ctx), accepted_content(ctx)
    exchange = upload(ctx, path, content)
    if not exchange.ok:
        raise NotTestable(
            f"{ctx.label(exchange)} answered {exchange.brief}; files need an object store secret in the resource group"
        )
    return File(path, content, exchange)


def shared_file(ctx: Context) -> File:
    """The file of this session that no probe changes or deletes; another one where a target has deleted it."""
    if ctx.session.journal.is_removed("file", _shared_file(ctx).path):
        replace_shared_file(ctx)
    return _shared_file(ctx)


def replace_shared_file(ctx: Context) -> None:
    """Upload another file for ``shared_file``: a target has changed the one that was."""
    _shared_file.put(ctx, new_file(ctx))


@fixture()
def _shared_file(ctx: Context) -> File:
    return new_file(ctx)
