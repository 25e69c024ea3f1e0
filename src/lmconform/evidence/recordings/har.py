"""HTTP Archives (HAR 1.2), as browsers, Postman and proxies write them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from lmconform.contract import paths
from lmconform.contract.openapi import Contract
from lmconform.errors import ConfigError
from lmconform.evidence.exchange import Exchange, decode
from lmconform.evidence.recorder import SECRET_HEADERS
from lmconform.evidence.recordings.lines import unreadable
from lmconform.evidence.recordings.recording import Recorded, Recording, Unjudged, Why, place

# What a repeated request needs; browsers send many more, cookies among them.
_REPEATED: Final = frozenset({"authorization", "ai-resource-group", "content-type"})
# Headers beside those that the recorder masks, members and form fields that hold secrets (RFC 6749, RFC 7523).
_SECRET_HEADERS: Final = SECRET_HEADERS | {"x-api-key", "apikey", "x-csrf-token"}
_SECRET_MEMBERS: Final = frozenset(
    {"access_token", "refresh_token", "id_token", "client_secret", "clientsecret", "password", "assertion"}
    | {"client_assertion", "code_verifier", "token"}
)
# Of a form and a query only: in JSON it is the code of an error.
_SECRET_FIELDS: Final = _SECRET_MEMBERS | {"code"}
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})
_NO_BODY: Final = frozenset({204, 304})
_EXPECTED: Final = "expected an HTTP Archive: an object with log.entries"


class Har(Recording):
    """The entries of one HTTP Archive."""

    format = "HTTP Archive"

    def __init__(self, file: Path, entries: list[Any]) -> None:
        super().__init__(file)
        self._entries = entries

    @classmethod
    def open(cls, file: Path) -> Har:
        """Read the whole file, which is one JSON object; raises ConfigError."""
        try:
            # Some tools write a byte order mark.
            data = json.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise unreadable(file, error) from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{file}: no JSON ({error}); {_EXPECTED}") from error
        log = data.get("log") if isinstance(data, dict) else None
        entries = log.get("entries") if isinstance(log, dict) else None
        if not isinstance(entries, list):
            raise ConfigError(f"{file}: has no log.entries; {_EXPECTED}")
        return cls(file, entries)

    def read(self, contract: Contract) -> Iterator[Recorded | Unjudged]:
        """Each entry that is under /v2/lm with its operation."""
        for number, entry in enumerate(self._entries):
            try:
                yield _read(contract, number, entry)
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                raise ConfigError(f"{self.file}: log.entries[{number}] is no entry of HAR 1.2 ({error!r})") from error

    def secrets(self) -> Iterable[str]:
        """Tokens, cookies, passwords and keys of all entries, also of those that are not judged."""
        for entry in self._entries:
            if isinstance(entry, dict):
                for part in ("request", "response"):
                    yield from _secrets(entry.get(part))


def _read(contract: Contract, number: int, entry: Mapping[str, Any]) -> Recorded | Unjudged:
    request, response = entry["request"], entry["response"]
    method, url = str(request["method"]).upper(), str(request["url"])
    path = place(url)
    if path is None:
        parts = urlsplit(url)
        return Unjudged(Why.ELSEWHERE, f"{method} {parts.scheme}://{parts.hostname or ''}{parts.path}")
    label, status = paths.label(method, path), int(response.get("status") or 0)
    if not status:
        return Unjudged(Why.NO_ANSWER, label)
    found = contract.match(method, path)
    if found is None:
        return Unjudged(Why.UNKNOWN, label)
    asked, answered = _headers(request), _headers(response)
    if status == 304 and any(name.lower() in _CONDITIONS for name, _ in asked):
        return Unjudged(Why.CACHED, label)
    content = response.get("content") or {}
    body, was_cut = _body(content, status, answered)
    media_type = str(content.get("mimeType") or "")
    exchange = Exchange(
        id=f"entry-{number}",
        item="",
        operation=found[0].id,
        method=method,
        url=url.partition("#")[0],
        path=path,
        request_headers=tuple((name, value) for name, value in asked if name.lower() in _REPEATED),
        request_body=_posted(request).encode("utf-8", "replace"),
        status=status,
        headers=answered or ((("Content-Type", media_type),) if media_type else ()),
        body=body,
        truncated=was_cut,
        started=str(entry.get("startedDateTime") or ""),
        elapsed=max(0.0, float(entry.get("time") or 0)) / 1000,
    )
    return Recorded(exchange, (found[0],), has_headers=bool(answered))


def _headers(part: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = ((str(header["name"]), str(header["value"])) for header in part.get("headers") or ())
    # The pseudo-headers of HTTP/2 are no headers.
    return tuple((name, value) for name, value in pairs if not name.startswith(":"))


def _posted(request: Mapping[str, Any]) -> str:
    return str((request.get("postData") or {}).get("text") or "")


def _body(content: Mapping[str, Any], status: int, headers: Iterable[tuple[str, str]]) -> tuple[bytes, bool]:
    """The body, and whether it is not all of it: tools leave out and cut what is long."""
    text, size = content.get("text"), int(content.get("size") or 0)
    if text is None:
        length = next((value.strip() for name, value in headers if name.lower() == "content-length"), "")
        return b"", not (status in _NO_BODY or length == "0")
    try:
        coded = str(content.get("encoding") or "").lower() == "base64"
        body = base64.b64decode(text) if coded else str(text).encode("utf-8", "replace")
    except binascii.Error:
        return b"", True
    return body, size > len(body)


def _secrets(part: Any) -> Iterator[str]:
    if not isinstance(part, dict):
        return
    for header in _list(part, "headers"):
        if isinstance(header, dict) and str(header.get("name")).lower() in _SECRET_HEADERS:
            yield from _of_header(str(header.get("value")))
    for cookie in _list(part, "cookies"):
        if isinstance(cookie, dict):
            yield str(cookie.get("value"))
    content = part.get("content") or part.get("postData") or {}
    if isinstance(content, dict):
        yield from _of_body(_text(content))
        # Some tools have the fields of a form in place of its text.
        fields = (field for field in _list(content, "params") if isinstance(field, dict))
        yield from (str(field.get("value")) for field in fields if field.get("name") in _SECRET_FIELDS)
    if isinstance(part.get("url"), str):
        # A URL that cannot be split has its secrets behind the question mark all the same.
        yield from _of_form(part["url"].partition("?")[2].partition("#")[0])


def _text(content: Mapping[str, Any]) -> str:
    """The text of a body, decoded where it is in base64; empty where it is none."""
    text = str(content.get("text") or "")
    if str(content.get("encoding") or "").lower() != "base64":
        return text
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return ""


def _list(part: Mapping[str, Any], name: str) -> list[Any]:
    found = part.get(name)
    return found if isinstance(found, list) else []


def _of_header(value: str) -> Iterator[str]:
    """The value, the part behind its scheme, the values of cookies, and the password of Basic credentials."""
    scheme, _, rest = value.partition(" ")
    yield rest.strip() or value
    for pair in value.split(";"):
        yield pair.partition("=")[2].strip()
    if scheme.lower() == "basic":
        try:
            yield base64.b64decode(rest).decode().partition(":")[2]
        except ValueError:
            return


def _of_body(text: str) -> Iterator[str]:
    if text.lstrip()[:1] != "{":
        yield from _of_form(text)
        return
    try:
        data = decode(text)
    except ValueError:
        return
    if isinstance(data, dict):
        yield from (value for name, value in data.items() if name in _SECRET_MEMBERS and isinstance(value, str))


def _of_form(text: str) -> Iterator[str]:
    yield from (value for name, value in parse_qsl(text) if name in _SECRET_FIELDS)
