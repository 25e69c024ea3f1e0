"""Kills, interrupts and tempts many runs, and tells what they leave or harm: python -m tests.safety.campaign."""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import MockProcess, clean_environment, read_events
from tests.safety.bad_creations import WAYS, standing
from tests.safety.foreign import Foreign
from tests.safety.killing import cleanup, command, held, kill_at_random, metrics_of, start, wait_for_lines

# How many lines the results of a profile have, about: where a run is struck is drawn from them.
LINES = {"core": 2500, "full": 6000}
KINDS = {"executions": "execution", "deployments": "deployment", "executionSchedules": "schedule"}
# What a tenant that is not disposable may be made to start; a server of this machine has other bounds by itself.
MOST = {"executions": 8, "deployments": 2}


@contextmanager
def scene(*arguments):
    """A folder, a mock, what belongs to others on it, and where the journals lie."""
    with tempfile.TemporaryDirectory() as folder:
        mock = MockProcess(folder, "--pace", "0.1", *arguments)
        try:
            yield Path(folder), mock, Foreign(mock), {"XDG_STATE_HOME": f"{folder}/state"}
        finally:
            mock.stop()


def left_on(mock, foreign):
    """What is there and does not belong to others."""
    return {name for name in held(mock) if name not in foreign.before}


def killed(number):
    """What is wrong after a run that was killed without a word, and a clean-up."""
    profile, workers = ("core", "full")[number % 2], 1 + number // 2 % 2
    with scene() as (folder, mock, foreign, state):
        words = ("--profile", profile, "--workers", workers, "--seed", number)
        is_killed = kill_at_random(mock, folder / "out", *words, seed=number, lines=LINES[profile], env=state)
        left = left_on(mock, foreign)
        told = f"{profile}, {workers} workers, {len(left)} left{'' if is_killed else ', at its end before'}"
        # A run that was killed before its first line has no journal.
        done = cleanup(mock, "--all", "--yes", env=state, timeout=300)
        return told, list(after(mock, foreign, state, left, done))


def interrupted(number):
    """What is wrong after a run that got SIGINT or SIGTERM, with no clean-up after it."""
    sign = (signal.SIGINT, signal.SIGTERM)[number % 2]
    profile, workers = ("core", "full")[number // 2 % 2], 1 + number // 4 % 2
    with scene() as (folder, mock, foreign, state):
        run = start(mock, folder / "out", "--profile", profile, "--workers", workers, "--seed", number, env=state)
        wait_for_lines(folder / "out", random.Random(number).randrange(1, LINES[profile]), run)
        run.send_signal(sign)
        code = run.wait(180)
        time.sleep(1)
        wrong = [] if code in (0, 2) else [f"exit {code}"]
        left = left_on(mock, foreign)
        if left:
            # A stop or a deletion takes as long as the target needs; what was left is said.
            named = {one for ids in read_events(folder / "out")[-1].get("left", {}).values() for one in ids}
            wrong += [f"left and not named: {one}" for one in left if one[1] not in named]
            done = cleanup(mock, "--all", "--yes", env=state, timeout=300)
            wrong += after(mock, foreign, state, left, done)
        wrong += [] if foreign.now() == foreign.before else ["foreign things changed"]
        return f"{sign.name}, {profile}, {workers} workers, {len(left)} left", wrong


def after(mock, foreign, state, left, done):
    """What is wrong after a clean-up."""
    if done.returncode:
        yield f"cleanup ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"
    yield from (f"still there: {one}" for one in left_on(mock, foreign))
    yield from (f"metrics of {one}" for one in metrics_of(mock, [i for kind, i in left if kind == "executions"]))
    check = cleanup(mock, "--all", "--check", env=state, timeout=300)
    if check.returncode:
        yield f"--check ended with {check.returncode}: {check.stdout[-300:]}{check.stderr[-300:]}"
    if foreign.now() != foreign.before:
        yield "foreign things changed"


def isolated(seed):
    """What a full run changes of what belongs to others."""
    with scene() as (folder, mock, foreign, state):
        words = command(mock, folder / "out", "--seed", seed, "--profile", "full")
        done = subprocess.run(words, env=clean_environment(**state), capture_output=True, text=True, check=False)
        same = json.dumps(sorted(foreign.now().items())) == json.dumps(sorted(foreign.before.items()))
        wrong = [] if same else ["foreign things changed"]
        wrong += [] if done.returncode == 0 else [f"exit {done.returncode}: {done.stdout[-500:]}"]
        wrong += [f"left: {one}" for one in left_on(mock, foreign)]
        return f"full, seed {seed}, {len(foreign.before)} foreign things", wrong


def badly_answered(way, profile):
    """What goes beyond the bounds of a tenant, or is left, where creations are answered badly."""
    with scene() as (folder, mock, foreign, state), standing(mock, way) as (url, created, seen):
        key = folder / "key-of-the-front.json"
        key.write_text(json.dumps(dict(mock.key) | {"serviceurls": {"AI_API_URL": url}}))
        words = command(mock, folder / "out", "--profile", profile, "--allow-deployments")
        words += [part for kind, most in MOST.items() for part in (f"--max-{kind}", str(most))]
        words[words.index(mock.url)], words[words.index(str(mock.key_file))] = url, str(key)
        words.remove("--disposable")
        words += [part for name in ("start", "poll", "stop", "delete") for part in (f"--{name}-timeout", "3")]
        done = subprocess.run(words, env=clean_environment(**state), capture_output=True, text=True, check=False)
        wrong = [] if done.returncode in (1, 11) else [f"exit {done.returncode}: {done.stdout[-500:]}"]
        wrong += [f"{created[kind]} {kind} started" for kind, most in MOST.items() if created[kind] > most]
        wrong += [] if foreign.now() == foreign.before else ["foreign things changed"]
        footer = read_events(folder / "out")[-1]
        named = {one for ids in footer.get("left", {}).values() for one in ids}
        wrong += [f"left and not named: {one}" for one in left_on(mock, foreign) if one[1] not in named]
        wrong += [f"{method} {path}" for method, path in seen if method != "GET" and "/.." in path]
        return f"{way}, {profile}, started {dict(created)}", wrong


def planned(profile, pace):
    """Where a run sends or creates more than its plan says."""
    with scene("--pace", pace) as (folder, mock, _, state):
        out = folder / "out"
        words = command(mock, out, "--profile", profile)
        plan = subprocess.run([*words, "--plan"], env=clean_environment(**state), capture_output=True, text=True)
        assert plan.returncode == 0, f"the plan ended with {plan.returncode}: {plan.stdout}{plan.stderr}"
        before = {kind: len(held(mock, kinds=(kind,))) for kind in KINDS}
        run = subprocess.run(words, env=clean_environment(**state), capture_output=True, text=True, check=False)
        sent = [json.loads(line) for line in (out / "exchanges.jsonl").read_text().splitlines()]
        sent = [one for one in sent if one["type"] == "exchange"]
        wrong = [] if run.returncode == 0 else [f"exit {run.returncode}: {run.stdout[-500:]}{run.stderr[-500:]}"]
        methods = {m: sum(one["request"]["method"] == m for one in sent) for m in ("POST", "PATCH", "DELETE", "PUT")}
        wrong += [
            f"{number} {method}, planned {most}"
            for method, number in methods.items()
            if number > (most := number_in(plan.stdout, method))
        ]
        posted = [one for one in sent if one["request"]["method"] == "POST" and one["response"]["status"] in (201, 202)]
        for kind, word in KINDS.items():
            number = sum(one["request"]["url"].partition("?")[0].endswith(f"/{kind}") for one in posted)
            if number > (most := number_in(plan.stdout, word)):
                wrong.append(f"{number} {kind} created, planned {most}, {before[kind]} were there")
        return f"{profile}, pace {pace}: sent {methods}", wrong


def number_in(plan, word):
    """The number that a plan has before a word."""
    words = plan.replace(",", "").split()
    places = [place for place, one in enumerate(words) if one.rstrip("s;") == word and words[place - 1].isdigit()]
    return int(words[places[0] - 1]) if places else 0


def main():
    """Go through what is asked for; one line for each run, and below it what is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=0, metavar="N")
    parser.add_argument("--signals", type=int, default=0, metavar="N")
    parser.add_argument("--isolation", type=int, default=0, metavar="SEEDS")
    parser.add_argument("--badly", default="", metavar="PROFILE,...")
    parser.add_argument("--plans", default="", metavar="PROFILE,...")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="the number of the first kill and the first signal")
    chosen = parser.parse_args()
    numbers = chosen.first
    jobs = [(killed, n) for n in range(numbers, numbers + chosen.kills)]
    jobs += [(interrupted, n) for n in range(numbers, numbers + chosen.signals)]
    jobs += [(isolated, seed) for seed in range(chosen.isolation)]
    jobs += [(badly_answered, way, profile) for profile in chosen.badly.split(",") if profile for way in WAYS]
    jobs += [(planned, profile, pace) for profile in chosen.plans.split(",") if profile for pace in ("0.1", "3")]
    failed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for function, told, wrong, seconds in pool.map(attempted, jobs):
            failed += bool(wrong)
            print(f"{function} {told}: {len(wrong)} wrong, {seconds:.0f} s", flush=True)
            for text in wrong:
                print("   ", text, flush=True)
    print(f"{len(jobs)} runs, {failed} with something wrong")
    return bool(failed)


def attempted(job):
    """Do one job; an exception of ours is something wrong as well."""
    function, *arguments = job
    begun = time.monotonic()
    try:
        told, wrong = function(*arguments)
    except (AssertionError, OSError, ValueError, subprocess.TimeoutExpired) as error:
        told, wrong = str(arguments), [f"{type(error).__name__}: {str(error)[-1500:]}"]
    return function.__name__, told, wrong, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
