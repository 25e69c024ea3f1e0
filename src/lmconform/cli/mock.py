"""``lmconform mock``: the tenant's stand-in, on its own."""

from __future__ import annotations

from pathlib import Path

import click

from lmconform.contract.openapi import DIALECTS
from lmconform.errors import ConfigError, did_you_mean
from lmconform.mock import server
from lmconform.mock.switches import SWITCHES, Switches


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
    help="Time of one step: an execution completes after four.",
)
@click.option(
    "--dialect", default="published", show_default=True, metavar="|".join(DIALECTS), help="Endpoints offered."
)
@click.option("--switch", "switches", multiple=True, metavar="NAME=VALUE", help="A legal choice (repeatable).")
@click.option("--list-switches", is_flag=True, help="Show the switches, and end.")
@click.option("--write-service-key", type=click.Path(path_type=Path), metavar="FILE", help="Write a service key.")
@click.option("--client-secret", metavar="SECRET", help="The client's secret (default: a new one).")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--parent-pid", type=int, hidden=True, help="End when this process is no longer the parent.")
def command(
    host: str,
    port: int,
    pace: float,
    dialect: str,
    switches: tuple[str, ...],
    list_switches: bool,
    write_service_key: Path | None,
    client_secret: str | None,
    quiet: bool,
    parent_pid: int | None,
) -> None:
    """Serve a stateful mock of the AI API until it is stopped."""
    if list_switches:
        for switch in SWITCHES:
            click.echo(f"{switch.name}={'|'.join(switch.values):<24} {switch.text} ({switch.source})")
        return
    if dialect not in DIALECTS:
        raise ConfigError(f"--dialect: {dialect!r} is unknown{did_you_mean(dialect, DIALECTS)}")
    settings = server.Settings(host, port, pace, dialect, Switches(switches), client_secret, parent_pid)
    bound = server.bind(settings)
    if write_service_key is not None:
        server.write_key(bound.key, write_service_key)
    if not quiet:
        _introduce(bound, write_service_key)
    server.serve(bound)


def _introduce(bound: server.Bound, key_file: Path | None) -> None:
    key, url = bound.key, bound.url
    click.echo(f"lmconform mock: {url}/v2/lm  (resource groups default, tutorial, other; Ctrl-C ends it)")
    click.echo(f"export AICORE_CLIENT_ID='{key['clientid']}' AICORE_CLIENT_SECRET='{key['clientsecret']}'")
    click.echo(f"export AICORE_AUTH_URL='{url}/oauth/token' AICORE_BASE_URL='{url}/v2' AICORE_RESOURCE_GROUP=tutorial")
    credentials = f" --service-key {key_file}" if key_file else ""
    click.echo(f"lmconform run {url}{credentials} --resource-group tutorial")


mock = command
