"""Mutants: the mock with exactly one defect each, and the requirements that it breaks.

One family a module, found by looking into this package. A mutant is a function that gets a
``Bench`` and spoils one thing on it; nothing of the mock knows that mutants exist, but for
``server.bind``, which lets one activate.
"""

from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import Mutant, activate, load, unproven

__all__ = ["Bench", "Mutant", "activate", "load", "unproven"]
