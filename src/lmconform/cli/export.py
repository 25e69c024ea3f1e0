"""``lmconform export``: writes scenarios in the format of another tool."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lmconform.errors import ConfigError, did_you_mean
from lmconform.exit_codes import ExitCode

_FORMATS = ("postman",)


@click.command("export")
@click.argument("format", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.option("--scenario", default="training", show_default=True, metavar="ID", help="Workflow to write.")
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write (default: standard output)."
)
def command(format: str, scenario: str, output: Path | None) -> int:
    """Write a workflow of scenarios/ as a collection for Postman and Newman.

    FORMAT is postman. Set the variables baseUrl, tokenUrl, clientId and clientSecret of the collection; the variables
    of the scenario have the values of the tutorial.
    """
    from lmconform.contract.openapi import Contract
    from lmconform.scenarios import document, postman

    workflows = {w.id: w for file in document.load(Contract.load()) for w in file.workflows}
    if scenario not in workflows:
        raise ConfigError(f"--scenario {scenario}: is no scenario{did_you_mean(scenario, workflows)}")
    text = json.dumps(postman.collection(workflows[scenario]), indent=2, ensure_ascii=False)
    if output is None:
        click.echo(text)
        return ExitCode.PASSED
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot be written ({error.strerror})") from error
    return ExitCode.PASSED
