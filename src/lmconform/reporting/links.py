"""Links from one report of a run to another: where the job shows its files, else to the file beside."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from lmconform.results.events import Header

# Without credentials, and without what would end a link in Markdown or HTML.
_URL: Final = re.compile(r"https?://[^\s@<>()\[\]\"'`|\\]+", re.ASCII)


def is_link(url: str) -> bool:
    """Whether a URL can be shown as a link: it begins with http, names no user, and needs no escapes."""
    return _URL.fullmatch(url) is not None


def to_job(header: Header | None) -> str:
    """The URL of the job that the run belongs to; empty where there is none."""
    return header.job if header is not None and is_link(header.job) else ""


def to_file(header: Header | None, name: str) -> str:
    """The URL of a report; empty where it can only be downloaded, as from a job that shows no files."""
    if header is None or not header.job:
        return name
    return f"{header.files}{name}" if is_link(header.files) else ""


def to_item(header: Header | None, result: str) -> str:
    """The URL of a result, by its id, in report.html; empty as in ``to_file``."""
    page = to_file(header, "report.html")
    return f"{page}#item={quote(result, safe='')}" if page else ""
