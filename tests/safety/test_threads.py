"""Guard, budget and journal, used by several threads at once."""

import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.safety.safety_bench import Safety

from lmconform.errors import BudgetSpent, SafetyRefusal

THREADS = 8
EACH = 200
START = {"configurationId": "conf1"}


def at_once(work):
    """What each of the threads returns from ``work(number)``, when all begin at the same moment."""
    barrier = threading.Barrier(THREADS)

    def one(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


class Interrupted(dict):
    """Lets other threads run between reading and writing a count."""

    def get(self, key, default=None):
        value = super().get(key, default)
        time.sleep(0)
        return value


@pytest.fixture(autouse=True)
def _often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_no_more_is_started_than_the_budget_allows_and_no_less():
    safety = Safety(limits={"execution": 100, "deployment": 7})
    safety.budget._counters._numbers = Interrupted()

    def start(number):
        outcomes = Counter()
        for attempt in range(EACH):
            noun = ("execution", "deployment")[attempt % 2]
            try:
                sent = safety.sent(f"create{noun.capitalize()}", body=START)
            except BudgetSpent:
                outcomes[noun, "refused"] += 1
                continue
            if attempt % 5 == 0:
                safety.books.refused(sent)
                continue
            safety.books.carried_out(sent, 202, {"id": f"{noun}-{number}-{attempt}"})
            outcomes[noun, "started"] += 1
        return outcomes

    total = sum(at_once(start), Counter())
    assert (total["execution", "started"], total["deployment", "started"]) == (100, 7)
    assert (safety.budget.spent("execution"), safety.budget.spent("deployment")) == (100, 7)
    assert safety.journal.count_left() == {"execution": 100, "deployment": 7}


def test_the_journal_loses_nothing_and_doubles_nothing():
    safety = Safety()

    def work(number):
        for attempt in range(EACH):
            # Every second id is noted by all threads, the others by one.
            mine = f"e-{attempt}" if attempt % 2 else f"e-{number}-{attempt}"
            safety.journal.created("execution", mine, f"group-{number % 2}")
            if attempt % 4 == 0:
                safety.journal.removed("execution", mine)
            assert safety.journal.made("execution", mine)
            safety.journal.count_left()

    at_once(work)
    both = [safety.journal.left("execution", group) for group in ("group-0", "group-1")]
    for left in both:
        assert len(left) == len(set(left)) == EACH // 2 + 4 * (EACH // 2 - EACH // 4)
    assert safety.journal.count_left()["execution"] == sum(map(len, both))


def test_the_guard_knows_at_once_what_another_thread_made():
    safety = Safety()
    shared = []

    def work(number):
        refused = 0
        for attempt in range(EACH):
            made = f"e-{number}-{attempt}"
            with pytest.raises(SafetyRefusal):
                safety.check("deleteExecution", {"executionId": made})
            safety.journal.created("execution", made, "tutorial")
            shared.append(made)
            for other in shared[-THREADS:]:
                try:
                    safety.check("deleteExecution", {"executionId": other})
                except SafetyRefusal:
                    refused += 1
        return refused

    assert sum(at_once(work)) == 0
    assert len(shared) == len(set(shared)) == safety.journal.count_left()["execution"]
