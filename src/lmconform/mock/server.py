"""Binds the port, writes the service key, serves until told to stop."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import secrets
import socket
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from lmconform.contract.openapi import Contract
from lmconform.errors import ConfigError
from lmconform.mock import faults, lifecycle, meta, templates
from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.call import Handler
from lmconform.mock.content import FOUNDATION
from lmconform.mock.damage import Damage
from lmconform.mock.page import wiring
from lmconform.mock.persistence import StateFile
from lmconform.mock.routes import EVENTS, HANDLERS
from lmconform.mock.store import QUOTA, Store
from lmconform.mock.switches import Switches
from lmconform.mock.wire import OpenProtocol, Protocol


@dataclass(frozen=True, slots=True)
class Settings:
    """How one mock is to behave.

    ``pace`` is seconds per step of an execution's life, ``hour`` seconds per hour of ttl and schedules,
    ``workflows`` the folder of the tenant's templates, ``without`` what GET /lm/meta does not advertise,
    ``mutant`` the one defect that it has, ``state`` the file that it keeps, ``quota`` the most of one kind
    in one resource group, ``page`` whether it has a page for people, ``faults`` what goes wrong on purpose and
    ``fault_seed`` the seed of its chance.
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
    faults: tuple[str, ...] = ()
    fault_seed: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """A mock that has its port, and answers nobody yet."""

    url: str
    key: dict[str, Any]
    listener: socket.socket
    app: ASGIApp
    parent: int | None
    state: StateFile | None
    protocol: type[Protocol]


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
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Head and body leave in two packets; without this each answer waits 40 ms for a delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(512)
    except OSError as error:
        raise ConfigError(
            f"--port {settings.port}: cannot listen on {settings.host} ({error.strerror}); "
            "choose another, 0 takes a free one"
        ) from error
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    key = service_key(url, settings.client_secret or secrets.token_urlsafe(32))
    if state is not None:
        # A client that knows the mock is known after a restart.
        key["clientid"] = state.fact("clientid", key["clientid"])
        key["clientsecret"] = settings.client_secret or state.fact("clientsecret", key["clientsecret"])
    authority = Authority(key["clientid"], key["clientsecret"])
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
    return Bound(url, key, listener, app, settings.parent, state, OpenProtocol if rules else Protocol)


def _fault_rules(settings: Settings, contract: Contract) -> faults.Rules:
    withheld = meta.withheld(settings.without)
    offered = [operation for operation in contract.operations if operation.id not in withheld]
    return faults.read(settings.faults, offered, settings.fault_seed)


def _parts(settings: Settings, contract: Contract, store: Store) -> tuple[Contract, dict[str, Handler]]:
    """What requests are held against and who answers them, with the mutant's defect if there is one."""
    handlers = dict(HANDLERS)
    if settings.mutant:
        from lmconform.mock import mutants

        bench = mutants.Bench(copy.deepcopy(contract.document), handlers, store.groups)
        mutants.loose(settings.mutant, bench)
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
    server = uvicorn.Server(config)
    try:
        # The loop that uvicorn would choose, which is uvloop where there is one.
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(server, bound))
    finally:
        if bound.state is not None:
            bound.state.close()


def service_key(url: str, secret: str) -> dict[str, Any]:
    """A service key as SAP BTP shows it, for the mock at ``url``."""
    zone = "lmconform-mock"
    return {
        "clientid": f"sb-{uuid.uuid4()}!b1|aicore!b1",
        "clientsecret": secret,
        "url": url,
        "identityzone": zone,
        "identityzoneid": str(uuid.uuid5(uuid.NAMESPACE_DNS, zone)),
        "appname": "lmconform-mock!b1|aicore!b1",
        "serviceurls": {"AI_API_URL": url},
    }


def write_key(key: dict[str, Any], path: Path) -> None:
    """Write a service key that nobody else may read; it appears whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(key, stream, indent=2)
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"--write-service-key {path}: cannot be written ({error.strerror})") from error


async def _serve(server: uvicorn.Server, bound: Bound) -> None:
    watcher = asyncio.create_task(_watch(server, bound.parent)) if bound.parent else None
    await server.serve(sockets=[bound.listener])
    if watcher is not None:
        watcher.cancel()


async def _watch(server: uvicorn.Server, parent: int) -> None:
    """Leave when whoever started us is gone: an embedded mock must not outlive its run."""
    while os.getppid() == parent:
        await asyncio.sleep(1)
    server.should_exit = True
