"""``lmconform init``: writes a commented lmconform.toml for the target of a service key."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from lmconform.errors import ConfigError
from lmconform.settings import service_key, target_file, target_schema, target_template
from lmconform.settings.options import MOCK


@click.command("init")
@click.argument("key", type=click.Path(path_type=Path))
@click.option("--name", default="dev", show_default=True, metavar="NAME", help="Name of the target.")
@click.option("--resource-group", default="default", show_default=True, metavar="ID", help="Resource group to work in.")
def command(key: Path, name: str, resource_group: str) -> None:
    """Write lmconform.toml for the service key in the file KEY. Sends nothing.

    The file refers to the key by its path; the secret stays in the key. The JSON Schema for editors is written beside
    it. Existing files are never changed.
    """
    if not target_file.NAME.fullmatch(name) or name == MOCK:
        raise ConfigError(f"--name: {name!r} is no name of a target; expected a letter, then letters, digits, - or _")
    try:
        text = key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ConfigError(f"KEY: {key}: cannot be read ({reason})") from error
    url = service_key.read(text, f"KEY: {key}").api_url
    path = Path(os.path.relpath(key.resolve())) if key.resolve().is_relative_to(Path.cwd()) else key.resolve()
    _write(Path(target_file.FILE_NAME), target_template.render(name, url, path, resource_group))
    click.echo(f"wrote     {target_file.FILE_NAME} (target {name}: {url}, resource group {resource_group})")
    schema = Path(target_schema.FILE_NAME)
    if not schema.exists():
        _write(schema, json.dumps(target_schema.schema(), indent=2) + "\n")
        click.echo(f"wrote     {schema} (for editors)")
    click.echo(f"secret    stays in {path}; keep that file out of version control")
    click.echo(f"next      lmconform run {name}")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigError(f"{path}: is there already, and is not changed; edit it, or move it away") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
