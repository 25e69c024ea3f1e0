"""Mutants: the mock with exactly one defect each, and the requirements that it breaks.

One family a module, found by looking into this package. A mutant is a function that gets a
``Bench`` and spoils one thing on it; nothing of the mock knows that mutants exist:
``lmconform mock --mutant`` passes one to ``assembly.assemble``.
"""

from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import Mutant, activate, load, unproven

__all__ = ["Bench", "Mutant", "activate", "load", "unproven"]
