"""``lmconform run``: the gate."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lmconform.exit_codes import ExitCode
from lmconform.settings.options import OPTIONS, RunConfig

if TYPE_CHECKING:
    from lmconform.client import embedded
    from lmconform.run.invocation import Run


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(OPTIONS):
        rest: dict[str, Any] = {"help": option.help, "default": option.default}
        if option.kind is bool:
            rest["is_flag"] = True
        elif option.default == ():
            rest |= {"multiple": True, "metavar": option.metavar}
        else:
            # Choices are checked by RunConfig, which knows a better message.
            rest |= {"type": option.kind, "metavar": option.metavar or "|".join(option.choices)}
            rest["show_default"] = option.default is not None
        function = click.option(f"--{option.name}", option.dest, **rest)(function)
    return function


@click.command("run")
@click.argument("target", default="mock")
@_options
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N", help="Processes.")
@click.option("--quiet", is_flag=True, help="Print the end of the report alone.")
def command(target: str, workers: int, quiet: bool, **options: Any) -> int:
    """Run scenarios, probes and fuzz against TARGET: 'mock' (default) or a base URL.

    On a URL the default profile is smoke, which only reads; the other profiles need
    --allow-writes. Credentials come from --service-key FILE or from AICORE_* variables.
    """
    from lmconform.client import embedded

    config = RunConfig.from_options(target, options)
    # Who ends us politely gets what Ctrl-C gets: a footer, and nothing left on the target.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # It starts while we do.
    launched = embedded.launch(config) if config.is_mock else None
    try:
        return _run(config, launched, workers, quiet=quiet)
    finally:
        if launched is not None:
            launched.stop()


def _run(config: RunConfig, launched: embedded.Launched | None, workers: int, *, quiet: bool) -> int:
    # Imported now: a wrong option is answered at once, these take most of a second.
    from rich.console import Console

    from lmconform.reporting.live import Live
    from lmconform.run.catalogue import plan
    from lmconform.run.invocation import Run

    live = Live(Console(highlight=False, soft_wrap=True), quiet=quiet)
    made = plan(config)
    run = Run.begin(made, live, launched)
    # Descriptions and plan stay to the end: nobody need look through them again and again for garbage.
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
        live.end(run.record)
    return code


def _pytest(run: Run, workers: int) -> int:
    import pytest

    import lmconform
    from lmconform.contract import bundle
    from lmconform.run.pytest_plugin import Prepared

    root = bundle.root()
    arguments = [str(root / "tests" / "conformance"), f"--rootdir={root}", "--noconftest"]
    arguments += ["-c", str(Path(lmconform.__file__).parent / "run" / "pytest.ini")]
    arguments += ["-p", "no:cacheprovider", "-p", "no:terminal", "--capture=no"]
    arguments += ["-p", "lmconform.run.pytest_plugin", "-p", "allure_pytest.plugin"]
    arguments += [f"--alluredir={run.folder / 'allure'}", "--clean-alluredir"]
    if workers > 1:
        arguments += ["-p", "xdist.plugin", "-n", str(workers), "--dist", "loadgroup"]
    arguments += run.plan.config.as_arguments()
    # What else is installed for pytest, or set for it, is none of this run's business.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    return int(pytest.main(arguments, plugins=[Prepared(run)]))
