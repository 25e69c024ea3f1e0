"""Mutants that only fuzzing kills, and after how many cases: the reason for the default of ``--max-examples``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lmconform.mutation.matrix import Job, tried
from lmconform.mutation.trial import MutantTrial
from lmconform.run.catalogue import plan
from lmconform.settings.options import RunConfig

# Where the curve ends: more cases of one operation take longer than a user waits.
MOST = 100


@dataclass(frozen=True, slots=True)
class Curve:
    """For each mutant that only fuzzing kills: the item that does, and the number of the case that did, by seed.

    ``cases`` has 0 where the first ``MOST`` cases did not show it.
    """

    seeds: tuple[int, ...]
    default: int
    cases: dict[str, tuple[str, tuple[int, ...]]]

    def found(self, examples: int) -> float:
        """The share of pairs of mutant and seed that are killed within ``examples`` cases, from 0 to 1."""
        every = [case for _, cases in self.cases.values() for case in cases]
        return sum(0 < case <= examples for case in every) / max(1, len(every))

    def as_json(self) -> dict[str, Any]:
        """As it goes into matrix.json."""
        mutants = [{"id": m, "item": item, "cases": list(cases)} for m, (item, cases) in self.cases.items()]
        steps = [{"examples": n, "found": round(self.found(n), 4)} for n in range(1, MOST + 1)]
        return {"seeds": list(self.seeds), "default": self.default, "mutants": mutants, "found": steps}


def trace(config: RunConfig, trials: Sequence[MutantTrial], seeds: Sequence[int], workers: int) -> Curve:
    """Try the mutants that fuzzing killed without it; those that survive are tried with only fuzzing, at every seed."""
    items = plan(config).items
    others = frozenset(item.id for item in items if item.profile != "full")
    candidates = {t.mutant.id: t for t in trials if t.kills and all(k.item.startswith("fuzz/") for k in t.kills)}
    fuzz_only = dict(candidates)
    for trial in tried(config, [Job(t.mutant, seeds[0], only=others) for t in candidates.values()], workers):
        if trial.kills:
            del fuzz_only[trial.mutant.id]
    long = replace(config, max_examples=MOST)
    jobs = [Job(t.mutant, seed, only=frozenset({_item(t)})) for t in fuzz_only.values() for seed in seeds]
    found: dict[tuple[str, int], int] = {}
    for job, trial in zip(jobs, _in_order(long, jobs, workers), strict=True):
        kills = [kill.case for kill in trial.declared or trial.kills if kill.case]
        found[job.mutant.id, job.seed] = min(kills, default=0)
    cases = {name: (_item(t), tuple(found[name, seed] for seed in seeds)) for name, t in fuzz_only.items()}
    return Curve(tuple(seeds), config.max_examples, cases)


def _item(trial: MutantTrial) -> str:
    return (trial.declared or trial.kills)[0].item


def _in_order(config: RunConfig, jobs: Sequence[Job], workers: int) -> list[MutantTrial]:
    done = {(t.mutant.id, t.seed): t for t in tried(config, jobs, workers)}
    return [done[job.mutant.id, job.seed] for job in jobs]
