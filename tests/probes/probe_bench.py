"""Runs probes without pytest's items: a session on a real mock, and what became of each probe."""

import dataclasses
import json

from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import Failure, Skip
from lmconform.probes import registry
from lmconform.probes.context import Context
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig, api_base
from lmconform.settings.target import Target
from lmconform.settings.time_limits import TENANT

CONTRACT = Contract.load()
REGISTER = Register.load()
PROBES = {probe.requirement: probe for probe in registry.load(REGISTER)}
OBSERVATIONS = {look.name: look for look in registry.load_observations()}


# What a target advertises that offers all that is off unless it is said.
ALL = {
    "aiApi": {
        "version": "2.0.0",
        "capabilities": {
            "timeToLiveDeployments": True,
            "executionSchedules": True,
            "bulkUpdates": {"executions": True, "deployments": True},
        },
    },
    "extensions": {"metrics": {"version": "1.0.0"}, "dataset": {"version": "1.0.0"}},
}


def open_session(mock, *, other="other", meta=True, poll_timeout=20.0, defect=None, **limits):
    """A session on a mock process; ``defect`` stands between the two, ``limits`` are seconds by name."""
    key = mock.key
    target = Target(
        name="mock",
        base_url=api_base(mock.url),
        credentials=Credentials(key["clientid"], key["clientsecret"], f"{key['url']}/oauth/token", mock.url),
        resource_group="tutorial",
        other_resource_group=other,
        poll_interval=0.02,
        limits=TENANT.with_seconds({**dict.fromkeys(TENANT.as_json(), poll_timeout), **limits}),
        disposable=True,
    )
    config = RunConfig.from_options("mock", {})
    session = Session.open(config, CONTRACT, REGISTER, target, None)
    found = session.examine() if meta else ALL
    session = Session.open(config, CONTRACT, REGISTER, target, None, meta=found)
    if defect is not None:
        session.transport = Rewriting(session.transport, defect)
    return session


def run(session, *requirements):
    """What became of the probes (all by default): requirement to PASS or to the exception."""
    return {name: _outcome(session, PROBES[name]) for name in requirements or PROBES}


def _outcome(session, probe):
    try:
        probe.function(Context(session, session.client(probe.id)))
    except (Failure, Skip) as outcome:
        return outcome
    return "PASS"


def look(session, *names):
    """The values of observations (all by default)."""
    values = {}
    for name in names or OBSERVATIONS:
        observation = OBSERVATIONS[name]
        try:
            values[name] = observation.function(Context(session, session.client(observation.id)))
        except Skip as reason:
            values[name] = f"not observed: {reason}"
    return values


def odd(outcomes):
    """The outcomes that are not PASS, as readable text."""
    return {name: f"{type(o).__name__}: {o}" for name, o in outcomes.items() if o != "PASS"}


class Defect:
    """One thing that a server does wrongly: changes a request on its way, or its answer."""

    def request(self, request):
        """The request as it reaches the mock."""
        return request

    def answer(self, exchange):
        """The exchange as the probe sees it."""
        return exchange


class Rewriting:
    """A transport with a defect in it; everything else goes to the one beneath."""

    def __init__(self, inner, defect):
        self._inner = inner
        self._defect = defect
        self.requests = []

    def send(self, request):
        """Send what the defect makes of it."""
        self.requests.append(request)
        return self._defect.answer(self._inner.send(self._defect.request(request)))

    def __getattr__(self, name):
        return getattr(self._inner, name)


def with_body(exchange, body):
    """The exchange with another JSON body."""
    return dataclasses.replace(exchange, body=json.dumps(body).encode())


def answered(exchange, status, body=None):
    """The exchange with another status, and a body."""
    headers = (("Content-Type", "application/json"),)
    text = b"" if body is None else json.dumps(body).encode()
    return dataclasses.replace(exchange, status=status, headers=headers, body=text)
