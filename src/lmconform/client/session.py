"""Everything that the items of one worker share: contract, target, transport, journal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from lmconform.client import doctor, token
from lmconform.client.bounds import bounds
from lmconform.client.client import Client
from lmconform.client.polling import Waits
from lmconform.client.transport import Request, Transport
from lmconform.contract.capabilities import Capabilities
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.contract.resources import Resources, resources
from lmconform.evidence.recorder import EXCHANGES, Recorder
from lmconform.evidence.redaction import Redactor, of_process
from lmconform.safety.bookkeeping import Bookkeeper
from lmconform.safety.budget import Budget
from lmconform.safety.guard import Guard
from lmconform.safety.journal import Journal
from lmconform.safety.ownership import Ownership
from lmconform.safety.rate import Rate
from lmconform.safety.run_state import MAIN, RunState
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target

T = TypeVar("T")
# Items of one session that begin anew after a hiccup of what lies before the API.
_SECOND_ATTEMPTS: Final = 10


@dataclass(slots=True)
class Session:
    """One worker's way to the target. ``shared`` holds what items share (``once`` fills it), ``waits`` their waits.

    ``run`` is the run that the worker belongs to, ``worker`` its name there, empty in the controlling process.
    ``shield`` makes a context in which something is made and noted without an interruption. Safe to use from several
    threads, as are the parts: transport, token, redactor, recorder, journal, budget, guard, books.
    """

    config: RunConfig
    contract: Contract
    register: Register
    target: Target
    transport: Transport
    redactor: Redactor
    recorder: Recorder | None
    capabilities: Capabilities
    run: RunState = field(default_factory=RunState.in_memory)
    worker: str = ""
    journal: Journal = field(init=False)
    resources: Resources = field(init=False)
    budget: Budget = field(init=False)
    guard: Guard = field(init=False)
    books: Bookkeeper = field(init=False)
    ownership: Ownership = field(init=False)
    waits: Waits = field(default_factory=Waits)
    shared: dict[str, Any] = field(default_factory=dict)
    _attempts_left: int = _SECOND_ATTEMPTS
    shield: Callable[[], AbstractContextManager[None]] = nullcontext
    looking: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    # Making one shared value may need another.
    _sharing: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.resources = resources(self.contract)
        disposable, prefix = self.target.disposable, self.run.prefix
        self.journal = self.run.journal(self.worker or MAIN)
        self.budget = Budget(bounds(self.resources, self.config, self.target), self.run.counters)
        self.guard = Guard(
            self.resources,
            self.journal,
            self.budget,
            disposable=disposable,
            prefix=prefix,
            now=lambda: self.target.now(),
        )
        self.books = Bookkeeper(self.resources, self.journal, self.budget)
        self.ownership = Ownership(self.resources, self.journal, prefix)
        self.transport.rate = Rate(self.config.rate, self.run.counters)
        self.transport.token.rate = Rate(None, self.run.counters, token.RATE)

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
        run: RunState | None = None,
    ) -> Session:
        """A session for ``target``; nothing is sent. ``meta`` is what ``examine`` returned.

        Without a ``run`` it belongs to one that leaves nothing on disk.
        """
        redactor = of_process()
        recorder = Recorder(folder / EXCHANGES, redactor) if folder else None
        transport = Transport(target, redactor, recorder, worker=worker)
        if config.request_timeout is not None:
            transport.patience = replace(transport.patience, answer=config.request_timeout)
        capabilities = Capabilities(meta, contract)
        state = run or RunState.in_memory()
        return cls(config, contract, register, target, transport, redactor, recorder, capabilities, state, worker)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """The shared value of that key; the first to ask makes it, and others wait for that."""
        with self._sharing:
            if key not in self.shared:
                self.shared[key] = make()
            value: T = self.shared[key]
            return value

    def takes_second_attempt(self) -> bool:
        """Whether an item may begin anew; one less from now on. A target that is out of order uses them up soon."""
        self._attempts_left -= 1
        return self._attempts_left >= 0

    def client(self, item: str) -> Client:
        """A client whose exchanges belong to ``item``."""
        return Client(self, item)

    def examine(
        self, tell: Callable[[doctor.Line], None] = lambda line: None, *, wide: bool = False
    ) -> dict[str, Any] | None:
        """Ask the target for its token, scenarios and capabilities before the first item; see ``doctor.examine``."""
        return doctor.examine(self, tell, wide=wide)

    def groups_of_run(self) -> list[str]:
        """The resource groups in which the run of this session may have created something."""
        named = self.run.about().get("resource_groups", []) if self.run.folder is not None else []
        return list(dict.fromkeys([self.target.resource_group, *named, *self.journal.all_groups()]))

    def published_later(self, requirement: str) -> str:
        """Why a requirement does not apply at the version that the target is judged by; empty when it does."""
        return self.register[requirement].later_than(self.contract.version)

    def close(self) -> None:
        """Release connections and files."""
        self.transport.close()
        self.journal.close()
        if self.recorder is not None:
            self.recorder.close()

    def raw(
        self,
        item: str,
        method: str,
        path: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
        group: bool = True,
        **rest: Any,
    ) -> Request:
        """A request outside the contract's operations, in our resource group; ``group`` False leaves its header out."""
        own = (("AI-Resource-Group", self.target.resource_group),) if group else ()
        return Request(item=item, operation="", method=method, path=path, headers=(*own, *headers), **rest)
