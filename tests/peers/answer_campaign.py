"""All items of a run, in this process, on a mock whose answers are arbitrary; as a program, with a count of answers.

python -m tests.peers.answer_campaign --answers 20000
"""

import argparse
import tempfile
import time
import traceback
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import MockProcess
from tests.peers.arbitrary_answers import ODD, Arbitrary
from tests.probes import probe_bench as bench

from lmconform import checks
from lmconform.client import client, polling
from lmconform.judgement import Outcome
from lmconform.results.events import Result
from lmconform.run.catalogue import catalogue

SCHEMA = "LM-HTTP-BODY-SCHEMA"
# Answers to one operation within one item that are changed one by one.
PLACES = 2
SHARES = (0.5, 0.3, 0.6, 0.1)


@dataclass
class Seen:
    """What runs of items came to: errors by item, answers by operation, and what passed over a misshapen answer.

    ``passed`` has the answers that the checks let pass, and of items that are PASS in each of their results.
    """

    errors: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    answers: Counter = field(default_factory=Counter)

    def add(self, other):
        """Take in what other runs came to."""
        self.errors += other.errors
        self.passed += other.passed
        self.answers += other.answers


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
        """Run every item once more, scenarios from their first step on, with this share of other answers."""
        self.defect.begin(seed, [*ODD, *values], share)
        self.forget_workflows()
        with self.watched() as seen:
            for item in self.items:
                self.run_item(item, seen)
        return seen

    def one_by_one(self, seed, step=1):
        """Run items again for each of their answers, with that one changed; yields after each item.

        ``step`` 10 takes every tenth item.
        """
        for item in self.items[::step]:
            with self.watched() as seen:
                self.defect.begin(seed, ODD, 0.0)
                self.defect.places.clear()
                self.run_alone(item, seen)
                own = [(key, number) for key, number in self.defect.places.items() if key[0] == item.id]
                for (_, operation), number in own:
                    for before in range(min(number, PLACES)):
                        self.defect.at((item.id, operation, before))
                        self.run_alone(item, seen)
            yield seen

    def run_alone(self, item, seen):
        """Run one item, a step of a scenario with those before it."""
        self.forget_workflows()
        self.run_item(item, seen)

    def run_item(self, item, seen):
        """Run one item, and note an error, or that nothing but PASS came of an answer of a wrong shape."""
        before = self.defect.by_item[item.id]
        events, error = item.events(self.session, lambda line: None)
        outcomes = {event.outcome for event in events if isinstance(event, Result)}
        if self.defect.by_item[item.id] > before and outcomes == {Outcome.PASS}:
            seen.passed.append(item.id)
        if error is not None:
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{item.id}: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            seen.errors.append(said)

    def forget_workflows(self):
        """Scenarios begin again."""
        for key in [key for key in self.session.shared if key.startswith("workflow/")]:
            del self.session.shared[key]

    @contextmanager
    def watched(self):
        """What the items within come to."""
        seen, before = Seen(), Counter(self.defect.changed)
        with short_pauses(), judged_answers() as judged:
            yield seen
        shown = self.defect.misshapen
        seen.passed += [shown[key] for key, is_broken in judged.items() if key in shown and not is_broken]
        seen.answers = self.defect.changed - before


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


def thrown(mock, answers):
    """Change answers until there were so many of them: one by one, then shares of all, in old and in new sessions."""
    total, seed = Seen(), 0
    while True:
        seed += 1
        campaign = Campaign(mock)
        for seen in campaign.warm_up().one_by_one(seed):
            total.add(seen)
            if sum(total.answers.values()) >= answers:
                return total
        for number, share in enumerate(SHARES):
            total.add(campaign.run(seed * 10 + number, [], share))
            total.add(Campaign(mock).run(seed * 10 + number, [], share))


def main():
    """Throw that many answers, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=20_000)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        mock = MockProcess(folder, "--pace", "0.02")
        try:
            seen = thrown(mock, parser.parse_args().answers)
        finally:
            mock.stop()
    for line in sorted({*seen.errors, *seen.passed}):
        print(line)
    operations = f"{len(seen.answers)} operations, at least {min(seen.answers.values())} each"
    print(f"{sum(seen.answers.values()):,} answers to {operations}: ", end="")
    print(f"{len(seen.errors)} ERROR, {len(seen.passed)} of a wrong shape passed, {time.monotonic() - began:.0f} s")
    return 1 if seen.errors or seen.passed else 0


if __name__ == "__main__":
    raise SystemExit(main())
