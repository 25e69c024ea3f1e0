"""``lmconform waivers``: the file of known defects, judged, written and described."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import click

from lmconform.errors import ConfigError
from lmconform.exit_codes import ExitCode
from lmconform.reporting import escaping
from lmconform.waivers.document import FILE_NAME
from lmconform.waivers.entry import Age, Entry

# Days that a suggested waiver lasts.
_DAYS = 60


@click.group("waivers")
def command() -> None:
    """Known defects that do not gate until a date. Sends nothing."""


@command.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--today", metavar="DATE", help="Check as on this day, YYYY-MM-DD (default: today).")
@click.option("--allow-renewals", is_flag=True, help="Accept waivers that were renewed more than twice.")
def check(files: tuple[Path, ...], today: str | None, allow_renewals: bool) -> int:
    """Check each waiver of FILE: ok, ending or expired.

    Without FILE, checks those that lmconform.toml names, or waivers.yaml. Exits 1 when one has
    expired, and 4 when the file cannot be used.
    """
    from lmconform.contract.openapi import Contract
    from lmconform.contract.requirements import Register
    from lmconform.run import waiving
    from lmconform.run.catalogue import catalogue

    day = _day("--today", today) if today is not None else _now()
    contract, register = Contract.load(), Register.load()
    items = catalogue(contract, register)
    found = list[Entry]()
    for file in files or _configured():
        found += waiving.read(file, contract, register, items, allow_renewals=allow_renewals)
    for entry in found:
        click.echo(escaping.terminal(f"{entry.age(day):<8} {entry.where}  {entry.label}  {_until(entry, day)}"))
    expired = sum(entry.age(day) is Age.EXPIRED for entry in found)
    click.echo(f"{len(found)} in all: {expired} expired")
    return ExitCode.FAILED if expired else ExitCode.PASSED


@command.command("suggest")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--reason", default="", metavar="TEXT", help="Why the defect is tolerated.")
@click.option("--issue", default="", metavar="URL", help="Where the work on the defect is tracked.")
@click.option("--owner", default="", metavar="NAME", help="Who decides when the waiver ends.")
@click.option("--expires", metavar="DATE", help=f"Last day of the waiver, YYYY-MM-DD (default: in {_DAYS} days).")
def suggest(run: Path, reason: str, issue: str, owner: str, expires: str | None) -> None:
    """Print waivers for what gates in RUN, one for each cause, as YAML to paste into waivers.yaml.

    RUN is the folder of a run, or its results.jsonl. A file with an empty reason, issue or owner is refused.
    """
    from lmconform.results.stream import Run
    from lmconform.waivers import suggestion

    record = Run(run)
    assert record.header is not None
    last = _day("--expires", expires) if expires is not None else _now() + timedelta(days=_DAYS)
    people = suggestion.People(reason, issue, owner, last)
    header = record.header
    for line in suggestion.entries(record.results.values(), header.target, header.contract_version, people):
        click.echo(escaping.terminal(line))


@command.command("schema")
def schema() -> None:
    """Print the JSON Schema of waivers.yaml, for editors."""
    text = (resources.files("lmconform.waivers") / "schemas" / "waivers.schema.json").read_text(encoding="utf-8")
    click.echo(json.dumps(json.loads(text), indent=2, ensure_ascii=False))


def _configured() -> list[Path]:
    """The files of the targets in lmconform.toml, or the one that lies here."""
    from lmconform.settings import target_file

    file = target_file.find(Path())
    named = [entry.values["waivers"] for entry in file.entries.values() if "waivers" in entry.values] if file else []
    return [Path(path) for path in dict.fromkeys(named)] or [Path(FILE_NAME)]


def _until(entry: Entry, today: date) -> str:
    left = (entry.expires - today).days
    renewed = f", renewals: {len(entry.renewals)}" if entry.renewals else ""
    days = f"{left} days" if left >= 0 else "expired"
    return f"until {entry.expires} ({days}, {entry.owner}{renewed})"


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{option}: {text!r} is no day; expected one such as 2027-01-31") from error


def _now() -> date:
    return datetime.now(UTC).date()
