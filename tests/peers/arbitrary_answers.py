"""Runs all items in this process on a mock whose answers are replaced by arbitrary ones, and collects what became of it."""

import dataclasses
import json
import random
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.probes import probe_bench as bench

from lmconform.run.catalogue import catalogue

SHORT = dict.fromkeys(("stop", "delete", "start", "poll"), 0.3)


class Arbitrary(bench.Defect):
    """A share of the answers has another body, or a part of its body is something else."""

    def __init__(self, seed, values, share):
        self.chance = random.Random(seed)
        self.values = values
        self.share = share
        self.changed = Counter()

    def answer(self, exchange):
        if exchange.operation == "" or self.chance.random() >= self.share:
            return exchange
        self.changed[exchange.operation] += 1
        return dataclasses.replace(exchange, body=self.body(exchange.body), **self.dressed(exchange))

    def dressed(self, exchange):
        """Now and then another status or media type."""
        changes = {}
        if self.chance.random() < 0.1:
            changes["status"] = self.chance.choice((200, 200, 201, 202, 400, 404, 409, 412))
        if self.chance.random() < 0.05:
            media = self.chance.choice(("application/json", "text/plain", "text/plain;charset=utf-8", "", "a/b;c"))
            headers = [(n, v) for n, v in exchange.headers if n.lower() != "content-type"]
            changes["headers"] = (*headers, ("Content-Type", media))
        return changes

    def body(self, body):
        kind = self.chance.random()
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if kind < 0.3 or value is None:
            new = self.one()
            return (
                new.encode("utf-8", "replace") if isinstance(new, str) and self.chance.random() < 0.8 else dumped(new)
            )
        return dumped(self.some(value, self.chance.choice((0.05, 0.3, 0.7))))

    def one(self):
        return self.chance.choice(self.values)

    def some(self, value, share):
        """A share of the parts of a value, at any depth, is something else."""
        if isinstance(value, list) and value and self.chance.random() > share / 2:
            return [self.some(entry, share) for entry in value]
        if isinstance(value, dict) and value and self.chance.random() > share / 3:
            return {key: self.some(entry, share) for key, entry in value.items()}
        if isinstance(value, dict | list) or self.chance.random() < share:
            return self.one()
        return value


def dumped(value):
    return json.dumps(value).encode()


@dataclass
class Seen:
    """What a round of all items came to."""

    errors: list = field(default_factory=list)
    answers: Counter = field(default_factory=Counter)
    items: int = 0


def items():
    """Every item but the generated ones, in their order."""
    return [item for item in catalogue(bench.CONTRACT, bench.REGISTER) if item.profile != "full"]


class Rounds:
    """Runs of all items on one mock."""

    def __init__(self, mock):
        self.items = items()
        self.mock = mock

    def open(self):
        """A session whose answers are as the mock gives them, until its defect has a share."""
        defect = Arbitrary(0, [None], 0.0)
        session = bench.open_session(self.mock, defect=defect, poll_timeout=0.3)
        return session, defect

    def warm(self):
        """A session in which every item ran once: what items share is there."""
        session, defect = self.open()
        for item in self.items:
            item.events(session, lambda line: None)
        return session, defect

    def run(self, session, defect, chosen=None):
        """Run the items once more, scenarios from their first step on."""
        seen, before = Seen(), Counter(defect.changed)
        for key in [key for key in session.shared if key.startswith("workflow/")]:
            del session.shared[key]
        for item in chosen or self.items:
            seen.items += 1
            events, error = item.events(session, lambda line: None)
            if error is not None:
                seen.errors.append((item.id, error, "".join(traceback.format_exception(error))))
        seen.answers = defect.changed - before
        return seen
