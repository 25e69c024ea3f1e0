"""No false alarm: every pair of legal choices of the mock, several seeds, and how many gating outcomes.

python benchmarks/silence.py [--seeds 10] [--rows N] [--profile core] [--workers 2]
python benchmarks/silence.py --habits --seeds 10                the presets, and slow stops, deletions and lists
python benchmarks/silence.py --preset tenant-2025 --profile full --seeds 5
python benchmarks/silence.py --plain --seeds 20 --profile full --max-examples 50
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from allpairspy import AllPairs

from lmconform.mock.switches import PRESETS, SWITCHES
from lmconform.mutation.matrix import LAWFUL, Job, tried
from lmconform.mutation.trial import MutantRun
from lmconform.settings.options import MOCK, RunConfig

# In some of these mocks nothing ever changes its status: short limits for what happens without a request.
WAITS = {"start_timeout": 2.0, "poll_timeout": 2.0}


SLOW = ("stop=slow", "deletion=slow", "list-lag=late")


def habits() -> list[MutantRun]:
    """The mock as it is, with its presets, and slow in one way and in all."""
    chosen = [(choice,) for choice in SLOW] + [SLOW]
    options = [tuple(part for choice in choices for part in ("--switch", choice)) for choices in chosen]
    slow = [MutantRun("-".join(choices), options=words) for choices, words in zip(chosen, options, strict=True)]
    return [*map(preset, PRESETS), *slow]


def preset(name: str) -> MutantRun:
    """The mock with one of its presets."""
    return MutantRun(name, options=("--preset", name))


def pairwise() -> list[MutantRun]:
    """Mocks whose choices together hold every pair of values of any two switches."""
    found = []
    for number, row in enumerate(AllPairs([list(switch.values) for switch in SWITCHES])):
        chosen = [f"{switch.name}={value}" for switch, value in zip(SWITCHES, row, strict=True)]
        options = tuple(part for choice in chosen for part in ("--switch", choice))
        found.append(MutantRun(f"row-{number}", text=" ".join(chosen), options=options))
    return found


def main() -> int:
    """Run them, and print what gates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--rows", type=int, help="only the first N")
    parser.add_argument("--plain", action="store_true", help="only the mock as it is")
    parser.add_argument("--habits", action="store_true", help="the presets, and mocks that are slow in some way")
    parser.add_argument("--preset", choices=PRESETS, help="only the mock with this preset")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--profile", default="core")
    parser.add_argument("--max-examples", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    rows = [LAWFUL[0]] if arguments.plain else habits() if arguments.habits else pairwise()[: arguments.rows]
    if arguments.preset:
        rows = [preset(arguments.preset)]
    config = RunConfig.from_options(
        MOCK, {"profile": arguments.profile, "max_examples": arguments.max_examples, **WAITS}
    )
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    jobs = [Job(row, seed, everything=True) for seed in seeds for row in rows]
    began, gating, items, causes = time.monotonic(), 0, 0, Counter[str]()
    for number, trial in enumerate(tried(config, jobs, arguments.workers), 1):
        if number % len(rows) == 0:
            print(f"{number} of {len(jobs)} runs, {gating} gating outcomes", flush=True)
        items += trial.items
        gating += len(trial.kills) + bool(trial.error)
        if trial.error:
            causes[f"error: {trial.error}"] += 1
        for kill in trial.kills:
            causes[f"{kill.requirement} at {kill.item}"] += 1
            print(f"{trial.mutant.id}: {kill.requirement} at {kill.item}", flush=True)
    for cause, number in causes.most_common():
        print(f"{number:>5}  {cause}")
    seconds = time.monotonic() - began
    is_chosen = arguments.plain or arguments.habits or arguments.preset
    switches = "" if is_chosen else f"{len(SWITCHES)} switches in "
    print(f"{switches}{len(rows)} mocks at {arguments.seeds} seeds: {items} items, ", end="")
    print(f"{gating} gating outcomes, {seconds:.0f} s")
    return 1 if gating else 0


if __name__ == "__main__":
    raise SystemExit(main())
