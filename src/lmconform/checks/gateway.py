"""What a gateway may answer before the API sees it: odd URLs, and those that look like an attack."""

from __future__ import annotations

import re
from typing import Final

from lmconform.evidence.exchange import Exchange

# Pages for people, as which a gateway may answer.
PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
# Control characters, slashes and what is no UTF-8 in a URL, and very long ones, are often
# refused in front of the API.
_ODD_URL: Final = re.compile(r"%(?:[01][0-9a-f]|7f|2f|5c|25|[89a-f][0-9a-f])|\.\.|//[^/]*//|[^!-~]", re.IGNORECASE)
_LONGEST_URL: Final = 2000
# A path that frameworks send on to another spelling of it, and how they do.
_UNTIDY_PATH: Final = re.compile(r"//|/\Z")
_REDIRECTS: Final = frozenset({301, 302, 307, 308})
# Signs of markup, of SQL and of a shell, for which a firewall turns a request away.
_SUSPICIOUS: Final = re.compile(r"['\"<>`;|\\]|%(?:22|27|3b|3c|3e|60|7c)|--|%2d%2d", re.IGNORECASE)


def reaches_the_api(exchange: Exchange) -> bool:
    """Whether no gateway had a reason to refuse the request before the API saw it."""
    return len(exchange.url) <= _LONGEST_URL and not _ODD_URL.search(exchange.url)


def is_sent_on(exchange: Exchange) -> bool:
    """Whether a gateway sends the client on to a tidier spelling of the URL, without slashes that are too many."""
    is_untidy = _UNTIDY_PATH.search(exchange.path) is not None or not reaches_the_api(exchange)
    return exchange.status in _REDIRECTS and is_untidy


def is_turned_away(exchange: Exchange) -> bool:
    """Whether a firewall refused the request for its URL: with a page for people, where the API answers with JSON."""
    if not 400 <= exchange.status < 500 or exchange.media_type not in PAGES:
        return False
    return not reaches_the_api(exchange) or _SUSPICIOUS.search(exchange.url) is not None
