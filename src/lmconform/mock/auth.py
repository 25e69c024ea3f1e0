"""The token endpoint, which behaves like XSUAA, and the gateway's check of bearer tokens."""

from __future__ import annotations

import base64
import secrets
from binascii import Error as Base64Error
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote_plus

from lmconform.mock.call import Reply
from lmconform.mock.problems import Problem
from lmconform.mock.switches import Switches
from lmconform.mock.tokens import TokenIssuer

PATH = "/oauth/token"
_METHODS = ("GET", "POST")
# RFC 6749, section 5.1
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Authority:
    """Authenticates clients, issues tokens to them and checks the tokens.

    One client authenticates with a secret; ``certificates`` are those of the clients that authenticate with
    mutual TLS (RFC 8705, section 2), in PEM, by client id.
    """

    def __init__(
        self, client_id: str, client_secret: str, issuer: TokenIssuer, certificates: Mapping[str, str] | None = None
    ) -> None:
        self.client_id = client_id
        self._secret = client_secret
        self._issuer = issuer
        self._certificates = dict(certificates or {})

    def issue(self, method: str, authorization: str, form: bytes, query: bytes, certificate: str = "") -> Reply:
        """The reply to a token request; credentials are form fields, Basic, or ``certificate`` (PEM)."""
        if method not in _METHODS:
            return _refusal(405, "invalid_request", "expected GET or POST", {"Allow": ", ".join(_METHODS)})
        fields = dict(_pairs(query) + _pairs(form))
        if not fields.get("grant_type"):
            return _refusal(400, "invalid_request", "Missing grant type")
        if fields["grant_type"] != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "expected client_credentials")
        basic = _basic(authorization)
        client, secret = basic or (fields.get("client_id", ""), fields.get("client_secret", ""))
        # RFC 6749, section 2.3.1, requires form encoding of both in Basic; most clients do not do it.
        pairs = ((client, secret), (unquote_plus(client), unquote_plus(secret)))
        client_id = next((c for c, s in pairs if self._authenticates(c, s, certificate)), None)
        if client_id is None:
            # RFC 6749, section 5.2
            challenge = {"WWW-Authenticate": 'Basic realm="oauth"'} if basic else {}
            return _refusal(401, "unauthorized", "Bad credentials", challenge)
        token, jti = self._issuer.issue(client_id)
        answer = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._issuer.lifetime,
            "scope": "uaa.resource",
            "jti": jti,
        }
        return Reply(200, answer, headers=dict(_NO_STORE))

    def check(self, authorization: str | None, switches: Switches) -> None:
        """Raise the error of the gateway when the bearer token is missing, foreign or expired."""
        if authorization is None:
            raise Problem(int(switches["no-authorization"]), text="RBAC: access denied")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Problem(401, text="Jwt issuer is not configured")
        self._issuer.verify(token.strip())

    def knows(self, authorization: str) -> bool:
        """Whether a Basic header has the id and the secret of the client."""
        client, secret = _basic(authorization) or ("", "")
        return self._authenticates(client, secret, "") and client == self.client_id

    def expire(self) -> None:
        """Expire all tokens that were issued so far."""
        self._issuer.expire()

    def _authenticates(self, client: str, secret: str, certificate: str) -> bool:
        bound = self._certificates.get(client)
        if bound is not None:
            return secrets.compare_digest(certificate.encode(), bound.encode())
        sent = f"{client}\0{secret}".encode("utf-8", "replace")
        return secrets.compare_digest(sent, f"{self.client_id}\0{self._secret}".encode())


def _refusal(status: int, error: str, description: str, headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
    return Reply(status, {"error": error, "error_description": description}, headers={**_NO_STORE, **headers})


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
