"""``lmconform mock``: serves the mock, for clients that are tested against it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from lmconform.mock import assembly, client_setup, faults, server
from lmconform.mock.assembly import Mock, Mutation
from lmconform.mock.client_setup import Files
from lmconform.mock.options import OPTIONS, Option
from lmconform.mock.settings import Settings
from lmconform.mock.switches import SWITCHES, Switches
from lmconform.mock.traffic import Request
from lmconform.private_files import PrivateFolder


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        function = _declare(option)(function)
    return function


def _declare(option: Option) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    rest: dict[str, Any] = {"help": option.help, "hidden": option.hidden, "default": option.default}
    if option.kind is bool:
        name = f"--{option.name}" if option.default is not None else f"--{option.name}/--no-{option.name}"
        return click.option(name, option.dest, is_flag=True, **rest)
    rest |= {"type": _type(option), "metavar": option.metavar, "multiple": option.default == ()}
    rest["show_default"] = option.default not in (None, (), "")
    return click.option(f"--{option.name}", option.dest, **rest)


def _type(option: Option) -> Any:
    if option.kind is Path:
        return click.Path(path_type=Path)
    if option.bounds is None:
        return option.kind
    low, high = option.bounds
    return click.IntRange(int(low), int(high)) if option.kind is int else click.FloatRange(low, high)


@click.command("mock")
@_options
def command(**values: Any) -> None:
    """Serve a stateful mock of the AI API until it is stopped."""
    switches = Switches(values["switch"], values["preset"])
    if values["list_switches"]:
        _list_switches(switches)
        return
    if values["list_faults"]:
        _list_faults()
        return
    settings = Settings.from_options(values, switches, os.environ)
    mock = assembly.assemble(settings, _mutation(settings.mutant) if settings.mutant else None)
    for problem in mock.control.service.catalog.problems:
        click.echo(f"lmconform: warning: left out: {problem}", err=True)
    quiet = values["quiet"]
    with _complete(Files.from_options(values), tls=mock.tls is not None, quiet=quiet) as files:
        client_setup.write(files, mock.plain, mock.tls)
        if not quiet:
            _introduce(mock, files, settings)
        if settings.log:
            mock.control.recorder.traffic.listeners.append(_log)
        server.serve(mock)


def _log(request: Request) -> None:
    """One line for a request, at the time of this machine."""
    click.echo(f"{datetime.fromtimestamp(request.when):%H:%M:%S} {request}")


def _mutation(mutant_id: str) -> Mutation:
    # Imported only here: a mock without a defect need not load hundreds of mutants.
    from lmconform import mutants

    return lambda document, handlers, groups: mutants.activate(mutant_id, mutants.Bench(document, handlers, groups))


def _list_switches(chosen: Switches) -> None:
    """Name, values, meaning and source of each switch; an asterisk marks the chosen value."""
    width = max(len(switch.name) for switch in SWITCHES)
    for switch in SWITCHES:
        values = " ".join(f"*{v}" if v == chosen[switch.name] else v for v in switch.values)
        click.echo(f"{switch.name:<{width}}  {values:<42}  {switch.text} ({switch.source})")


def _list_faults() -> None:
    """Each kind with its settings, their defaults, and its effect; then the settings that all kinds have."""
    rows = [(kind.name, " ".join(map(_default_of, kind.settings)), kind.text) for kind in faults.KINDS]
    rows += [("every kind", _default_of(setting), setting.text) for setting in faults.COMMON]
    for name, settings, text in rows:
        click.echo(f"{name:<14}  {settings:<25}  {text}")


def _default_of(setting: faults.Setting) -> str:
    if setting.default is None:
        return f"{setting.name}=N"
    return f"{setting.name}=" + (f"{setting.default:g}" if isinstance(setting.default, float) else f"{setting.default}")


@contextmanager
def _complete(files: Files, *, tls: bool, quiet: bool) -> Iterator[Files]:
    """``files`` with a temporary path for each missing file that the printed commands use; removed at the end."""
    if quiet or (files.service_key is not None and not tls):
        yield files
        return
    # uvicorn raises the signal again after its shutdown; the default handler would end the process before the cleanup.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with PrivateFolder() as folder:
        yield Files(
            files.service_key or folder / "service-key.json",
            files.x509_key or folder / "x509-key.json",
            files.ca or folder / "ca.pem",
            folder / "certificate.pem",
            folder / "key.pem",
        )


def _introduce(mock: Mock, files: Files, settings: Settings) -> None:
    """Print the URLs of the mock, the commands for its clients, and its fault rules."""
    click.echo(f"lmconform mock: {mock.plain.url}/v2/lm  (resource groups default, tutorial, other; Ctrl-C ends it)")
    if settings.page:
        click.echo(f"web page: {mock.plain.url}/")
    for line in client_setup.commands(files, mock.plain, mock.tls):
        click.echo(line)
    for rule in settings.faults.rules:
        click.echo(f"fault (seed {settings.faults.seed}): {rule}")
