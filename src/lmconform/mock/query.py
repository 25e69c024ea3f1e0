"""Query parameters of the list endpoints: filters, search, label selectors, paging."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from lmconform.mock.call import Call
from lmconform.mock.problems import Problem


def page(call: Call, resources: list[dict[str, Any]], default: int = 10_000) -> list[dict[str, Any]]:
    """The page of ``resources`` that ``$top`` and ``$skip`` select, in the order that the switch chooses."""
    if call.switches["list-order"] == "newest":
        resources = resources[::-1]
    elif call.switches["list-order"] == "id" and resources and "id" in resources[0]:
        resources = sorted(resources, key=lambda resource: str(resource["id"]))
    skip = call.query.get("$skip", 0)
    return resources[skip : skip + call.query.get("$top", default)]


def check_filter_ids(call: Call) -> None:
    """Raise when a filter names an id that does not exist, if the switch says so (F12)."""
    status = call.switches["unknown-filter-id"]
    if status == "200":
        return
    shelves: dict[str, Container[str]] = {
        "scenarioId": call.catalog.scenarios,
        "configurationId": call.group.configurations,
    }
    for name, shelf in shelves.items():
        wanted = call.query.get(name)
        if wanted is not None and wanted not in shelf:
            raise Problem(int(status), "01010011", f"Invalid Request, {name} {wanted[:80]!r} does not exist")


def matches(resource: dict[str, Any], call: Call, names: Iterable[str]) -> bool:
    """Whether the members ``names`` equal the query parameters of the same name."""
    return all(resource.get(name) == call.query[name] for name in names if name in call.query)


def searched(resource: dict[str, Any], call: Call, members: Iterable[str]) -> bool:
    """Whether ``$search`` is a substring of one of the members."""
    wanted = call.query.get("$search")
    if wanted is None:
        return True
    texts = [str(resource.get(name) or "") for name in members]
    if call.query.get("searchCaseInsensitive"):
        return any(wanted.casefold() in text.casefold() for text in texts)
    return any(wanted in text for text in texts)


def labelled(resource: dict[str, Any], selectors: Iterable[str]) -> bool:
    """Whether all selectors match; ``key!=value`` requires the key with another value (F10)."""
    labels = {label["key"]: label["value"] for label in resource.get("labels") or []}
    for selector in selectors:
        key, _, value = selector.partition("=")
        value = value.replace("{comma}", ",")
        unequal = key.endswith("!")
        key = key.removesuffix("!")
        if key not in labels or (labels[key] == value) is unequal:
            return False
    return True


def with_optionals(resource: dict[str, Any], call: Call, optional: Iterable[str]) -> dict[str, Any]:
    """The resource with its optional members that have no value left out, or null, as the switch says."""
    names = set(optional)
    result = {k: v for k, v in resource.items() if not (k in names and v is None)}
    if call.switches["null-optionals"] == "null":
        result |= {name: None for name in names if resource.get(name) is None}
    return result
