"""Fixtures of the fuzz tests: fuzz in this process, the mock in another, a server with a defect between them."""

from collections import Counter

import pytest
import requests
from tests.conftest import serve

from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.fuzz.operations import Fuzzer
from lmconform.fuzz.sequences import Sequences
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

META = {
    "aiApi": {
        "capabilities": {
            **{"executionSchedules": True, "timeToLiveDeployments": True},
            "bulkUpdates": {"executions": True, "deployments": True},
        }
    },
    "extensions": {"metrics": {"version": "1"}, "dataset": {"version": "1"}},
}


@pytest.fixture(scope="module")
def contract():
    return Contract.load()


@pytest.fixture
def opened(contract, mock):
    """Opens a session with ``url`` (default: the mock)."""

    def open_session(
        url=None, seed=0, examples=25, disposable=True, meta=META, delete=10, contract=contract, deployments=True
    ):
        options = {"seed": seed, "max_examples": examples, "allow_deployments": deployments}
        config = RunConfig.from_options("mock", options)
        credentials = Credentials(mock.key["clientid"], mock.key["clientsecret"], f"{mock.url}/oauth/token", "")
        limits = TENANT.with_seconds({**dict.fromkeys(TENANT.as_json(), 10), "delete": delete})
        base = f"{url or mock.url}/v2"
        target = Target("test", base, credentials, "tutorial", "other", 0.02, limits, disposable=disposable)
        return Session.open(config, contract, Register.load(), target, None, meta=meta)

    return open_session


@pytest.fixture
def fuzz(contract, opened):
    """Fuzzes operations; returns reports and the session."""

    def run(*operations, **options):
        session = opened(**options)
        fuzzer = Fuzzer(session)
        clients = {name: session.client(f"fuzz/{name}") for name in operations}
        return {name: fuzzer.run(contract.operation(name), clients[name]) for name in operations}, session

    return run


@pytest.fixture
def walk(contract, opened):
    """Follows links from an operation on; returns what that gave, and the session."""

    def run(start, **options):
        session = opened(**options)
        sequences = Sequences(session, Fuzzer(session).pool)
        return sequences.run(contract.operation(start), session.client(f"fuzz/sequence/{start}")), session

    return run


def requirements(report):
    """How many causes a report has that break something, by requirement."""
    return Counter(judgement.requirement for judgement in report.broken)


def proxy(mock, spoil):
    """A server in front of the mock; ``spoil(handler, answer)`` may replace status, body and media type."""

    session = requests.Session()

    def answer(handler):
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "content-length")}
        got = session.request(
            handler.command, mock.url + handler.path, headers=headers, data=handler.body or None, timeout=10
        )
        reply = (got.status_code, got.content, got.headers.get("Content-Type", "text/plain"))
        handler.reply(*(spoil(handler, *reply) or reply))

    return serve(answer)
