"""Servers with one defect each, that several tests put between a probe and the mock."""

import dataclasses
import json
from urllib.parse import parse_qsl, quote

from tests.probes.probe_bench import Defect, answered, with_body

ACCEPTED = {"id": "lmconform-made", "message": "made", "url": "ai://default/data"}


class Answer(Defect):
    """Rewrites the JSON object of successful answers of some operations."""

    def __init__(self, operations, change):
        self._operations = operations.split()
        self._change = change

    def answer(self, exchange):
        if exchange.operation not in self._operations or not exchange.ok:
            return exchange
        body = json.loads(exchange.body)
        changed = self._change(body)
        return with_body(exchange, body if changed is None else changed)


class Query(Defect):
    """Does not hear a query parameter."""

    def __init__(self, name, operations=""):
        self._name = name
        self._operations = operations.split()

    def request(self, request):
        if self._operations and request.operation not in self._operations:
            return request
        pairs = [(n, v) for n, v in parse_qsl(request.query, keep_blank_values=True) if n != self._name]
        query = "&".join(f"{quote(n, safe='$')}={quote(v, safe='')}" for n, v in pairs)
        return dataclasses.replace(request, query=query)


class Status(Defect):
    """Answers one status with another."""

    def __init__(self, operation, before, after, body=None):
        self._operation, self._before, self._after, self._body = operation, before, after, body

    def answer(self, exchange):
        if (exchange.operation, exchange.status) == (self._operation, self._before):
            return answered(exchange, self._after, self._body)
        return exchange


class Overwriting(Defect):
    """A PATCH of metrics replaces what was there, as RFC 7396 would have it."""

    def __init__(self):
        self._last = {}

    def request(self, request):
        if request.operation == "patchMetrics":
            body = json.loads(request.body)
            self._last = {m["name"] for m in body.get("metrics", [])}
        return request

    def answer(self, exchange):
        if exchange.operation != "findMetrics" or not exchange.ok:
            return exchange
        body = exchange.json_object()
        for found in body["resources"]:
            found["metrics"] = [m for m in found.get("metrics") or [] if m["name"] in self._last]
        return with_body(exchange, body)


class Group(Defect):
    """Shows every resource group the same things."""

    def request(self, request):
        headers = tuple((n, "tutorial" if n == "AI-Resource-Group" else v) for n, v in request.headers)
        return dataclasses.replace(request, headers=headers)


class AnyToken(Defect):
    """Takes any token, and none."""

    def request(self, request):
        headers = tuple((n, v) for n, v in request.headers if n != "Authorization")
        return dataclasses.replace(request, headers=headers, authorize=True)


class Count(Defect):
    """Counts one too many."""

    def __init__(self, operation):
        self._operation = operation

    def answer(self, exchange):
        if exchange.operation == self._operation and exchange.ok:
            return with_body(exchange, int(exchange.text) + 1)
        return exchange


class Undying(Defect):
    """A deletion is accepted and never happens: what GET showed once, it shows for ever."""

    def __init__(self, get):
        self._get = get
        self._seen = {}

    def answer(self, exchange):
        if exchange.operation == self._get:
            if exchange.ok:
                self._seen[exchange.path] = exchange
            return self._seen.get(exchange.path, exchange)
        return exchange


class Idle(Defect):
    """What an operation is asked for is promised, and never happens."""

    def __init__(self, operation):
        self._operation = operation

    def request(self, request):
        if request.operation == self._operation:
            return dataclasses.replace(request, method="GET", body=b"")
        return request

    def answer(self, exchange):
        return answered(exchange, 202, ACCEPTED) if exchange.operation == self._operation else exchange


class Forgetful(Defect):
    """A refused deletion is remembered as one that was granted."""

    def __init__(self, get, delete):
        self._get, self._delete = get, delete
        self._asked = set()

    def answer(self, exchange):
        if exchange.operation == self._delete:
            self._asked.add(exchange.path)
        if exchange.operation == self._get and exchange.ok and exchange.path in self._asked:
            return with_body(exchange, {**exchange.json_object(), "targetStatus": "DELETED"})
        return exchange


class Backwards(Defect):
    """What goes on goes back for once: GET shows ``statuses``, one after the other."""

    def __init__(self, get, *statuses):
        self._get = get
        self._statuses = list(statuses)

    def answer(self, exchange):
        if exchange.operation == self._get and exchange.ok:
            status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
            return with_body(exchange, {**exchange.json_object(), "status": status})
        return exchange


class OtherLocation(Defect):
    """The Location of what is new leads somewhere else."""

    def __init__(self, create):
        self._create = create

    def answer(self, exchange):
        if exchange.operation == self._create and exchange.ok:
            headers = (("Content-Type", "application/json"), ("Location", "/v2/lm/somewhere/else"))
            return dataclasses.replace(exchange, headers=headers)
        return exchange


class SameId(Defect):
    """Every creation has the id of the first one."""

    def __init__(self, create):
        self._create = create
        self._first = None

    def answer(self, exchange):
        if exchange.operation == self._create and exchange.ok:
            self._first = self._first or exchange
            return self._first
        return exchange


def each(change):
    """A change of every resource of a list, or of the one body."""

    def rewrite(body):
        for item in body.get("resources", [body]):
            change(item)

    return rewrite


def drop(name):
    """Leaves a field out."""
    return each(lambda item: item.pop(name, None))


def put(**fields):
    """Writes fields."""
    return each(lambda item: item.update(fields))


def entries(section, change):
    """A change of every entry of a section of the metrics."""
    return each(lambda item: [change(entry) for entry in item.get(section) or []])


def wider(body):
    """BUG: a list is one longer than its count says."""
    body["count"] += 1


def results(body):
    """The entries of a bulk answer."""
    return body.get("executions", body.get("deployments"))


def sorted_by_id(body):
    """BUG: results come back sorted by id."""
    results(body).sort(key=lambda item: item["id"])


def wrong_code(body):
    """BUG: the code of an unknown id is an HTTP status."""
    for item in results(body):
        if "error" in item:
            item["error"]["code"] = "404"


def all_or_nothing(body):
    """BUG: one wrong entry spoils the others."""
    error = next(item["error"] for item in results(body) if "error" in item)
    results(body)[:] = [{"id": item["id"], "error": error} for item in results(body)]


def all_done(body):
    """BUG: whatever is asked for is promised."""
    results(body)[:] = [{"id": item["id"], "message": "modification scheduled"} for item in results(body)]


def one_tag(body):
    """BUG: the first tag is the only one."""
    for item in body["resources"]:
        item["tags"] = (item.get("tags") or [])[:1]
