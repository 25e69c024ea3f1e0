"""What a test may do to a mock, besides what every client may: move time, end runs, seed, reset, look at requests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from lmconform.errors import ConfigError
from lmconform.mock import faults, lifecycle, seeding
from lmconform.mock.advice import Advice, Advisor
from lmconform.mock.clock import Clock
from lmconform.mock.fault_injection import FaultInjection
from lmconform.mock.records import Enactment
from lmconform.mock.service import Service
from lmconform.mock.store import Group
from lmconform.mock.traffic import Recorder, Request

# statusMessage of what a test lets fail without saying why.
FAILURE = "The test let it fail"


class Control:
    """The handles of one mock. All methods run in the thread that answers its requests, and raise ConfigError.

    ``injection`` is the part that breaks answers by fault rules.
    """

    def __init__(self, service: Service, clock: Clock, recorder: Recorder, injection: FaultInjection) -> None:
        self.service = service
        self.recorder = recorder
        self._clock = clock
        self._injection = injection
        self._advisor = Advisor(service, clock.way)
        recorder.traffic.listeners.append(self._advisor.hear)

    @property
    def advice(self) -> list[Advice]:
        """What the application does wrong."""
        return self._advisor.found

    @property
    def requests(self) -> list[Request]:
        """What the mock answered, the oldest first."""
        return list(self.recorder.traffic.requests)

    @property
    def now(self) -> float:
        """The time of the mock, in seconds since the epoch."""
        return self._clock()

    def advance(self, by: str | float | timedelta) -> float:
        """Move time on, and let happen what is due until then; returns the time."""
        try:
            self._clock.advance(by)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        self.service.store.run_due_events()
        return self.now

    def finish(self, enactment_id: str) -> str:
        """Let an execution be COMPLETED now, or a deployment RUNNING; returns the status."""
        group, enactment = self._active(enactment_id)
        enactment.failure, enactment.finished, enactment.waits = "", group.now(), False
        if not enactment.serves:
            group.plan(group.now(), "output", enactment.id)
        return self._ended(group, enactment)

    def fail(self, enactment_id: str, message: str = FAILURE) -> str:
        """Let an execution or a deployment be DEAD now, with that statusMessage; returns the status."""
        group, enactment = self._active(enactment_id)
        enactment.failure, enactment.failed = message, group.now()
        return self._ended(group, enactment)

    def seed(self, executable: str, **content: Any) -> dict[str, Any]:
        """Create content, as ``seeding.seed`` says."""
        try:
            return seeding.seed(self.service, executable, **content)
        except TypeError as error:
            raise ConfigError(f"seed: {str(error).removeprefix('seed() ')}") from error

    def inject(self, rules: Iterable[str], seed: int = 0) -> None:
        """Break the next answers by these rules of ``docs/faults.md``, and by no others; none end them."""
        operations = [o for o in self.service.contract.operations if o.id not in self.service.withheld]
        self._injection.rules = faults.read(rules, operations, seed)

    def expire(self) -> None:
        """Expire all tokens that were issued so far."""
        self._injection.expire()

    def reset(self) -> None:
        """Back to the start: no content, no requests, no advice, no faults, the time of the machine.

        Tokens stay valid.
        """
        self._clock.reset()
        self.service.store.clear()
        self.recorder.forget()
        self._advisor.clear()
        self.inject(())

    def _active(self, enactment_id: str) -> tuple[Group, Enactment]:
        found = self.service.store.find(enactment_id)
        if found is None:
            raise ConfigError(f"{enactment_id[:80]!r} is no execution or deployment of this mock")
        group, enactment = found
        now = lifecycle.at(enactment, group.now(), group.timing).status
        if now in lifecycle.TERMINAL or enactment.stopped is not None or enactment.deleted is not None:
            raise ConfigError(f"{enactment_id}: is {now} or being stopped or deleted, and ends by itself")
        return found

    def _ended(self, group: Group, enactment: Enactment) -> str:
        group.touch(enactment.shelf, enactment.id)
        group.run_due_events()
        return lifecycle.at(enactment, group.now(), group.timing).status
