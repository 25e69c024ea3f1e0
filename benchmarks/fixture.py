"""How long the mock of the pytest fixture takes to start, reset and stop, beside moto's server in the same run.

python benchmarks/fixture.py [--rounds 20]

Needs moto (``pip install 'moto[server,s3]'``), which stands in for AWS in tests as the fixture does for SAP AI Core.
Both run in a thread of a test process; each round starts one, asks it once, resets it and stops it, by turns.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import requests

# What a test process has to do until the first one answers.
FIRST = {
    "ai_core": "from lmconform.testing import start; one = start(); one.stop()",
    "moto": "from moto.server import ThreadedMotoServer as S; one = S(port=0, verbose=False); one.start(); one.stop()",
}


@dataclass
class Times:
    """Milliseconds of each round."""

    start: list[float] = field(default_factory=list)
    reset: list[float] = field(default_factory=list)
    stop: list[float] = field(default_factory=list)


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    measured = {"ai_core": Times(), "moto": Times()}
    for _ in range(rounds):
        _ai_core(measured["ai_core"])
        _moto(measured["moto"])
    print("| | first start of a process | start | reset | stop |\n|---|---|---|---|---|")
    for name, times in measured.items():
        first = statistics.median(timed(partial(_process, FIRST[name])) for _ in range(5))
        cells = [f"{first:.0f} ms", *(_cell(values) for values in (times.start, times.reset, times.stop))]
        print(f"| {name} | {' | '.join(cells)} |")
    return 0


def timed(function: Callable[[], object]) -> float:
    """Milliseconds that the function takes."""
    begun = time.perf_counter()
    function()
    return (time.perf_counter() - begun) * 1000


def _process(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def _cell(values: list[float]) -> str:
    """Median, and the longest."""
    return f"{statistics.median(values):.1f} ms (at most {max(values):.1f})"


def _ai_core(times: Times) -> None:
    from lmconform.testing import start

    begun = time.perf_counter()
    one = start()
    requests.get(f"{one.url}/v2/lm/healthz", timeout=10)
    times.start.append((time.perf_counter() - begun) * 1000)
    one.seed("text-clf-train-tutorial", status="RUNNING")
    times.reset.append(timed(one.reset))
    times.stop.append(timed(one.stop))


def _moto(times: Times) -> None:
    from moto.server import ThreadedMotoServer

    begun = time.perf_counter()
    one = ThreadedMotoServer(port=0, verbose=False)
    one.start()
    url = "http://{}:{}".format(*one.get_host_and_port())
    requests.get(f"{url}/moto-api/data.json", timeout=10)
    times.start.append((time.perf_counter() - begun) * 1000)
    requests.put(f"{url}/bucket", timeout=10)
    times.reset.append(timed(lambda: requests.post(f"{url}/moto-api/reset", timeout=10)))
    times.stop.append(timed(one.stop))


if __name__ == "__main__":
    sys.exit(main())
