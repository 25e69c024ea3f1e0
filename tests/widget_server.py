"""A server that has widgets beside everything that the mock has, and can have one defect."""

import json
import math
import re
import time
from contextlib import contextmanager

import requests

from tests.conftest import serve

_PATH = re.compile(r"/v2/lm/widgets(?:/([^/]*))?")
_ID = re.compile(r"[\w.-]{4,64}")
# Seconds until what is being deleted is gone.
_GOING = 0.2


class Widgets:
    """The widgets of all resource groups. ``bug`` names the one defect; without it the server is lawful.

    ``created`` counts the accepted creations; ``changed`` are the ids that requests have changed or deleted, in order.
    """

    def __init__(self, mock, bug=""):
        self._mock = mock
        self._bug = bug
        self._groups = {}
        self._made = 0
        self.changed = []
        self.created = 0
        self.theirs = self.add("tutorial", {"name": "of another user"})

    def add(self, group, body):
        """Make a widget, as another client of the server would."""
        self._made += 1
        made = {"id": f"w{self._made:07x}", "name": body.get("name", ""), "status": "NEW"}
        self._groups.setdefault(group, {})[made["id"]] = made
        return made["id"]

    def left(self, group="tutorial"):
        """The ids of those that are there and not on their way out."""
        return {i for i, widget in self._groups.get(group, {}).items() if "gone" not in widget}

    def answer(self, handler, session):
        """Status and body for a request about widgets; None for one about something else."""
        found = _PATH.fullmatch(handler.path.partition("?")[0])
        if found is None:
            return None
        refused = self._refused_by_gateway(handler, session)
        if refused is not None:
            return refused
        group = handler.headers.get("AI-Resource-Group")
        if not group:
            return _error(400, "Missing header parameter 'AI-Resource-Group'")
        widgets = self._groups.setdefault(group, {})
        for widget_id in [i for i, w in widgets.items() if w.get("gone", math.inf) < time.monotonic()]:
            del widgets[widget_id]
        if found[1] is None:
            return self._at_collection(handler, group, widgets)
        return self._at_item(handler, widgets, found[1])

    def _refused_by_gateway(self, handler, session):
        """What the mock answers to the same credentials, where it refuses them."""
        given = {n: handler.headers[n] for n in ("Authorization",) if handler.headers.get(n)}
        headers = {"AI-Resource-Group": handler.headers.get("AI-Resource-Group") or "tutorial", **given}
        asked = session.get(f"{self._mock.url}/v2/lm/scenarios", headers=headers, timeout=10)
        return None if asked.ok else (asked.status_code, asked.content, asked.headers.get("Content-Type", "text/plain"))

    def _at_collection(self, handler, group, widgets):
        if handler.command == "GET":
            shown = [_shown(widget) for widget in widgets.values()]
            kind = "text/html" if self._bug == "media-type" else "application/json"
            return 200, json.dumps({"count": len(shown), "resources": shown}).encode(), kind
        body = _parsed(handler.body)
        wrong = _wrong(body) if self._bug != "takes-every-body" else ""
        if wrong or (self._bug == "refuses-blue" and body.get("colour") == "blue"):
            return _error(400, wrong or "no blue ones today")
        self.created += 1
        made = self.add(group, body if isinstance(body, dict) else {})
        return _json(200 if self._bug == "other-status" else 201, _shown(widgets[made]))

    def _at_item(self, handler, widgets, widget_id):
        if self._bug == "takes-every-id" and handler.command == "GET":
            return _json(200, {"id": "w0000000"})
        if not _ID.fullmatch(widget_id) or widget_id not in widgets:
            return _error(404 if _ID.fullmatch(widget_id) else 400, "no such widget")
        widget = widgets[widget_id]
        if handler.command == "GET":
            if self._bug == "forgets" and widget_id != self.theirs:
                return _error(404, "no such widget")
            shown = {k: v for k, v in _shown(widget).items() if self._bug != "no-id" or k != "id"}
            return _json(200, shown)
        if handler.command == "PATCH":
            size = _parsed(handler.body)
            if not isinstance(size, dict) or not _is_size(size.get("size", 1)):
                return _error(400, "size is wrong")
            self.changed.append(widget_id)
            return 202, b"", "text/plain"
        self.changed.append(widget_id)
        if self._bug != "keeps":
            widget.setdefault("gone", time.monotonic() + _GOING)
        return 202, b"", "text/plain"


@contextmanager
def widget_server(mock, bug=""):
    """A server in front of the mock that serves widgets itself; yields its url and the ``Widgets``."""
    widgets, session = Widgets(mock, bug), requests.Session()

    def answer(handler):
        found = widgets.answer(handler, session)
        if found is None:
            headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "content-length")}
            url, body = mock.url + handler.path, handler.body or None
            got = session.request(handler.command, url, headers=headers, data=body, timeout=10)
            found = got.status_code, got.content, got.headers.get("Content-Type", "text/plain")
        handler.reply(*found)

    with serve(answer) as (url, _):
        yield url, widgets


def _shown(widget):
    return {name: value for name, value in widget.items() if name != "gone"}


def _json(status, body):
    return status, json.dumps(body).encode(), "application/json"


def _error(status, message):
    error = {"code": "01010001", "message": message, "requestId": "r", "target": "/api/v2/widgets"}
    return _json(status, {"error": error})


def _parsed(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


def _is_size(value):
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9


def _wrong(body):
    """Why the body of a creation is refused; an empty text for a right one."""
    if not isinstance(body, dict):
        return "no object"
    name, configuration = body.get("name"), body.get("configurationId")
    if not isinstance(name, str) or len(name) > 256:
        return "name is wrong"
    if not isinstance(configuration, str) or not _ID.fullmatch(configuration) or "absent" in configuration:
        return "configurationId is wrong"
    if not _is_size(body.get("size", 1)) or body.get("colour", "red") not in ("red", "blue"):
        return "size or colour is wrong"
    return ""
