"""Searches and filters of artifacts that take signs for something else, or do not find them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from urllib.parse import unquote

from lmconform.mock import query, validation
from lmconform.mock.call import Call
from lmconform.mock.problems import bad_request
from lmconform.mutants.artifacts.search import wild
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.texts import searched_as, without_plane_one
from lmconform.mutants.registry import mutant

_SIGNS = ("LM-ARTIFACT-SEARCH-SIGNS", "LM-CONFIGURATION-SEARCH-SIGNS")
_NO_PATTERN = ("LM-ARTIFACT-SEARCH-NO-PATTERN", "LM-CONFIGURATION-SEARCH-NO-PATTERN")


@mutant("search-plus-is-a-space", *_SIGNS)
def search_plus_is_a_space(bench: Bench) -> None:
    """BUG: a plus sign in a search text is taken for a space, although it was percent-encoded."""
    searched_as(bench, lambda text: text.replace("+", " "))


@mutant("search-ampersand-cuts", *_NO_PATTERN)
def search_ampersand_cuts(bench: Bench) -> None:
    """BUG: a search text ends at an ampersand, and the rest of it is ignored."""
    searched_as(bench, lambda text: text.partition("&")[0])


@mutant("search-bar-cuts", *_NO_PATTERN)
def search_bar_cuts(bench: Bench) -> None:
    """BUG: a search text ends at a bar, and the rest of it is ignored."""
    searched_as(bench, lambda text: text.partition("|")[0])


@mutant("search-quotes-doubled", *_SIGNS)
def search_quotes_doubled(bench: Bench) -> None:
    """BUG: single quotes in a search text are doubled for a database, and searched for like that."""
    searched_as(bench, lambda text: text.replace("'", "''"))


@mutant("search-number-sign-cuts", *_SIGNS)
def search_number_sign_cuts(bench: Bench) -> None:
    """BUG: a search text with a number sign finds nothing."""
    searched_as(bench, lambda text: text if "#" not in text else "\0")


@mutant("search-percent-decoded-twice", *_SIGNS)
def search_percent_decoded_twice(bench: Bench) -> None:
    """BUG: a search text is percent-decoded twice."""
    searched_as(bench, unquote)


@mutant("search-backslash-escapes", *_NO_PATTERN, *_SIGNS)
def search_backslash_escapes(bench: Bench) -> None:
    """BUG: a backslash in a search text escapes the sign behind it, and is not searched for."""
    searched_as(bench, lambda text: re.sub(r"\\(.)", r"\1", text))


@mutant("search-whole-expression", *_NO_PATTERN, *_SIGNS)
def search_whole_expression(bench: Bench) -> None:
    """BUG: a search text is a regular expression."""

    @bench.patch(query, "searched")
    def matched(original, resource, call, members):  # type: ignore[no-untyped-def]
        if "$search" not in call.query:
            return original(resource, call, members)
        flags = re.IGNORECASE if call.query.get("searchCaseInsensitive") else 0
        try:
            pattern = re.compile(call.query["$search"], flags)
        except re.error:
            return False
        return any(pattern.search(str(resource.get(name) or "")) for name in members)


@mutant("search-question-mark", *_NO_PATTERN)
def search_question_mark(bench: Bench) -> None:
    """BUG: a question mark and an asterisk in a search text match one sign and any text."""
    wild(bench, {"?": ".", "*": ".*"})


@mutant("search-like-both", *_NO_PATTERN)
def search_like_both(bench: Bench) -> None:
    """BUG: percent and underscore in a search text are the wildcards of LIKE."""
    wild(bench, {"%": ".*", "_": "."})


@mutant("search-alternatives", *_NO_PATTERN)
def search_alternatives(bench: Bench) -> None:
    """BUG: a bar in a search text separates two texts, and either is found."""
    wild(bench, {"|": "|"})


@mutant("search-ascii-alone", "LM-ARTIFACT-SEARCH-UNICODE")
def search_ascii_alone(bench: Bench) -> None:
    """BUG: a search text with letters beyond ASCII finds nothing."""
    searched_as(bench, lambda text: text if text.isascii() else "\0")


@mutant("search-emoji-lost", "LM-ARTIFACT-SEARCH-UNICODE")
def search_emoji_lost(bench: Bench) -> None:
    """BUG: emoji in a search text become question marks."""
    searched_as(bench, without_plane_one)


def _selected_as(bench: Bench, change: Callable[[str], str]) -> None:
    """The value in a label selector is changed before it is compared."""

    @bench.patch(query, "labelled")
    def other(original, resource, selectors):  # type: ignore[no-untyped-def]
        parts = [selector.partition("=") for selector in selectors]
        return original(resource, [f"{key}={change(value)}" for key, _, value in parts])


@mutant("labels-plus-is-a-space", "LM-ARTIFACT-LABEL-SIGNS")
def labels_plus_is_a_space(bench: Bench) -> None:
    """BUG: a plus sign in a label selector is taken for a space."""
    _selected_as(bench, lambda value: value.replace("+", " "))


@mutant("labels-percent-decoded-twice", "LM-ARTIFACT-LABEL-SIGNS")
def labels_percent_decoded_twice(bench: Bench) -> None:
    """BUG: a label selector is percent-decoded twice."""
    _selected_as(bench, unquote)


@mutant("labels-quotes-lost", "LM-ARTIFACT-LABEL-SIGNS")
def labels_quotes_lost(bench: Bench) -> None:
    """BUG: quotes in a label selector are dropped."""
    _selected_as(bench, lambda value: value.replace('"', "").replace("'", ""))


@mutant("labels-ascii-alone", "LM-ARTIFACT-LABEL-SIGNS")
def labels_ascii_alone(bench: Bench) -> None:
    """BUG: a label selector with letters beyond ASCII is refused."""

    @bench.before("listArtifacts")
    def refuse(call: Call) -> None:
        if not all(selector.isascii() for selector in call.query.get("artifactLabelSelector") or ()):
            raise bad_request("artifactLabelSelector is not valid")


def _patterned(bench: Bench, fits: Callable[[str, str], bool]) -> None:
    """A label also fits when ``fits`` is true for its value and the one of the selector."""

    @bench.patch(query, "labelled")
    def like(original, resource, selectors):  # type: ignore[no-untyped-def]
        labels = {label["key"]: label["value"] for label in resource.get("labels") or []}
        pairs = [s.partition("=") for s in selectors if "!=" not in s]
        loose = [f"{key}={labels[key]}" for key, _, value in pairs if key in labels and fits(labels[key], value)]
        known = {s.partition("=")[0] for s in loose}
        kept = [s for s in selectors if s.partition("=")[0] not in known]
        return original(resource, kept)


@mutant("labels-like", "LM-ARTIFACT-LABEL-NO-PATTERN")
def labels_like(bench: Bench) -> None:
    """BUG: percent and underscore in a label selector are the wildcards of LIKE."""
    _patterned(bench, lambda text, wanted: bool(re.fullmatch(_like(wanted), text)))


@mutant("labels-underscore", "LM-ARTIFACT-LABEL-NO-PATTERN")
def labels_underscore(bench: Bench) -> None:
    """BUG: an underscore in a label selector matches any sign."""
    _patterned(bench, lambda text, wanted: bool(re.fullmatch(re.escape(wanted).replace("_", "."), text)))


@mutant("labels-glob", "LM-ARTIFACT-LABEL-NO-PATTERN")
def labels_glob(bench: Bench) -> None:
    """BUG: an asterisk in a label selector matches any text."""
    _patterned(bench, fnmatch.fnmatchcase)


@mutant("labels-encoded-comma", "LM-ARTIFACT-LABEL-ENCODED")
def labels_encoded_comma(bench: Bench) -> None:
    """BUG: an encoded comma between two label selectors belongs to the value of the first one."""

    @bench.patch(validation, "query")
    def whole(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "listArtifacts" and b"artifactLabelSelector" in raw:
            raw = raw.replace(b"%2C", b"%3B")
        return original(contract, operation, raw, switches)


@mutant("filter-artifact-name-plus", "LM-ARTIFACT-FILTER-NAME-SIGNS")
def filter_artifact_name_plus(bench: Bench) -> None:
    """BUG: a plus sign in the filter name of artifacts is taken for a space."""

    @bench.before("listArtifacts", "countArtifacts")
    def spaced(call: Call) -> None:
        if "name" in call.query:
            call.query["name"] = call.query["name"].replace("+", " ")


@mutant("filter-artifact-name-counted-cut", "LM-ARTIFACT-FILTER-NAME-SIGNS")
def filter_artifact_name_counted_cut(bench: Bench) -> None:
    """BUG: the filter name of $count ends at an ampersand."""

    @bench.before("countArtifacts")
    def cut(call: Call) -> None:
        if "name" in call.query:
            call.query["name"] = call.query["name"].partition("&")[0]


def _like(pattern: str) -> str:
    """The regular expression of a pattern of LIKE."""
    return "".join({"%": ".*", "_": "."}.get(sign) or re.escape(sign) for sign in pattern)
