"""How long one run takes and how much memory it needs, beside stock schemathesis on the same mock.

python benchmarks/run.py [--rounds 3] [--max-examples 70]
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

from bench import LMCONFORM, Ran, middle, mock, run, table

SPEC = Path(__file__).resolve().parent.parent / "specs" / "lm" / "openapi.yaml"


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--max-examples", type=int, default=70, help="of the peer; ours has its default")
    arguments = parser.parse_args()
    rows, speed = [], 0.0
    peers = [_peer(arguments.max_examples) for _ in range(arguments.rounds)]
    peer_speed = middle([cases / ran.seconds for ran, cases in peers])
    with tempfile.TemporaryDirectory(prefix="lmconform-bench-") as folder:
        for profile in ("smoke", "gate", "core", "full"):
            ran, requests, cases = [], [], []
            for number in range(arguments.rounds):
                out = Path(folder) / f"{profile}-{number}"
                done = run([*LMCONFORM, "run", "--profile", profile, "--quiet", "--report-dir", str(out)])
                if done.status != 0:
                    print(done.output, file=sys.stderr)
                    return 1
                footer = json.loads((out / "results.jsonl").read_text().splitlines()[-1])
                ran.append(done)
                requests.append(footer["exchanges"])
                cases.append(footer["fuzz_cases"])
            speed = middle(requests) / middle([r.seconds for r in ran])
            rows.append(
                _row(f"lmconform run --profile {profile}", ran, middle(requests), middle(cases), speed, peer_speed)
            )
    sent = middle([float(cases) for _, cases in peers])
    rows.append(_row("schemathesis run (stock)", [ran for ran, _ in peers], sent, sent, peer_speed, peer_speed))
    print(table(("command", "seconds", "MiB", "requests", "fuzz cases", "requests/s", "of the peer's"), rows))
    return 0


def _row(name: str, ran: list[Ran], requests: float, cases: float, speed: float, peer: float) -> list[str]:
    seconds, memory = middle([r.seconds for r in ran]), middle([r.memory for r in ran])
    numbers = (f"{seconds:.1f}", f"{memory:.0f}", f"{requests:.0f}", f"{cases:.0f}", f"{speed:.0f}")
    return [name, *numbers, f"{speed / peer:.2f}"]


def _peer(examples: int) -> tuple[Ran, int]:
    """Stock schemathesis against a fresh mock: the process, and how many requests it generated."""
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or "schemathesis"
    # It leaves its cache where it is started.
    with mock() as server, tempfile.TemporaryDirectory(prefix="lmconform-bench-") as folder:
        done = run(
            [
                *(command, "run", str(SPEC), "--url", f"{server.url}/v2", "--phases", "fuzzing"),
                *("--max-examples", str(examples), "--generation-deterministic", "--continue-on-failure"),
                *("-H", f"Authorization: Bearer {server.token}", "-H", "AI-Resource-Group: tutorial"),
            ],
            cwd=Path(folder),
        )
    found = re.search(r"(\d+) generated", done.output)
    if found is None:
        raise SystemExit(f"stock schemathesis printed no number of cases:\n{done.output[-2000:]}")
    return done, int(found.group(1))


if __name__ == "__main__":
    raise SystemExit(main())
