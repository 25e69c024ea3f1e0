"""Files that lose bytes, mix up paths, or are replaced and deleted at will."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.call import Call, Handler, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.common import forget, wrong_status
from lmconform.mutants.registry import mutant


@mutant("file-unknown-empty", "LM-FILE-UNKNOWN-404")
def unknown(bench: Bench) -> None:
    """BUG: "A file that does not exist is not found: 404." It has no bytes, with 200."""

    @bench.before("downloadFile")
    def empty(call: Call) -> None:
        call.group.files.setdefault(call.path["path"], b"")


@mutant("file-unknown-204", "LM-FILE-UNKNOWN-404", "LM-HTTP-STATUS-DECLARED")
def unknown_204(bench: Bench) -> None:
    """BUG: "A file that does not exist is not found: 404." It is 204."""

    @bench.instead("downloadFile")
    def nothing(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(204)


@mutant("file-bad-path-410", "LM-FILE-BAD-PATH", "LM-FILE-UPLOAD-BAD-PATH")
def bad_path(bench: Bench) -> None:
    """BUG: "A path that breaks the pattern of paths is answered with 400 or 404." It is 410."""

    @bench.patch(validation, "path")
    def gone(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        try:
            original(contract, operation, values, switches)
        except Problem as problem:
            raise Problem(410 if "path" in values else problem.status, problem.code, problem.message) from problem


@mutant("file-any-path", "LM-FILE-UPLOAD-BAD-PATH")
def any_path(bench: Bench) -> None:
    """BUG: "A file is not taken under a path that breaks the pattern of paths or is too long."

    What is odd in it becomes an underscore.
    """

    @bench.patch(validation, "path")
    def lax(original, contract, operation, values, switches):  # type: ignore[no-untyped-def]
        if operation.id == "uploadFile":
            values["path"] = "".join(c if c.isalnum() or c in "/._-" else "_" for c in values["path"])
        original(contract, operation, values, switches)


@mutant("file-upload-200", "LM-FILE-UPLOAD", "LM-FILE-OVERWRITE", "LM-HTTP-STATUS-DECLARED")
def upload_200(bench: Bench) -> None:
    """BUG: "Uploading a file answers 201, with a message and the url of the file." It answers 200."""
    wrong_status(bench, "uploadFile", 200)


@mutant("file-upload-without-url", "LM-FILE-UPLOAD", "LM-HTTP-BODY-SCHEMA")
def without_url(bench: Bench) -> None:
    """BUG: "Uploading a file answers 201, with a message and the url of the file." The url is called uri."""

    @bench.after("uploadFile")
    def renamed(call: Call, reply: Reply) -> None:
        reply.json["uri"] = reply.json.pop("url")


@mutant("file-newlines", "LM-FILE-DOWNLOAD-ECHO", "LM-FILE-PATH-KEPT")
def newlines(bench: Bench) -> None:
    """BUG: "A file is downloaded with the bytes that were uploaded." Ends of lines are those of Unix."""

    @bench.after("downloadFile")
    def unix(call: Call, reply: Reply) -> None:
        reply.data = (reply.data or b"").replace(b"\r\n", b"\n")


@mutant("file-ascii", "LM-FILE-DOWNLOAD-ECHO")
def ascii_alone(bench: Bench) -> None:
    """BUG: "A file is downloaded with the bytes that were uploaded." What is not ASCII is lost."""

    @bench.before("uploadFile")
    def lose(call: Call) -> None:
        call.body = bytes(byte for byte in call.body if byte < 128)


@mutant("file-sniffed", "LM-FILE-DOWNLOAD-HEADERS", "LM-HTTP-HEADERS-DECLARED")
def sniffed(bench: Bench) -> None:
    """BUG: "A download tells browsers neither to guess its type nor to show or run it." Browsers may guess."""

    @bench.after("downloadFile")
    def without(call: Call, reply: Reply) -> None:
        reply.headers.pop("X-Content-Type-Options", None)


@mutant("file-header-missing", "LM-HTTP-HEADERS-DECLARED", "LM-FILE-DOWNLOAD-HEADERS")
def header_missing(bench: Bench) -> None:
    """BUG: "Response headers that the contract names match their schema."

    A download has no policy for what it may load.
    """

    @bench.after("downloadFile")
    def without(call: Call, reply: Reply) -> None:
        reply.headers.pop("Content-Security-Policy", None)


@mutant("file-shown", "LM-FILE-DOWNLOAD-HEADERS")
def shown(bench: Bench) -> None:
    """BUG: "A download tells browsers neither to guess its type nor to show or run it."

    Browsers are told to show it.
    """

    @bench.after("downloadFile")
    def inline(call: Call, reply: Reply) -> None:
        reply.headers["Content-Disposition"] = "inline"


@mutant("file-last-part", "LM-FILE-PATH-KEPT")
def last_part(bench: Bench) -> None:
    """BUG: "Files under paths that differ are different files." Slashes and underscores are the same."""

    @bench.before("uploadFile", "downloadFile", "deleteFile")
    def flat(call: Call) -> None:
        call.path["path"] = call.path["path"].replace("/a/", "/a_")


@mutant("file-replaced", "LM-FILE-CONFLICT")
def replaced(bench: Bench) -> None:
    """BUG: "A file that is there already is not replaced unless overwrite says so: 409." It is."""

    @bench.before("uploadFile")
    def always(call: Call) -> None:
        call.query["overwrite"] = True


@mutant("file-overwrite-false-is-true", "LM-FILE-CONFLICT")
def false_is_true(bench: Bench) -> None:
    """BUG: "A file that is there already is not replaced unless overwrite says so: 409."

    overwrite=false says so, too.
    """

    @bench.before("uploadFile")
    def given(call: Call) -> None:
        if "overwrite" in call.query:
            call.query["overwrite"] = True


@mutant("file-conflict-written", "LM-FILE-CONFLICT")
def conflict_written(bench: Bench) -> None:
    """BUG: "A file that is there already is not replaced unless overwrite says so: 409."

    It is refused, and replaced.
    """

    @bench.instead("uploadFile")
    def written(call: Call, handler: Handler) -> Reply:
        try:
            return handler(call)
        except Problem as problem:
            if problem.status == 409:
                call.group.files[call.path["path"]] = call.body
            raise


@mutant("file-overwrite-ignored", "LM-FILE-OVERWRITE")
def overwrite_ignored(bench: Bench) -> None:
    """BUG: "With overwrite=true a file that is there already is replaced." It is refused all the same."""
    forget(bench, "overwrite", "uploadFile")


@mutant("file-overwrite-appends", "LM-FILE-OVERWRITE")
def appends(bench: Bench) -> None:
    """BUG: "With overwrite=true a file that is there already is replaced." The new bytes follow the old ones."""

    @bench.before("uploadFile")
    def append(call: Call) -> None:
        if call.query.get("overwrite"):
            call.body = call.group.files.get(call.path["path"], b"") + call.body


@mutant("file-url-of-the-store", "LM-FILE-REGISTERED")
def url_of_store(bench: Bench) -> None:
    """BUG: "The url of an uploaded file can be registered as an artifact."

    It is the store's, with a scheme that artifacts do not have.
    """

    @bench.after("uploadFile")
    def other(call: Call, reply: Reply) -> None:
        reply.json["url"] = f"/{call.path['path']}"


@mutant("file-delete-ignored", "LM-FILE-DELETE")
def delete_ignored(bench: Bench) -> None:
    """BUG: "Deleting a file answers 204, and then it is not found." It is there for ever."""

    @bench.instead("deleteFile")
    def stays(call: Call, handler: Handler) -> Reply:
        kept = call.group.files.get(call.path["path"], b"")
        reply = handler(call)
        call.group.files[call.path["path"]] = kept
        return reply


@mutant("file-delete-200", "LM-FILE-DELETE", "LM-HTTP-STATUS-DECLARED")
def delete_200(bench: Bench) -> None:
    """BUG: "Deleting a file answers 204, and then it is not found." It answers 200."""

    @bench.after("deleteFile")
    def ok(call: Call, reply: Reply) -> None:
        reply.status, reply.json = 200, {"message": "File deleted"}


@mutant("file-delete-unknown-204", "LM-FILE-DELETE-404")
def delete_unknown(bench: Bench) -> None:
    """BUG: "Deleting a file that does not exist answers 404." It answers 204."""

    @bench.instead("deleteFile")
    def always(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(204)


@mutant("file-error-text", "LM-ERROR-ENVELOPE")
def error_text(bench: Bench) -> None:
    """BUG: "A declared 400, 404 or 412 carries an error object with code and message."

    A file that is not found is a word.
    """

    @bench.instead("downloadFile")
    def word(call: Call, handler: Handler) -> Reply:
        return handler(call) if call.path["path"] in call.group.files else Reply(404, "not found")
