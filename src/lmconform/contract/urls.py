"""What URLs say: their parts, whether they name this machine, and when one that came back is the one that was sent."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import SplitResult, urlsplit


def parts(url: str) -> SplitResult:
    """The parts of a URL that a server or a user wrote; all of them are empty when it is none, as ``http://[``."""
    try:
        found = urlsplit(url)
        # Read here: both may raise as well.
        _ = found.hostname, found.port
    except ValueError:
        return SplitResult("", "", "", "", "")
    return found


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine: ``localhost``, or an address of it. A name such as 127.example.com is not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def came_back(sent: Any, answered: Any) -> bool:
    """Whether ``answered`` is ``sent``; a server may add one slash at its end (M2)."""
    return bool(answered == sent) or (isinstance(sent, str) and bool(answered == f"{sent}/"))
