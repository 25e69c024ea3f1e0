"""``lmconform mock``: the tenant's stand-in, on its own."""

from __future__ import annotations

import ipaddress
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lmconform.contract.dialects import DIALECTS
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import client_setup, faults, meta, server
from lmconform.mock.client_setup import Files
from lmconform.mock.store import QUOTA
from lmconform.mock.switches import PRESETS, SWITCHES, Switches
from lmconform.mock.tokens import LIFETIME

HOUR_STEPS = 240


@click.command("mock")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--tls-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="A second port, with TLS and client certificates; 0 takes a free one.",
)
@click.option(
    "--pace",
    type=click.FloatRange(0.001, 3600),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Time of one step: an execution completes after four. A tenant's step is about 15 seconds.",
)
@click.option(
    "--hour",
    type=click.FloatRange(0.01, 3600),
    metavar="SECONDS",
    help="Time of one hour of ttl and cron (default: 240 steps, as on a tenant; 3600 is the wall's).",
)
@click.option(
    "--workflows",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Templates (WorkflowTemplate, ServingTemplate) that make scenarios and executables.",
)
@click.option("--without", multiple=True, metavar="CAPABILITY", help="Not offered nor advertised (repeatable).")
@click.option(
    "--dialect", default="published", show_default=True, metavar="|".join(DIALECTS), help="Endpoints offered."
)
@click.option("--preset", default="plain", show_default=True, metavar="|".join(PRESETS), help="A set of choices.")
@click.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="A legal choice (repeatable).")
@click.option("--list-switches", is_flag=True, help="Show the switches, and end.")
@click.option(
    "--fault",
    "fault_rules",
    multiple=True,
    metavar="RULE",
    help="Go wrong on purpose, as in 'GET: 503, probability=0.1' (repeatable; the first that strikes wins).",
)
@click.option(
    "--fault-seed",
    type=click.IntRange(0, 1_000_000_000),
    default=0,
    show_default=True,
    help="Seed of the faults' chance: the same seed strikes the same requests.",
)
@click.option("--list-faults", is_flag=True, help="Show the kinds of faults and their settings, and end.")
@click.option("--mutant", default="", metavar="ID", help="Have this one defect ('lmconform list mutants').")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep everything in this file (SQLite), and go on from there; without it, memory only.",
)
@click.option(
    "--quota",
    type=click.IntRange(1, 1_000_000),
    default=QUOTA,
    show_default=True,
    help="Most resources of one kind in one resource group.",
)
@click.option("--write-service-key", type=click.Path(path_type=Path), metavar="FILE", help="Write a service key.")
@click.option(
    "--write-x509-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a service key with a client certificate (needs --tls-port).",
)
@click.option(
    "--write-ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the certificate of who vouches for the TLS port (needs --tls-port).",
)
@click.option("--client-secret", metavar="SECRET", help="The client's secret (default: a new one).")
@click.option(
    "--token-lifetime",
    type=click.IntRange(1, 31_536_000),
    default=LIFETIME,
    show_default=True,
    metavar="SECONDS",
    help="How long a token is good. SAP's SDK fetches one before each call when it is an hour or less.",
)
@click.option(
    "--page/--no-page",
    default=None,
    help="The page for people at /, which needs no token (default: where this machine alone can reach it).",
)
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--parent-pid", type=int, hidden=True, help="End when this process is no longer the parent.")
def command(
    host: str,
    port: int,
    tls_port: int | None,
    pace: float,
    hour: float | None,
    workflows: Path | None,
    without: tuple[str, ...],
    dialect: str,
    preset: str,
    switches: tuple[str, ...],
    list_switches: bool,
    fault_rules: tuple[str, ...],
    fault_seed: int,
    list_faults: bool,
    mutant: str,
    state: Path | None,
    quota: int,
    write_service_key: Path | None,
    write_x509_key: Path | None,
    write_ca: Path | None,
    client_secret: str | None,
    token_lifetime: int,
    page: bool | None,
    quiet: bool,
    parent_pid: int | None,
) -> None:
    """Serve a stateful mock of the AI API until it is stopped."""
    chosen = Switches(switches, preset)
    if list_switches:
        _list_switches(chosen)
        return
    if list_faults:
        _list_faults()
        return
    if dialect not in DIALECTS:
        raise ConfigError(f"--dialect: {dialect!r} is unknown{did_you_mean(dialect, DIALECTS)}")
    for option, path in (("--write-x509-key", write_x509_key), ("--write-ca", write_ca)):
        if path is not None and tls_port is None:
            raise ConfigError(f"{option} {path}: there are no certificates without --tls-port; 0 takes a free one")
    settings = server.Settings(
        host,
        port,
        pace,
        min(3600.0, HOUR_STEPS * pace) if hour is None else hour,
        workflows,
        meta.all_without(without),
        dialect,
        chosen,
        client_secret,
        parent_pid,
        mutant,
        state,
        quota,
        _is_private(host) if page is None else page,
        tls_port,
        token_lifetime,
        fault_rules,
        fault_seed,
    )
    bound = server.bind(settings)
    told = Files(write_service_key, write_x509_key, write_ca)
    with _places(told, tls=tls_port is not None, wanted=not quiet) as files:
        client_setup.write(bound, files)
        if not quiet:
            _introduce(bound, files, page=settings.page)
            for rule in fault_rules:
                click.echo(f"fault (seed {fault_seed}): {rule}")
        server.serve(bound)


def _list_switches(chosen: Switches) -> None:
    """Name, values, meaning and source; an asterisk marks what is chosen."""
    width = max(len(switch.name) for switch in SWITCHES)
    for switch in SWITCHES:
        values = " ".join(f"*{v}" if v == chosen[switch.name] else v for v in switch.values)
        click.echo(f"{switch.name:<{width}}  {values:<42}  {switch.text} ({switch.source})")


def _list_faults() -> None:
    """Kind, its own settings with their defaults, and what it does; then the settings that every kind has."""
    rows = [(kind.name, " ".join(map(_shown, kind.settings)), kind.text) for kind in faults.KINDS]
    rows += [("every kind", _shown(setting), setting.text) for setting in faults.COMMON]
    for name, settings, text in rows:
        click.echo(f"{name:<14}  {settings:<25}  {text}")


def _shown(setting: faults.Setting) -> str:
    if setting.default is None:
        return f"{setting.name}=N"
    return f"{setting.name}=" + (f"{setting.default:g}" if isinstance(setting.default, float) else f"{setting.default}")


@contextmanager
def _places(told: Files, *, tls: bool, wanted: bool) -> Iterator[Files]:
    """Where the files go: where the user says, or in a folder that is gone when the mock ends."""
    if not wanted or (told.service_key is not None and not tls):
        yield told
        return
    folder = Path(tempfile.mkdtemp(prefix="lmconform-mock-"))
    # The server raises the signal once more when it has ended; left alone it would end us on the spot.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield Files(
            told.service_key or folder / "service-key.json",
            told.x509_key or folder / "x509-key.json",
            told.ca or folder / "ca.pem",
            folder / "certificate.pem",
            folder / "key.pem",
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_private(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _introduce(bound: server.Bound, files: Files, *, page: bool) -> None:
    """What this mock is, and what to paste into another terminal."""
    click.echo(f"lmconform mock: {bound.url}/v2/lm  (resource groups default, tutorial, other; Ctrl-C ends it)")
    if page:
        click.echo(f"page for people: {bound.url}/")
    for line in client_setup.lines(bound, files):
        click.echo(line)


mock = command
