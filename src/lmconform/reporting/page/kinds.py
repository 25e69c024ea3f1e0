"""The kinds of requirements, as columns of a matrix: what a requirement is about, read from its id."""

from __future__ import annotations

from typing import Final

from lmconform.results.events import Result

# The words of an id after ``LM-`` and the noun that show the kind; the first that fits counts.
_BY_NOUN: Final = {
    "HTTP": "HTTP and schema",
    "ERROR": "HTTP and schema",
    "AUTH": "token",
    "ISOLATION": "resource group",
    "CONCURRENT": "concurrency",
    "FUZZ": "generated data",
    "FLOW": "tutorial's flow",
    "QUERY": "lists",
}
_BY_WORD: Final = (
    (
        "lists",
        ("LIST", "LISTED", "FILTER", "COUNT", "TOP", "SKIP", "PAGE", "PAGES", "SEARCH", "LABEL", "ORDER", "SELECT"),
    ),
    ("refusals", ("BODY", "404", "BAD", "REFUSED", "UNKNOWN", "LIMIT", "REQUIRED", "WRONG")),
    (
        "state",
        ("STOP", "DELETE", "DELETED", "ENDS", "STATUS", "PAUSE", "RESUME", "UPDATE", "MODIFY", "STAYS", "ACTIVE"),
    ),
    ("data", ("TEXT", "ECHO", "VALUE", "URL", "TIMES", "VIEWS", "EXPAND", "CREATED", "MODIFIED", "TAGS", "GET")),
)
_REST: Final = "behaviour"
KINDS: Final = tuple(dict.fromkeys((*_BY_NOUN.values(), *(kind for kind, _ in _BY_WORD), _REST)))


def kind(requirement: str) -> str:
    """One of ``KINDS`` for the id of a requirement."""
    noun, *words = requirement.removeprefix("LM-").split("-")
    if noun in _BY_NOUN:
        return _BY_NOUN[noun]
    return next((name for name, marks in _BY_WORD if set(marks) & set(words)), _REST)


def kinds_of(result: Result) -> tuple[str, ...]:
    """The kinds of all requirements of a result; observations have none."""
    return tuple(dict.fromkeys(map(kind, result.requirements)))
