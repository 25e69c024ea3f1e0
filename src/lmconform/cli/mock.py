"""``lmconform mock``: the tenant's stand-in, on its own."""

from __future__ import annotations

from pathlib import Path

import click

from lmconform.contract.openapi import DIALECTS
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import meta, server
from lmconform.mock.store import QUOTA
from lmconform.mock.switches import PRESETS, SWITCHES, Switches

HOUR_STEPS = 240


@click.command("mock")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="Port; 0 takes a free one."
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
@click.option("--client-secret", metavar="SECRET", help="The client's secret (default: a new one).")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--parent-pid", type=int, hidden=True, help="End when this process is no longer the parent.")
def command(
    host: str,
    port: int,
    pace: float,
    hour: float | None,
    workflows: Path | None,
    without: tuple[str, ...],
    dialect: str,
    preset: str,
    switches: tuple[str, ...],
    list_switches: bool,
    mutant: str,
    state: Path | None,
    quota: int,
    write_service_key: Path | None,
    client_secret: str | None,
    quiet: bool,
    parent_pid: int | None,
) -> None:
    """Serve a stateful mock of the AI API until it is stopped."""
    chosen = Switches(switches, preset)
    if list_switches:
        _list_switches(chosen)
        return
    if dialect not in DIALECTS:
        raise ConfigError(f"--dialect: {dialect!r} is unknown{did_you_mean(dialect, DIALECTS)}")
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
    )
    bound = server.bind(settings)
    if write_service_key is not None:
        server.write_key(bound.key, write_service_key)
    if not quiet:
        _introduce(bound, write_service_key)
    server.serve(bound)


def _list_switches(chosen: Switches) -> None:
    """Name, values, meaning and source; an asterisk marks what is chosen."""
    width = max(len(switch.name) for switch in SWITCHES)
    for switch in SWITCHES:
        values = " ".join(f"*{v}" if v == chosen[switch.name] else v for v in switch.values)
        click.echo(f"{switch.name:<{width}}  {values:<42}  {switch.text} ({switch.source})")


def _introduce(bound: server.Bound, key_file: Path | None) -> None:
    key, url = bound.key, bound.url
    click.echo(f"lmconform mock: {url}/v2/lm  (resource groups default, tutorial, other; Ctrl-C ends it)")
    click.echo(f"export AICORE_CLIENT_ID='{key['clientid']}' AICORE_CLIENT_SECRET='{key['clientsecret']}'")
    click.echo(f"export AICORE_AUTH_URL='{url}/oauth/token' AICORE_BASE_URL='{url}/v2' AICORE_RESOURCE_GROUP=tutorial")
    credentials = f" --service-key {key_file}" if key_file else ""
    click.echo(f"lmconform run {url}{credentials} --resource-group tutorial")


mock = command
