"""The kill matrix: the trials of all mutants, and the rules that make it red."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from statistics import median

from lmconform.contract.requirements import Register
from lmconform.judgement import Level
from lmconform.mutation.trial import MutantRun, MutantTrial, try_, with_seed
from lmconform.run.catalogue import Plan, plan
from lmconform.settings.options import RunConfig

Progress = Callable[[MutantTrial], None]
# The mock without a defect, as it is and with its sets of legal choices.
LAWFUL = (
    MutantRun("plain"),
    MutantRun("tenant-like", options=("--preset", "tenant-like")),
    MutantRun("terse", options=("--preset", "terse")),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One trial to make; ``everything`` runs all items of the plan, ``only`` the items with these ids."""

    mutant: MutantRun
    seed: int
    everything: bool = False
    only: frozenset[str] = frozenset()


@dataclass(slots=True)
class Matrix:
    """All trials; ``baseline`` has those of the unmutated mock, one for each seed and set of legal choices."""

    baseline: list[MutantTrial] = field(default_factory=list)
    trials: list[MutantTrial] = field(default_factory=list)
    seconds: float = 0.0

    def problems(self, register: Register, unproven: Mapping[str, str], *, whole: bool) -> Iterator[str]:
        """Why the matrix is red, one line each; nothing when it is green.

        ``unproven`` gives the reason why a requirement can have no mutant. ``whole`` is true when every mutant was
        tried: then a requirement that was never seen failing is a reason as well.
        """
        for trial in self.baseline:
            for kill in trial.kills:
                yield f"the unmutated mock ({trial.mutant.id}) fails {kill.requirement} at {kill.item}"
            if trial.error:
                yield f"the unmutated mock ({trial.mutant.id}) could not be judged: {trial.error}"
        for trial in self.trials:
            name, seen = trial.mutant.id, sorted({kill.requirement for kill in trial.kills})
            match trial.status:
                case "error":
                    yield f"{name} could not be judged: {trial.error}"
                case "survived":
                    yield f"{name} survives: {trial.mutant.text}"
                case "elsewhere":
                    yield f"{name} is killed only by {', '.join(seen[:4])}, which it does not declare"
                case _:
                    blind = sorted(set(trial.mutant.breaks) - set(seen))
                    if blind:
                        yield f"{name} declares {', '.join(blind)}, and is not seen by it"
        if whole:
            yield from self._never_seen(register, unproven)

    def seen_failing(self) -> dict[str, set[str]]:
        """Requirement to the ids of the mutants that it killed."""
        seen: dict[str, set[str]] = {}
        for trial in self.trials:
            for kill in trial.kills:
                seen.setdefault(kill.requirement, set()).add(trial.mutant.id)
        return seen

    def spent(self) -> dict[str, float]:
        """Seconds of each item on the mock without a defect, in the order of a run; median over the seeds."""
        plain = [trial.spent for trial in self.baseline if trial.mutant == LAWFUL[0]]
        return {item: round(median([spent[item] for spent in plain]), 4) for item in (plain[0] if plain else ())}

    def _never_seen(self, register: Register, unproven: Mapping[str, str]) -> Iterator[str]:
        seen = self.seen_failing()
        for requirement in register.values():
            gating = requirement.evidence.may_gate and not requirement.excluded
            if not gating or requirement.level is Level.MAY:
                continue
            if requirement.id not in seen and requirement.id not in unproven:
                yield f"{requirement.id} was never seen failing: no mutant breaks it, and no reason is written"
        for name in unproven:
            if name not in register:
                yield f"the reason for {name} names no requirement"


def build(
    config: RunConfig,
    mutants: Sequence[MutantRun],
    *,
    seeds: Sequence[int],
    workers: int,
    everything: bool = False,
    in_run_order: bool = False,
    progress: Progress = lambda trial: None,
) -> Matrix:
    """Try the unmutated mock and every mutant at each seed; the matrix has the worst trial of each mutant.

    ``progress`` is called with each trial as it ends.
    """
    matrix = Matrix()
    jobs = [Job(mutant, seed, everything=True) for seed in seeds for mutant in LAWFUL]
    jobs += [Job(mutant, seed, everything) for seed in seeds for mutant in mutants]
    worst: dict[str, MutantTrial] = {}
    for trial in tried(config, jobs, workers, in_run_order=in_run_order):
        progress(trial)
        if not trial.mutant.breaks:
            matrix.baseline.append(trial)
        elif trial.mutant.id not in worst or _rank(trial) < _rank(worst[trial.mutant.id]):
            worst[trial.mutant.id] = trial
    matrix.trials = [worst[mutant.id] for mutant in mutants if mutant.id in worst]
    return matrix


def _rank(trial: MutantTrial) -> int:
    return ("error", "survived", "elsewhere", "killed").index(trial.status)


def tried(config: RunConfig, jobs: Sequence[Job], workers: int, *, in_run_order: bool = False) -> Iterator[MutantTrial]:
    """The trials of all jobs as they are done."""
    # Fresh interpreters: hypothesis and the mock's watcher of its parent do not like forks of a busy process.
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(config,)
    ) as pool:
        waiting = [pool.submit(_try, job, in_run_order) for job in jobs]
        for done in as_completed(waiting):
            yield done.result()


_PLANS: list[Plan] = []


def _prepare(config: RunConfig) -> None:
    _PLANS.append(plan(config))


def _try(job: Job, in_run_order: bool) -> MutantTrial:
    made = with_seed(_PLANS[0], job.seed)
    if job.only:
        made = replace(made, items=tuple(item for item in made.items if item.id in job.only))
    return try_(made, job.mutant, everything=job.everything, in_run_order=in_run_order)


def families(trials: Iterable[MutantTrial]) -> dict[str, list[MutantTrial]]:
    """The trials by family, in order of first appearance."""
    found: dict[str, list[MutantTrial]] = {}
    for trial in trials:
        found.setdefault(trial.mutant.family, []).append(trial)
    return found
