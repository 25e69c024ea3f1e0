"""Observations of files: empty uploads, paths that end in a slash, URLs, other resource groups."""
# ruff: noqa: D103 - the decorator holds the sentence of each observation

from __future__ import annotations

from lmconform.probes.builders.files import DOWNLOAD, UPLOAD, accepted_content, new_path, shared_file, upload
from lmconform.probes.context import Context
from lmconform.probes.observing import answer
from lmconform.probes.registry import observation
from lmconform.probes.shared.other_group import other_group


@observation(
    "LM-OBS-FILE-EMPTY",
    operation="uploadFile",
    source="A1",
    effect="destructive",
    capability=UPLOAD,
    text="An upload of no bytes.",
)
def empty_file(ctx: Context) -> str:
    return answer(upload(ctx, new_path(ctx), b""))


@observation(
    "LM-OBS-FILE-PREFIX",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=UPLOAD,
    text="An upload to a path that ends in a slash.",
)
def file_as_prefix(ctx: Context) -> str:
    return answer(upload(ctx, f"{ctx.unique('files')}/", accepted_content(ctx)))


@observation(
    "LM-OBS-FILE-URL",
    operation="uploadFile",
    source="A5",
    effect="destructive",
    capability=UPLOAD,
    text="Form of urls.",
)
def form_of_urls(ctx: Context) -> str:
    file = shared_file(ctx)
    return str(file.exchange.json_object().get("url")).replace(file.path, "<path>")


@observation(
    "LM-OBS-FILE-OTHER-GROUP",
    operation="downloadFile",
    source="J",
    effect="destructive",
    capability=DOWNLOAD,
    text="A file that was uploaded in another resource group, which may have the same object store.",
)
def file_of_another_group(ctx: Context) -> str:
    other = other_group(ctx)
    return answer(ctx.send("downloadFile", {"path": shared_file(ctx).path}, resource_group=other))
