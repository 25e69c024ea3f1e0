"""The ports of a mock, each with its URL and the service key of its client."""

from __future__ import annotations

import socket
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lmconform.errors import ConfigError
from lmconform.mock.settings import Network

if TYPE_CHECKING:
    from lmconform.mock.certificates import Certificates

_ZONE = "lmconform-mock"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port that speaks plain HTTP, and the service key of the client with a secret."""

    url: str
    key: dict[str, Any]
    listener: socket.socket


@dataclass(frozen=True, slots=True)
class TlsEndpoint:
    """A port that speaks TLS, and the service key of the client with a certificate."""

    url: str
    key: dict[str, Any]
    listener: socket.socket
    certificates: Certificates


def open_plain(network: Network, client_secret: str) -> Endpoint:
    """Listen on ``port``; raises ConfigError."""
    listener = _listen(network.host, network.port, "--port")
    url = f"http://{_address(network.host, listener)}"
    return Endpoint(url, _service_key(url, clientsecret=client_secret), listener)


def open_tls(host: str, port: int) -> TlsEndpoint:
    """Listen on ``port`` with TLS, and create the certificates; raises ConfigError."""
    # Imported only here: it takes a while, and few mocks need it.
    from lmconform.mock import certificates

    listener = _listen(host, port, "--tls-port")
    url = f"https://{_address(host, listener)}"
    key = _service_key(url, certurl=url)
    issued = certificates.make(host, key["clientid"])
    key |= {"credential-type": "x509", "certificate": issued.client + issued.ca, "key": issued.client_key}
    return TlsEndpoint(url, key, listener, issued)


def _service_key(url: str, **credential: str) -> dict[str, Any]:
    """A service key as SAP BTP shows it, for the mock at ``url``; ``credential`` is the member with the credential."""
    return {
        "clientid": f"sb-{uuid.uuid4()}!b1|aicore!b1",
        **credential,
        "url": url,
        "identityzone": _ZONE,
        "identityzoneid": str(uuid.uuid5(uuid.NAMESPACE_DNS, _ZONE)),
        "appname": f"{_ZONE}!b1|aicore!b1",
        "serviceurls": {"AI_API_URL": url},
    }


def _listen(host: str, port: int, option: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # A head and body that are sent in two packets would wait 40 ms for a delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise ConfigError(
            f"{option} {port}: cannot listen on {host} ({error.strerror}); choose another, 0 takes a free one"
        ) from error
    return listener


def _address(host: str, listener: socket.socket) -> str:
    return f"[{host}]:{listener.getsockname()[1]}" if ":" in host else f"{host}:{listener.getsockname()[1]}"
