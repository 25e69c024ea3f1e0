"""``lmconform doctor``: the preflight of a run, line by line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import click

from lmconform.cli.options import given, of_a_run
from lmconform.client import embedded
from lmconform.client.doctor import Line, State
from lmconform.errors import TargetUnreachable
from lmconform.exit_codes import ExitCode
from lmconform.settings.choice import configure
from lmconform.settings.options import RunConfig

# What decides how a target is reached and by what it is judged.
_OPTIONS = (
    *("service-key", "aicore-profile", "ca-bundle", "resource-group", "other-resource-group"),
    *("dialect", "contract", "overlay", "request-timeout"),
)


@click.command("doctor")
@click.argument("target", required=False)
@of_a_run(_OPTIONS)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(target: str | None, as_json: bool, **options: Any) -> int:
    """Check whether TARGET can be tested: each line is ok, or says what to do.

    Sends a few GET requests; a run begins with the same ones. When a line fails, nothing else is sent, and the exit
    code is 10. TARGET and credentials are found as 'lmconform run' finds them.
    """
    config = configure(target, given(options), os.environ)
    lines = list[Line]()

    def say(line: Line) -> None:
        lines.append(line)
        if not as_json:
            click.echo(f"{line.state:<7} {line.name:<9} {line.text}")

    try:
        _examine(config, say)
    except TargetUnreachable:
        # Without its line: the embedded mock did not start.
        if not lines or lines[-1].state is not State.FAILED:
            raise
    failed = lines[-1].state is State.FAILED
    if as_json:
        found = {"target": config.label, "ok": not failed, "lines": [line.as_json() for line in lines]}
        click.echo(json.dumps(found, indent=1))
    return ExitCode.UNREACHABLE if failed else ExitCode.PASSED


def _examine(config: RunConfig, say: Callable[[Line], None]) -> None:
    # Imported now: a wrong option is answered at once.
    from lmconform.client.session import Session
    from lmconform.contract.openapi import Contract
    from lmconform.contract.requirements import Register
    from lmconform.settings.target import remote

    with ExitStack() as stack:
        found = stack.enter_context(embedded.start(config)).target if config.is_mock else remote(config, os.environ)
        contract = Contract.load(config.dialect, version=config.contract, overlays=config.overlay)
        session = Session.open(config, contract, Register.load(), found, None)
        stack.callback(session.close)
        session.examine(say, wide=True)
