"""Query parameters of any operation: undeclared ones, and ones that are percent-encoded."""

from __future__ import annotations

from lmconform.mock import validation
from lmconform.mock.problems import bad_request
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant


@mutant("filter-refuses-undeclared", "LM-QUERY-UNDECLARED-TOLERATED")
def filter_refuses_undeclared(bench: Bench) -> None:
    """BUG: the undeclared query parameter top is refused with 400."""

    @bench.patch(validation, "query")
    def strict(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if raw.startswith(b"top=") or b"&top=" in raw:
            raise bad_request("query parameter 'top' is unknown")
        return original(contract, operation, raw, switches)


@mutant("query-top-refused-by-schedules", "LM-QUERY-UNDECLARED-TOLERATED")
def query_top_refused_by_schedules(bench: Bench) -> None:
    """BUG: the list of schedules refuses the undeclared query parameter top with 400."""

    @bench.patch(validation, "query")
    def strict(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        if operation.id == "listExecutionSchedules" and raw.startswith(b"top="):
            raise bad_request("query parameter 'top' is unknown")
        return original(contract, operation, raw, switches)


@mutant("query-dollar-encoded", "LM-QUERY-DOLLAR-ENCODED")
def query_dollar_encoded(bench: Bench) -> None:
    """BUG: a parameter name that begins with %24 is not recognized as one that begins with $."""

    @bench.patch(validation, "query")
    def literal(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        return original(contract, operation, raw.replace(b"%24", b"-"), switches)


@mutant("query-comma-encoded", "LM-QUERY-COMMA-ENCODED", "LM-METRICS-IDS-ENCODED")
def query_comma_encoded(bench: Bench) -> None:
    """BUG: a list is split before it is decoded, so that %2C does not separate its entries."""

    @bench.patch(validation, "query")
    def literal(original, contract, operation, raw, switches):  # type: ignore[no-untyped-def]
        return original(contract, operation, raw.replace(b"%2C", b"-"), switches)
