"""``lmconform targets``: the targets of lmconform.toml, and the schema of that file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from lmconform.errors import ConfigError
from lmconform.settings import target_file, target_schema
from lmconform.settings.credential_reference import Reference, Variable
from lmconform.settings.target_file import Entry


@click.command("targets")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of lmconform.toml, for editors.")
def command(as_json: bool, as_schema: bool) -> None:
    """List the targets of lmconform.toml, found from the current folder upward. Sends nothing."""
    if as_schema:
        click.echo(json.dumps(target_schema.schema(), indent=2))
        return
    file = target_file.find(Path())
    if file is None:
        raise ConfigError(f"there is no {target_file.FILE_NAME} here or above; 'lmconform init KEY' writes one")
    rows = [_row(name, entry) for name, entry in file.entries.items()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        extra = ", ".join(word for word in ("allow_writes", "disposable") if row[word])
        click.echo(f"{row['name']:<12} {row['profile']:<6} {row['url']}" + (f" ({extra})" if extra else ""))
        click.echo(f"{'':<12} {'':<6} resource group {row['resource_group']}, credentials: {row['credentials']}")
    click.echo(f"{len(rows)} in all: {file.shown}")


def _row(name: str, entry: Entry) -> dict[str, Any]:
    values = entry.values
    return {
        "name": name,
        "url": entry.url or "that of the credentials",
        "profile": values.get("profile", "smoke"),
        "resource_group": values.get("resource_group", "of the environment, or default"),
        "credentials": _shown(entry.named.credentials),
        "allow_writes": values.get("allow_writes", False),
        "disposable": values.get("disposable", False),
    }


def _shown(reference: Reference | None) -> str:
    """Where the credentials are, without any value of them."""
    if reference is None:
        return "of the environment"
    if isinstance(reference.service_key, Variable):
        return f"service key in {reference.service_key.name}"
    if reference.service_key is not None:
        return f"service key {reference.service_key.name}"
    if reference.aicore_profile:
        return f"profile {reference.aicore_profile} of SAP's SDK"
    variables = [value.name for value in reference.values.values() if isinstance(value, Variable)]
    return f"variables {', '.join(variables)}" if variables else "single values"
