"""Sends requests: token, retries, waits; knows when the target is gone."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from lmconform import __version__
from lmconform.client import backoff, connection
from lmconform.client.connection import Broken
from lmconform.client.outage import Outage
from lmconform.client.patience import Patience, Spent
from lmconform.client.token import TokenProvider
from lmconform.contract import paths
from lmconform.errors import NotTestable, TargetLost
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.latencies import Latencies
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.safety.counters import Counters
from lmconform.safety.rate import Rate
from lmconform.settings import client_certificate, proxies
from lmconform.settings.target import Target

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
_CANARY = f"{paths.ROOT}/scenarios"
# When scenarios alone are out of order, these still answer.
_OTHERS = (f"{paths.ROOT}/configurations", f"{paths.ROOT}/artifacts")
_CANARY_SECONDS = 10.0
# Seconds between the questions whether a target is in service again: a gateway that is restarted takes a while.
_OUTAGE_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent. ``path`` begins with ``/lm`` and is percent-encoded; ``query`` is raw text.

    ``token`` is that of the exchange, where ``authorize`` is False. ``repeat`` False: a 429 or a passing 5xx goes back
    to the caller, who waits himself.
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
    token: str = ""


class Transport:
    """One connection pool to one target. Redirects are not followed: a token goes to one host.

    Safe to use from several threads. ``sent`` is the number of answers, which number the exchanges. ``unrecorded`` says
    why exchanges are no longer recorded; empty as long as they are.
    """

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
        for proxy in target.proxies.values():
            user, password = proxies.credentials(proxy)
            redactor.learn(password)
            redactor.learn_basic(user, password)
        self.session = connection.session(target.proxies, ca_bundle=target.ca_bundle)
        self._token_session = self._for_tokens()
        self.token = TokenProvider(target.credentials, self._token_session, redactor, sleep)
        self.sent = 0
        self.latencies = Latencies()
        # Until when the certificate is good that the last answer came with; see connection.Answer.
        self.certificate_ends: float | None = None
        self._spent = Spent()
        self._lost = ""
        self._outage = Outage()
        self.patience = Patience()
        self.rate = Rate(None, Counters())
        self.unrecorded = ""
        self._recorder = recorder
        self._prefix = f"{worker}-" if worker else ""
        self._sleep = sleep
        # Held for a moment, to count; the other one as long as a check of the target takes.
        self._counts = threading.Lock()
        self._checking = threading.Lock()
        self._alive_at = 0.0

    def send(self, request: Request) -> Exchange:
        """Send, and return the exchange.

        A 429 is repeated, a 502, 503 or 504 of a safe method, and a 503 of a gateway that did not hand the request on;
        ``Retry-After`` is honoured.
        A 401 is repeated once with a new token, for tokens expire. Raises NotTestable when
        this request alone gets no answer, TargetLost when no other one gets any either, or
        none but a gateway's that nothing is in service.
        """
        if self._lost:
            raise TargetLost(self._lost)
        renewed, alive, limited = False, False, 0
        for attempt in itertools.count(1):
            token = self.token.token() if request.authorize else ""
            try:
                exchange = self._once(request, token, self._spent.seconds(self.patience, request.operation))
            except Broken as error:
                if error.late:
                    self._spent.late(request.operation)
                if not alive:
                    self._check_alive(time.monotonic())
                    alive = True
                # What took too long once would take as long again.
                if error.late or not backoff.is_safe(request.method) or attempt >= self.patience.tries:
                    raise NotTestable(f"{paths.label(request.method, request.path)}: {error.reason}") from error
                continue
            self._spent.in_time(request.operation)
            if exchange.status == 401 and request.authorize and not renewed:
                renewed = True
                self.token.forget(token)
                continue
            limited += 1
            wait = _wait_before_repeating(exchange, limited)
            if not request.repeat:
                self._hold(exchange)
            if wait is None or not request.repeat or not self._spent.take(self.patience, wait, limited):
                if wait is None or not request.repeat:
                    self._spent.answered(succeeded=wait is None)
                if self._outage.is_likely(exchange):
                    self._check_in_service()
                return exchange
            if not self._hold(exchange):
                self._sleep(wait)
        raise AssertionError("unreachable")

    def require_service(self) -> None:
        """Raise TargetLost when the last answer was a 502, 503 or 504, and nothing else is answered otherwise.

        For an item with findings: those of an outage say nothing of the API.
        """
        if self._outage.is_suspected and all(map(self._is_out, (_CANARY, *_OTHERS))):
            self._check_in_service()

    def close(self) -> None:
        """Release the connections."""
        self.session.close()
        self._token_session.close()

    def _hold(self, exchange: Exchange) -> bool:
        """Whether the target named a time before which no worker may ask again; then none does.

        A target that limits for ever is not waited for at each request: one that waited in vain holds no other.
        """
        wait = backoff.asked(exchange.headers) if exchange.status == backoff.TOO_MANY else None
        if wait is None or wait > _LONGEST_WAIT or not self._spent.is_patient:
            return False
        self.rate.hold(wait)
        return True

    def _for_tokens(self) -> requests.Session:
        """Where tokens come from: a client's certificate is shown there and nowhere else."""
        known = self.target.credentials
        if not known.certificate:
            return self.session
        return connection.session(
            self.target.proxies,
            ca_bundle=self.target.ca_bundle,
            context=client_certificate.context(known.certificate, known.private_key),
        )

    def _once(self, request: Request, token: str, seconds: float) -> Exchange:
        headers = [("User-Agent", f"lmconform/{__version__}"), ("Accept", "*/*"), *request.headers]
        if token:
            headers.append(("Authorization", f"Bearer {token}"))
        url = f"{self.target.base_url}{request.path}" + (f"?{request.query}" if request.query else "")
        # Member by member: ``prepare`` would tidy up what we send on purpose.
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url = request.method, url
        prepared.body = request.body or None
        prepared.headers = CaseInsensitiveDict(headers)
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            prepared.headers["Content-Length"] = str(len(request.body))
        self.rate.wait(self._sleep)
        started, clock = datetime.now(UTC), time.monotonic()
        answer = connection.exchange(self.session, prepared, self.patience.connect, seconds)
        elapsed = time.monotonic() - clock
        with self._counts:
            self.sent += 1
            number = self.sent
            self.certificate_ends = answer.certificate_ends
        exchange = Exchange(
            id=f"{self._prefix}{number}",
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
            elapsed=elapsed,
            token="$TOKEN" if request.authorize else request.token,
        )
        self.latencies.add(exchange)
        self._record(exchange)
        return exchange

    def _record(self, exchange: Exchange) -> None:
        """What was answered was carried out, whether or not it can be recorded: the caller has to know of it."""
        if self._recorder is None or self.unrecorded:
            return
        try:
            self._recorder.write(exchange)
        except OSError as error:
            self.unrecorded = f"exchanges cannot be recorded ({error.strerror or error})"

    def _check_alive(self, since: float) -> None:
        """Ask for something harmless until there is an answer, whatever it is; raises TargetLost.

        That a port accepts connections says nothing: what hangs, accepts them as well. ``since`` is when a request
        failed: an answer that another thread got later says the same.
        """
        with self._checking:
            if self._lost:
                raise TargetLost(self._lost)
            if since > self._alive_at:
                self._ask_whether_alive()

    def _ask_whether_alive(self) -> None:
        reason = ""
        for attempt in range(self.patience.liveness_checks):
            if attempt:
                self._sleep(1.0)
            try:
                self._ask_harmlessly()
            except Broken as error:
                reason = error.reason
            else:
                self._alive_at = time.monotonic()
                return
        if reason:
            self._lost = f"{self.target.name} {self._how_lost(reason)}"
            raise TargetLost(self._lost)

    def _check_in_service(self) -> None:
        """Ask for something harmless until the service answers and not the gateway before it; raises TargetLost."""
        with self._checking:
            if self._lost:
                raise TargetLost(self._lost)
            self._ask_whether_in_service()

    def _ask_whether_in_service(self) -> None:
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

    def _is_out(self, path: str) -> bool:
        try:
            return self._ask_harmlessly(path).status in backoff.PASSING
        except Broken:
            return True

    def _ask_harmlessly(self, path: str = _CANARY) -> Exchange:
        group = ("AI-Resource-Group", self.target.resource_group)
        canary = Request(item="liveness", operation="", method="GET", path=path, headers=(group,))
        return self._once(canary, self.token.token(), min(self.patience.answer, _CANARY_SECONDS))

    def _how_lost(self, reason: str) -> str:
        parts = urlsplit(self.target.base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        refused = f"no longer accepts connections at {parts.hostname}:{port}"
        return refused if reason == connection.REFUSED else f"no longer answers: {reason}"


def _wait_before_repeating(exchange: Exchange, attempt: int) -> float | None:
    """Seconds until the same request may go out again; None when it must not."""
    harmless = backoff.is_safe(exchange.method) or backoff.not_handed_on(exchange.status, exchange.body)
    passing = exchange.status in backoff.PASSING and harmless
    if exchange.status != backoff.TOO_MANY and not passing:
        return None
    return backoff.pause(exchange.headers, attempt, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
