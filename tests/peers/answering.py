"""A peer that puts texts of a test into every string member, header and reason phrase of the mock's answers."""

import json
import re
from types import SimpleNamespace

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def peer(answer):
    """What ``peer_bench.standing`` takes; ``answer(call)`` writes a whole response."""
    return SimpleNamespace(module=SimpleNamespace(answer=answer))


def filled(value, text):
    """A JSON value with each string replaced; names stay, so that it is read as the answer that it was."""
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [filled(part, text) for part in value]
    return {name: filled(part, text) for name, part in value.items()} if isinstance(value, dict) else value


def error(text):
    """An error with its envelope, in which each member is the text."""
    return {"error": {"code": text, "message": text, "requestId": text, "target": text, "details": [{"code": text}]}}


def mocked(call, text):
    """Status and body of the mock, filled with the text."""
    status, _, body = call.ask()
    try:
        return status, filled(json.loads(body), text)
    except ValueError:
        return status, text


def respond(call, status, body, text):
    """Send JSON, with the text as reason phrase, in the values of headers, and in a name where it may stand."""
    content = json.dumps(body).encode()
    line = "".join(c for c in text if c.isprintable() and c.isascii())[:3000]
    headers = [f"X-Echo: {line}", f"Set-Cookie: a={line}", f"Location: https://elsewhere.example/{line}"]
    headers += [f"X-{line}: 1"] if _NAME.fullmatch(line) else []
    head = [f"HTTP/1.1 {status} {line}", "Content-Type: application/json", f"Content-Length: {len(content)}", *headers]
    call.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + content)
