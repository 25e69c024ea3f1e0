"""``lmconform compare``: what changed between two runs."""

from __future__ import annotations

from pathlib import Path

import click

from lmconform.errors import ConfigError
from lmconform.exit_codes import ExitCode
from lmconform.reporting.comparison import FORMATS
from lmconform.results import comparability
from lmconform.results.compare import compare
from lmconform.results.stream import Run


@click.command("compare")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="terminal",
    show_default=True,
    help="Format of the output; html is one file that needs no network.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write (default: standard output)."
)
@click.option("--across", is_flag=True, help="Also compare runs of different profile, contract, dialect or --only.")
def command(old: Path, new: Path, form: str, as_json: bool, output: Path | None, across: bool) -> int:
    """Compare two runs: folders, or their results.jsonl. Exits 1 on a regression.

    A regression is a result that gates and did not before, or that was judged and no longer is (absent, not
    applicable or not testable). Exits 11 when a run ended early or had an internal error, unless there is a regression.
    """
    before, after = Run(old), Run(new)
    if not across:
        comparability.check(before, after)
    found = compare(before, after)
    text = FORMATS["json" if as_json else form](found)
    if output is None:
        click.echo(text)
    else:
        try:
            output.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"--output {output}: cannot be written ({error.strerror}); name another file") from error
    if found.regressions:
        return ExitCode.FAILED
    return ExitCode.PASSED if found.complete else ExitCode.INCOMPLETE
