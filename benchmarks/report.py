"""How long the reports of a large run take to make, and how much memory: 100,000 exchanges and more.

python benchmarks/report.py [--max-examples 2600] [--run FOLDER]

The run is a real one against the embedded mock, with so many generated cases; ``--run`` takes one that is there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench import LMCONFORM, run, table

FORMATS = ("html", "markdown", "details", "junit", "sarif", "har")


def main() -> int:
    """Make the run where none was named, then each report in a process by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--max-examples", type=int, default=2600)
    parser.add_argument("--run", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lmconform-bench-") as temporary:
        folder = arguments.run or Path(temporary) / "out"
        if arguments.run is None:
            examples = ["--max-examples", str(arguments.max_examples)]
            made = run(
                [*LMCONFORM, "run", "mock", "--history", "none", *examples, "--report-dir", str(folder)], limit=7200
            )
            if made.status != 0:
                print(made.output, file=sys.stderr)
                return 1
        with (folder / "exchanges.jsonl").open("rb") as lines:
            exchanges = sum(1 for _ in lines)
        rows = []
        for name in FORMATS:
            out = Path(temporary) / name
            done = run([*LMCONFORM, "report", str(folder), "--format", name, "--output", str(out)])
            if done.status != 0:
                print(done.output, file=sys.stderr)
                return 1
            rows.append([name, f"{done.seconds:.1f}", f"{done.memory:.0f}", f"{out.stat().st_size / 1e6:.2f}"])
    print(f"{exchanges:,} exchanges\n")
    print(table(("report", "seconds", "MiB", "MB of the file"), rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
