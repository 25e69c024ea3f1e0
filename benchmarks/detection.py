"""Who sees the defects: this suite beside stock schemathesis, the same mutants, the same mock, the same minutes.

python benchmarks/detection.py [--mutants 20 | --all | --ids ID …] [--tools ours,ours-core,stock,published]
    [--max-examples 20] [--baselines 2] [--workers 1] [--published FILE] [--out FILE]

Each run gets a mock of its own. A finding is what the tool's own report counts as one failure (ours: also a warning).
On the unmutated mock every finding is a false alarm. A mutant is killed when there is a finding that no
run against the unmutated mock had, whatever it is about and whatever caused it: nothing is asked of the peers but that.
Mutants run with the first seed of the baselines, so that as little as can be is new by chance alone.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import middle, mock, table
from contenders import PUBLISHED, WARNING, Contender, Said, confront, contenders

from lmconform.client.embedded import PACE
from lmconform.contract import bundle
from lmconform.mutants import Mutant, load

UNMUTATED = "unmutated"


@dataclass
class Ledger:
    """All runs by tool, suspect and seed; with a file they outlast the process."""

    file: Path | None
    settings: dict[str, Any]
    runs: dict[tuple[str, str, int], Said] = field(default_factory=dict)

    @classmethod
    def open(cls, file: Path | None, settings: dict[str, Any]) -> Ledger:
        """Go on where the file ends; runs of other settings cannot stand beside these."""
        ledger = cls(file, settings)
        if file is not None and file.is_file():
            data = json.loads(file.read_text())
            if data["settings"] != settings:
                raise SystemExit(f"{file} was made with other settings: {data['settings']}, now {settings}")
            for row in data["runs"]:
                said = Said(row["findings"], row["seconds"], row["complete"])
                ledger.runs[row["tool"], row["suspect"], row["seed"]] = said
        return ledger

    def save(self) -> None:
        """Write the file anew, whole or not at all."""
        if self.file is None:
            return
        rows = [{"tool": t, "suspect": s, "seed": n, **asdict(said)} for (t, s, n), said in sorted(self.runs.items())]
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps({"settings": self.settings, "runs": rows}, indent=1))
        part.replace(self.file)

    def baselines(self, tool: str) -> list[set[str]]:
        """What the tool found on the unmutated mock, one set a seed."""
        return [set(said.findings) for (t, s, _), said in sorted(self.runs.items()) if (t, s) == (tool, UNMUTATED)]

    def kills(self, tool: str, mutant: str) -> list[str]:
        """What the tool found on the mutant alone."""
        return sorted(set(self.runs[tool, mutant, 0].findings).difference(*self.baselines(tool)))

    def seconds(self, tool: str) -> float:
        """The median of all runs."""
        return middle([said.seconds for (name, _, _), said in self.runs.items() if name == tool])


def sample(wanted: int, seed: int = 0) -> list[Mutant]:
    """So many mutants, as many of each family as can be; a larger sample holds a smaller one."""
    families: dict[str, list[Mutant]] = {}
    for mutant in load():
        families.setdefault(mutant.family, []).append(mutant)
    for family, members in families.items():
        random.Random(f"{seed} {family}").shuffle(members)
    order = sorted(families)
    random.Random(seed).shuffle(order)
    longest = max(map(len, families.values()))
    dealt = [families[family][turn] for turn in range(longest) for family in order if turn < len(families[family])]
    return dealt[:wanted]


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--mutants", type=int, default=20, help="a sample of so many, spread over the families")
    which.add_argument("--all", action="store_true", help="every mutant")
    which.add_argument("--ids", nargs="+", metavar="ID", help="these")
    parser.add_argument("--sample-seed", type=int, default=0)
    parser.add_argument("--tools", help="names with commas between; all by default")
    parser.add_argument("--max-examples", type=int, default=20, help="of the peer (its own default: 100)")
    parser.add_argument("--baselines", type=int, default=2, help="seeds of the unmutated mock")
    parser.add_argument("--workers", type=int, default=1, help="suspects at a time; with more the seconds are worse")
    parser.add_argument("--limit", type=float, default=900, help="seconds that one run may take")
    parser.add_argument("--published", type=Path, default=PUBLISHED, help="SAP's published description")
    parser.add_argument("--out", type=Path, help="every run, as JSON; those that it holds already are not repeated")
    arguments = parser.parse_args()
    tools = contenders(arguments.published, arguments.max_examples)
    if arguments.tools:
        names = arguments.tools.split(",")
        tools = [tool for tool in tools if tool.name in names]
        if missing := set(names) - {tool.name for tool in tools}:
            raise SystemExit(f"{', '.join(sorted(missing))}: there is no such contender, or no published description")
    mutants = sample(len(load()) if arguments.all else arguments.mutants, arguments.sample_seed)
    if arguments.ids:
        mutants = [mutant for mutant in load() if mutant.id in arguments.ids]
        if missing := set(arguments.ids) - {mutant.id for mutant in mutants}:
            raise SystemExit(f"{', '.join(sorted(missing))}: no such mutant")
    ledger = Ledger.open(arguments.out, _settings(arguments))
    began = time.monotonic()
    for seeds, suspects in ((range(arguments.baselines), [None]), (range(1), mutants)):
        _measure(ledger, tools, [(suspect, seed) for suspect in suspects for seed in seeds], arguments)
    _print(ledger, tools, mutants, arguments)
    print(f"\nMeasured in {(time.monotonic() - began) / 60:.0f} minutes, {arguments.workers} at a time.")
    return 0


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    contract = bundle.digest([bundle.root() / "specs" / "lm" / "openapi.yaml"])
    versions = {name: version(name) for name in ("lmconform", "schemathesis")}
    return {"max_examples": arguments.max_examples, "pace": PACE, "contract_sha256": contract, **versions}


def _measure(
    ledger: Ledger, tools: Sequence[Contender], jobs: list[tuple[Mutant | None, int]], arguments: argparse.Namespace
) -> None:
    """All tools against each suspect, one line of progress a suspect; a mutant's line says what was seen."""
    began, done = time.monotonic(), 0
    with ThreadPoolExecutor(arguments.workers) as pool:
        pending = {}
        for mutant, seed in jobs:
            name = mutant.id if mutant else UNMUTATED
            left = [tool for tool in tools if (tool.name, name, seed) not in ledger.runs]
            pending[pool.submit(_try, left, mutant, seed, arguments.limit)] = (name, seed)
        for future in as_completed(pending):
            name, seed = pending[future]
            for tool, said in future.result().items():
                if name == UNMUTATED and not said.complete:
                    raise SystemExit(f"{tool} did not come to its end on the unmutated mock: {said.findings}")
                ledger.runs[tool, name, seed] = said
            ledger.save()
            done += 1
            words = [_word(ledger, tool.name, name, seed) for tool in tools]
            clock = f"{(time.monotonic() - began) / 60:.1f} min"
            print(f"[{done}/{len(jobs)}, {clock}] {name} {' | '.join(words)}", file=sys.stderr, flush=True)


def _word(ledger: Ledger, tool: str, name: str, seed: int) -> str:
    said = ledger.runs[tool, name, seed]
    if name == UNMUTATED:
        return f"{tool} {len(said.findings)} alarms, {said.seconds:.0f} s"
    return f"{tool} {'kills' if ledger.kills(tool, name) else 'sees nothing'}, {said.seconds:.0f} s"


def _try(tools: Iterable[Contender], mutant: Mutant | None, seed: int, limit: float) -> dict[str, Said]:
    options = ("--mutant", mutant.id) if mutant else ()
    found = {}
    for tool in tools:
        with (
            tempfile.TemporaryDirectory(prefix="lmconform-bench-") as folder,
            mock("--pace", f"{PACE}", *options) as it,
        ):
            found[tool.name] = confront(tool, it, seed, Path(folder) / "run", limit)
    return found


def _print(
    ledger: Ledger, tools: Sequence[Contender], mutants: Sequence[Mutant], arguments: argparse.Namespace
) -> None:
    rows = []
    for tool in tools:
        alarms = ledger.baselines(tool.name)
        counts = sorted({len(found) for found in alarms})
        numbers = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
        others = [set[str]().union(*alarms[:n], *alarms[n + 1 :]) for n in range(len(alarms))]
        new = [len(found - rest) for found, rest in zip(alarms, others, strict=True)]
        chance = f"{sum(new) / len(new):.1f}" if len(alarms) > 1 else "?"
        killed = [mutant for mutant in mutants if ledger.kills(tool.name, mutant.id)]
        share = f"{len(killed)}/{len(mutants)} ({100 * len(killed) / max(1, len(mutants)):.0f}%)"
        rows.append([tool.name, tool.text, share, numbers, chance, f"{ledger.seconds(tool.name):.1f}"])
    print(table(("tool", "what is run", "kills", "false alarms", "new ones a seed", "seconds a run"), rows))
    print()
    families = sorted({mutant.family for mutant in mutants})
    rows = []
    for family in families:
        members = [mutant for mutant in mutants if mutant.family == family]
        killed_by = [sum(bool(ledger.kills(tool.name, one.id)) for one in members) for tool in tools]
        rows.append([family, str(len(members)), *map(str, killed_by)])
    print(table(("family", "mutants", *(tool.name for tool in tools)), rows))
    print(f"\n{len(mutants)} of {len(load())} mutants; false alarms over {arguments.baselines} seeds.", end="")
    for tool in tools:
        kills = [ledger.kills(tool.name, mutant.id) for mutant in mutants]
        if mild := sum(bool(found) and all(one.startswith(WARNING) for one in found) for found in kills):
            print(f" {tool.name}: {mild} of the kills are warnings alone.", end="")
        if cut := [mutant.id for mutant in mutants if not ledger.runs[tool.name, mutant.id, 0].complete]:
            print(f" {tool.name} did not come to its end at {', '.join(cut)}.", end="")
    if arguments.published is None:
        print(" SAP's published description is not at hand (--published FILE): that contender is left out.", end="")
    print()


if __name__ == "__main__":
    raise SystemExit(main())
