"""The tokens of one issuer: JWTs that are signed, verified, and grow old."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from lmconform.mock.problems import Problem

# As in the tests of SAP's client, which asks before every call when it is an hour or less (fact E11).
LIFETIME = 43199
_ALGORITHM = "HS256"
# Looked up instead of verified again; whoever is not among them is verified.
_MOST = 10_000
# Times in a token are whole seconds: one that was made late in its second has its whole life all the same.
_LEEWAY = 1.0


class Mint:
    """Makes tokens (RFC 7519, signed with HMAC SHA-256), and knows its own again.

    ``issuer`` and ``zone`` stand in every token, ``lifetime`` is in seconds, ``secret`` signs. Whoever has
    the same issuer and secret, as a mock after its restart has, takes the tokens of the other.
    """

    def __init__(self, issuer: str, zone: str, secret: bytes, lifetime: int = LIFETIME) -> None:
        self.lifetime = lifetime
        self._issuer = issuer
        self._zone = zone
        self._secret = secret
        self._known: dict[str, float] = {}
        self._generation = 0

    def make(self, client_id: str) -> tuple[str, str]:
        """A token for this client, and its ``jti``."""
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
        """Raise what the gateway says (fact D2) about a token that is foreign, changed or too old."""
        expires = self._known.get(token)
        if expires is None:
            expires = self._read(token)
            self._keep(token, expires)
        if time.time() >= expires + _LEEWAY:
            raise Problem(401, text="Jwt is expired")

    def expire(self) -> None:
        """Make every token old that was given out so far."""
        self._generation += 1
        self._known.clear()

    def _read(self, token: str) -> float:
        """The end of a token's life, once it is sure that we made it."""
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
        if len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)))
        self._known[token] = expires


def _segment(data: dict[str, Any]) -> str:
    return _base64(json.dumps(data, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _object(segment: str) -> dict[str, Any]:
    """What a segment of a token holds; nothing if it holds no JSON object."""
    try:
        data = json.loads(base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
