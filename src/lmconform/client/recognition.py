"""Whether a target is an AI API at all, by what it answers for its scenarios and its capabilities.

Everything else is asked after that: many a probe is content with any 404, and a plain web server has plenty.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from lmconform.client import backoff
from lmconform.contract import paths, urls
from lmconform.errors import TargetUnreachable
from lmconform.evidence.exchange import Exchange, decode
from lmconform.settings.target import Target

_REFUSED: Final = frozenset({401, 403})
# A valid list of scenarios in another group: whatever an unknown group gets, which no publication says.
_NO_GROUP: Final = frozenset({400, 401, 403, 404})
# The same with the envelope of the API, where the credentials were accepted.
_UNKNOWN_GROUP: Final = frozenset({400, 404})
# What a server says that has no such path: then two members of an envelope are not enough to know it by.
_NO_PATH: Final = frozenset({404, 405, 410, 501})
_WIDE: Final = 120


def check(target: Target, scenarios: Exchange, meta: Exchange) -> None:
    """Raise TargetUnreachable unless an AI API gave both answers, and may be asked more.

    A target without meta, one without scenarios, and one whose answers are broken in a way that the contract's checks
    can judge is an AI API.
    """
    base = target.base_url
    if scenarios.status in _REFUSED:
        group = f"resource group {target.resource_group!r}"
        raise TargetUnreachable(
            f"{base} refuses the credentials for {group}: {_printable(scenarios.brief)}; "
            "check the service key and --resource-group"
        )
    passing = [exchange.status in backoff.PASSING for exchange in (scenarios, meta)]
    known = _is_list(scenarios) or _is_meta(meta) or _is_error(scenarios)
    if all(passing) or (passing[0] and not known):
        raise TargetUnreachable(f"{base} is out of service: {_label(scenarios)} answered {_seen(scenarios)}")
    # Without its capabilities we would ask it for what it never promised.
    limited = meta if known else scenarios
    if limited.status == backoff.TOO_MANY:
        raise TargetUnreachable(f"{base} limits the rate: {_printable(limited.brief)}; try again later")
    if not known:
        raise TargetUnreachable(
            f"{base} is no AI API: {_label(scenarios)} answered {_seen(scenarios)}; "
            f"expected 200 and JSON with count and resources{_advice(target)}"
        )


def may_refuse_group(scenarios: Exchange) -> bool:
    """Whether the error that answers the list of scenarios may be about the resource group."""
    return scenarios.status in _UNKNOWN_GROUP and _is_error(scenarios)


def check_group(target: Target, configurations: Exchange) -> None:
    """Raise TargetUnreachable when the resource group is refused for its list of configurations as well."""
    if may_refuse_group(configurations):
        raise TargetUnreachable(
            f"{target.base_url} refuses resource group {target.resource_group!r}: "
            f"{_label(configurations)} answered {_seen(configurations)}; name one that is there with --resource-group"
        )


def check_other_group(target: Target, scenarios: Exchange) -> None:
    """Raise TargetUnreachable when the second resource group cannot be used: ``scenarios`` is its list of scenarios."""
    if scenarios.status in _NO_GROUP:
        raise TargetUnreachable(
            f"{target.base_url} refuses --other-resource-group {target.other_resource_group!r}: "
            f"{_label(scenarios)} answered {_seen(scenarios)}; name a group that is there, or leave the option out"
        )


def _is_list(exchange: Exchange) -> bool:
    return exchange.ok and "resources" in _members(exchange)


def _is_meta(exchange: Exchange) -> bool:
    return exchange.ok and not {"aiApi", "runtimeApiVersion"}.isdisjoint(_members(exchange))


def _is_error(exchange: Exchange) -> bool:
    """Whether an error has the envelope of the AI API (fact D1): a code and a message, both of them texts."""
    error = _members(exchange).get("error")
    if exchange.status < 400 or not isinstance(error, dict):
        return False
    has_envelope = all(isinstance(error.get(name), str) for name in ("code", "message"))
    return has_envelope and (exchange.status not in _NO_PATH or not {"requestId", "target"}.isdisjoint(error))


def _members(exchange: Exchange) -> dict[str, Any]:
    """The body as a JSON object, also with characters that are broken: the contract's checks judge those."""
    try:
        data = decode(exchange.text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _label(exchange: Exchange) -> str:
    return paths.label(exchange.method, exchange.path)


def _seen(exchange: Exchange) -> str:
    """Status, media type and the beginning of the body in one line; for a redirect, where it leads."""
    place = urls.parts(exchange.header("Location") or "")
    if 300 <= exchange.status < 400 and (place.hostname or place.path):
        # A query may hold what a login page hands on.
        host = f"{place.scheme}://{place.hostname}" if place.hostname else ""
        return f"{exchange.status}, a redirect to {_printable(host + place.path)}"
    body = _printable(" ".join(exchange.text[:_WIDE].split()))
    return f"{exchange.status} {exchange.media_type or 'without a media type'} {body or 'without a body'}"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _advice(target: Target) -> str:
    path = urlsplit(target.base_url).path.removesuffix(paths.BASE)
    if path:
        return f"; TARGET has the path {path}, give it as far as {paths.BASE} and no further"
    return ""
