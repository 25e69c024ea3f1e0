"""Fetches and keeps the access token."""

from __future__ import annotations

import time

import requests

from lmconform.errors import TargetUnreachable
from lmconform.evidence.redaction import Redactor
from lmconform.target.credentials import Credentials

_TIMEOUT = (5, 8)
_MARGIN = 60.0


class TokenProvider:
    """One token for all requests, renewed a minute (or half its life) before it expires."""

    def __init__(self, credentials: Credentials, session: requests.Session, redactor: Redactor) -> None:
        self._credentials = credentials
        self._session = session
        self._redactor = redactor
        self._token = ""
        self._renew_at = 0.0
        redactor.learn(credentials.client_secret)
        redactor.learn_basic(credentials.client_id, credentials.client_secret)

    def token(self) -> str:
        """A token that is valid now; raises TargetUnreachable."""
        if time.monotonic() >= self._renew_at:
            self._fetch()
        return self._token

    def forget(self) -> None:
        """Fetch a new one next time: the target said that this one is no good."""
        self._renew_at = 0.0

    def _fetch(self) -> None:
        url = self._credentials.token_url
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        try:
            # The secret goes to the host that the user named and to no other: no redirects.
            answer = self._session.post(url, data=form, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise TargetUnreachable(
                f"token endpoint {url} does not answer ({_kind(error)}); check 'url' in the service key"
            ) from error
        if answer.status_code != 200:
            hint = "check client id and secret" if answer.status_code in (400, 401, 403) else "try again later"
            raise TargetUnreachable(f"token endpoint {url} answered {answer.status_code}, expected 200; {hint}")
        try:
            data = answer.json()
            self._token = str(data["access_token"])
            lifetime = float(data.get("expires_in", 3600))
        except (ValueError, KeyError, TypeError) as error:
            raise TargetUnreachable(
                f"token endpoint {url} answered 200 without access_token; is 'url' the authorization server?"
            ) from error
        self._redactor.learn(self._token)
        self._renew_at = time.monotonic() + max(lifetime - _MARGIN, lifetime / 2)


def _kind(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed"
    if isinstance(error, requests.Timeout):
        return "timed out"
    return "no connection" if isinstance(error, requests.ConnectionError) else type(error).__name__
