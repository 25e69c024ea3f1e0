"""The tokens of one issuer: signed JWTs, their verification and expiry."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from lmconform.mock.problems import Problem

# Seconds, as in the tests of SAP's client; at an hour or less it fetches a token before every call (fact E11).
LIFETIME = 43199
_ALGORITHM = "HS256"
# Size of the cache of verified tokens.
_CACHE_SIZE = 10_000
# Times in a token are whole seconds: a token issued late in its second still has its full lifetime.
_LEEWAY = 1.0


class TokenIssuer:
    """Issues tokens (RFC 7519, signed with HMAC SHA-256), and verifies them.

    ``issuer`` and ``zone`` are claims of every token, ``lifetime`` is in seconds, ``secret`` is the signing key.
    Two instances with the same issuer and secret accept each other's tokens, as a mock does after a restart.
    """

    def __init__(self, issuer: str, zone: str, secret: bytes, lifetime: int = LIFETIME) -> None:
        self.lifetime = lifetime
        self._issuer = issuer
        self._zone = zone
        self._secret = secret
        self._known: dict[str, float] = {}
        self._generation = 0

    def issue(self, client_id: str) -> tuple[str, str]:
        """A new token for this client, and its ``jti``."""
        now, jti = int(time.time()), uuid.uuid4().hex
        expires = now + self.lifetime
        claims = {
            "jti": jti,
            "iss": self._issuer,
            "zid": self._zone,
            "sub": client_id,
            "client_id": client_id,
            "cid": client_id,
            "azp": client_id,
            "grant_type": "client_credentials",
            "scope": ["uaa.resource"],
            "aud": [client_id],
            "iat": now,
            "exp": expires,
        }
        if self._generation:
            claims["generation"] = self._generation
        content = f"{_segment({'alg': _ALGORITHM, 'typ': 'JWT'})}.{_segment(claims)}"
        token = f"{content}.{self._sign(content)}"
        self._keep(token, expires)
        return token, jti

    def verify(self, token: str) -> None:
        """Raise the error of the gateway (fact D2) when the token is foreign, changed or expired."""
        expires = self._known.get(token)
        if expires is None:
            expires = self._read(token)
            self._keep(token, expires)
        if time.time() >= expires + _LEEWAY:
            raise Problem(401, text="Jwt is expired")

    def expire(self) -> None:
        """Expire all tokens that were issued so far."""
        self._generation += 1
        self._known.clear()

    def _read(self, token: str) -> float:
        """When the token expires, in seconds since the epoch; raises unless this issuer signed it."""
        content, _, signature = token.rpartition(".")
        head, _, payload = content.partition(".")
        header, claims = _object(head), _object(payload)
        if claims.get("iss") != self._issuer:
            raise Problem(401, text="Jwt issuer is not configured")
        signed = hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(content).encode())
        if not signed or header.get("alg") != _ALGORITHM:
            raise Problem(401, text="Jwt verification fails")
        return float(claims["exp"]) if claims.get("generation", 0) >= self._generation else 0.0

    def _sign(self, content: str) -> str:
        return _base64(hmac.new(self._secret, content.encode(), hashlib.sha256).digest())

    def _keep(self, token: str, expires: float) -> None:
        if len(self._known) >= _CACHE_SIZE:
            self._known.pop(next(iter(self._known)))
        self._known[token] = expires


def _segment(data: dict[str, Any]) -> str:
    return _base64(json.dumps(data, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _object(segment: str) -> dict[str, Any]:
    """The JSON object in a segment of a token, or an empty one when the segment is malformed."""
    try:
        data = json.loads(base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
