"""Everything that the items of one worker share: contract, target, transport, journal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import HarnessError, NotTestable, Skip, TargetUnreachable
from lmconform.evidence.recorder import Recorder
from lmconform.evidence.redaction import Redactor
from lmconform.target.client import Client
from lmconform.target.config import RunConfig
from lmconform.target.safety import Guard, Journal
from lmconform.target.target import Target
from lmconform.target.transport import Patience, Request, Transport

EXCHANGES = "exchanges.jsonl"
_CLEANUP_SECONDS = 20.0
# What goes by one request: the operation, and where it wants the id. Schedules first: they start executions.
_REMOVALS = {
    "schedule": ("deleteExecutionSchedule", "path", "executionScheduleId"),
    "metrics": ("deleteMetrics", "query", "executionId"),
    "file": ("deleteFile", "path", "path"),
}
# Deployments cost more than executions while they are there.
_STOPPED_FIRST = ("deployment", "execution")


@dataclass(slots=True)
class Session:
    """One worker's way to the target. ``shared`` holds what items of one kind share."""

    config: RunConfig
    contract: Contract
    register: Register
    target: Target
    transport: Transport
    redactor: Redactor
    recorder: Recorder | None
    capabilities: Capabilities
    journal: Journal = field(default_factory=Journal)
    guard: Guard = field(init=False)
    shared: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.guard = Guard(self.journal, is_mock=self.target.is_mock)

    @classmethod
    def open(
        cls,
        config: RunConfig,
        contract: Contract,
        register: Register,
        target: Target,
        folder: Path | None,
        worker: str = "",
        meta: dict[str, Any] | None = None,
    ) -> Session:
        """A session for ``target``; nothing is sent. ``meta`` is what ``examine`` returned."""
        redactor = Redactor()
        recorder = Recorder(folder / EXCHANGES, redactor) if folder else None
        transport = Transport(target, redactor, recorder, worker=worker)
        return cls(config, contract, register, target, transport, redactor, recorder, Capabilities(meta))

    def client(self, item: str) -> Client:
        """A client whose exchanges belong to ``item``."""
        return Client(self, item)

    def examine(self) -> dict[str, Any] | None:
        """Ask the target for its token, scenarios and capabilities before the first item.

        Returns the body of ``GET /lm/meta``, or None when the target has none. Raises
        TargetUnreachable when it does not answer or refuses the credentials.
        """
        client = self.client("preflight")
        self.transport.patience = Patience(connect=4.0, read=6.0, tries=1, liveness_checks=1)
        try:
            first = client.send("listScenarios", judge=False)
            meta = client.send("getMeta", judge=False)
        except NotTestable as error:
            raise TargetUnreachable(f"{self.target.base_url} does not answer: {error}") from error
        except TargetUnreachable:
            raise
        except HarnessError as error:
            raise TargetUnreachable(f"{self.target.base_url} does not accept connections; is it up?") from error
        finally:
            self.transport.patience = Patience()
        if first.status in (401, 403):
            raise TargetUnreachable(
                f"{self.target.base_url} refuses the credentials for resource group "
                f"{self.target.resource_group!r}: {first.brief}"
            )
        body = meta.json_object() if meta.ok else {}
        return dict(body) or None

    def cleanup(self) -> None:
        """Remove what can be removed of what this run made: schedules, metrics, files, deployments, executions.

        The API has no way to remove artifacts and configurations (lm-facts F53); the journal
        still counts them, and the footer says how many are left. Bounded in time.
        """
        deadline = time.monotonic() + _CLEANUP_SECONDS
        client = self.client("cleanup")
        for kind, (operation, place, name) in _REMOVALS.items():
            for group in self.journal.groups(kind):
                for made in self.journal.left(kind, group):
                    rest: dict[str, Any] = {place: {name: made}}
                    if time.monotonic() < deadline and self._quietly(client, operation, group, **rest):
                        self.journal.removed(kind, made)
        for kind in _STOPPED_FIRST:
            for group in self.journal.groups(kind):
                self._stop_and_remove(client, kind, group, deadline)

    def close(self) -> None:
        """Release connections and files."""
        self.transport.session.close()
        if self.recorder is not None:
            self.recorder.close()

    def raw(self, item: str, method: str, path: str, **rest: Any) -> Request:
        """A request outside the contract's operations, in our resource group."""
        headers = (("AI-Resource-Group", self.target.resource_group), *rest.pop("headers", ()))
        return Request(item=item, operation="", method=method, path=path, headers=headers, **rest)

    def _stop_and_remove(self, client: Client, kind: str, group: str, deadline: float) -> None:
        noun, name = kind.capitalize(), f"{kind}Id"
        waiting = self.journal.left(kind, group)
        while waiting and time.monotonic() < deadline:
            still: list[str] = []
            for made in waiting:
                if self._quietly(client, f"delete{noun}", group, path={name: made}):
                    self.journal.removed(kind, made)
                    continue
                self._quietly(client, f"modify{noun}", group, path={name: made}, json={"targetStatus": "STOPPED"})
                still.append(made)
            if still:
                time.sleep(min(self.target.poll_interval, 2.0))
            waiting = still

    @staticmethod
    def _quietly(client: Client, operation: str, group: str, **rest: Any) -> bool:
        """Send one request of the cleaning; True when the thing is gone or going."""
        try:
            answer = client.send(operation, resource_group=group, judge=False, **rest)
        except (HarnessError, Skip):
            return False
        return answer.ok or answer.status == 404
