"""Searches for artifacts that find too much, too little, or something else."""

from __future__ import annotations

import re

from lmconform.mock import query
from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import forget
from lmconform.mutants.registry import mutant


@mutant("search-artifact-ignored", "LM-ARTIFACT-SEARCH-NAME")
def search_artifact_ignored(bench: Bench) -> None:
    """BUG: $search is ignored when artifacts are listed."""
    forget(bench, "$search", "listArtifacts")


@mutant("search-artifact-whole-names", "LM-ARTIFACT-SEARCH-NAME")
def search_artifact_whole_names(bench: Bench) -> None:
    """BUG: a search for artifacts matches only whole names."""

    @bench.after("listArtifacts")
    def whole(call: Call, reply: Reply) -> None:
        if "$search" in call.query and reply.json:
            wanted = call.query["$search"].lower()
            rows = reply.json["resources"]
            kept = [r for r in rows if wanted == r["name"].lower() or wanted in str(r.get("description")).lower()]
            reply.json = {"count": len(kept), "resources": kept}


@mutant("search-artifact-url", "LM-ARTIFACT-SEARCH-NAME")
def search_artifact_url(bench: Bench) -> None:
    """BUG: a search for artifacts looks at their urls as well."""

    @bench.patch(query, "searched")
    def wider(original, resource, call, members):  # type: ignore[no-untyped-def]
        return original(resource, call, (*members, "url", "scenarioId"))


@mutant("search-artifact-description", "LM-ARTIFACT-SEARCH-DESCRIPTION")
def search_artifact_description(bench: Bench) -> None:
    """BUG: a search for artifacts does not look at descriptions."""

    @bench.after("listArtifacts")
    def names_alone(call: Call, reply: Reply) -> None:
        if "$search" in call.query and reply.json:
            rows = [r for r in reply.json["resources"] if call.query["$search"].lower() in r["name"].lower()]
            reply.json = {"count": len(rows), "resources": rows}


@mutant("search-artifact-caseless", "LM-ARTIFACT-SEARCH-CASE")
def search_artifact_caseless(bench: Bench) -> None:
    """BUG: a search for artifacts always ignores the case."""

    @bench.before("listArtifacts", "countArtifacts")
    def caseless(call: Call) -> None:
        call.query["searchCaseInsensitive"] = True


@mutant("search-artifact-always-cased", "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE")
def search_artifact_always_cased(bench: Bench) -> None:
    """BUG: searchCaseInsensitive is ignored when artifacts are listed and counted."""
    forget(bench, "searchCaseInsensitive", "listArtifacts", "countArtifacts")


@mutant("search-artifact-count-cased", "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE")
def search_artifact_count_cased(bench: Bench) -> None:
    """BUG: searchCaseInsensitive is ignored when artifacts are counted."""
    forget(bench, "searchCaseInsensitive", "countArtifacts")


@mutant("search-case-by-presence", "LM-ARTIFACT-SEARCH-CASE", "LM-CONFIGURATION-SEARCH-CASE")
def search_case_by_presence(bench: Bench) -> None:
    """BUG: searchCaseInsensitive=false makes a search ignore the case, too."""

    @bench.before("listArtifacts", "countArtifacts", "listConfigurations", "countConfigurations")
    def present(call: Call) -> None:
        if "searchCaseInsensitive" in call.query:
            call.query["searchCaseInsensitive"] = True


@mutant("search-nothing-404", "LM-ARTIFACT-SEARCH-NOTHING", "LM-CONFIGURATION-SEARCH-NOTHING")
def search_nothing_404(bench: Bench) -> None:
    """BUG: a search that matches nothing answers 404 instead of an empty list."""

    @bench.after("listArtifacts", "listConfigurations")
    def missing(call: Call, reply: Reply) -> None:
        if "$search" in call.query and not reply.json["resources"]:
            raise Problem(404, "01010004", "Nothing was found")


@mutant("search-nothing-one", "LM-ARTIFACT-SEARCH-NOTHING")
def search_nothing_one(bench: Bench) -> None:
    """BUG: count of an empty list of artifacts is 1."""

    @bench.after("listArtifacts")
    def one(call: Call, reply: Reply) -> None:
        reply.json["count"] = max(1, reply.json["count"])


@mutant("search-like-one", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def search_like_one(bench: Bench) -> None:
    """BUG: an underscore in a search text matches any character."""
    wild(bench, {"_": "."})


@mutant("search-like-many", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def search_like_many(bench: Bench) -> None:
    """BUG: a percent sign in a search text matches any text."""
    wild(bench, {"%": ".*"})


@mutant("search-expression", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def search_expression(bench: Bench) -> None:
    """BUG: a dot in a search text matches any character."""
    wild(bench, {".": "."})


@mutant("search-glob", "LM-ARTIFACT-SEARCH-LITERAL", "LM-CONFIGURATION-SEARCH-LITERAL")
def search_glob(bench: Bench) -> None:
    """BUG: an asterisk in a search text matches any text."""
    wild(bench, {"*": ".*"})


@mutant("limit-artifact-search", "LM-ARTIFACT-QUERY-AT-LIMIT")
def limit_artifact_search(bench: Bench) -> None:
    """BUG: a search text of more than 64 characters is refused when artifacts are listed."""
    refuses_when(bench, "$search is too long", lambda call: len(call.query.get("$search", "")) > 64, "listArtifacts")


def wild(bench: Bench, signs: dict[str, str]) -> None:
    """Some signs of a search stand for more than themselves; ``signs`` has the regular expression of each."""

    @bench.patch(query, "searched")
    def wild(original, resource, call, members):  # type: ignore[no-untyped-def]
        wanted = call.query.get("$search")
        if wanted is None or not any(sign in wanted for sign in signs):
            return original(resource, call, members)
        pattern = "".join(signs.get(sign) or re.escape(sign) for sign in wanted)
        flags = re.IGNORECASE if call.query.get("searchCaseInsensitive") else 0
        return any(re.search(pattern, str(resource.get(name) or ""), flags) for name in members)


@mutant("search-artifact-count-names", "LM-ARTIFACT-SEARCH-DESCRIPTION")
def search_artifact_count_names(bench: Bench) -> None:
    """BUG: a search that counts artifacts does not look at descriptions."""

    @bench.patch(query, "searched")
    def names_alone(original, resource, call, members):  # type: ignore[no-untyped-def]
        return original(resource, call, ("name",) if call.operation.id == "countArtifacts" else members)


@mutant("search-artifact-caseless-names", "LM-ARTIFACT-SEARCH-DESCRIPTION")
def search_artifact_caseless_names(bench: Bench) -> None:
    """BUG: with searchCaseInsensitive a search for artifacts does not look at descriptions."""

    @bench.patch(query, "searched")
    def names_alone(original, resource, call, members):  # type: ignore[no-untyped-def]
        return original(resource, call, ("name",) if call.query.get("searchCaseInsensitive") else members)


@mutant(
    "search-lowers-the-text-alone", "LM-ARTIFACT-SEARCH-CASE-INSENSITIVE", "LM-CONFIGURATION-SEARCH-CASE-INSENSITIVE"
)
def search_lowers_the_text_alone(bench: Bench) -> None:
    """BUG: searchCaseInsensitive lowers the search text and not the names: one with capitals is not found."""

    @bench.before("listArtifacts", "countArtifacts", "listConfigurations", "countConfigurations")
    def lowered(call: Call) -> None:
        if call.query.pop("searchCaseInsensitive", False) and "$search" in call.query:
            call.query["$search"] = call.query["$search"].lower()
