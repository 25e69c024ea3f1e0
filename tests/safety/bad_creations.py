"""A server that carries out every creation, and answers some of them so that nobody can know what was created."""

import http.client
import json
import threading
from collections import Counter
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.conftest import serve
from tests.safety.killing import held

PAGE = b"<html><body>Something went wrong.</body></html>"


def late(handler, *_):
    """The answer of a gateway that gave up waiting."""
    handler.reply(504, b"upstream request timeout", "text/plain")


def request_timeout(handler, *_):
    """The answer of a gateway that did not see the end of the request."""
    handler.reply(408, {"error": {"code": "0", "message": "timeout"}})


def without_id(handler, *_):
    """Accepted, and nothing else."""
    handler.reply(202, {})


def page(handler, *_):
    """A page for people."""
    handler.reply(200, PAGE, "text/html; charset=utf-8")


def reset(handler, *_):
    """No answer."""
    handler.close_connection = True
    handler.connection.close()
    raise ConnectionError


def existing(handler, body, foreign, number):
    """The id of something that was there before, another one each time."""
    handler.reply(202, body | {"id": foreign[number % len(foreign)]})


def always_the_same(handler, body, foreign, number):
    """The id of one thing that was there before."""
    handler.reply(202, body | {"id": foreign[0]})


def parent_folder(handler, body, foreign, number):
    """An id that leads a path elsewhere."""
    handler.reply(202, body | {"id": ".."})


WAYS = {
    way.__name__: way
    for way in (late, request_timeout, without_id, page, reset, existing, always_the_same, parent_folder)
}


@contextmanager
def standing(mock, way, kinds=("executions", "deployments", "executionSchedules")):
    """The server in front of a mock; yields its URL, what it carried out by kind, and all requests."""
    created, lock = Counter(), threading.Lock()
    foreign = {kind: [i for name, i in held(mock) if name == kind] for kind in kinds}

    def answer(handler):
        status, headers, body = ask(mock, handler)
        kind = urlsplit(handler.path).path.rpartition("/")[2]
        if handler.command == "POST" and 200 <= status < 300 and handler.path.startswith("/v2/lm/"):
            with lock:
                created[kind] += 1
            if kind in kinds:
                WAYS[way](handler, json.loads(body), foreign[kind] or ["foreign-1"], created[kind])
                return
        media = headers.pop("content-type", "application/json")
        kept = {k: v for k, v in headers.items() if k not in ("content-length", "date", "connection", "server")}
        handler.reply(status, body, media, **kept)

    with serve(answer) as (url, seen):
        yield url, created, seen


def ask(mock, handler):
    """What the mock answers to the same request: status, headers, body."""
    upstream = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=20)
    sent = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "connection")}
    upstream.request(handler.command, handler.path, handler.body, sent)
    answer = upstream.getresponse()
    body = answer.read()
    upstream.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
