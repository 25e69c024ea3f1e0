"""Mutants: the mock with exactly one defect each, and the requirements that it breaks.

A mutant lies in the file or folder of the resource that its first requirement belongs to; ``load`` finds it
there. It is a function that gets a ``Bench`` and changes one thing on it. The mock does not know that mutants
exist: ``lmconform mock --mutant`` passes one to ``assembly.assemble``.
"""

from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import Mutant, activate, load, unproven

__all__ = ["Bench", "Mutant", "activate", "load", "unproven"]
