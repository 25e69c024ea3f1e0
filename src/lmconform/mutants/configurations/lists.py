"""Lists, counts, filters and searches of configurations."""

from __future__ import annotations

from lmconform.mock import query
from lmconform.mock.call import Call
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.answers import refuses_when
from lmconform.mutants.defects.lists import (
    counted_wrongly,
    forget,
    keeps_out,
    last_page_again,
    last_twice,
    off_by_one,
    second_walk_differs,
    shown_at_most,
    skips_one_more,
    takes_the_first,
    takes_the_last,
)
from lmconform.mutants.registry import mutant


@mutant("list-configurations-newest", "LM-CONFIGURATION-LISTED")
def list_configurations_newest(bench: Bench) -> None:
    """BUG: the newest configuration is missing in the list."""
    keeps_out(bench, "listConfigurations", lambda call, row: row["id"] == list(call.group.configurations)[-1])


@mutant("list-configurations-twice", "LM-CONFIGURATION-LISTED", "LM-CONFIGURATION-COUNT-MATCHES-LIST")
def list_configurations_twice(bench: Bench) -> None:
    """BUG: the last configuration is listed twice."""
    last_twice(bench, "listConfigurations")


@mutant("count-configurations", "LM-CONFIGURATION-LIST-COUNT")
def count_configurations(bench: Bench) -> None:
    """BUG: count in the list of configurations is one too high."""
    off_by_one(bench, "listConfigurations")


@mutant("count-configurations-differs", "LM-CONFIGURATION-COUNT-MATCHES-LIST", "LM-CONFIGURATION-COUNT-NOTHING")
def count_configurations_differs(bench: Bench) -> None:
    """BUG: $count of configurations is one too high."""
    counted_wrongly(bench, "countConfigurations")


@mutant("count-configurations-caseless", "LM-CONFIGURATION-COUNT-COMBINED")
def count_configurations_caseless(bench: Bench) -> None:
    """BUG: counting with searchCaseInsensitive minds the case beside another filter."""

    @bench.before("countConfigurations")
    def cased(call: Call) -> None:
        if set(call.query) & {"scenarioId", "executableIds"}:
            call.query.pop("searchCaseInsensitive", None)


@mutant("top-configurations", "LM-CONFIGURATION-TOP", "LM-CONFIGURATION-PAGES-COVER")
def top_configurations(bench: Bench) -> None:
    """BUG: $top is ignored when configurations are listed."""
    forget(bench, "$top", "listConfigurations")


@mutant("top-default-configurations", "LM-CONFIGURATION-DEFAULT-PAGE")
def top_default_configurations(bench: Bench) -> None:
    """BUG: without $top the list of configurations holds three at most."""
    shown_at_most(bench, 3, "listConfigurations")


@mutant("skip-configurations", "LM-CONFIGURATION-SKIP", "LM-CONFIGURATION-PAGES-COVER")
def skip_configurations(bench: Bench) -> None:
    """BUG: $skip leaves out one configuration too many."""
    skips_one_more(bench, "listConfigurations")


@mutant("filter-configuration-scenario", "LM-CONFIGURATION-FILTER-SCENARIO")
def filter_configuration_scenario(bench: Bench) -> None:
    """BUG: scenarioId is ignored when configurations are listed."""
    forget(bench, "scenarioId", "listConfigurations")


@mutant("filter-configuration-executable", "LM-CONFIGURATION-FILTER-EXECUTABLE")
def filter_configuration_executable(bench: Bench) -> None:
    """BUG: executableIds is ignored when configurations are listed."""
    forget(bench, "executableIds", "listConfigurations")


@mutant("filter-configuration-count", "LM-CONFIGURATION-COUNT-FILTERED")
def filter_configuration_count(bench: Bench) -> None:
    """BUG: executableIds is ignored when configurations are counted."""
    forget(bench, "executableIds", "countConfigurations")


@mutant("filter-configuration-count-last", "LM-CONFIGURATION-COUNT-FILTERED")
def filter_configuration_count_last(bench: Bench) -> None:
    """BUG: of several executableIds only the last filters the number of configurations."""
    takes_the_last(bench, "executableIds", "countConfigurations")


@mutant("filter-executable-ids-first", "LM-CONFIGURATION-FILTER-EXECUTABLES")
def filter_executable_ids_first(bench: Bench) -> None:
    """BUG: of several executableIds only the first filters the list of configurations."""
    takes_the_first(bench, "executableIds", 1, "listConfigurations")


@mutant("filter-executable-ids-two", "LM-CONFIGURATION-FILTER-EXECUTABLES", "LM-CONFIGURATION-COUNT-FILTERED")
def filter_executable_ids_two(bench: Bench) -> None:
    """BUG: of several executableIds only the first two filter configurations."""
    takes_the_first(bench, "executableIds", 2, "listConfigurations", "countConfigurations")


@mutant("filter-configuration-executables-all", "LM-CONFIGURATION-FILTER-EXECUTABLES")
def filter_configuration_executables_all(bench: Bench) -> None:
    """BUG: several executableIds match only a configuration that has all of them."""

    @bench.before("listConfigurations")
    def each_of_them(call: Call) -> None:
        if len(call.query.get("executableIds") or ()) > 1:
            call.query["executableIds"] = [",".join(call.query["executableIds"])]


@mutant("search-configuration-ignored", "LM-CONFIGURATION-SEARCH-NAME")
def search_configuration_ignored(bench: Bench) -> None:
    """BUG: $search is ignored when configurations are listed."""
    forget(bench, "$search", "listConfigurations")


@mutant("search-configuration-executable", "LM-CONFIGURATION-SEARCH-NAME")
def search_configuration_executable(bench: Bench) -> None:
    """BUG: a search for configurations looks at the ids of their executables as well."""

    @bench.patch(query, "searched")
    def wider(original, resource, call, members):  # type: ignore[no-untyped-def]
        return original(resource, call, (*members, "executableId"))


@mutant("search-configuration-caseless", "LM-CONFIGURATION-SEARCH-CASE")
def search_configuration_caseless(bench: Bench) -> None:
    """BUG: a search for configurations always ignores the case."""

    @bench.before("listConfigurations", "countConfigurations")
    def caseless(call: Call) -> None:
        call.query["searchCaseInsensitive"] = True


@mutant("search-configuration-always-cased", "LM-CONFIGURATION-SEARCH-CASE-INSENSITIVE")
def search_configuration_always_cased(bench: Bench) -> None:
    """BUG: searchCaseInsensitive is ignored when configurations are listed and counted."""
    forget(bench, "searchCaseInsensitive", "listConfigurations", "countConfigurations")


@mutant("limit-configuration-search", "LM-CONFIGURATION-QUERY-AT-LIMIT")
def limit_configuration_search(bench: Bench) -> None:
    """BUG: a search text of more than 79 characters is refused when configurations are listed."""
    too_long = "$search is too long"
    refuses_when(bench, too_long, lambda call: len(call.query.get("$search", "")) > 79, "listConfigurations")


@mutant("limit-configuration-top", "LM-CONFIGURATION-QUERY-AT-LIMIT")
def limit_configuration_top(bench: Bench) -> None:
    """BUG: the greatest $top, 100000, is refused when configurations are listed."""
    refuses_when(bench, "$top is too large", lambda call: call.query.get("$top", 0) >= 100_000, "listConfigurations")


@mutant("pages-configurations-last-again", "LM-CONFIGURATION-PAGE-SIZES")
def pages_configurations_last_again(bench: Bench) -> None:
    """BUG: beyond the end of a list of configurations its last page is shown again."""
    last_page_again(bench, "listConfigurations")


@mutant("pages-configurations-second-walk", "LM-CONFIGURATION-PAGES-AGAIN")
def pages_configurations_second_walk(bench: Bench) -> None:
    """BUG: a second walk over the pages of configurations shows some of them twice."""
    second_walk_differs(bench, "listConfigurations")


@mutant("count-configurations-pair-scenario", "LM-CONFIGURATION-COUNT-COMBINED")
def count_configurations_pair_scenario(bench: Bench) -> None:
    """BUG: configurations are counted without scenarioId when executableIds filters as well."""

    @bench.before("countConfigurations")
    def ignored(call: Call) -> None:
        if "executableIds" in call.query:
            call.query.pop("scenarioId", None)


@mutant("filter-configuration-scenario-alone", "LM-CONFIGURATION-FILTER-EXECUTABLE")
def filter_configuration_scenario_alone(bench: Bench) -> None:
    """BUG: executableIds is ignored when configurations are listed by scenarioId as well."""

    @bench.before("listConfigurations")
    def less(call: Call) -> None:
        if "scenarioId" in call.query:
            call.query.pop("executableIds", None)
