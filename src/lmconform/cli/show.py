"""``lmconform show``: the findings of a run, or all that it recorded of one item."""

from __future__ import annotations

from pathlib import Path

import click

from lmconform.exit_codes import ExitCode


@click.command("show")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("item", required=False)
def command(run: Path, item: str | None) -> int:
    """Show the findings of RUN (a folder, or its results.jsonl), by cause, or the requests of ITEM.

    ITEM is the id of an item, of a result or of a requirement, or a glob: each result
    with the requests that led to it, what was sent and what was answered.
    """
    from lmconform.reporting import stories, terminal
    from lmconform.results.stream import Run

    record = Run(run)
    for line in stories.lines(record, item) if item else terminal.findings(record):
        click.echo(line)
    return ExitCode.PASSED
