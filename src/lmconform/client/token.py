"""Fetches and keeps the access token."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import requests

from lmconform.client import backoff, connection
from lmconform.client.connection import Answer, Broken
from lmconform.errors import TargetUnreachable
from lmconform.evidence.exchange import decode
from lmconform.evidence.redaction import Redactor
from lmconform.safety.counters import Counters
from lmconform.safety.rate import Rate
from lmconform.settings.credentials import Credentials

_CONNECT, _ANSWER = 5.0, 8.0
_MARGIN = 60.0
_TRIES = 3
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 10.0
# What the rate of the token endpoint is called among the counters of a run.
RATE: Final = "the token endpoint"


class TokenProvider:
    """One token for all requests, renewed a minute (or half its life) before it expires.

    ``lifetime`` is the seconds that the last one was good for, ``certificate_ends`` what its answer brought along;
    ``rate`` says when the endpoint may be asked, which workers of a run share.
    Safe to use from several threads: one of them fetches, the others wait for that token, or share the failure.
    """

    def __init__(
        self,
        credentials: Credentials,
        session: requests.Session,
        redactor: Redactor,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = credentials
        self._session = session
        self._redactor = redactor
        self._sleep = sleep
        self._proof = "certificate" if credentials.certificate else "secret"
        self._where = "check 'url' in the service key"
        if credentials.certificate:
            self._where = "check 'certurl' in the service key, and that the certificate is known there"
        self._token = ""
        self._renew_at = 0.0
        self.lifetime = 0.0
        self.certificate_ends: float | None = None
        self._lock = threading.Lock()
        self._failure: TargetUnreachable | None = None
        self.rate = Rate(None, Counters(), RATE)
        if credentials.certificate:
            redactor.learn_pem(credentials.private_key)
        else:
            redactor.learn(credentials.client_secret)
            redactor.learn_basic(credentials.client_id, credentials.client_secret)

    def token(self) -> str:
        """A token that is valid now; raises TargetUnreachable."""
        before = self._failure
        with self._lock:
            if time.monotonic() < self._renew_at:
                return self._token
            if self._failure is not None and self._failure is not before:
                # It failed while this thread waited for it: a second try would last as long.
                raise TargetUnreachable(str(self._failure))
            try:
                self._fetch()
            except TargetUnreachable as error:
                self._failure = error
                raise
            return self._token

    def forget(self, refused: str) -> None:
        """Fetch a new one next time: the target said that ``refused`` is no good.

        When another thread has renewed it since, nothing happens: a refusal of an old token says nothing of the new.
        """
        with self._lock:
            if refused == self._token:
                self._renew_at = 0.0

    def _fetch(self) -> None:
        url = self._credentials.token_url
        answer = self._ask(url)
        if answer.status != 200:
            hint = f"check client id and {self._proof}" if answer.status in (400, 401, 403) else "try again later"
            raise TargetUnreachable(f"token endpoint {url} answered {answer.status}, expected 200; {hint}")
        try:
            data = decode(answer.body)
            token, lifetime = data["access_token"], float(data.get("expires_in", 3600))
            if not isinstance(token, str):
                raise TypeError(token)
        except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
            raise TargetUnreachable(
                f"token endpoint {url} answered 200 without access_token; is 'url' the authorization server?"
            ) from error
        # What could not stand in a header would break every request, and show itself in the error.
        if not token or not all("!" <= c <= "~" for c in token):
            raise TargetUnreachable(f"token endpoint {url} answered an access_token that no header can carry")
        self._redactor.learn_token(token)
        self._token = token
        self.lifetime, self.certificate_ends = lifetime, answer.certificate_ends
        self._renew_at = time.monotonic() + max(lifetime - _MARGIN, lifetime / 2)

    def _ask(self, url: str) -> Answer:
        form = {"grant_type": "client_credentials", "client_id": self._credentials.client_id}
        if not self._credentials.certificate:
            form["client_secret"] = self._credentials.client_secret
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = requests.Request(
            "POST", url, headers=headers, data=urlencode(form), auth=connection.no_auth
        ).prepare()
        for attempt in itertools.count(1):
            self.rate.wait(self._sleep)
            try:
                # The secret goes to the host that the user named and to no other: no redirects.
                answer = connection.exchange(self._session, request, _CONNECT, _ANSWER)
            except Broken as error:
                if error.late or attempt >= _TRIES:
                    raise TargetUnreachable(
                        f"token endpoint {url} does not answer ({error.reason}); {self._where}"
                    ) from error
                self._sleep(backoff.growing(attempt, _FIRST_WAIT))
                continue
            wait = backoff.pause(answer.headers, attempt, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
            passing = answer.status == backoff.TOO_MANY or answer.status in backoff.PASSING
            if not passing or attempt >= _TRIES or wait is None:
                return answer
            if answer.status == backoff.TOO_MANY and backoff.asked(answer.headers) is not None:
                # No other worker asks before that either.
                self.rate.hold(wait)
            else:
                self._sleep(wait)
        raise AssertionError("unreachable")
