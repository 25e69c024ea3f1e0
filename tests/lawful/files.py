"""Operations on files of a data set."""

import re

from .shapes import Refused, Reply, refuse

PATH = re.compile(r"(([\w.-]+):([\w.-]+)|([\w.-]+))(/([\w./-]+[\w.-]+)?)?", re.ASCII)


def _file(api, call, kind):
    way = api.choices["files"]
    if way == "off" or (way == "upload-only" and kind != "PUT"):
        raise refuse(api.choices["off_answer"], "Files are not supported")
    path = call.ids["path"]
    if not PATH.fullmatch(path) or len(path) > 1024:
        raise refuse(api.choices["bad_path_id"], "Bad request encountered.")
    if way == "no-store":
        raise Refused(404 if kind != "PUT" else 400, "Object store secret 'default' was not found")
    return path


def check_served(api, method):
    """Refuse what this server does not have, whoever asks."""
    if api.choices["files"] == "upload-only":
        raise refuse("405-text", f"{method} is not served")


def upload(api, call):
    """PUT /lm/dataset/files/{path}."""
    path, choices = _file(api, call, "PUT"), api.choices
    if len(call.body) > choices["file_limit"]:
        raise Refused(413, "The file size exceeds the supported limit.")
    if not call.body and choices["empty_file"] == "400":
        raise Refused(400, "The file is empty")
    # What the client says of the type counts for nothing: the bytes are looked at.
    if choices["files"] == "csv-only" and b"," not in call.body:
        raise Refused(400, "This content type is not accepted")
    if path in call.group.files and not call.query.flag("overwrite"):
        raise Refused(409, "The specified file already exists and cannot be overwritten.")
    if path not in call.group.files and len(call.group.files) == choices["file_count"]:
        raise Refused(400, "There are too many files in the dataset.")
    stored = call.group.files.setdefault(path, [])
    stored.append((api.world.now() + api.choices["file_lag"], call.body))
    url = f"ai://default/{path}" if choices["file_url"] == "ai" else f"https://bucket.example.com/{path}?x=1"
    headers = {} if choices["location"] == "absent" else {"Location": url}
    return Reply(201, {"message": api.shapes.said("File creation acknowledged"), "url": url}, headers=headers)


def download(api, call):
    """GET /lm/dataset/files/{path}."""
    path = _file(api, call, "GET")
    now = api.world.now()
    visible = [content for moment, content in call.group.files.get(path, []) if moment <= now]
    if not visible:
        raise Refused(404, "The resource you requested was not found.")
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "attachment",
    }
    return Reply(200, visible[-1], "bytes", headers)


def delete(api, call):
    """DELETE /lm/dataset/files/{path}."""
    path = _file(api, call, "DELETE")
    if call.group.files.pop(path, None) is None:
        raise Refused(404, "The resource you requested was not found.")
    return Reply(204, None, "empty")
