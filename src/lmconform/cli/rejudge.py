"""``lmconform rejudge``: today's checks on exchanges that were recorded earlier."""

from __future__ import annotations

from pathlib import Path

import click

from lmconform import private_files
from lmconform.contract import versions
from lmconform.contract.dialects import DIALECTS
from lmconform.errors import ConfigError, StorageLost


@click.command("rejudge")
@click.argument("recording", type=click.Path(path_type=Path), metavar="RUN|FILE")
@click.option("--contract", metavar="VERSION", help="Judge by this version of SAP's description.")
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    help="How the target treats the endpoints of SAP's tutorial (default: as in the run).",
)
@click.option(
    "--overlay",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="OpenAPI Overlay to add to the description (repeatable).",
)
@click.option(
    "--report-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the reports (default: reports/<run>).",
)
@click.option(
    "--require",
    type=click.Choice(("partial", "conformant")),
    default="partial",
    show_default=True,
    help="Lowest verdict that passes the gate.",
)
def command(
    recording: Path,
    contract: str | None,
    dialect: str | None,
    overlay: tuple[Path, ...],
    report_dir: Path | None,
    require: str,
) -> int:
    """Apply the checks of this version to recorded exchanges. Sends nothing.

    RUN is the folder of a run or its exchanges.jsonl. FILE is an HTTP Archive (HAR) of a browser, Postman or a proxy,
    or a file of printed answers, one JSON object a line. What only a probe can judge is not judged, so the verdict is
    partial at best.
    """
    from lmconform.evidence.recordings.opening import recording as opened
    from lmconform.reporting import terminal
    from lmconform.run import failed_start, report_folder
    from lmconform.run.rejudging import Wish, rejudge

    private_files.keep_private()
    if contract is not None:
        versions.check(contract)
    found = opened(recording)
    if report_dir is not None and found.file.resolve().parent == report_dir.resolve():
        # The reports of this folder are removed, the recording is one of them.
        raise ConfigError(f"--report-dir {report_dir}: the recording lies there; name another folder")
    with failed_start.recorded(failed_start.Start(report_dir, str(recording))) as start:
        folder = start.holds(report_folder.prepared(report_dir, "rejudge"))
        try:
            record = rejudge(found, Wish(dialect, contract, overlay, require), folder)
        except OSError as error:
            raise StorageLost(f"{folder}: the reports cannot be written ({error.strerror or error})") from error
    for line in terminal.lines(record):
        click.echo(line)
    return record.footer.exit_code if record.footer is not None else 0
