"""Dataset files: bytes by path, kept in memory, bounded in number and size."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mock.limits import MAX_UPLOAD_BYTES
from lmconform.mock.problems import Problem

_MAX_FILES = 1000
_MAX_GROUP_BYTES = 64 * 1024 * 1024
_CODE = "03021655"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "attachment",
}


def upload(call: Call) -> Reply:
    """Store a file; an existing one is replaced only with ``overwrite``."""
    path, files = _path(call), call.group.files
    if not call.body and call.switches["empty-file"] == "400":
        raise Problem(400, _CODE, "Bad request encountered. The file is empty.")
    if path in files and not call.query.get("overwrite", False):
        raise Problem(409, _CODE, "The specified file already exists and cannot be overwritten.")
    held = sum(len(data) for name, data in files.items() if name != path)
    if (
        len(call.body) > MAX_UPLOAD_BYTES
        or held + len(call.body) > _MAX_GROUP_BYTES
        or (len(files) >= _MAX_FILES and path not in files)
    ):
        raise Problem(413, _CODE, "The file size exceeds the supported limit.")
    call.group.add_weight(len(call.body) - len(files.get(path, b"")))
    files[path] = call.body
    call.group.touch("files", path)
    url = f"ai://default/{path}"
    headers = {} if call.switches["location"] == "absent" else {"Location": url}
    return Reply(201, {"message": "File creation acknowledged", "url": url}, headers=headers)


def download(call: Call) -> Reply:
    """The bytes of a file, with headers that keep a browser from rendering them."""
    return Reply(200, data=_file(call, _path(call)), headers=dict(_HEADERS))


def delete(call: Call) -> Reply:
    """Delete a file."""
    path = _path(call)
    call.group.add_weight(-len(_file(call, path)))
    del call.group.files[path]
    call.group.touch("files", path)
    return Reply(204)


def _path(call: Call) -> str:
    """The path; raises 400 when it has an empty segment, ``.`` or ``..``."""
    path = call.path["path"]
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise Problem(400, _CODE, "Bad request encountered. The path is not one of a file.")
    return path


def _file(call: Call, path: str) -> bytes:
    if path not in call.group.files:
        raise Problem(404, _CODE, "The resource you requested was not found.")
    return call.group.files[path]
