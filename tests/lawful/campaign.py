"""Runs lmconform against lawful servers one after the other, and tells what gates: python -m tests.lawful.campaign."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import requests

from .choices import OPTIONS, STYLES

ROOT = Path(__file__).parents[2]


@contextmanager
def lawful_server(folder, style, seed, choose=()):
    """A server as its own process; yields its URL, the file with its service key, its choices."""
    key, log = Path(folder) / "key.json", Path(folder) / "server.log"
    command = [sys.executable, "-m", "tests.lawful.server", "--seed", str(seed), "--style", style]
    command += [part for choice in choose for part in ("--choose", choice)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--write-service-key", str(key)], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=stream
        )
    try:
        deadline = time.monotonic() + 20
        while not key.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the lawful server does not start"
            time.sleep(0.02)
        while not log.read_text().endswith("\n"):
            time.sleep(0.01)
        yield json.loads(key.read_text())["serviceurls"]["AI_API_URL"], key, json.loads(log.read_text())
        assert "Traceback" not in log.read_text(), log.read_text()
    finally:
        process.terminate()
        process.wait(10)


def alarms(folder, style, seed, *arguments, choose=(), profile="core"):
    """Run the command against a lawful server: what gates, what is an error, who was harmed, and all results."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AICORE_", "PYTEST_"))}
    report = Path(folder) / "report"
    with lawful_server(folder, style, seed, choose) as (url, key, chosen):
        command = [
            sys.executable,
            "-m",
            "lmconform",
            "run",
            url,
            "--service-key",
            str(key),
            "--allow-writes",
            "--allow-deployments",
        ]
        command += ["--resource-group", "default", "--profile", profile, "--poll-interval", "0.05"]
        command += ["--poll-timeout", "5", "--start-timeout", "5"]
        # As the owner of this server would: on it trainings die, and so does what is deployed.
        if chosen.get("fate") in ("dead", "mixed"):
            command += ["--expect", "training=may-die", "--expect", "serving=may-die"]
        command += ["--report-dir", str(report), "--quiet", *map(str, arguments)]
        if chosen.get("groups") != "one":
            command += ["--other-resource-group", "second"]
        done = subprocess.run(command, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        harmed = requests.get(f"{url}/-/harmed", timeout=5).json()
    file = report / "results.jsonl"
    events = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    results = [event for event in events if event["type"] == "result"]
    found = [r for r in results if r["gates"] or r["outcome"] == "ERROR"]
    if (done.returncode != 0 and not found) or not results:
        found.append(
            {"id": "run", "outcome": f"exit {done.returncode}", "message": done.stdout[-800:] + done.stderr[-800:]}
        )
    found += [{"id": "run", "outcome": "HARM", "message": text} for text in harmed]
    return found, results


def told(found):
    """What is odd, as one line each."""
    parts = [[str(r.get(name)) for name in ("id", "outcome", "message", "actual", "because")] for r in found]
    return [" | ".join(texts).replace("\n", " ")[:600] for texts in parts]


def main():
    """Go through styles and seeds, or through single options upon `plain`; one line per alarm."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--styles", default=",".join(STYLES))
    parser.add_argument("--seeds", default="0:3", help="first:last, the last excluded")
    parser.add_argument("--profile", default="core")
    parser.add_argument("--single", action="store_true", help="one unusual option at a time")
    parser.add_argument("--choose", action="append", default=[], metavar="OPTION=VALUE")
    parser.add_argument("--untested", action="store_true", help="also what could not be judged")
    options, more = parser.parse_known_args()
    first, last = map(int, options.seeds.split(":"))
    jobs = [(style, seed, options.choose) for style in options.styles.split(",") for seed in range(first, last)]
    if options.single:
        singles = [(name, str(value)) for name, values in OPTIONS.items() for value in values[1:]]
        jobs = [("plain", first, [f"{name}={value}", *options.choose]) for name, value in singles]
    for style, seed, choose in jobs:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                found, results = alarms(folder, style, seed, *more, choose=choose, profile=options.profile)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                found, results = [{"id": "run", "outcome": "BROKEN", "message": str(error)[-580:]}], []
        took = time.monotonic() - begun
        untested = [r for r in results if r["outcome"] == "NOT_TESTABLE"]
        line = f"{style} {seed} {' '.join(choose)}: {len(results)} results, {len(found)} alarms"
        print(f"{line}, {len(untested)} not testable, {took:.1f} s", flush=True)
        for text in told(found + (untested if options.untested else [])):
            print("   ", text, flush=True)


if __name__ == "__main__":
    main()
