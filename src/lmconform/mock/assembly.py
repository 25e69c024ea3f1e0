"""Assembles a mock from its settings: content, store, ports, application."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from starlette.types import ASGIApp

from lmconform.contract.openapi import Contract
from lmconform.mock import auth, capabilities, endpoints, faults, lifecycle, routes, templates
from lmconform.mock.admin_interface import AdminInterface
from lmconform.mock.app import App
from lmconform.mock.auth import Authority
from lmconform.mock.call import Handler
from lmconform.mock.clock import Clock
from lmconform.mock.content import FOUNDATION, Catalog
from lmconform.mock.control import Control
from lmconform.mock.endpoints import Endpoint, TlsEndpoint
from lmconform.mock.events import EVENTS
from lmconform.mock.fault_injection import FaultInjection
from lmconform.mock.http_protocol import FaultProtocol, Protocol
from lmconform.mock.page import wiring
from lmconform.mock.persistence import StateFile
from lmconform.mock.service import Service
from lmconform.mock.settings import Content, Settings
from lmconform.mock.store import Group, Store
from lmconform.mock.tokens import TokenIssuer
from lmconform.mock.traffic import Recorder, Traffic

# Most requests that are kept: for tests with their bodies, for the page without.
_MOST_FOR_TESTS, _MOST_FOR_PAGE = 10_000, 200

# Introduces a defect: it changes the OpenAPI document and the handlers in place; groups are by name.
Mutation = Callable[[dict[str, Any], dict[str, Handler], dict[str, Group]], None]


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock that listens on its ports, and does not answer before ``server.serve``."""

    plain: Endpoint
    tls: TlsEndpoint | None
    app: ASGIApp
    protocol: Callable[..., Protocol]
    store: Store
    state: StateFile | None
    parent: int | None
    control: Control


def assemble(settings: Settings, mutate: Mutation | None = None) -> Mock:
    """Read the templates, open state file and ports, build the application; raises ConfigError."""
    contract = _contract(settings.content.dialect)
    rules = _fault_rules(settings, contract)
    catalog = _catalog(settings.content)
    state = None if settings.storage.state is None else StateFile(settings.storage.state)
    plain = _plain_endpoint(settings, state)
    tls_port = settings.network.tls_port
    tls = None if tls_port is None else endpoints.open_tls(settings.network.host, tls_port)
    authority = _authority(settings, plain, tls, state)
    clock = Clock(settings.clock.time, settings.clock.hour)
    store = _store(settings, catalog, state, clock)
    contract, handlers = _mutated(contract, store, mutate)
    service = Service(contract, handlers, store, catalog, settings.content.switches, settings.content.without)
    app: ASGIApp = App(service, authority, state)
    injection = FaultInjection(app, rules, contract, authority.expire)
    can_fail = bool(settings.faults.rules) or settings.admin
    traffic = Traffic(_MOST_FOR_TESTS if settings.admin else _MOST_FOR_PAGE, keeps_bodies=settings.admin)
    recorder = Recorder(injection if can_fail else app, traffic, clock, settings.clock.pace)
    control = Control(service, clock, recorder, injection)
    app = _page(settings, recorder, control, plain)
    if settings.admin:
        app = AdminInterface(app, control, authority, state.commit if state else _nothing)
    protocol = partial(FaultProtocol if can_fail else Protocol, read_timeout=settings.network.read_timeout)
    return Mock(plain, tls, app, protocol, store, state, settings.parent, control)


def _page(settings: Settings, recorder: Recorder, control: Control, plain: Endpoint) -> ASGIApp:
    if not settings.page:
        return recorder
    info = wiring.PageInfo(plain.url, settings.network.host, plain.key["clientid"], settings.mutant)
    return wiring.wrap(recorder, control, info)


def _nothing() -> None:
    """Without a state file there is nothing to write."""


@cache
def _contract(dialect: str) -> Contract:
    """The description, read once a process."""
    return Contract.load(dialect)


def _fault_rules(settings: Settings, contract: Contract) -> faults.Rules:
    withheld = capabilities.withheld(settings.content.without)
    offered = [operation for operation in contract.operations if operation.id not in withheld]
    return faults.read(settings.faults.rules, offered, settings.faults.seed)


def _catalog(content: Content) -> Catalog:
    catalog = templates.load(content.workflows or templates.BUNDLED)
    if content.switches["foundation-models"] == "absent":
        catalog = catalog.without(FOUNDATION)
    elif content.workflows is not None:
        # A tenant has it besides what the user's templates make.
        catalog = catalog.with_scenario(FOUNDATION, templates.load())
    if content.switches["server-labels"] == "yes":
        catalog = catalog.labelled("scenarios.ai.sap.com/origin", "mock")
    if content.switches["lists-when-none"] == "empty":
        catalog = catalog.with_empty_lists()
    return catalog.one_after_the_other() if content.switches["template-times"] == "own" else catalog


def _plain_endpoint(settings: Settings, state: StateFile | None) -> Endpoint:
    client_secret = settings.credentials.client_secret
    plain = endpoints.open_plain(settings.network, client_secret or secrets.token_urlsafe(32))
    if state is not None:
        # The client keeps its credentials across a restart.
        plain.key["clientid"] = state.fact("clientid", plain.key["clientid"])
        plain.key["clientsecret"] = client_secret or state.fact("clientsecret", plain.key["clientsecret"])
    return plain


def _authority(settings: Settings, plain: Endpoint, tls: TlsEndpoint | None, state: StateFile | None) -> Authority:
    signing_key = secrets.token_hex(32)
    if state is not None:
        # Tokens remain valid across a restart.
        signing_key = state.fact("signing", signing_key)
    lifetime = settings.credentials.token_lifetime
    issuer = TokenIssuer(f"{plain.url}{auth.PATH}", plain.key["identityzoneid"], signing_key.encode(), lifetime)
    certificates = {tls.key["clientid"]: tls.certificates.client} if tls else {}
    return Authority(plain.key["clientid"], plain.key["clientsecret"], issuer, certificates)


def _store(settings: Settings, catalog: Catalog, state: StateFile | None, clock: Clock) -> Store:
    timing = lifecycle.timing(settings.clock.pace, settings.clock.hour, settings.content.switches)
    touched = state.touched if state else None
    store = Store(timing, catalog, EVENTS, clock, quota=settings.storage.quota, touched=touched)
    if state is not None:
        state.load(store, catalog)
    return store


def _mutated(contract: Contract, store: Store, mutate: Mutation | None) -> tuple[Contract, dict[str, Handler]]:
    """The contract that validates requests, and the handlers, with the defect if there is one."""
    handlers = routes.handlers(contract)
    if mutate is None:
        return contract, handlers
    document = copy.deepcopy(contract.document)
    mutate(document, handlers, store.groups)
    return Contract(document, dialect=contract.dialect, source=contract.source), handlers
