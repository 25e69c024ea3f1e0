"""``lmconform distill``: the fewest items that find what all of them find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import yaml

from lmconform.errors import ConfigError
from lmconform.exit_codes import ExitCode
from lmconform.mutation import reduction, timing
from lmconform.run.selection import GATE

# Of the kills of all items; the profile takes a tenth of the time of a full run.
_KEPT, _SHARE = 0.95, 10
# Machines have good and bad moments: what is cut to nine tenths of what is allowed still fits in a bad one.
_GOAL = 0.9


@click.command("distill")
@click.argument("matrices", nargs=-1, required=True, metavar="MATRIX...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=GATE,
    metavar="FILE",
    help="File to write (default: the one that --profile gate reads).",
)
@click.option("--check", is_flag=True, help="Write nothing; print what the existing profile keeps.")
@click.option("--estimate", is_flag=True, help="Run nothing; add up the times of the items in MATRIX.")
def command(matrices: tuple[Path, ...], out: Path, check: bool, estimate: bool) -> int:
    """Compute from MATRIX (matrix.json of 'lmconform mutants') the smallest set of items that kills every mutant.

    Several matrices count as one. 'lmconform mutants --full' records every item that kills a mutant. The command times
    the items in runs against the embedded mock, which take about six minutes on an idle machine. The profile is the
    part of the set that takes a tenth of the time of a full run, and keeps 95 % of the kills. Exits 1 when it keeps
    less, or takes more.
    """
    found = [_read(path) for path in matrices]
    evidence = reduction.read(found)
    if not evidence.killers:
        raise ConfigError(f"{matrices[0]}: has no kills; 'lmconform mutants' without IDS makes a matrix of all mutants")
    there = _items(out) if check else []
    if not check:
        _try_out(out)
    timer = reduction.estimated if estimate else timing.timed
    evidence = timer(evidence, None)
    whole = evidence.full
    _show("profile full", whole, evidence)
    least, needed = reduction.smallest(evidence)
    timed = timer(evidence, least.items)
    _show("smallest set", timed.of(least.items), evidence)
    click.echo(f"  no set can have fewer than {needed} items: so many are the only killers of some mutant")
    allowed = _GOAL * whole.seconds / _SHARE
    chosen = there if check else reduction.within(timed, least, allowed, timer, _KEPT).items
    full, part = (evidence, evidence) if estimate else timing.alternating(evidence, chosen)
    whole, gate = full.full, part.of(chosen)
    _show("profile gate", gate, evidence)
    if not estimate:
        click.echo(f"  timed alternating with profile full, which took {whole.seconds:.1f} s then")
    kept, share = len(gate.killed) / max(1, len(whole.killed)), gate.seconds / whole.seconds
    click.echo(f"keeps {kept:.1%} of the kills in {share:.1%} of the time")
    if not check:
        _write(out, gate, evidence)
        click.echo(f"written: {out}")
    return ExitCode.PASSED if kept >= _KEPT and share <= 1 / _SHARE else ExitCode.FAILED


def _show(name: str, found: reduction.Distilled, evidence: reduction.MatrixEvidence) -> None:
    killed = f"{len(found.killed):>4} of {len(evidence.mutants)} mutants"
    click.echo(f"{name:<13}{len(found.items):>4} items  {killed}  {found.seconds:5.1f} s")


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "not valid JSON"
        raise ConfigError(f"{path}: cannot be read ({reason}); expected a matrix.json") from error
    try:
        reduction.read([data])
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"{path}: is no kill matrix ({error!r}); expected a matrix.json of 'lmconform mutants'"
        ) from error
    return dict(data)


def _items(path: Path) -> list[str]:
    try:
        items = yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError("items is no list of texts")
        return items
    except (OSError, yaml.YAMLError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"--out {path}: is no profile; 'lmconform distill' without --check writes it") from error


def _try_out(path: Path) -> None:
    """Raise ConfigError when the profile could not be written after all the runs."""
    is_new = not path.exists()
    try:
        with path.open("a"):
            if is_new:
                path.unlink()
    except OSError as error:
        raise ConfigError(f"--out {path}: cannot be written ({error.strerror})") from error


def _write(path: Path, gate: reduction.Distilled, evidence: reduction.MatrixEvidence) -> None:
    head = "# Written by 'lmconform distill': the items of --profile gate, in the order of a run.\n"
    data = {"mutants": len(evidence.mutants), "killed": len(gate.killed), "items": list(gate.items)}
    try:
        path.write_text(head + yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {path}: cannot be written ({error.strerror})") from error
