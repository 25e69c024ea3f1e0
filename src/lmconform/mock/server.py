"""Binds the ports, makes the service keys, serves until told to stop."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import secrets
import socket
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from starlette.types import ASGIApp

from lmconform.contract.openapi import Contract
from lmconform.errors import ConfigError
from lmconform.mock import auth, client_setup, faults, lifecycle, meta, templates
from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.call import Handler
from lmconform.mock.content import FOUNDATION
from lmconform.mock.fault_injection import Damage
from lmconform.mock.http_protocol import OpenProtocol, Protocol
from lmconform.mock.page import wiring
from lmconform.mock.persistence import StateFile
from lmconform.mock.routes import EVENTS, HANDLERS
from lmconform.mock.store import QUOTA, Store
from lmconform.mock.switches import Switches
from lmconform.mock.tokens import LIFETIME, Mint

if TYPE_CHECKING:
    from lmconform.mock.certificates import Certificates

# Seconds that a client of the TLS port has to begin, and to take leave when the mock ends.
_HANDSHAKE, _GOODBYE = 20.0, 1.0

# Seconds that the mock's own time may take at once, and between two such steps.
_STEP, _BETWEEN_STEPS = 0.004, 0.02
# What the collector waits for: allocations, and rounds of the younger generations.
_RARELY = (20_000, 20, 100)


@dataclass(frozen=True, slots=True)
class Settings:
    """How one mock is to behave.

    ``pace`` is seconds per step of an execution's life, ``hour`` seconds per hour of ttl and schedules,
    ``workflows`` the folder of the tenant's templates, ``without`` what GET /lm/meta does not advertise,
    ``mutant`` the one defect that it has, ``state`` the file that it keeps, ``quota`` the most of one kind
    in one resource group, ``page`` whether it has a page for people, ``tls_port`` its second port, if it
    has one, ``token_lifetime`` seconds, ``faults`` what goes wrong on purpose and ``fault_seed`` the seed of
    its chance.
    """

    host: str
    port: int
    pace: float
    hour: float
    workflows: Path | None
    without: frozenset[str]
    dialect: str
    switches: Switches
    client_secret: str | None
    parent: int | None
    mutant: str = ""
    state: Path | None = None
    quota: int = QUOTA
    page: bool = True
    tls_port: int | None = None
    token_lifetime: int = LIFETIME
    faults: tuple[str, ...] = ()
    fault_seed: int = 0


@dataclass(frozen=True, slots=True)
class Secured:
    """The second port, which speaks TLS, and the service key of the client that shows a certificate there."""

    url: str
    key: dict[str, Any]
    listener: socket.socket
    certificates: Certificates


@dataclass(frozen=True, slots=True)
class Bound:
    """A mock that has its ports, and answers nobody yet."""

    url: str
    key: dict[str, Any]
    listener: socket.socket
    app: ASGIApp
    parent: int | None
    state: StateFile | None
    store: Store
    protocol: type[Protocol]
    secured: Secured | None = None


def bind(settings: Settings) -> Bound:
    """Read the templates, take the port, make the credentials; raises ConfigError."""
    contract = Contract.load(settings.dialect)
    rules = _fault_rules(settings, contract) if settings.faults else None
    catalog = templates.load(settings.workflows or templates.BUNDLED)
    if settings.switches["foundation-models"] == "absent":
        catalog = catalog.without(FOUNDATION)
    if settings.switches["server-labels"] == "yes":
        catalog = catalog.labelled("scenarios.ai.sap.com/origin", "mock")
    state = None if settings.state is None else StateFile(settings.state)
    listener = _listen(settings.host, settings.port, "--port")
    url = f"http://{_address(settings.host, listener)}"
    key = client_setup.service_key(url, clientsecret=settings.client_secret or secrets.token_urlsafe(32))
    signing = secrets.token_hex(32)
    if state is not None:
        # A client that knows the mock is known after a restart.
        key["clientid"] = state.fact("clientid", key["clientid"])
        key["clientsecret"] = settings.client_secret or state.fact("clientsecret", key["clientsecret"])
        signing = state.fact("signing", signing)
    secured = None if settings.tls_port is None else _secure(settings.host, settings.tls_port)
    known = {secured.key["clientid"]: secured.certificates.client} if secured else {}
    mint = Mint(f"{url}{auth.PATH}", key["identityzoneid"], signing.encode(), settings.token_lifetime)
    authority = Authority(key["clientid"], key["clientsecret"], mint, known)
    timing = lifecycle.timing(settings.pace, settings.hour, settings.switches)
    store = Store(timing, catalog, EVENTS, quota=settings.quota, touched=state.touched if state else None)
    if state is not None:
        state.load(store, catalog)
    contract, handlers = _parts(settings, contract, store)
    commit = None if state is None else state.commit
    app: ASGIApp = App(contract, store, catalog, authority, settings.switches, settings.without, handlers, commit)
    if rules is not None:
        app = Damage(app, rules, contract, authority.expire)
    if settings.page:
        app = wiring.before(
            app,
            contract,
            handlers,
            store,
            catalog,
            settings.switches,
            settings.without,
            url=url,
            host=settings.host,
            client_id=key["clientid"],
            mutant=settings.mutant,
        )
    return Bound(url, key, listener, app, settings.parent, state, store, OpenProtocol if rules else Protocol, secured)


def _listen(host: str, port: int, option: str) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Head and body leave in two packets; without this each answer waits 40 ms for a delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise ConfigError(
            f"{option} {port}: cannot listen on {host} ({error.strerror}); choose another, 0 takes a free one"
        ) from error
    return listener


def _address(host: str, listener: socket.socket) -> str:
    return f"[{host}]:{listener.getsockname()[1]}" if ":" in host else f"{host}:{listener.getsockname()[1]}"


def _secure(host: str, port: int) -> Secured:
    """The second port, and certificates that are as old as this process."""
    # Takes a while, and few mocks need it.
    from lmconform.mock import certificates

    listener = _listen(host, port, "--tls-port")
    url = f"https://{_address(host, listener)}"
    key = client_setup.service_key(url, certurl=url)
    made = certificates.make(host, key["clientid"])
    key |= {"credential-type": "x509", "certificate": made.client + made.ca, "key": made.client_key}
    return Secured(url, key, listener, made)


def _fault_rules(settings: Settings, contract: Contract) -> faults.Rules:
    withheld = meta.withheld(settings.without)
    offered = [operation for operation in contract.operations if operation.id not in withheld]
    return faults.read(settings.faults, offered, settings.fault_seed)


def _parts(settings: Settings, contract: Contract, store: Store) -> tuple[Contract, dict[str, Handler]]:
    """What requests are held against and who answers them, with the mutant's defect if there is one."""
    handlers = dict(HANDLERS)
    if settings.mutant:
        from lmconform import mutants

        bench = mutants.Bench(copy.deepcopy(contract.document), handlers, store.groups)
        mutants.activate(settings.mutant, bench)
        contract = Contract(bench.document, dialect=settings.dialect, source=contract.source)
    return contract, handlers


def serve(bound: Bound) -> None:
    """Answer requests until SIGTERM or SIGINT, or until the parent process is gone."""
    config = uvicorn.Config(
        bound.app,
        http=bound.protocol,
        ws="none",
        access_log=False,
        log_level="error",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
    )
    server = _Server(config, bound)
    # What is loaded stays, and what is kept has no cycles: a collector that looks through all of it every few
    # thousand requests would make somebody wait for 50 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    try:
        # The loop that uvicorn would choose, which is uvloop where there is one.
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(server, bound))
    finally:
        if bound.state is not None:
            bound.state.close()


class _Server(uvicorn.Server):
    """A server of both ports: uvicorn itself has TLS for all of them or for none."""

    def __init__(self, config: uvicorn.Config, bound: Bound) -> None:
        super().__init__(config)
        self._bound = bound
        self._with_tls: asyncio.Server | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen to both ports."""
        await super().startup(sockets=[self._bound.listener])
        if self._bound.secured is not None:
            self._with_tls = await asyncio.get_running_loop().create_server(
                partial(
                    cast(Any, self.config.http_protocol_class), self.config, self.server_state, self.lifespan.state
                ),
                sock=self._bound.secured.listener,
                ssl=self._bound.secured.certificates.context(),
                ssl_handshake_timeout=_HANDSHAKE,
                ssl_shutdown_timeout=_GOODBYE,
            )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End both; whoever connected and never began with TLS is not waited for."""
        if self._with_tls is not None:
            self._with_tls.close()
        await super().shutdown(sockets)


async def _serve(server: uvicorn.Server, bound: Bound) -> None:
    beside = [asyncio.create_task(_settle(bound.store))]
    if bound.parent:
        beside.append(asyncio.create_task(_watch(server, bound.parent)))
    await server.serve(sockets=[bound.listener, *([bound.secured.listener] if bound.secured else [])])
    for task in beside:
        task.cancel()


async def _settle(store: Store) -> None:
    """Let time pass in small steps: whoever asks after a long silence must not wait for all that happened in it."""
    while True:
        store.settle(_STEP)
        await asyncio.sleep(_BETWEEN_STEPS)


async def _watch(server: uvicorn.Server, parent: int) -> None:
    """Leave when whoever started us is gone: an embedded mock must not outlive its run."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    server.should_exit = True
