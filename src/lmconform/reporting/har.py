"""HAR 1.2 of the exchanges of a run: what browsers' tools, Postman and proxies open. Secrets are masked already."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from lmconform.errors import ConfigError
from lmconform.results.stream import Run

SIGN: Final = re.compile(r'\{"log": \{"version": "1\.2", "creator": \{"name": "lmconform"')
_EXCHANGES: Final = "exchanges.jsonl"
_PLAIN: Final = "application/octet-stream"


def write(run: Run, out: Path) -> None:
    """Write all exchanges that lie beside results.jsonl, one after the other; ConfigError where they do not."""
    version = run.header.lmconform if run.header else ""
    with out.open("w", encoding="utf-8") as stream:
        creator = json.dumps({"name": "lmconform", "version": version})
        stream.write(f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": [')
        for number, entry in enumerate(_entries(run.file.parent / _EXCHANGES)):
            stream.write((",\n" if number else "\n") + json.dumps(entry, ensure_ascii=False))
        stream.write("\n]}}\n")


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                found = json.loads(line)
                if found.get("type") == "exchange":
                    yield _entry(found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{file}: cannot be read ({error}); a HAR needs the exchanges of the run") from error


def _entry(exchange: Mapping[str, Any]) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    milliseconds = exchange["elapsed"] * 1000
    return {
        "startedDateTime": exchange["started"],
        "time": milliseconds,
        "request": _request(request),
        "response": _response(response),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange["item"],
    }


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    body = request.get("body") or ""
    query = parse_qsl(urlsplit(request["url"]).query, keep_blank_values=True)
    found = {
        "method": request["method"],
        "url": request["url"],
        **_common(request["headers"], len(body.encode())),
        "queryString": [{"name": name, "value": value} for name, value in query],
    }
    return {**found, "postData": {"mimeType": _media(request["headers"]), "text": body}} if body else found


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    body = response.get("body") or ""
    content = {"size": len(body.encode()), "mimeType": _media(response["headers"]), "text": body}
    return {
        "status": response["status"],
        "statusText": "",
        "redirectURL": "",
        "content": content,
        **_common(response["headers"], len(body.encode())),
    }


def _common(headers: list[list[str]], size: int) -> dict[str, Any]:
    pairs = [{"name": name, "value": value} for name, value in headers]
    return {"httpVersion": "HTTP/1.1", "cookies": [], "headers": pairs, "headersSize": -1, "bodySize": size}


def _media(headers: list[list[str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), _PLAIN)
