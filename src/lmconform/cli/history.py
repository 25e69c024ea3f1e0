"""``lmconform history``: the runs of a target, and what became of each finding."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from lmconform.errors import NothingSelected, did_you_mean
from lmconform.exit_codes import ExitCode
from lmconform.history.store import Keep, Store, Stored
from lmconform.history.trend import considered, stories
from lmconform.reporting import escaping
from lmconform.run import remembering


@click.command("history")
@click.argument("target", required=False)
@click.option(
    "--history",
    "named",
    metavar="URL",
    help="Store of runs: a file, sqlite:///FILE or postgresql://USER@HOST/DATABASE (default: history.sqlite in the "
    "state folder).",
)
@click.option(
    "--last", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Number of newest runs to read."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--keep-runs", type=click.IntRange(1), metavar="N", help="Keep N runs of each target from now on.")
@click.option(
    "--keep-days", type=click.IntRange(0), metavar="N", help="Keep runs for N days from now on; 0 is no limit."
)
def command(
    target: str | None, named: str | None, last: int, as_json: bool, keep_runs: int | None, keep_days: int | None
) -> int:
    """Show the runs of TARGET and the state of each finding; without TARGET, list the targets.

    A finding is broken when it failed in three runs in a row, and flaky when it changed more
    than once between failing and not. Runs that ended early do not count.
    """
    store = remembering.store(named, os.environ)
    if store is None:
        raise click.UsageError("--history none stores nothing; name a store")
    keep = store.keep(keep_runs, keep_days)
    runs = store.runs()
    targets = sorted({run.target for run in runs})
    if target is not None and target not in targets:
        known = did_you_mean(target, targets) or f"; it has {', '.join(targets) or 'no run'}"
        raise NothingSelected(f"{target}: no run of it is in {store}{known}")
    found = _found(store, keep, [run for run in runs if target in (None, run.target)], target, last)
    for line in [json.dumps(found)] if as_json else _lines(found):
        click.echo(line if as_json else escaping.terminal(line))
    return ExitCode.PASSED


def _found(store: Store, keep: Keep, runs: list[Stored], target: str | None, last: int) -> dict[str, Any]:
    """All that is shown, as one JSON object; results/schemas/history.schema.json pins it."""
    shown = runs[-last:] if target is not None else [[r for r in runs if r.target == t][-1] for t in _targets(runs)]
    groups = []
    kinds = dict.fromkeys((run.profile, run.selection) for run in shown) if target is not None else {}
    for profile, selection in kinds:
        members = [run for run in shown if (run.profile, run.selection) == (profile, selection)]
        found = stories(members, store.outcomes(members))
        dialect, *only = json.loads(selection)
        group = {"profile": profile, "dialect": dialect, "only": only, "runs": len(members)}
        groups.append({**group, "considered": len(considered(members)), "findings": [asdict(one) for one in found]})
    return {
        "store": str(store),
        "target": target or "",
        "keep": asdict(keep),
        "runs": [_run(run) for run in shown],
        "groups": groups,
    }


def _targets(runs: list[Stored]) -> list[str]:
    return sorted({run.target for run in runs})


def _run(run: Stored) -> dict[str, Any]:
    names = ("target", "started", "profile", "seed", "verdict", "exit_code", "complete", "counts")
    return {name: getattr(run, name) for name in names}


def _lines(found: dict[str, Any]) -> Iterator[str]:
    days = f", {found['keep']['days']} days" if found["keep"]["days"] else ""
    yield f"history   {found['store']}; it keeps {found['keep']['runs']} runs of each target{days}"
    if not found["runs"]:
        yield "runs      none"
    for run in found["runs"]:
        counts = ", ".join(f"{number} {name}" for name, number in run["counts"].items())
        name = "" if found["target"] else f"{run['target']}  "
        early = "" if run["complete"] else ", ended early and does not count"
        verdict = f"{run['verdict']:<13}  exit {run['exit_code']:<2}"
        yield f"{name}{run['started']}  {run['profile']:<5}  {verdict}  {counts}{early}"
    for group in found["groups"]:
        only = f", --only {' '.join(group['only'])}" if group["only"] else ""
        yield ""
        yield f"findings of profile {group['profile']}{only}, in {group['considered']} of {group['runs']} runs"
        for one in group["findings"]:
            fixed = f", fixed {one['fixed']}" if one["fixed"] else ""
            since = f"first seen {one['first_seen']}{fixed}, failed {one['failed']} of {one['judged']}"
            yield f"  {one['state']:<9} {one['subject']}  {since}"
            if one["difference"].strip(" |"):
                yield f"            {one['difference'].strip(' |')}"
        if not group["findings"]:
            yield "  none"
