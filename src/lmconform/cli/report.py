"""``lmconform report``: the reports of a run, once more, from its results.jsonl."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from lmconform import private_files
from lmconform.errors import ConfigError
from lmconform.reporting import registry
from lmconform.reporting.registry import FORMATS, Format
from lmconform.results.stream import Run
from lmconform.run.own_files import is_own


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--format", "name", type=click.Choice(tuple(FORMATS)), help="Make only this report.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write (default: standard output)."
)
def command(run: Path, name: str | None, output: Path | None) -> None:
    """Make the reports of RUN again: the folder of a run, or its results.jsonl. Sends nothing.

    Without --format, those that every run leaves are written beside results.jsonl.
    """
    private_files.keep_private()
    if output is not None and name is None:
        raise ConfigError(f"--output {output}: which report? add --format {'|'.join(FORMATS)}")
    record = Run(run)
    try:
        if name is None:
            for path in _rewritten(record):
                click.echo(f"written: {path}")
        elif output is None:
            click.echo(_text(record, FORMATS[name]), nl=False)
        elif output.exists() and output.samefile(record.file):
            raise ConfigError(f"--output {output}: is what the report is made from; name another file")
        else:
            FORMATS[name].write(record, output)
    except OSError as error:
        where = error.filename or output or record.file.parent
        raise ConfigError(f"{where}: cannot be written ({error.strerror or error}); name another --output") from error


def _rewritten(record: Run) -> list[Path]:
    """Write the reports beside the results; returns the files. Raises ConfigError where another tool's file stands."""
    folder = record.file.parent
    paths = [(folder / form.file, form) for form in FORMATS.values() if form.always]
    foreign = [path for path, form in paths if path.exists() and not (path.is_file() and is_own(path, form.sign))]
    if foreign:
        raise ConfigError(
            f"{foreign[0]}: no run of lmconform wrote it, and it stays; move it, or give --format and --output"
        )
    with tempfile.TemporaryDirectory(dir=folder, prefix=".lmconform-") as made:
        registry.write(record, Path(made))
        for path, form in paths:
            (Path(made) / form.file).replace(path)
    return [path for path, _ in paths]


def _text(record: Run, form: Format) -> str:
    """One report as a text."""
    with tempfile.TemporaryDirectory(prefix="lmconform-") as folder:
        path = Path(folder) / form.file
        form.write(record, path)
        return path.read_text(encoding="utf-8")
