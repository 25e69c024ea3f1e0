"""``lmconform run``: the gate."""

from __future__ import annotations

import gc
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lmconform import private_files
from lmconform.cli.options import given, of_a_run
from lmconform.exit_codes import ExitCode
from lmconform.run import failed_start
from lmconform.run.interrupts import POLITE, is_ignored
from lmconform.settings.choice import configure
from lmconform.settings.options import RunConfig

if TYPE_CHECKING:
    from lmconform.client import embedded
    from lmconform.run.invocation import Run


class _Command(click.Command):
    """Says in the reports as well when the command line cannot be understood."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            failed_start.record(_start(None, _report_dir(given)), error.format_message(), ExitCode.USAGE)
            raise


def _report_dir(arguments: list[str]) -> str | None:
    """The folder that a command line names which click refuses to read."""
    name = "--report-dir"
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if argument == name or argument.startswith(f"{name}="):
            return argument.partition("=")[2] or following or None
    return None


def _start(target: str | None, report_dir: str | None) -> failed_start.Start:
    return failed_start.Start(Path(report_dir) if report_dir else None, target or "")


@click.command("run", cls=_Command)
@click.argument("target", required=False)
@of_a_run()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="Number of worker processes.",
)
@click.option(
    "--plan", "only_plan", is_flag=True, help="Print the most that the run would send, create and take; run nothing."
)
@click.option("--quiet", is_flag=True, help="Print only the end of the report.")
def command(target: str | None, workers: int, only_plan: bool, quiet: bool, **options: Any) -> int:
    """Run scenarios, probes and fuzz against TARGET: 'mock', a base URL, or a name in lmconform.toml.

    Credentials come from the first of: --service-key, --aicore-profile,
    AICORE_SERVICE_KEY, the AICORE_* variables, ~/.aicore/config.json, VCAP_SERVICES.
    Without TARGET, the URL of the credentials is the target; without credentials, the embedded mock.

    On a URL the default profile is smoke, which only reads; the other profiles need
    --allow-writes.
    """
    private_files.keep_private()
    private_files.sweep()
    with failed_start.recorded(_start(target, None if only_plan else options["report_dir"])):
        from lmconform.client import embedded

        config = configure(target, given(options), os.environ)
    # Who ends us politely gets what Ctrl-C gets: a footer, and nothing left on the target.
    for number in POLITE:
        if not is_ignored(number):
            signal.signal(number, signal.default_int_handler)
    # It starts while we do.
    launched = embedded.launch(config) if config.is_mock else None
    try:
        return _foresee(config, launched, workers) if only_plan else _run(config, launched, workers, quiet=quiet)
    finally:
        if launched is not None:
            launched.stop()


def _foresee(config: RunConfig, launched: embedded.Launched | None, workers: int) -> int:
    """Print what a run would cost; it asks what every run asks before its first item."""
    from collections import Counter

    from lmconform.reporting import terminal
    from lmconform.run.catalogue import plan
    from lmconform.run.examination import look

    made = plan(config)
    target, seen = look(made, launched, workers)
    kinds = Counter(item.id.partition("/")[0] for item in made.items)
    click.echo(f"plan      {config.label} at {target.base_url}, profile {config.profile}; nothing is run")
    click.echo(f"items     {len(made.items)}: {', '.join(f'{number} {kind}' for kind, number in kinds.items())}")
    for line in (*seen.forecast.lines(), *terminal.advised(line.as_json() for line in seen.lines)):
        click.echo(line)
    return ExitCode.PASSED


def _run(config: RunConfig, launched: embedded.Launched | None, workers: int, *, quiet: bool) -> int:
    with failed_start.recorded(failed_start.Start(config.report_dir, config=config)):
        # Imported now: a wrong option is answered at once, these take most of a second.
        from rich.console import Console

        from lmconform.reporting.live import Live
        from lmconform.reporting.progress import Progress
        from lmconform.run.catalogue import plan
        from lmconform.run.invocation import Run

        progress = None if quiet else Progress()
        live = Live(Console(highlight=False, soft_wrap=True), quiet=quiet, progress=progress)
        made = plan(config)
    run = Run.begin(made, live, launched, workers=workers, progress=progress)
    # Descriptions and plan stay to the end: the garbage collector need not look through them.
    gc.freeze()
    code: int = ExitCode.INTERNAL
    try:
        code = _pytest(run, workers)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    finally:
        if not run.finished:
            # pytest itself was broken off, before its session began or after it ended.
            run.finish(interrupted=code == ExitCode.INTERRUPTED, exit_status=code)
        with suppress(OSError):
            # The terminal may be gone; the files say the same.
            live.end(run.record, _compared(run))
    if run.unwritten:
        with suppress(OSError):
            click.echo(f"lmconform: error: {run.unwritten}", err=True)
        return ExitCode(run.exit_code)
    return code


def _compared(run: Run) -> str:
    """What changed since the baseline of the run, when it has one and anything did."""
    found = run.against.comparison if run.against is not None else None
    if found is None or found.is_empty:
        return ""
    from lmconform.reporting.comparison import terminal

    return terminal.text(found) + "\n\n"


def _pytest(run: Run, workers: int) -> int:
    import pytest

    import lmconform
    from lmconform.contract import bundle
    from lmconform.run import report_folder
    from lmconform.run.pytest_plugin import Prepared

    root = bundle.root()
    arguments = [str(root / "tests" / "conformance"), f"--rootdir={root}", "--noconftest"]
    arguments += ["-c", str(Path(lmconform.__file__).parent / "run" / "pytest.ini")]
    arguments += ["-p", "no:cacheprovider", "-p", "no:terminal", "--capture=no"]
    arguments += ["-p", "lmconform.run.pytest_plugin", "-p", "allure_pytest.plugin"]
    arguments += [f"--alluredir={run.folder / report_folder.ALLURE}"]
    if workers > 1:
        arguments += ["-p", "xdist.plugin", "-n", str(workers), "--dist", "loadgroup", "--max-worker-restart", "0"]
    arguments += run.plan.config.as_arguments()
    # What else is installed for pytest, or set for it, is none of this run's business.
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return int(pytest.main(arguments, plugins=[Prepared(run)]))
