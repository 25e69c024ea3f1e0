"""``lmconform compare``: what changed between two runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from lmconform.exit_codes import ExitCode
from lmconform.reporting import escaping
from lmconform.results.compare import Change, Comparison, compare
from lmconform.results.stream import Run


@click.command("compare")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(old: Path, new: Path, as_json: bool) -> int:
    """Compare two runs: folders, or their results.jsonl. Exits 1 on a regression.

    A run without a footer ended early; comparing with it exits 11, unless it shows a
    regression all the same.
    """
    before, after = Run(old), Run(new)
    found = compare(before, after)
    complete = all(run.footer is not None and run.footer.complete for run in (before, after))
    if as_json:
        click.echo(json.dumps({**asdict(found), "complete": complete, "regression": found.has_regression}))
    else:
        _print(found)
        for path, run in ((old, before), (new, after)):
            if run.footer is None or not run.footer.complete:
                click.echo(f"warning: {path} is incomplete; what it lacks was not judged")
    if found.has_regression:
        return ExitCode.FAILED
    return ExitCode.PASSED if complete else ExitCode.INCOMPLETE


def _print(found: Comparison) -> None:
    for name, changes in (
        ("regressed", found.regressed),
        ("fixed", found.fixed),
        ("new", found.new),
        ("vanished", found.vanished),
    ):
        click.echo(f"{name}: {len(changes)}")
        for change in changes:
            click.echo(f"  {escaping.terminal(_line(change))}")
    click.echo(f"observations that differ: {len(found.behaviour)}")
    for observation, was, now in found.behaviour:
        click.echo(f"  {escaping.terminal(f'{observation}: {was} -> {now}')}")


def _line(change: Change) -> str:
    was = change.old.outcome if change.old else "-"
    now = change.new.outcome if change.new else "-"
    seen = change.new.actual or change.new.because or change.new.message if change.new and change.new.gates else ""
    return f"{change.id}  {was} -> {now}" + (f"  ({seen})" if seen else "")
