"""``lmconform cleanup``: removes what a run left on a target, and says what the API cannot delete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from lmconform.cli.options import given, of_a_run
from lmconform.errors import ConfigError, HarnessError
from lmconform.exit_codes import ExitCode
from lmconform.reporting import escaping

if TYPE_CHECKING:
    from lmconform.client.leftovers import Leftovers
    from lmconform.run.recovery import RunState

# The options of a run that say how to reach a target, and how long it may take.
_TAKEN = frozenset(
    (
        *("service-key", "aicore-profile", "ca-bundle", "poll-interval", "stop-timeout", "delete-timeout"),
        *("request-timeout", "rate"),
    )
)


@click.command("cleanup")
@click.argument("names", nargs=-1, metavar="[RUN] [TARGET]")
@click.option(
    "--all", "every", is_flag=True, help="Clean up after all runs that left a journal on this machine; give no RUN."
)
@click.option("--yes", is_flag=True, help="Stop and delete; without it, only list what is left.")
@click.option("--check", is_flag=True, help="Exit 1 when anything is left that can be deleted; change nothing.")
@of_a_run(_TAKEN)
def command(names: tuple[str, ...], every: bool, yes: bool, check: bool, **options: Any) -> int:
    """Delete what RUN left on TARGET: what is in its journal, has its name, or runs its configurations.

    RUN is the id of a run, or the folder of its reports. TARGET defaults to that of the run. Without --yes,
    the command only lists what is left. With --yes, it exits 1 when something is left that can be deleted.
    """
    if yes and check:
        raise ConfigError("--yes and --check: one deletes, the other only looks; choose one")
    if len(names) > (1 if every else 2) or not (names or every):
        raise ConfigError("name a RUN, and its TARGET if necessary; or --all, and a TARGET if necessary")
    target = (names[0] if every and names else None) if every else (names[1] if len(names) == 2 else None)
    states = list(_states(names, every, target))
    if not states:
        where = f" on {target}" if target else ""
        click.echo(f"no run left a journal{where}: there is nothing to remove")
    options = given(options)
    codes = [_one(state, target, options, yes=yes, check=check, alone=len(states) == 1) for state in states]
    if yes:
        _prune()
    return max(codes, default=ExitCode.PASSED)


def _states(names: tuple[str, ...], every: bool, target: str | None) -> Iterator[RunState]:
    from lmconform.run import recovery

    if every:
        yield from recovery.on_target(target, os.environ)
    else:
        yield recovery.find(names[0], os.environ)


def _prune() -> None:
    from lmconform.contract.openapi import Contract
    from lmconform.contract.resources import resources
    from lmconform.run import pruning

    if number := pruning.prune(resources(Contract.load()), os.environ):
        what = f"{number} journal{'s' if number > 1 else ''}"
        click.echo(f"removed {what} of runs that left nothing to delete, unchanged for {pruning.DAYS} days")


def _one(
    state: RunState, target: str | None, options: dict[str, Any], *, yes: bool, check: bool, alone: bool
) -> ExitCode:
    """Clean up after one run, or say what is left of it."""
    from lmconform.client.cleanup import clean
    from lmconform.client.leftovers import Survey
    from lmconform.run import recovery

    click.echo(f"run {state.id}")
    try:
        session = recovery.open_session(state, target, options)
        try:
            survey = Survey(session, session.groups_of_run())
            found = survey.look()
            if yes and found.removable:
                for one in found.removable:
                    _say(f"delete  {one}")
                clean(session, patient=True)
                found = survey.look()
        finally:
            session.close()
    except HarnessError as error:
        if alone:
            raise
        _say(f"error: {error}", err=True)
        return error.exit_code
    _print(found, yes=yes)
    if found.unknown:
        return ExitCode.INCOMPLETE
    return ExitCode.FAILED if found.removable and (yes or check) else ExitCode.PASSED


def _print(found: Leftovers, *, yes: bool) -> None:
    for one in found.removable:
        _say(f"left    {one}")
    for text in found.unknown:
        _say(f"unknown {text}")
    by_noun: dict[str, list[str]] = {}
    for one in found.permanent:
        by_noun.setdefault(one.noun, []).append(one.id)
    for noun, ids in by_noun.items():
        _say(f"stays   {len(ids)} {noun}s, which the API cannot delete: {' '.join(ids)}")
    if not found.removable:
        _say("nothing is left that can be deleted")
    elif not yes:
        _say(f"nothing was changed; --yes deletes {len(found.removable)}")


def _say(text: str, *, err: bool = False) -> None:
    """Print one line about a run; the target says parts of it."""
    click.echo(f"  {escaping.terminal(text)}", err=err)
