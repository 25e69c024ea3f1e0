"""Everything that the items of one worker share: contract, target, transport, journal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

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
# A deployment costs money until it is stopped, and a tenant takes its time.
_DEPLOYMENT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Removal:
    """How a kind of thing is removed: the path parameter, how to delete it, how to stop what cannot be deleted yet."""

    kind: str
    parameter: str
    delete: str
    stop: str = ""
    seconds: float = _CLEANUP_SECONDS


REMOVALS: Final = (
    # First what starts executions, then these.
    Removal("schedule", "executionScheduleId", "deleteExecutionSchedule"),
    Removal("deployment", "deploymentId", "deleteDeployment", "modifyDeployment", _DEPLOYMENT_SECONDS),
    Removal("execution", "executionId", "deleteExecution", "modifyExecution"),
    Removal("file", "path", "deleteFile"),
)


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
        """Remove what can be removed: metrics, schedules, deployments, executions and files that this run made.

        The API has no way to remove artifacts and configurations (lm-facts F53); the journal
        still counts them, and the footer says how many are left. Bounded in time.
        """
        deadline = time.monotonic() + _CLEANUP_SECONDS
        client = self.client("cleanup")
        for group in self.journal.groups("metrics"):
            for execution in self.journal.left("metrics", group):
                if time.monotonic() < deadline and self._quietly(
                    client, "deleteMetrics", group, query={"executionId": execution}
                ):
                    self.journal.removed("metrics", execution)
        for removal in REMOVALS:
            for group in self.journal.groups(removal.kind):
                self._remove(client, removal, group)

    def close(self) -> None:
        """Release connections and files."""
        self.transport.session.close()
        if self.recorder is not None:
            self.recorder.close()

    def raw(self, item: str, method: str, path: str, **rest: Any) -> Request:
        """A request outside the contract's operations, in our resource group."""
        headers = (("AI-Resource-Group", self.target.resource_group), *rest.pop("headers", ()))
        return Request(item=item, operation="", method=method, path=path, headers=headers, **rest)

    def _remove(self, client: Client, removal: Removal, group: str) -> None:
        deadline = time.monotonic() + removal.seconds
        waiting = self.journal.left(removal.kind, group)
        while waiting and time.monotonic() < deadline:
            still: list[str] = []
            for made in waiting:
                path = {removal.parameter: made}
                if self._quietly(client, removal.delete, group, path=path):
                    self.journal.removed(removal.kind, made)
                    continue
                if removal.stop:
                    self._quietly(client, removal.stop, group, path=path, json={"targetStatus": "STOPPED"})
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
