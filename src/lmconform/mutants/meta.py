"""Capabilities that are advertised wrongly, or advertised and not served."""

from __future__ import annotations

from lmconform.mock.call import Call, Reply
from lmconform.mock.problems import Problem
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant


@mutant("meta-version-words", "LM-META-API-VERSION")
def meta_version_words(bench: Bench) -> None:
    """BUG: the version of the AI API is the word latest instead of three numbers."""

    @bench.after("getMeta")
    def words(call: Call, reply: Reply) -> None:
        reply.json["aiApi"]["version"] = "latest"


@mutant("meta-executions-not-served", "LM-META-EXECUTIONS-SERVED")
def meta_executions_not_served(bench: Bench) -> None:
    """BUG: executions are advertised, and their list answers 404."""

    @bench.before("listExecutions")
    def gone(call: Call) -> None:
        raise Problem(404, "404", "Not found")


@mutant("meta-schedules-uncounted", "LM-META-SCHEDULES-SERVED")
def meta_schedules_uncounted(bench: Bench) -> None:
    """BUG: schedules are advertised and listed, and counting them answers 404."""
    _missing(bench, "countExecutionSchedules")


@mutant("meta-deployments-unlisted", "LM-META-DEPLOYMENTS-SERVED")
def meta_deployments_unlisted(bench: Bench) -> None:
    """BUG: deployments are advertised, and their list answers 404."""
    _missing(bench, "listDeployments")


def _missing(bench: Bench, operation: str) -> None:
    @bench.before(operation)
    def missing(call: Call) -> None:
        raise Problem(404, "404", "Not found")
