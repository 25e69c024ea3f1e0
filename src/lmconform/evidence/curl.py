"""A request as a command line for bash that sends it again; secrets are variables of the shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from lmconform.evidence.exchange import Exchange
from lmconform.evidence.redaction import Redactor

# No shell takes a command line of megabytes.
LONGEST_BODY: Final = 64 * 1024
# What curl sends by itself, or nearly so.
_LEFT_OUT: Final = frozenset({"content-length", "connection", "accept-encoding", "user-agent", "accept"})


def curl(exchange: Exchange, redactor: Redactor) -> str:
    """The command line, in one line. ``$TOKEN`` is a valid token of the target; a long body is a file."""
    return " ".join(_words(exchange, redactor))


def authorization(exchange: Exchange, value: str, redactor: Redactor) -> str:
    """The value of the header Authorization for people and for a shell: no secret stands in it.

    What is no secret, such as a token that was made up, stands as it is.
    """
    if exchange.token:
        return f"{value.partition(' ')[0]} {exchange.token}"
    return "$AUTHORIZATION" if redactor.shows(value) else value


def _words(exchange: Exchange, redactor: Redactor) -> Iterator[str]:
    yield "curl -I" if exchange.method == "HEAD" else f"curl -X {exchange.method}"
    url = urlsplit(exchange.url)
    if set("[]{}") & {*url.path, *url.query}:
        yield "-g"
    if "/." in url.path:
        yield "--path-as-is"
    for name, value in exchange.request_headers:
        if name.lower() == "authorization":
            yield _authorization(exchange, value, redactor)
        elif name.lower() not in _LEFT_OUT:
            # curl leaves out a header without a value, unless a semicolon stands for the colon.
            yield f"-H {_quoted(redactor.text(f'{name}: {value}' if value.strip() else f'{name};'))}"
    if exchange.request_body:
        names = {name.lower() for name, _ in exchange.request_headers}
        if "content-type" not in names:
            yield "-H 'Content-Type:'"
        yield _body(exchange.request_body, redactor)
    yield _quoted(redactor.text(exchange.url))


def _authorization(exchange: Exchange, value: str, redactor: Redactor) -> str:
    said = authorization(exchange, value, redactor)
    # A shell looks for variables in double quotes, and in no others.
    return f'-H "Authorization: {said}"' if "$" in said and said != value else f"-H {_quoted(f'Authorization: {said}')}"


def _body(body: bytes, redactor: Redactor) -> str:
    if len(body) > LONGEST_BODY or b"\0" in body:
        return "--data-binary @body"
    try:
        return f"--data-raw {_quoted(redactor.text(body.decode('utf-8')))}"
    except UnicodeDecodeError:
        masked = redactor.text(body.decode("latin-1")).encode("latin-1", "replace")
        return f"--data-raw $'{''.join(map(_byte, masked))}'"


def _quoted(text: str) -> str:
    """``text`` as one word of a shell, in one line; what is not shown itself needs the quotes of bash."""
    return shlex.quote(text) if text.isprintable() else f"$'{''.join(map(_escaped, text))}'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    number = ord(character)
    if character.isprintable():
        return character
    return f"\\x{number:02x}" if number < 0x80 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _byte(number: int) -> str:
    character = chr(number)
    plain = number < 0x80 and character.isprintable() and character not in "\\'"
    return character if plain else f"\\x{number:02x}"
