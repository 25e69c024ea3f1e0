"""Sends requests: token, retries, waits; knows when the target is gone."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from lmconform import __version__
from lmconform.client import backoff, connection
from lmconform.client.connection import Broken
from lmconform.client.outage import Outage
from lmconform.client.token import TokenProvider
from lmconform.contract import paths
from lmconform.errors import NotTestable, TargetLost
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.settings import client_certificate
from lmconform.settings.options import is_loopback
from lmconform.settings.target import Target

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
# After so many requests that waiting did not help, nobody waits until one succeeds.
_IN_VAIN = 3
# After so many late answers in a row, an operation's next ones get a tenth of the time.
_LATE = 2
_CANARY = f"{paths.ROOT}/scenarios"
_CANARY_SECONDS = 10.0
# Seconds between the questions whether a target is in service again: a gateway that is restarted takes a while.
_OUTAGE_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. ``path`` begins with ``/lm`` and is percent-encoded; ``query`` is raw text.

    ``repeat`` False: a 429 or a passing 5xx goes back to the caller, who waits himself.
    """

    item: str
    operation: str
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    authorize: bool = True
    repeat: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds, and how often something is tried.

    ``answer`` is for one whole answer. ``tries`` counts sendings over broken connections,
    ``limited_tries`` those that were told to come later; ``waiting`` is the longest that they
    wait in all, from one success to the next. ``liveness_checks`` 0: nobody asks.
    """

    connect: float = 5.0
    answer: float = 30.0
    tries: int = 4
    limited_tries: int = 4
    waiting: float = 120.0
    liveness_checks: int = 3


class Transport:
    """One connection pool to one target. Redirects are not followed: a token goes to one host."""

    def __init__(
        self,
        target: Target,
        redactor: Redactor,
        recorder: Recorder | None,
        *,
        worker: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.target = target
        # A proxy between us and our own machine would only be in the way.
        self.session = connection.session(environment=not is_loopback(target.host), ca_bundle=target.ca_bundle)
        self._token_session = self._for_tokens()
        self.token = TokenProvider(target.credentials, self._token_session, redactor, sleep)
        self.sent = 0
        self._in_vain = 0
        self._waited = 0.0
        self._late: Counter[str] = Counter()
        self._lost = ""
        self._outage = Outage()
        self.patience = Patience()
        self._recorder = recorder
        self._prefix = f"{worker}-" if worker else ""
        self._numbers = itertools.count(1)
        self._sleep = sleep

    def send(self, request: Request) -> Exchange:
        """Send, and return the exchange.

        A 429 is repeated, and a 502, 503 or 504 of a safe method; ``Retry-After`` is honoured.
        A 401 is repeated once with a new token, for tokens expire. Raises NotTestable when
        this request alone gets no answer, TargetLost when no other one gets any either, or
        none but a gateway's that nothing is in service.
        """
        if self._lost:
            raise TargetLost(self._lost)
        renewed, alive, limited = False, False, 0
        for attempt in itertools.count(1):
            try:
                exchange = self._once(request, self._limit(request.operation))
            except Broken as error:
                self._late[request.operation] += error.late
                if not alive:
                    self._check_alive()
                    alive = True
                # What took too long once would take as long again.
                if error.late or request.method not in _SAFE or attempt >= self.patience.tries:
                    raise NotTestable(f"{paths.label(request.method, request.path)}: {error.reason}") from error
                continue
            del self._late[request.operation]
            if exchange.status == 401 and request.authorize and not renewed:
                renewed = True
                self.token.forget()
                continue
            limited += 1
            wait = _wait_before_repeating(exchange, limited)
            if wait is None or not request.repeat or not self._is_worth_it(wait, limited):
                self._in_vain = self._in_vain + 1 if wait is not None and request.repeat else 0
                self._waited = self._waited if wait is not None else 0.0
                if self._outage.is_likely(exchange):
                    self._check_in_service()
                return exchange
            self._waited += wait
            self._sleep(wait)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Release the connections."""
        self.session.close()
        self._token_session.close()

    def _for_tokens(self) -> requests.Session:
        """Where tokens come from: a client's certificate is shown there and nowhere else."""
        known = self.target.credentials
        if not known.certificate:
            return self.session
        return connection.session(
            environment=not is_loopback(urlsplit(known.token_url).hostname or ""),
            ca_bundle=self.target.ca_bundle,
            context=client_certificate.context(known.certificate, known.private_key),
        )

    def _is_worth_it(self, wait: float, limited: int) -> bool:
        patience = self.patience
        return limited < patience.limited_tries and self._in_vain < _IN_VAIN and self._waited + wait <= patience.waiting

    def _limit(self, operation: str) -> float:
        return self.patience.answer / (10.0 if self._late[operation] >= _LATE else 1.0)

    def _once(self, request: Request, seconds: float) -> Exchange:
        headers = [("User-Agent", f"lmconform/{__version__}"), ("Accept", "*/*"), *request.headers]
        if request.authorize:
            headers.append(("Authorization", f"Bearer {self.token.token()}"))
        url = f"{self.target.base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        prepared = requests.Request(request.method, "http://placeholder", auth=connection.no_auth).prepare()
        # The URL as given: requests would tidy up what we send on purpose.
        prepared.url = url
        prepared.body = request.body or None
        prepared.headers.clear()
        for name, value in headers:
            prepared.headers[name] = value
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            prepared.headers["Content-Length"] = str(len(request.body))
        started, clock = datetime.now(UTC), time.monotonic()
        answer = connection.exchange(self.session, prepared, self.patience.connect, seconds)
        exchange = Exchange(
            id=f"{self._prefix}{next(self._numbers)}",
            item=request.item,
            operation=request.operation,
            method=request.method,
            url=url,
            path=request.path,
            request_headers=tuple(headers),
            request_body=request.body,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            truncated=answer.truncated,
            started=started.isoformat(timespec="milliseconds"),
            elapsed=time.monotonic() - clock,
        )
        self.sent += 1
        if self._recorder is not None:
            self._recorder.write(exchange)
        return exchange

    def _check_alive(self) -> None:
        """Ask for something harmless until there is an answer, whatever it is; raises TargetLost.

        That a port accepts connections says nothing: what hangs, accepts them as well.
        """
        reason = ""
        for attempt in range(self.patience.liveness_checks):
            if attempt:
                self._sleep(1.0)
            try:
                self._ask_harmlessly()
                return
            except Broken as error:
                reason = error.reason
        if reason:
            self._lost = f"{self.target.name} {self._how_lost(reason)}"
            raise TargetLost(self._lost)

    def _check_in_service(self) -> None:
        """Ask for something harmless until the service answers and not the gateway before it; raises TargetLost."""
        seen = ""
        for pause in _OUTAGE_PAUSES if self.patience.liveness_checks else ():
            if pause:
                self._sleep(pause)
            try:
                exchange = self._ask_harmlessly()
            except Broken as error:
                seen = error.reason
                continue
            if exchange.status not in backoff.PASSING:
                self._outage.end()
                return
            seen = exchange.brief
        if seen:
            asked = f"{paths.label('GET', _CANARY)} after {sum(_OUTAGE_PAUSES):g} s as well"
            self._lost = f"{self.target.name} is out of service: {self._outage}, {asked}: {seen}"
            raise TargetLost(self._lost)

    def _ask_harmlessly(self) -> Exchange:
        group = ("AI-Resource-Group", self.target.resource_group)
        canary = Request(item="liveness", operation="", method="GET", path=_CANARY, headers=(group,))
        return self._once(canary, min(self.patience.answer, _CANARY_SECONDS))

    def _how_lost(self, reason: str) -> str:
        parts = urlsplit(self.target.base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        refused = f"no longer accepts connections at {parts.hostname}:{port}"
        return refused if reason == connection.REFUSED else f"no longer answers: {reason}"


def _wait_before_repeating(exchange: Exchange, attempt: int) -> float | None:
    """Seconds until the same request may go out again; None when it must not."""
    passing = exchange.status in backoff.PASSING and exchange.method in _SAFE
    if exchange.status != backoff.TOO_MANY and not passing:
        return None
    return backoff.pause(exchange.headers, attempt, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
