"""Tokens: an endpoint in the manner of XSUAA, and the gateway's check of the bearer."""

from __future__ import annotations

import base64
import json
import secrets
import time
from binascii import Error as Base64Error
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from lmconform.mock.problems import Problem
from lmconform.mock.switches import Switches

LIFETIME = 43199
_MOST = 10_000


class Authority:
    """Knows one client and the tokens that it was given."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self.client_id = client_id
        self._secret = client_secret
        self._tokens: dict[str, float] = {}

    def issue(self, authorization: str, form: bytes, query: bytes) -> tuple[int, dict[str, Any]]:
        """Status and body for a token request; credentials come as form fields or as Basic."""
        fields = dict(_pairs(query) + _pairs(form))
        if fields.get("grant_type") != "client_credentials":
            return 400, {"error": "unsupported_grant_type", "error_description": "expected client_credentials"}
        client, secret = _basic(authorization) or (fields.get("client_id", ""), fields.get("client_secret", ""))
        # RFC 6749, section 2.3.1, has both form-encoded in Basic; most clients do not do it.
        if not (self._is_right(client, secret) or self._is_right(unquote_plus(client), unquote_plus(secret))):
            return 401, {"error": "unauthorized", "error_description": "Bad credentials"}
        token = self._new_token()
        return 200, {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": LIFETIME,
            "scope": "uaa.resource",
            "jti": secrets.token_hex(16),
        }

    def check(self, authorization: str | None, switches: Switches) -> None:
        """Raise what the gateway says about a bearer token that is missing, foreign or old."""
        if authorization is None:
            raise Problem(int(switches["no-authorization"]), text="RBAC: access denied")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or token.strip() not in self._tokens:
            raise Problem(401, text="Jwt issuer is not configured")
        if self._tokens[token.strip()] < time.time():
            raise Problem(401, text="Jwt is expired")

    def expire(self) -> None:
        """Make every token old that was given out so far."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    def _is_right(self, client: str, secret: str) -> bool:
        sent = f"{client}\0{secret}".encode("utf-8", "replace")
        return secrets.compare_digest(sent, f"{self.client_id}\0{self._secret}".encode())

    def _new_token(self) -> str:
        if len(self._tokens) >= _MOST:
            self._tokens.pop(next(iter(self._tokens)))
        head = _segment({"alg": "RS256", "typ": "JWT"})
        payload = _segment({"client_id": self.client_id, "exp": int(time.time()) + LIFETIME})
        token = f"{head}.{payload}.{secrets.token_urlsafe(32)}"
        self._tokens[token] = time.time() + LIFETIME
        return token


def _segment(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return []


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        return "", ""
    client, _, secret = text.partition(":")
    return client, secret
