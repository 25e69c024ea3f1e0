"""What an application does wrong, told by its requests: the mock judges its client."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role, resources
from lmconform.mock.clock import RUNNING
from lmconform.mock.service import Service
from lmconform.mock.traffic import Request

# Where executions and deployments were started until 2022 (SAP Note 3239609).
_DEPRECATED = re.compile(r"/v2/lm/configurations/[^/]+/(executions|deployments)")
# GETs in a row, each sooner than this many seconds after the one before, that count as polling.
_OFTEN, _ROW = 1.0, 4
# Slashes in the path of a list.
_OF_A_LIST = 3
# What a tenant made out of itself, and no client needs to have been told.
_KNOWN = ("scenario", "executable", "version", "model", "file")
_MOST_SUBJECTS = 1000
# Ids that are remembered, and the longest answer that is searched for them.
_MOST_IDS, _MOST_BYTES = 50_000, 64 * 1024
# The subject of a request, by which repeated ones are counted together, and what is wrong with it.
_Found = Iterator[tuple[str, str]]


@dataclass(slots=True)
class Advice:
    """One thing that the application does wrong; ``rule`` names its kind, ``times`` how often it was seen."""

    rule: str
    text: str
    times: int = 1

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}" + (f" ({self.times} times)" if self.times > 1 else "")


class Advisor:
    """Hears each request, and keeps what is wrong with them; ``way`` is how the time of the mock moves."""

    def __init__(self, service: Service, way: str) -> None:
        self._service = service
        self._known = resources(service.contract)
        self._way = way
        self._given: dict[str, None] = {}
        self._polls: dict[str, tuple[float, int]] = {}
        self._refused: dict[str, Request] = {}
        self._found: dict[tuple[str, str], Advice] = {}

    @property
    def found(self) -> list[Advice]:
        """What was found, the first first; with the requests that were refused with 429 and not sent again."""
        left = [
            Advice("too-many-requests", f"{label}: 429, and the request was not sent again") for label in self._refused
        ]
        return [*self._found.values(), *left]

    def clear(self) -> None:
        """Forget everything but the ids that were given."""
        self._polls.clear()
        self._refused.clear()
        self._found.clear()

    def hear(self, request: Request) -> None:
        """Judge one request."""
        route = None
        if request.path.startswith("/v2/") and not _is_plain_read(request):
            route = self._service.contract.match(request.method, request.path.removeprefix("/v2"))
        for rule, judge in _GENERAL.items():
            self._add(rule, judge(self, request))
        if route is not None:
            self._remember(route[0], request)
            self._add("id-built-by-hand", self._unknown_ids(*route, request))
            if self._known.role_of(route[0]) == Role.CREATE:
                self._add("artifact-url", _slash(request))
                self._add("unknown-binding", self._bindings(request))

    def _add(self, rule: str, found: _Found) -> None:
        for subject, text in found:
            key = rule, subject
            if key in self._found:
                self._found[key].times += 1
            elif len(self._found) < _MOST_SUBJECTS:
                self._found[key] = Advice(rule, text)

    def _remember(self, operation: Operation, request: Request) -> None:
        """The ids that the answer gave."""
        role = self._known.role_of(operation)
        if request.status >= 300 or len(request.got) > _MOST_BYTES or role not in (Role.CREATE, Role.LIST):
            return
        answer = request.answer
        listed = answer.get("resources") if isinstance(answer, dict) else None
        for resource in (answer, *(listed if isinstance(listed, list) else ())):
            if isinstance(resource, dict) and isinstance(resource.get("id"), str):
                self._given[resource["id"]] = None
        while len(self._given) > _MOST_IDS:
            self._given.pop(next(iter(self._given)))

    def _unknown_ids(self, operation: Operation, values: dict[str, str], request: Request) -> _Found:
        if request.status != 404:
            return
        for named in self._known.ids_named(operation, values, request.query, request.body):
            if named.resource.noun in _KNOWN or named.id in self._given or self._service.store.holds(named.id):
                continue
            yield (
                named.id,
                f"{_label(request)}: the mock gave no id {named.id[:80]!r}; take ids from answers, as they are",
            )

    def _bindings(self, request: Request) -> _Found:
        body = request.body if isinstance(request.body, dict) else {}
        executable = self._service.catalog.executable(body.get("scenarioId"), body.get("executableId"))
        if executable is None:
            return
        declared = {
            "parameterBindings": [variable.name for variable in executable.parameters],
            "inputArtifactBindings": [slot.name for slot in executable.inputs],
        }
        for member, names in declared.items():
            bindings = body.get(member)
            for binding in bindings if isinstance(bindings, list) else ():
                key = binding.get("key") if isinstance(binding, dict) else None
                if isinstance(key, str) and key not in names:
                    some = ", ".join(names) or "none"
                    yield (
                        f"{executable.id} {key}",
                        f"{member}: {executable.id} declares no {key[:80]!r} (declared: {some}; case counts)",
                    )


def _is_plain_read(request: Request) -> bool:
    """Whether it is one of those that come most often, and say nothing: a GET of one resource that is there."""
    return request.method == "GET" and request.status == 200 and request.path.count("/") > _OF_A_LIST


def _deprecated(advisor: Advisor, request: Request) -> _Found:
    match = _DEPRECATED.fullmatch(request.path) if request.method == "POST" else None
    if match is not None:
        yield match[1], f"POST /v2/lm/configurations/…/{match[1]} is deprecated: use POST /v2/lm/{match[1]}"


def _polling(advisor: Advisor, request: Request) -> _Found:
    """Only where time runs: where requests or a test move it, how fast they come says nothing."""
    if request.method != "GET" or advisor._way != RUNNING or not request.path.startswith("/v2/lm/"):
        return
    last, row = advisor._polls.get(request.path, (0.0, 0))
    row = row + 1 if request.when - last < _OFTEN else 0
    if len(advisor._polls) >= _MOST_SUBJECTS:
        advisor._polls.clear()
    advisor._polls[request.path] = request.when, row
    if row >= _ROW:
        yield request.path, f"{_label(request)}: asked more often than each second; a training takes minutes"


def _too_many(advisor: Advisor, request: Request) -> _Found:
    label = _label(request)
    before = advisor._refused.pop(label, None)
    if request.status == 429 and len(advisor._refused) < _MOST_SUBJECTS:
        advisor._refused[label] = request
    wait = float(before.retry_after) if before is not None and before.retry_after.isdecimal() else 0.0
    if before is not None and request.when < before.when + max(wait, 0.5):
        told = f"Retry-After said {wait:g} s" if wait else "without a pause"
        yield label, f"{label}: sent again {request.when - before.when:.1f} s after a 429 ({told})"


_GENERAL: dict[str, Callable[[Advisor, Request], _Found]] = {
    "deprecated-endpoint": _deprecated,
    "polls-too-often": _polling,
    "too-many-requests": _too_many,
}


def _slash(request: Request) -> _Found:
    url = request.body.get("url") if isinstance(request.body, dict) else None
    if isinstance(url, str) and url.endswith("/"):
        yield url, f"artifact url {url[:120]!r} ends with a slash: a training that loads it ends as DEAD"


def _label(request: Request) -> str:
    return f"{request.method} {request.path[:200]}"
