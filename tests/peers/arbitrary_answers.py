"""Runs all items in this process on a mock whose answers are replaced by arbitrary ones."""

import dataclasses
import json
import random
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.probes import probe_bench as bench

from lmconform import checks
from lmconform.client import client, polling
from lmconform.run.catalogue import catalogue

SCHEMA = "LM-HTTP-BODY-SCHEMA"
# What once made an item crash, or pass.
ODD = (
    *(None, True, 0, -1, -1.5, 10**30, 10**400, 1e308, float("inf"), float("nan"), "", "x", "\ud800"),
    *("²", "٣", "-1", "9" * 10_000, "RUNNING", "COMPLETED", "STOPPED", "10h", "9" * 50 + "d"),
    *("2024-05-06T07:08:09Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    *([], {}, [None], ["x"], [{}], [[1]], [["a"], {}], {"a": None}, {"id": 5}, {"id": ["x"]}, {"id": {}}),
    *({"resources": "x"}, {"resources": {}}, {"resources": [None, [], {"id": []}]}, {"count": [], "resources": [{}]}),
    *({"error": []}, {"error": {"code": [], "message": {}}}, {"status": ["RUNNING"]}, {"message": {"a": 1}}),
)


class Arbitrary(bench.Defect):
    """A share of the answers has another body, or a part of its body is something else.

    ``changed`` counts them by operation. ``misshapen`` holds the ids of exchanges whose whole body is of another type
    than it was, and is announced as what it was.
    """

    def __init__(self):
        self.changed = Counter()
        self.misshapen = set()
        self.begin(0, ODD, 0.0)

    def begin(self, seed, values, share):
        """Change this share of the answers from now on, to these values."""
        self.chance, self.values, self.share = random.Random(seed), values, share

    def answer(self, exchange):
        if not exchange.operation or self.chance.random() >= self.share:
            return exchange
        self.changed[exchange.operation] += 1
        if self.chance.random() < 0.1:
            return self.announced(dataclasses.replace(exchange, body=self.body(exchange.body)))
        body = self.body(exchange.body)
        if exchange.ok and is_misshapen(exchange.body, body):
            self.misshapen.add(exchange.id)
        return dataclasses.replace(exchange, body=body)

    def announced(self, exchange):
        """The answer with another status or another media type."""
        if self.chance.random() < 0.6:
            return dataclasses.replace(exchange, status=self.chance.choice((200, 201, 202, 400, 404, 409, 412)))
        media = self.chance.choice(("application/json", "text/plain", "text/plain;charset=utf-8", "", "a/b;c"))
        headers = [(name, value) for name, value in exchange.headers if name.lower() != "content-type"]
        return dataclasses.replace(exchange, headers=(*headers, ("Content-Type", media)))

    def body(self, body):
        """Something else, or the body with something else in it."""
        value = decoded(body)
        if value is None or self.chance.random() < 0.3:
            new = self.chance.choice(self.values)
            is_plain = isinstance(new, str) and self.chance.random() < 0.8
            return new.encode("utf-8", "replace") if is_plain else json.dumps(new).encode()
        return json.dumps(self.some(value, self.chance.choice((0.05, 0.3, 0.7)))).encode()

    def some(self, value, share):
        """A share of the parts of a value, at any depth, is something else."""
        if isinstance(value, list) and value and self.chance.random() > share / 2:
            return [self.some(entry, share) for entry in value]
        if isinstance(value, dict) and value and self.chance.random() > share / 3:
            return {key: self.some(entry, share) for key, entry in value.items()}
        if isinstance(value, dict | list) or self.chance.random() < share:
            return self.chance.choice(self.values)
        return value


def decoded(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


def is_misshapen(before, after):
    """Whether an object became something else, or a count something that is no number in digits."""
    was, now = decoded(before), decoded(after)
    if isinstance(was, dict):
        return not isinstance(now, dict)
    is_count = isinstance(was, int) and before.strip().isdigit()
    return is_count and not (isinstance(now, int) and after.strip().removeprefix(b"-").isdigit())


@dataclass
class Seen:
    """What a run of all items came to: errors by item, misshapen answers that passed, answers by operation."""

    errors: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    answers: Counter = field(default_factory=Counter)


class Campaign:
    """All items but the generated ones, again and again in one session, with other answers each time."""

    def __init__(self, mock):
        self.items = [item for item in catalogue(bench.CONTRACT, bench.REGISTER) if item.profile != "full"]
        self.defect = Arbitrary()
        self.session = bench.open_session(mock, defect=self.defect, poll_timeout=0.3)

    def warm_up(self):
        """Run every item on right answers: what items share is there."""
        self.run(0, ODD, 0.0)
        return self

    def run(self, seed, values, share):
        """Run every item once more, scenarios from their first step on."""
        self.defect.begin(seed, [*ODD, *values], share)
        seen, before = Seen(), Counter(self.defect.changed)
        for key in [key for key in self.session.shared if key.startswith("workflow/")]:
            del self.session.shared[key]
        with short_pauses(), judged_answers() as judged:
            for item in self.items:
                _, error = item.events(self.session, lambda line: None)
                if error is not None:
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    said = f"{item.id}: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
                    seen.errors.append(said)
        seen.passed = [key for key, is_broken in judged.items() if key in self.defect.misshapen and not is_broken]
        seen.answers = self.defect.changed - before
        return seen


@contextmanager
def short_pauses():
    """A list that must not lag is asked for in hundredths of a second."""
    usual, polling.LEAST_PAUSE = polling.LEAST_PAUSE, 0.002
    try:
        yield
    finally:
        polling.LEAST_PAUSE = usual


@contextmanager
def judged_answers():
    """Whether each exchange that the checks judged was found to break its schema, by id."""
    judged = {}

    class Watched:
        @staticmethod
        def judge(contract, operation, exchange):
            found = list(checks.judge(contract, operation, exchange))
            judged[exchange.id] = any(j.requirement == SCHEMA and j.state.value == "broken" for j in found)
            return found

    client.checks = Watched
    try:
        yield judged
    finally:
        client.checks = checks
