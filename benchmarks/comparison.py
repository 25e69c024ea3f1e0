"""What ``lmconform compare`` shows of an unchanged mock, of mutants, and of a mock that lost a capability.

python benchmarks/comparison.py pairs [--number 20] [--profile core] [--workers 1,2]
python benchmarks/comparison.py mutants [--number 60] [ID ...]
python benchmarks/comparison.py without [--capability executionSchedules]

Every run is ``lmconform run`` in a process, against a mock over its URL; each pair has two seeds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmconform import mutants
from lmconform.client import embedded
from lmconform.mutants.registry import Mutant
from lmconform.mutation.trial import LIMITS
from lmconform.settings.options import MOCK, RunConfig

# What a comparison has that says that something changed.
CHANGES = (
    *("regressed", "no_longer_judged", "worse", "failing_differently", "fixed", "newly_judged"),
    *("observations", "latency"),
)


class Bench:
    """Runs and comparisons of one invocation, in one folder."""

    def __init__(self, folder: Path, profile: str, pace: float) -> None:
        self.folder, self.profile, self.made = folder, profile, itertools.count()
        self.pace = ("--pace", str(pace))

    def run(self, *options: str, seed: int, workers: int = 1) -> Path:
        """Judge a mock with these options; returns the folder of the run."""
        report = self.folder / f"run-{next(self.made)}"
        config = RunConfig.from_options(MOCK, {})
        with embedded.start(config, (*options, *self.pace)) as mock:
            limits = [word for name, value in LIMITS.items() for word in (f"--{name.replace('_', '-')}", str(value))]
            command = ["run", mock.target.base_url, "--service-key", str(mock.service_key), "--allow-writes"]
            command += ["--disposable", "--resource-group", mock.target.resource_group, "--poll-interval", "0.05"]
            command += ["--other-resource-group", mock.target.other_resource_group, "--history", "none", *limits]
            command += ["--profile", self.profile, "--seed", str(seed), "--workers", str(workers), "--quiet"]
            done = self._call(*command, "--report-dir", str(report))
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(options) or 'plain'}: exit {done.returncode}: {done.stderr or done.stdout}")
        return report

    def compare(self, old: Path, new: Path) -> tuple[int, dict[str, Any]]:
        """Exit code and JSON of a comparison."""
        done = self._call("compare", str(old), str(new), "--json")
        if not done.stdout:
            raise SystemExit(f"compare {old} {new}: exit {done.returncode}: {done.stderr}")
        return done.returncode, json.loads(done.stdout)

    def _call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lmconform", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=self.folder)


def counts(found: dict[str, Any]) -> str:
    """The changes of a comparison by their kind, or ``empty``."""
    return ", ".join(f"{len(found[name])} {name}" for name in CHANGES if found[name]) or "empty"


def pairs(bench: Bench, number: int, workers: Sequence[int]) -> bool:
    """Runs of an unchanged mock, each compared with the one before it."""
    print("| seeds | workers | exit | changes |\n|---|---|---|---|")
    empty, before = 0, None
    for seed in range(number + 1):
        many = workers[seed % len(workers)]
        run = bench.run(seed=seed, workers=many)
        if before is not None:
            code, found = bench.compare(before, run)
            empty += counts(found) == "empty" and code == 0
            print(f"| {seed - 1}, {seed} | {many} | {code} | {counts(found)} |", flush=True)
        before = run
    print(f"\n{empty} of {number} comparisons of an unchanged mock are empty")
    return empty == number


def sample(number: int, ids: Sequence[str], profile: str = "full") -> list[Mutant]:
    """The mutants with these ids, or ``number`` of all families in turns; only the profile full sees those of fuzz."""
    if ids:
        return [one for one in mutants.load() if one.id in ids]
    families = defaultdict(list)
    for one in mutants.load():
        if one.family != "fuzz" or profile == "full":
            families[one.family].append(one)
    # From the middle of each family: neighbours have much the same defect.
    spread = [rows[len(rows) % 3 :: max(len(rows) // 8, 1)] for rows in families.values()]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*spread))
    return [one for one in turns if one is not None][:number]


def of_mutants(bench: Bench, chosen: Sequence[Mutant]) -> bool:
    """The mock with one defect against the mock without: the requirements that the comparison names."""
    print("| mutant | named | missed | named beside | follows | changes | again |\n|---|---|---|---|---|---|---|")
    plain, right = bench.run(seed=0), 0
    for number, one in enumerate(chosen, 1):
        run = bench.run("--mutant", one.id, seed=number)
        code, found = bench.compare(plain, run)
        _, again = bench.compare(run, bench.run("--mutant", one.id, seed=number + 1000))
        named = {
            requirement for name in ("regressed", "worse") for r in found[name] for requirement in r["requirements"]
        }
        # What could not be judged because a step or a creation before it failed.
        follows = [r for r in found["no_longer_judged"] if r["new"] and r["new"]["outcome"] == "NOT_TESTABLE"]
        strange = [r["id"] for name in ("fixed", "newly_judged") for r in found[name]]
        strange += [r["id"] for r in found["no_longer_judged"] if r not in follows]
        declared, seen = set(one.breaks), named | {name for r in follows for name in r["requirements"]}
        right += declared <= seen and not strange and code == 1 and counts(again) == "empty"
        row = (one.id, len(declared & seen), *map(" ".join, (sorted(declared - seen), sorted(named - declared))))
        print(f"| {' | '.join(map(str, (*row, len(follows))))} | {counts(found)} | {counts(again)} |", flush=True)
    print(
        f"\n{right} of {len(chosen)} mutants: compare names what they break, calls nothing better, and is empty again"
    )
    return right == len(chosen)


def without(bench: Bench, capability: str) -> bool:
    """The mock that no longer has a capability against the mock that has it."""
    code, found = bench.compare(bench.run(seed=0), bench.run("--without", capability, seed=1))
    items = [change["id"] for change in found["no_longer_judged"] if change["items"] == [change["id"]]]
    print(f"--without {capability}: {len(items)} items no longer judged, exit {code}; {counts(found)}")
    return code == 1 and bool(items) and not found["fixed"]


def main() -> int:
    """Do what the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("pairs", "mutants", "without"))
    parser.add_argument("ids", nargs="*", help="mutants")
    parser.add_argument("--number", type=int, help="pairs (20), or mutants (60)")
    parser.add_argument("--profile", default="core")
    parser.add_argument("--workers", default="1", help="of the runs in turns, such as 1,2")
    parser.add_argument("--capability", default="executionSchedules")
    parser.add_argument("--pace", type=float, default=embedded.PACE, help="of the mock; more on a busy machine")
    parser.add_argument("--keep", type=Path, help="where the runs go")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (arguments.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, arguments.profile, arguments.pace)
        match arguments.kind:
            case "pairs":
                right = pairs(bench, arguments.number or 20, [int(number) for number in arguments.workers.split(",")])
            case "mutants":
                right = of_mutants(bench, sample(arguments.number or 60, arguments.ids, arguments.profile))
            case _:
                right = without(bench, arguments.capability)
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
