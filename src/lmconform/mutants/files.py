"""Files that lose bytes, mix up paths, or are replaced and deleted without permission."""

from __future__ import annotations

import json
from contextlib import suppress

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem, bad_request
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import wrong_status
from lmconform.mutants.defects.lists import forget
from lmconform.mutants.defects.returns import brings_back
from lmconform.mutants.registry import mutant


@mutant("file-unknown-empty", "LM-FILE-UNKNOWN-404")
def file_unknown_empty(bench: Bench) -> None:
    """BUG: downloading a file that does not exist answers 200 without bytes."""

    @bench.before("downloadFile")
    def empty(call: Call) -> None:
        call.group.files.setdefault(call.path["path"], b"")


@mutant("file-unknown-204", "LM-FILE-UNKNOWN-404", "LM-HTTP-STATUS-DECLARED")
def file_unknown_204(bench: Bench) -> None:
    """BUG: downloading a file that does not exist answers 204."""

    @bench.instead("downloadFile")
    def nothing(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(204)


@mutant("file-cut", "LM-FILE-DOWNLOAD-ECHO")
def file_cut(bench: Bench) -> None:
    """BUG: of a file only the first 65,536 bytes come back."""

    @bench.before("downloadFile")
    def short(call: Call) -> None:
        path = call.path["path"]
        if path in call.group.files:
            call.group.files[path] = call.group.files[path][:65_536]


@mutant("file-bad-path-410", "LM-FILE-BAD-PATH", "LM-FILE-UPLOAD-BAD-PATH")
def file_bad_path_410(bench: Bench) -> None:
    """BUG: a path that breaks the pattern answers 410."""

    @bench.patch(validation, "path")
    def gone(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            raise Problem(410 if "path" in values else problem.status, problem.code, problem.message) from problem


@mutant("file-any-path", "LM-FILE-UPLOAD-BAD-PATH")
def file_any_path(bench: Bench) -> None:
    """BUG: characters that a path may not have are replaced by underscores at an upload."""

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id == "uploadFile":
            values["path"] = "".join(c if c.isalnum() or c in "/._-" else "_" for c in values["path"])
        original(contract, operation, values, switches)


@mutant("file-upload-200", "LM-FILE-UPLOAD", "LM-FILE-OVERWRITE", "LM-HTTP-STATUS-DECLARED")
def file_upload_200(bench: Bench) -> None:
    """BUG: uploading a file answers 200 instead of 201."""
    wrong_status(bench, "uploadFile", 200)


@mutant("file-upload-without-url", "LM-FILE-UPLOAD", "LM-HTTP-BODY-SCHEMA")
def file_upload_without_url(bench: Bench) -> None:
    """BUG: the answer to an upload calls the url uri."""

    @bench.after("uploadFile")
    def renamed(call: Call, reply: Reply) -> None:
        reply.json["uri"] = reply.json.pop("url")


@mutant("file-empty-lost", "LM-FILE-DOWNLOAD-ECHO")
def file_empty_lost(bench: Bench) -> None:
    """BUG: an empty file is acknowledged, and not stored."""

    @bench.after("uploadFile")
    def lost(call: Call, reply: Reply) -> None:
        if not call.body:
            call.group.files.pop(call.path["path"], None)


@mutant("file-newlines", "LM-FILE-DOWNLOAD-ECHO", "LM-FILE-PATH-KEPT")
def file_newlines(bench: Bench) -> None:
    """BUG: a download has LF in the place of CR LF."""

    @bench.after("downloadFile")
    def unix(call: Call, reply: Reply) -> None:
        reply.data = (reply.data or b"").replace(b"\r\n", b"\n")


@mutant("file-ascii", "LM-FILE-DOWNLOAD-ECHO")
def file_ascii(bench: Bench) -> None:
    """BUG: an upload loses every byte beyond ASCII."""

    @bench.before("uploadFile")
    def lose(call: Call) -> None:
        call.body = bytes(byte for byte in call.body if byte < 128)


@mutant("file-read-as-text", "LM-FILE-DOWNLOAD-ECHO")
def file_read_as_text(bench: Bench) -> None:
    """BUG: an upload is stored as UTF-8, and bytes that are none are replaced by U+FFFD."""

    @bench.before("uploadFile")
    def decode(call: Call) -> None:
        call.body = call.body.decode(errors="replace").encode()


@mutant("file-sniffed", "LM-FILE-DOWNLOAD-HEADERS", "LM-HTTP-HEADERS-DECLARED")
def file_sniffed(bench: Bench) -> None:
    """BUG: a download is sent without the header X-Content-Type-Options."""

    @bench.after("downloadFile")
    def without(call: Call, reply: Reply) -> None:
        reply.headers.pop("X-Content-Type-Options", None)


@mutant("file-shown", "LM-FILE-DOWNLOAD-HEADERS")
def file_shown(bench: Bench) -> None:
    """BUG: a download asks browsers to show it instead of storing it."""

    @bench.after("downloadFile")
    def inline(call: Call, reply: Reply) -> None:
        reply.headers["Content-Disposition"] = "inline"


@mutant("file-last-part", "LM-FILE-PATH-KEPT")
def file_last_part(bench: Bench) -> None:
    """BUG: two paths that differ in a slash and an underscore are one file."""

    @bench.before("uploadFile", "downloadFile", "deleteFile")
    def flat(call: Call) -> None:
        call.path["path"] = call.path["path"].replace("/a/", "/a_")


@mutant("file-replaced", "LM-FILE-CONFLICT")
def file_replaced(bench: Bench) -> None:
    """BUG: an upload replaces a file that exists, also without overwrite."""

    @bench.before("uploadFile")
    def always(call: Call) -> None:
        call.query["overwrite"] = True


@mutant("file-overwrite-false-is-true", "LM-FILE-CONFLICT")
def file_overwrite_false_is_true(bench: Bench) -> None:
    """BUG: overwrite=false replaces a file that exists."""

    @bench.before("uploadFile")
    def given(call: Call) -> None:
        if "overwrite" in call.query:
            call.query["overwrite"] = True


@mutant("file-conflict-written", "LM-FILE-CONFLICT")
def file_conflict_written(bench: Bench) -> None:
    """BUG: an upload to a path that exists answers 409, and replaces the file."""

    @bench.instead("uploadFile")
    def written(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status == 409:
                call.group.files[call.path["path"]] = call.body
            raise


@mutant("file-conflict-201", "LM-FILE-CONFLICT")
def file_conflict_201(bench: Bench) -> None:
    """BUG: an upload to a path that exists answers 201, and the old file stays."""

    @bench.instead("uploadFile")
    def promised(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status != 409:
                raise
            return Reply(201, {"message": "File creation acknowledged", "url": f"ai://default/{call.path['path']}"})


@mutant("file-overwrite-ignored", "LM-FILE-OVERWRITE")
def file_overwrite_ignored(bench: Bench) -> None:
    """BUG: overwrite=true is ignored, and the upload is refused."""
    forget(bench, "overwrite", "uploadFile")


@mutant("file-overwrite-keeps-old", "LM-FILE-OVERWRITE")
def file_overwrite_keeps_old(bench: Bench) -> None:
    """BUG: overwrite=true answers 201, and the old bytes stay."""

    @bench.before("uploadFile")
    def old(call: Call) -> None:
        call.body = call.group.files.get(call.path["path"], call.body)


@mutant("file-overwrite-appends", "LM-FILE-OVERWRITE")
def file_overwrite_appends(bench: Bench) -> None:
    """BUG: overwrite=true appends the new bytes to the old ones."""

    @bench.before("uploadFile")
    def append(call: Call) -> None:
        if call.query.get("overwrite"):
            call.body = call.group.files.get(call.path["path"], b"") + call.body


@mutant("file-url-of-the-store", "LM-FILE-REGISTERED")
def file_url_of_the_store(bench: Bench) -> None:
    """BUG: the url of an uploaded file has no scheme, so that no artifact can have it."""

    @bench.after("uploadFile")
    def other(call: Call, reply: Reply) -> None:
        reply.json["url"] = f"/{call.path['path']}"


@mutant("file-delete-ignored", "LM-FILE-DELETE")
def file_delete_ignored(bench: Bench) -> None:
    """BUG: deleting a file answers 204, and it stays."""

    @bench.instead("deleteFile")
    def stays(call: Call, handler: Handler) -> Reply:
        kept = call.group.files.get(call.path["path"], b"")
        reply = handler(call)
        call.group.files[call.path["path"]] = kept
        return reply


@mutant("file-delete-200", "LM-FILE-DELETE", "LM-HTTP-STATUS-DECLARED")
def file_delete_200(bench: Bench) -> None:
    """BUG: deleting a file answers 200 instead of 204."""

    @bench.after("deleteFile")
    def ok(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 200, {"message": "File deleted"}


@mutant("file-delete-unknown-204", "LM-FILE-DELETE-404")
def file_delete_unknown_204(bench: Bench) -> None:
    """BUG: deleting a file that does not exist answers 204."""

    @bench.instead("deleteFile")
    def always(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(204)


@mutant("file-comes-back", "LM-FILE-STAYS-DELETED")
def file_comes_back(bench: Bench) -> None:
    """BUG: a deleted file can be downloaded again a moment after it was gone."""
    brings_back(bench, "deleteFile", "path", "files", "downloadFile")


@mutant("file-paths-without-case", "LM-FILE-PATH-KEPT")
def file_paths_without_case(bench: Bench) -> None:
    """BUG: two paths that differ in capitals alone are one file."""

    @bench.before("uploadFile", "downloadFile", "deleteFile")
    def lower(call: Call) -> None:
        call.path["path"] = call.path["path"].lower()


@mutant("file-last-name", "LM-FILE-PATH-KEPT")
def file_last_name(bench: Bench) -> None:
    """BUG: of a path below a folder of files only the name of the file counts."""

    @bench.before("uploadFile", "downloadFile", "deleteFile")
    def last(call: Call) -> None:
        first, *_, name = call.path["path"].split("/")
        call.path["path"] = f"{first}/{name}"


@mutant("file-overwrite-keeps-the-rest", "LM-FILE-OVERWRITE")
def file_overwrite_keeps_the_rest(bench: Bench) -> None:
    """BUG: overwrite=true leaves what was longer in the old file behind the new bytes."""

    @bench.before("uploadFile")
    def rest(call: Call) -> None:
        if call.query.get("overwrite"):
            call.body += call.group.files.get(call.path["path"], b"")[len(call.body) :]


@mutant("file-nothing-remembered", "LM-FILE-UPLOAD")
def file_nothing_remembered(bench: Bench) -> None:
    """BUG: a download that found nothing is answered with 404 again after the upload: a cache keeps the answer."""
    nothing: dict[str, Problem] = {}

    @bench.instead("downloadFile")
    def cached(call: Call, handler: Handler) -> Reply:
        path = call.path["path"]
        if path in nothing:
            raise nothing[path]
        try:
            return handler(call)
        except Problem as problem:
            if problem.status == 404:
                nothing[path] = problem
            raise


@mutant("file-delete-by-prefix", "LM-FILE-DELETE")
def file_delete_by_prefix(bench: Bench) -> None:
    """BUG: deleting a file deletes all files whose paths begin so."""

    @bench.before("deleteFile")
    def all_of_them(call: Call) -> None:
        path = call.path["path"]
        for other in [name for name in call.group.files if name.startswith(path) and name != path]:
            call.group.add_weight(-len(call.group.files.pop(other)))


@mutant("file-json-written-anew", "LM-FILE-DOWNLOAD-ECHO")
def file_json_written_anew(bench: Bench) -> None:
    """BUG: an upload that is JSON is stored as it is written anew: other spaces, other escapes."""

    @bench.before("uploadFile")
    def anew(call: Call) -> None:
        with suppress(ValueError):
            call.body = json.dumps(json.loads(call.body)).encode()


@mutant("file-overwrite-needs-a-file", "LM-FILE-OVERWRITE")
def file_overwrite_needs_a_file(bench: Bench) -> None:
    """BUG: an upload with overwrite=true to a path at which nothing is answers 400."""

    @bench.before("uploadFile")
    def nothing(call: Call) -> None:
        if call.query.get("overwrite") and call.path["path"] not in call.group.files:
            raise bad_request("there is no file to overwrite")


@mutant("file-path-stays-taken", "LM-FILE-STAYS-DELETED")
def file_path_stays_taken(bench: Bench) -> None:
    """BUG: an upload to the path of a deleted file answers 409."""
    deleted: set[str] = set()

    @bench.after("deleteFile")
    def remember(call: Call, reply: Reply) -> None:
        deleted.add(call.path["path"])

    @bench.before("uploadFile")
    def taken(call: Call) -> None:
        if call.path["path"] in deleted and not call.query.get("overwrite"):
            raise Problem(409, "03021655", "The specified file already exists and cannot be overwritten.")
