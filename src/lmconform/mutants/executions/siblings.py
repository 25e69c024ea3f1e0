"""Changes of one execution that also change others of its configuration."""

from __future__ import annotations

from lmconform.mutants.bench import Bench
from lmconform.mutants.defects.siblings import deletes_all, stops_all
from lmconform.mutants.registry import mutant


@mutant("execution-stop-of-all", "LM-EXECUTION-OTHERS-STAY")
def execution_stop_of_all(bench: Bench) -> None:
    """BUG: stopping an execution stops all of its configuration."""
    stops_all(bench, "modifyExecution", "executions")


@mutant("execution-deletion-of-all", "LM-EXECUTION-OTHERS-STAY")
def execution_deletion_of_all(bench: Bench) -> None:
    """BUG: deleting an execution deletes all of its configuration that have ended."""
    deletes_all(bench, "deleteExecution", "executions")
