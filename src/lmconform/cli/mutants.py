"""``lmconform mutants``: whether the requirements see the defects that they should see."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from lmconform import mutants
from lmconform.contract.requirements import Register
from lmconform.errors import NothingSelected, StorageLost, closest
from lmconform.exit_codes import ExitCode
from lmconform.mutation import matrix_html, matrix_json
from lmconform.mutation.curve import MOST, Curve, trace
from lmconform.mutation.matrix import build
from lmconform.mutation.trial import MutantRun, MutantTrial
from lmconform.run import own_files, report_folder
from lmconform.run.reservation import Reservation, reserved
from lmconform.settings.options import MOCK, PROFILES, RunConfig

# Seconds of each time limit: nothing on the mock takes longer than one, and a mutant may never get there.
_PATIENCE = 4.0
_LIMITS = dict.fromkeys(("stop_timeout", "delete_timeout", "start_timeout", "poll_timeout"), _PATIENCE)


@click.command("mutants")
@click.argument("ids", nargs=-1)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of worker processes.",
)
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="Items to run.")
@click.option(
    "--seed", "seeds", type=int, multiple=True, metavar="N", help="Seed of all generated data (repeatable; default: 0)."
)
@click.option(
    "--max-examples",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="Generated cases for each operation and mode (default: 50).",
)
@click.option("--full", "everything", is_flag=True, help="Run every item against every mutant.")
@click.option("--run-order", is_flag=True, help="Keep the order of a run, and stop at the first failure.")
@click.option(
    "--curve", type=click.IntRange(1), default=None, metavar="N", help="Also draw the fuzz curve, over N seeds."
)
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    default=Path("reports/mutants"),
    show_default=True,
    metavar="DIR",
    help="Folder for the matrix.",
)
def command(
    ids: tuple[str, ...],
    workers: int,
    profile: str,
    seeds: tuple[int, ...],
    max_examples: int | None,
    everything: bool,
    run_order: bool,
    curve: int | None,
    report_dir: Path,
) -> int:
    """Run the suite against mocks that have one defect each; IDS are globs (default: all).

    Exits 1 when a mutant survives or is killed by none of the requirements that it breaks,
    when a requirement is never seen failing, or when the unmutated mock is not green.
    """
    register = Register.load()
    runs = _select(ids, register)
    click.get_current_context().with_resource(_reserved(report_dir))
    options: dict[str, Any] = {"profile": profile, **_LIMITS}
    if max_examples:
        options["max_examples"] = max_examples
    config = RunConfig.from_options(MOCK, options)
    chosen = seeds or (0,)
    began, done = time.monotonic(), 0

    def progress(trial: MutantTrial) -> None:
        nonlocal done
        done += 1
        lawful = not trial.mutant.breaks
        name = f"(unmutated, {trial.mutant.id})" if lawful else trial.mutant.id
        kill = next(iter([*trial.declared, *trial.kills]), None)
        by = f"{kill.item} after {kill.after:.2f} s" if kill else trial.error
        status = ("red" if trial.kills or trial.error else "green") if lawful else trial.status
        click.echo(f"{done:>4}  {status:<9} {name:<44} {by}")

    found = build(
        config,
        runs,
        seeds=chosen,
        workers=workers,
        everything=everything,
        in_run_order=run_order,
        progress=progress,
    )
    found.seconds = time.monotonic() - began
    traced = trace(config, found.trials, range(curve), workers) if curve else None
    unproven = mutants.unproven()
    problems = list(found.problems(register, unproven, whole=not ids))
    data = matrix_json.as_json(found, register, unproven, problems, chosen, traced)
    try:
        matrix_json.write(report_dir, data, found)
        matrix_html.write(report_dir / matrix_html.FILE, data)
    except OSError as error:
        raise StorageLost(f"{report_dir}: the matrix cannot be written ({error.strerror})") from error
    for problem in problems:
        click.echo(f"red   {problem}")
    if traced:
        _show_curve(traced)
    first = data["first_failure"]
    killed = sum(trial.status == "killed" for trial in found.trials)
    click.echo(f"first failure after {first['median']:g} s (median), {first['p95']:g} s (95th percentile)")
    click.echo(
        f"killed {killed} of {len(found.trials)} mutants in {found.seconds:.0f} s; {report_dir / matrix_html.FILE}"
    )
    return ExitCode.FAILED if problems else ExitCode.PASSED


def _reserved(folder: Path) -> Reservation:
    """The folder of the matrix, checked before the trials, which take minutes; raises ConfigError."""
    held = reserved(folder, report_folder.OPTION)
    for path in own_files.foreign(folder, {**matrix_json.SIGNS, matrix_html.FILE: matrix_html.SIGN}):
        raise own_files.refusal(report_folder.OPTION, path)
    return held


def _show_curve(curve: Curve) -> None:
    for mutant, (item, cases) in curve.cases.items():
        shown = " ".join(str(case) if case else f">{MOST}" for case in cases)
        click.echo(f"fuzz  {mutant:<36} {item:<36} at case {shown}")
    steps = ", ".join(f"{curve.found(n):.0%} at {n}" for n in (10, 25, 50, MOST))
    click.echo(f"only fuzzing kills {len(curve.cases)} mutants; of them at {len(curve.seeds)} seeds: {steps} cases")


def _select(patterns: tuple[str, ...], register: Register) -> list[MutantRun]:
    every = [MutantRun(m.id, m.family, m.text(register), m.breaks, ("--mutant", m.id)) for m in mutants.load()]
    for pattern in patterns:
        if not any(fnmatchcase(s.id, pattern) for s in every):
            near = closest(pattern, [s.id for s in every])
            hint = f"; did you mean {near!r}?" if near else "; 'lmconform list mutants' shows them"
            raise NothingSelected(f"{pattern}: matches no mutant{hint}")
    return [s for s in every if not patterns or any(fnmatchcase(s.id, p) for p in patterns)]
