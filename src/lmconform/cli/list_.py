"""``lmconform list``: what there is to run, and to be held to."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate
from pathlib import Path
from typing import Any, Final

import click

from lmconform.contract import paths
from lmconform.contract import revisions as frozen
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import NothingSelected, closest
from lmconform.judgement import Evidence, Level

_JOKERS: Final = frozenset("*?[")
_pattern_argument = click.argument("pattern", required=False)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
_overlay_option = click.option(
    "--overlay",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="OpenAPI Overlay to add to the description (repeatable).",
)
_dialect_option = click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default="published",
    show_default=True,
    help="How the target treats the endpoints of SAP's tutorial.",
)


@click.group("list")
def command() -> None:
    """List items, requirements, revisions, observations, operations or mutants. Sends nothing.

    PATTERN is a glob over ids, or a part of an id or a sentence, in any case.
    """


@command.command("items")
@_pattern_argument
@_dialect_option
@_overlay_option
@_json_option
def items(pattern: str | None, dialect: str, overlay: tuple[Path, ...], as_json: bool) -> None:
    """Every item with the smallest profile that runs it."""
    from lmconform.run.catalogue import catalogue

    rows = [
        {"id": item.id, "profile": item.profile, "requirements": list(item.requirements)}
        for item in catalogue(Contract.load(dialect, overlays=overlay), Register.load())
    ]
    _show(_matching(rows, pattern), as_json, lambda r: f"{r['profile']:<6} {r['id']}", "profile")


@command.command("requirements")
@_pattern_argument
@_json_option
def requirements(pattern: str | None, as_json: bool) -> None:
    """Every requirement: level, evidence, id, sentence; then those that are excluded, and why."""
    found = Register.load()
    rows = [
        {
            "id": r.id,
            "level": r.level,
            "evidence": r.evidence,
            "text": r.text,
            "source": r.source,
            "effect": r.effect,
            "capability": r.capability,
            "excluded": r.excluded,
            "since": r.since,
        }
        for r in found.values()
    ]
    _show(_matching(rows, pattern), as_json, _requirement_line, "evidence")
    if not as_json and pattern is None:
        for line in _table(found):
            click.echo(line)


def _requirement_line(row: dict[str, Any]) -> str:
    return f"{row['level']:<6} {row['evidence']:<10} {row['id']:<44} {row['text']}{_since(row)}"


def _since(row: dict[str, Any]) -> str:
    return f" (since {row['since']})" if row["since"] else ""


def _table(found: Register) -> Iterator[str]:
    """Counts by evidence and level, then what is excluded."""
    counts = Counter((r.evidence, r.level) for r in found.values())
    yield ""
    yield f"{'':<10} " + " ".join(f"{level:>6}" for level in Level)
    for evidence in Evidence:
        yield f"{evidence:<10} " + " ".join(f"{counts[evidence, level]:>6}" for level in Level)
    excluded = [r for r in found.values() if r.excluded]
    yield ""
    yield f"{len(excluded)} excluded, because judging them"
    for requirement in excluded:
        yield f"  {requirement.id:<26} {requirement.excluded}"


@command.command("observations")
@_pattern_argument
@_json_option
def observations(pattern: str | None, as_json: bool) -> None:
    """Every observation: behaviour that no publication promises."""
    from lmconform.run.catalogue import catalogue
    from lmconform.run.items import ObservationItem

    found = catalogue(Contract.load(), Register.load())
    rows = [
        {"id": o.name, "operation": o.operation, "text": o.text, "source": o.source, "effect": o.effect}
        for o in (item.look for item in found if isinstance(item, ObservationItem))
    ]
    _show(_matching(rows, pattern), as_json, lambda r: f"{r['effect']:<11} {r['id']:<44} {r['text']}", "effect")


@command.command("revisions")
@_json_option
def revisions(as_json: bool) -> None:
    """Every revision, the oldest first: how many requirements it has, and what is newer."""
    register = Register.load()
    rows = [_revision(name, register) for name in frozen.names()]
    _show(rows, as_json, _revision_line, "state")


def _revision(name: str, register: Register) -> dict[str, Any]:
    levels = frozen.read(name)
    newer = [r.id for r in register.held_to(levels, name).values() if r.unscored and not r.excluded]
    counts = {str(level): [*levels.values()].count(level) for level in Level}
    return {"name": name, "state": "older" if newer else "latest", **counts, "newer": newer}


def _revision_line(row: dict[str, Any]) -> str:
    counts = ", ".join(f"{row[level]} {level}" for level in Level)
    newer = f"; not in it: {', '.join(row['newer'])}" if row["newer"] else ""
    return f"{row['name']}  {counts}{newer}"


@command.command("operations")
@_pattern_argument
@_dialect_option
@_overlay_option
@_json_option
def operations(pattern: str | None, dialect: str, overlay: tuple[Path, ...], as_json: bool) -> None:
    """Every operation of the contract, and how many of them are judged."""
    from lmconform.run.catalogue import catalogue

    contract = Contract.load(dialect, overlays=overlay)
    rows = [
        {"id": o.id, "method": o.method, "path": f"{paths.BASE}{o.path}", "effect": o.effect}
        for o in contract.operations
    ]
    _show(_matching(rows, pattern), as_json, lambda r: f"{r['method']:<6} {r['path']:<64} {r['id']}", "effect")
    if not as_json and pattern is None:
        judged = {name for item in catalogue(contract, Register.load()) for name in item.names}
        click.echo(f"{sum(row['id'] in judged for row in rows)}/{len(rows)} operations are judged")


@command.command("mutants")
@_pattern_argument
@_json_option
def mutants(pattern: str | None, as_json: bool) -> None:
    """Every mutant: family, id, what goes wrong, and the requirement that must see it."""
    from lmconform import mutants as known

    register = Register.load()
    rows = [{"id": m.id, "family": m.family, "text": m.text(register), "breaks": list(m.breaks)} for m in known.load()]
    _show(_matching(rows, pattern), as_json, lambda r: f"{r['family']:<20} {r['id']:<36} {r['text']}", "family")


def _matching(rows: list[dict[str, Any]], pattern: str | None) -> list[dict[str, Any]]:
    """The rows that have a text which the pattern matches, all without one; raises NothingSelected."""
    if pattern is None:
        return rows
    wanted = pattern.casefold()
    matches = re.compile(translate(wanted)).match if _JOKERS & set(wanted) else lambda text: wanted in text
    found = [row for row in rows if any(matches(text.casefold()) for text in _texts(row))]
    if not found:
        near = closest(pattern, [str(row["id"]) for row in rows])
        hint = f"; did you mean {near!r}?" if near else "; leave it out to see all"
        raise NothingSelected(f"PATTERN: {pattern!r} matches nothing{hint}")
    return found


def _texts(row: dict[str, Any]) -> Iterator[str]:
    for value in row.values():
        yield from map(str, value if isinstance(value, list) else [value])


def _show(rows: list[dict[str, Any]], as_json: bool, line: Callable[[dict[str, Any]], str], count_by: str) -> None:
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        click.echo(line(row))
    click.echo(_total(row[count_by] for row in rows))


def _total(values: Iterable[str]) -> str:
    counts = Counter(str(value) for value in values)
    return f"{sum(counts.values())} in all: " + ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
