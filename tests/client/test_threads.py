"""One session, used by several threads at once: nothing doubled, nothing lost, one token for all."""

import json
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.conftest import free_port, serve

from lmconform.client import token as token_module
from lmconform.client.patience import Patience, Spent
from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import BudgetSpent, NotTestable, TargetLost, TargetUnreachable
from lmconform.evidence.recorder import EXCHANGES
from lmconform.evidence.redaction import MASK, Redactor
from lmconform.safety.budget import Bound
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target

THREADS, EACH = 8, 50
CONTRACT, REGISTER = Contract.load(), Register.load()


@pytest.fixture(autouse=True)
def _often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(work, threads=THREADS):
    """What each of the threads returns from ``work(number)``, when all begin at the same moment."""
    barrier = threading.Barrier(threads)

    def one(number):
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def open_session(url, folder=None, *, tokens=""):
    """A session on the API at ``url``, which also gives the tokens, unless ``tokens`` does."""
    credentials = Credentials("client", "secret-of-the-test", f"{tokens or url}/oauth/token", "")
    target = Target("test", f"{url}/v2", credentials, "tutorial", "other", False, 0.01, 5)
    return Session.open(RunConfig.from_options(url, {}), CONTRACT, REGISTER, target, folder)


class Api:
    """An API whose tokens are numbered; ``refused`` are those that it no longer takes."""

    def __init__(self, body=None):
        self.body = body or {"count": 0, "resources": []}
        self.tokens = 0
        self.refused = set()
        self.lock = threading.Lock()
        # Requests with a refused token are held until so many are there.
        self.storm = threading.Barrier(THREADS)

    def __call__(self, handler):
        if handler.path == "/oauth/token":
            # Long enough for a second thread to ask as well, if it may.
            time.sleep(0.05)
            with self.lock:
                self.tokens += 1
                token = f"token-{self.tokens}-of-the-test"
            handler.reply(200, {"access_token": token, "expires_in": 3600})
            return
        used = handler.headers["Authorization"].removeprefix("Bearer ")
        if used in self.refused:
            self.storm.wait(10)
            handler.reply(401, b"Jwt is expired", "text/plain")
            return
        self.answer(handler, used)

    def answer(self, handler, used):
        handler.reply(200, {**self.body, "token": used})


def test_each_request_has_one_exchange_and_one_whole_line(tmp_path):
    api = Api({"count": 0, "resources": [], "filler": "x" * 20_000})
    with serve(api) as (url, seen):
        session = open_session(url, tmp_path)
        clients = [session.client(f"item-{number}") for number in range(THREADS)]

        def work(number):
            return [clients[number].send("listArtifacts", query={"$skip": n}) for n in range(EACH)]

        exchanges = [exchange for mine in at_once(work) for exchange in mine]
        session.close()
    assert Counter(e.id for e in exchanges) == Counter(str(n + 1) for n in range(THREADS * EACH))
    assert session.transport.sent == THREADS * EACH
    assert api.tokens == 1
    assert len(seen) == THREADS * EACH + 1
    lines = [json.loads(line) for line in (tmp_path / EXCHANGES).read_text().splitlines()]
    assert Counter(line["id"] for line in lines) == Counter(e.id for e in exchanges)
    assert Counter(line["item"] for line in lines) == {f"item-{n}": EACH for n in range(THREADS)}
    assert {line["response"]["body"].partition('"token":')[2] for line in lines} == {f' "{MASK}"}}'}
    for number, client in enumerate(clients):
        assert len(client.exchanges) == len(set(client.exchanges)) == EACH
        assert client.last.item == f"item-{number}"


def test_one_client_counts_what_several_threads_find_broken():
    with serve(Api({"count": "none", "resources": []})) as (url, _):
        client = open_session(url).client("item")
        at_once(lambda number: [client.send("listArtifacts") for _ in range(EACH)])
    assert len(client.exchanges) == len(set(client.exchanges)) == THREADS * EACH
    [broken] = [j for j in client.judgements() if j.requirement == "LM-HTTP-BODY-SCHEMA"]
    assert broken.count == THREADS * EACH


class Clock:
    """The time that tokens are renewed by."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


def test_a_token_that_expires_between_two_requests_is_fetched_once_more(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(token_module, "time", clock)
    api = Api()
    # The last thread to come this far lets the token expire.
    half_time = threading.Barrier(THREADS, action=lambda: setattr(clock, "now", clock.now + 4000))
    with serve(api) as (url, _):
        session = open_session(url)
        session.transport.token._sleep = time.sleep

        def work(number):
            client, used = session.client("item"), []
            for n in range(EACH):
                if n == EACH // 2:
                    half_time.wait()
                used.append(client.send("listArtifacts").json_object()["token"])
            return used

        used = Counter(token for mine in at_once(work) for token in mine)
    assert api.tokens == 2
    assert used == {f"token-{n}-of-the-test": THREADS * EACH // 2 for n in (1, 2)}


def test_a_storm_of_401_fetches_one_new_token():
    api = Api()
    with serve(api) as (url, _):
        session = open_session(url)
        session.client("item").send("listArtifacts")
        api.refused.add("token-1-of-the-test")
        answers = at_once(lambda number: session.client("item").send("listArtifacts"))
    assert {answer.status for answer in answers} == {200}
    assert {answer.json_object()["token"] for answer in answers} == {"token-2-of-the-test"}
    assert api.tokens == 2
    assert session.transport.sent == 1 + 2 * THREADS


def test_threads_that_wait_for_a_token_share_the_refusal():
    asked = []

    def answer(handler):
        asked.append(handler.path)
        time.sleep(0.3)
        handler.reply(401, {"error": "invalid_client"})

    with serve(answer) as (url, _):
        session = open_session(url)

        def work(number):
            with pytest.raises(TargetUnreachable, match="answered 401, expected 200; check client id and secret"):
                session.client("item").send("listArtifacts")

        at_once(work)
    assert asked == ["/oauth/token"]


def test_no_more_is_started_than_the_budget_allows_and_each_is_in_the_journal():
    class Starting(Api):
        """Accepts every second creation; the others have to be given back to the budget."""

        def answer(self, handler, used):
            with self.lock:
                self.started = getattr(self, "started", 0) + 1
                number = self.started
            if number % 2:
                handler.reply(400, {"error": {"code": "1", "message": "not now"}})
            else:
                handler.reply(202, {"id": f"e{number:04}", "message": "Execution scheduled"})

    with serve(Starting()) as (url, _):
        session = open_session(url)
        session.budget.bounds["execution"] = Bound(30, "--max-executions", "by the test")

        def work(number):
            client, outcomes = session.client("item"), Counter()
            for _ in range(EACH):
                try:
                    outcomes[client.send("createExecution", json={"configurationId": "c1"}).status] += 1
                except BudgetSpent:
                    outcomes["spent"] += 1
            return outcomes

        total = sum(at_once(work), Counter())
    assert total[202] == session.budget.spent("execution") == session.journal.count_left()["execution"] == 30
    assert total.total() == THREADS * EACH


def test_requests_that_break_at_the_same_moment_ask_once_whether_the_target_lives():
    together, canaries = threading.Barrier(THREADS), []

    class Breaking(Api):
        """Breaks off each answer but that of the list of scenarios."""

        def answer(self, handler, used):
            if handler.path.endswith("/scenarios"):
                canaries.append(handler.path)
                time.sleep(0.5)
                handler.reply(200, self.body)
            else:
                together.wait(10)
                handler.close_connection = True

    with serve(Breaking()) as (url, _):
        session = open_session(url)

        def work(number):
            with pytest.raises(NotTestable):
                session.client("item").send("createArtifact", json={})

        at_once(work)
    assert len(canaries) == 1


def test_a_target_that_is_gone_is_asked_for_once_by_all():
    pauses = []
    with serve(Api()) as (tokens, _):
        session = open_session(f"http://127.0.0.1:{free_port()}", tokens=tokens)
        session.transport.token.token()
    session.transport._sleep = pauses.append

    def work(number):
        with pytest.raises(TargetLost):
            session.client("item").send("listArtifacts")

    at_once(work)
    assert pauses == [1.0] * (session.transport.patience.liveness_checks - 1)


def test_no_more_is_waited_in_all_than_patience_allows():
    spent, patience = Spent(), Patience(waiting=100.0)
    taken = at_once(lambda number: sum(spent.take(patience, 1.0, 1) for _ in range(EACH)))
    assert sum(taken) == 100


def test_answers_in_time_and_late_ones_of_one_operation_end_in_no_error():
    spent, patience = Spent(), Patience(answer=10.0)

    def work(number):
        for _ in range(20 * EACH):
            spent.late("listArtifacts")
            spent.in_time("listArtifacts")

    at_once(work)
    assert spent.seconds(patience, "listArtifacts") == 10.0
    spent.late("listArtifacts")
    spent.late("listArtifacts")
    assert spent.seconds(patience, "listArtifacts") == 1.0


def test_no_secret_is_forgotten_that_several_threads_learn():
    redactor = Redactor()
    secrets = [[f"secret-{number}-{n:03}-of-the-test" for n in range(EACH)] for number in range(THREADS)]

    def work(number):
        for secret in secrets[number]:
            redactor.learn(secret)
            assert redactor.text(f"<{secret}>") == f"<{MASK}>"

    at_once(work)
    assert {redactor.text(secret) for mine in secrets for secret in mine} == {MASK}


def test_a_shared_value_is_made_once(tmp_path):
    session, made = open_session("http://127.0.0.1:9"), []

    def make():
        time.sleep(0.02)
        made.append(object())
        return made[-1]

    values = at_once(lambda number: session.once("value", make))
    assert values == made * THREADS
    assert len(made) == 1
