"""The mock's handles over HTTP, for tests in other languages: below ``/-/admin``, with the service key of the mock."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lmconform.errors import ConfigError
from lmconform.mock.auth import Authority
from lmconform.mock.control import FAILURE, Control
from lmconform.mock.problems import Problem

PREFIX = "/-/admin/"
_MOST_BODY = 1024 * 1024
# A browser sends no such header of its own accord, so that no web page reaches this.
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="lmconform mock"', "Cache-Control": "no-store"}


class AdminInterface:
    """An application in front of ``app`` that answers below ``PREFIX`` and passes all other requests on.

    The client authenticates with Basic: ``clientid`` and ``clientsecret`` of the service key. ``save`` writes what was
    changed into the state file, before the answer.
    """

    def __init__(self, app: ASGIApp, control: Control, authority: Authority, save: Callable[[], None]) -> None:
        self._app = app
        self._control = control
        self._authority = authority
        self._save = save

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            response = await self._answer(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> JSONResponse:
        body = b""
        async for part in request.stream():
            body = (body + part)[: _MOST_BODY + 1]
        if not self._authority.knows(request.headers.get("authorization", "")):
            return _refusal(401, "expected Basic with clientid and clientsecret of the service key", _CHALLENGE)
        name = request.url.path.removeprefix(PREFIX)
        if request.method == "GET" and name in _READS:
            return JSONResponse(_READS[name](self._control))
        if request.method != "POST" or name not in _ACTIONS:
            known = ", ".join([*(f"GET {read}" for read in _READS), *(f"POST {action}" for action in _ACTIONS)])
            return _refusal(404, f"expected one of {known}, below {PREFIX}")
        try:
            answer = _ACTIONS[name](self._control, **_members(body))
            self._save()
            return JSONResponse(answer)
        except Problem as problem:
            return _refusal(problem.status, problem.message)
        except ConfigError as error:
            return _refusal(400, str(error))
        except TypeError as error:
            return _refusal(400, f"{name}: {str(error).partition('() ')[2] or error}")


def _members(body: bytes) -> dict[str, Any]:
    if len(body) > _MOST_BODY:
        raise ConfigError(f"the body has more than {_MOST_BODY} bytes")
    try:
        members = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the body is no JSON ({error})") from error
    if not isinstance(members, dict):
        raise ConfigError("the body is no JSON object")
    return members


def _refusal(status: int, text: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers)


def _requests(control: Control) -> Any:
    return [request.as_json() for request in control.requests]


def _advice(control: Control) -> Any:
    return [dataclasses.asdict(advice) for advice in control.advice]


def _expire(control: Control) -> Any:
    control.expire()
    return {}


def _reset(control: Control) -> Any:
    control.reset()
    return {}


def _faults(control: Control, rules: Any, seed: int = 0) -> Any:
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules):
        raise ConfigError("rules: expected a list of texts")
    control.inject(rules, seed)
    return {"rules": rules}


def _advance(control: Control, by: str | float) -> Any:
    return {"now": control.advance(by)}


def _finish(control: Control, id: Any) -> Any:
    return {"id": id, "status": control.finish(str(id))}


def _fail(control: Control, id: Any, message: Any = FAILURE) -> Any:
    return {"id": id, "status": control.fail(str(id), str(message))}


def _seed(control: Control, executable: str, **content: Any) -> Any:
    return control.seed(executable, **content)


_READS: dict[str, Callable[[Control], Any]] = {"requests": _requests, "advice": _advice}
_ACTIONS: dict[str, Callable[..., Any]] = {
    "advance": _advance,
    "finish": _finish,
    "fail": _fail,
    "seed": _seed,
    "reset": _reset,
    "faults": _faults,
    "expire-tokens": _expire,
}
