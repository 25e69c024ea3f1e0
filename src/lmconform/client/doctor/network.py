"""The way to the target: names, proxies, certificates and their last day."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lmconform.client.doctor.line import Line, advice, ok
from lmconform.errors import TargetUnreachable
from lmconform.settings import client_certificate, proxies

if TYPE_CHECKING:
    from lmconform.client.session import Session
    from lmconform.settings.target import Target

# A resolver may take its time, which has no limit of ours.
_RESOLVE_SECONDS: Final = 6.0
# From here on a certificate should be renewed.
_SOON_DAYS: Final = 14
_DAY: Final = 86400.0


def through(target: Target) -> dict[str, str]:
    """The proxy of each host that is asked through one, without its password."""
    return {proxies.host_of(key): proxies.shown(proxy) for key, proxy in target.proxies.items()}


def proxy(target: Target) -> Line:
    """Which proxy stands between us and the target; nothing is asked."""
    found = through(target)
    if not found:
        return ok("proxy", "none")
    return ok("proxy", ", ".join(f"{host} through {where}" for host, where in found.items()))


def names(target: Target) -> Line:
    """The hosts of the API and of the token endpoint have addresses; raises TargetUnreachable.

    What is asked through a proxy is resolved there.
    """
    behind = through(target)
    found = []
    for url in dict.fromkeys((target.base_url, target.credentials.token_url)):
        host = urlsplit(url).hostname or ""
        if host in behind:
            found.append(f"{host}: resolved by the proxy")
        elif addresses := _resolved(host):
            found.append(f"{host}: {addresses[0]}")
        else:
            named = "TARGET" if url == target.base_url else "the token endpoint of the credentials"
            raise TargetUnreachable(
                f"{url} does not answer: the host name {host} does not resolve; check {named}, DNS, or set a proxy"
            )
    return ok("dns", ", ".join(dict.fromkeys(found)))


def certificates(session: Session) -> Iterator[Line]:
    """How long the certificates are good that the API, the token endpoint and this client have shown."""
    target, transport = session.target, session.transport
    shown = {
        urlsplit(target.base_url).hostname: transport.certificate_ends,
        urlsplit(target.credentials.token_url).hostname: transport.token.certificate_ends,
    }
    for host, ends in shown.items():
        if ends is not None:
            yield _until(f"certificate of {host}", ends, target.now(), "its owner has to renew it")
    if all(ends is None for ends in shown.values()):
        secure = urlsplit(target.base_url).scheme == "https"
        yield ok("tls", "the certificate was not seen" if secure else "plain http on this machine")
    if target.credentials.certificate:
        ends = client_certificate.ends(target.credentials.certificate)
        yield _until("certificate of this client", ends, target.now(), "create a new service key")


def _until(what: str, ends: float, now: datetime, advise: str) -> Line:
    days = (ends - now.timestamp()) / _DAY
    text = f"{what} is good until {datetime.fromtimestamp(ends, UTC):%Y-%m-%d}"
    return ok("tls", text) if days > _SOON_DAYS else advice("tls", f"{text}, {max(days, 0):.0f} days; {advise}")


def _resolved(host: str) -> list[str]:
    """The addresses of a host; nothing when there are none, or not in time."""
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_RESOLVE_SECONDS)
    return list(found)
