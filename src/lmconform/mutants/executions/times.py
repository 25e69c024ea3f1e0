"""Executions whose times move, or that show one status here and another there."""

from __future__ import annotations

from typing import Any

from lmconform.mock.call import Call, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.times import every_second_read, has_ended, is_stopped, selected_as, shown_as
from lmconform.mutants.registry import mutant

_GET = ("getExecution",)
_LIST = ("listExecutions",)


@mutant("execution-created-at-its-end", "LM-EXECUTION-CREATED-AT-STAYS")
def execution_created_at_its_end(bench: Bench) -> None:
    """BUG: an execution that has ended has lost its createdAt, and shows the beginning of the epoch."""
    shown_as(bench, (*_GET, *_LIST), has_ended, createdAt="1970-01-01T00:00:00Z")


@mutant("execution-created-when-stopped", "LM-EXECUTION-CREATED-AT-STAYS")
def execution_created_when_stopped(bench: Bench) -> None:
    """BUG: stopping an execution moves its createdAt."""
    shown_as(bench, (*_GET, *_LIST), is_stopped, createdAt="2039-01-01T00:00:00Z")


@mutant("execution-modified-before-created", "LM-EXECUTION-MODIFIED-ORDERED")
def execution_modified_before_created(bench: Bench) -> None:
    """BUG: modifiedAt of an execution that has ended is years before its createdAt."""
    shown_as(bench, _GET, has_ended, modifiedAt="2001-01-01T00:00:00Z")


@mutant("execution-stopped-before-started", "LM-EXECUTION-STOP-TIMES-ORDERED")
def execution_stopped_before_started(bench: Bench) -> None:
    """BUG: completionTime of an execution that was stopped is the beginning of the epoch."""
    shown_as(bench, _GET, is_stopped, completionTime="1970-01-01T00:00:00Z")


@mutant("execution-list-of-yesterday", "LM-EXECUTION-VIEWS-AGREE", "LM-EXECUTION-LIST-EQUALS-GET")
def execution_list_of_yesterday(bench: Bench) -> None:
    """BUG: the list shows executions that have ended as RUNNING for ever."""
    shown_as(bench, _LIST, has_ended, status="RUNNING")


@mutant("execution-select-another-status", "LM-EXECUTION-VIEWS-AGREE")
def execution_select_another_status(bench: Bench) -> None:
    """BUG: with $select=status an execution that has ended is shown as PENDING."""
    selected_as(bench, _GET, has_ended, "PENDING")


@mutant("select-first-answer", "LM-EXECUTION-VIEWS-AGREE", "LM-DEPLOYMENT-VIEWS-AGREE")
def select_first_answer(bench: Bench) -> None:
    """BUG: GET with $select=status gives its first answer for ever."""
    known: dict[str, Any] = {}

    @bench.after("getExecution", "getDeployment")
    def first(call: Call, reply: Reply) -> None:
        if call.query.get("$select") == "status":
            reply.json = dict(known.setdefault(reply.json["id"], reply.json))


@mutant("execution-list-select-stale", "LM-EXECUTION-VIEWS-AGREE")
def execution_list_select_stale(bench: Bench) -> None:
    """BUG: the list with $select=status shows executions that have ended as RUNNING."""
    selected_as(bench, _LIST, has_ended, "RUNNING")


@mutant("execution-list-other-times", "LM-EXECUTION-VIEWS-AGREE")
def execution_list_other_times(bench: Bench) -> None:
    """BUG: the list shows the beginning of the epoch as the startTime of an execution."""
    shown_as(bench, _LIST, has_ended, startTime="1970-01-01T00:00:00Z")


@mutant("execution-replicas-differ", "LM-EXECUTION-VIEWS-AGREE")
def execution_replicas_differ(bench: Bench) -> None:
    """BUG: every second read of an execution that has ended shows it as RUNNING."""
    every_second_read(bench, "getExecution", has_ended, status="RUNNING")


@mutant("execution-completes-at-no-time", "LM-EXECUTION-TIMES-ORDERED", "LM-EXECUTION-STOP-TIMES-ORDERED")
def execution_completes_at_no_time(bench: Bench) -> None:
    """BUG: completionTime of an execution that has ended is null."""
    shown_as(bench, (*_GET, *_LIST), has_ended, completionTime=None)


@mutant("execution-starts-at-no-time", "LM-EXECUTION-TIMES-ORDERED")
def execution_starts_at_no_time(bench: Bench) -> None:
    """BUG: startTime of an execution that has ended is null."""
    shown_as(bench, (*_GET, *_LIST), has_ended, startTime=None)
