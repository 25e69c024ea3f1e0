"""Waivers to paste for what gates in a run: one for each cause, and what only people know is left to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from lmconform.judgement import Outcome
from lmconform.results import excerpt
from lmconform.results.events import Result

# Characters of what a finding shows.
_LONGEST: Final = 100
# Where the body of an answer, or a value as JSON, begins: its members come in any order and number.
_BODY: Final = re.compile(r"(?<= )[{\[]")
# Members of a list.
_MANY: Final = 8


@dataclass(frozen=True, slots=True)
class People:
    """What no run knows: why it is tolerated, where that is tracked, who answers for it, and the last day."""

    reason: str
    issue: str
    owner: str
    expires: date


def entries(results: Iterable[Result], target: str, contract: str, people: People) -> Iterator[str]:
    """The lines of waivers.yaml for results that gate, on ``target`` as its user calls it."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        if result.gates and result.requirements and result.outcome != Outcome.XPASS:
            groups.setdefault((result.requirements[0], result.outcome, _difference(result)), []).append(result)
    if not groups:
        yield "waivers: []  # nothing gates in this run"
        return
    yield "waivers:"
    for (requirement, outcome, shown), found in groups.items():
        yield from _entry(requirement, outcome, shown, found)
        yield from ("    when:", f"      target: {_text(target)}", f"      # contract: {_text(contract)}")
        for key in ("reason", "issue", "owner"):
            yield f"    {key}: {_text(getattr(people, key))}"
        yield f"    expires: {people.expires}"


def _entry(requirement: str, outcome: str, shown: str, found: list[Result]) -> Iterator[str]:
    yield f"  - requirement: {requirement}"
    items = {result.item for result in found}
    if len(items) == 1 and found[0].id.endswith(f"#{requirement}"):
        # A check looks at every exchange of a run: this one fails at one item only.
        yield f"    item: {_text(found[0].item)}"
    operations = sorted({result.operation for result in found})
    if all(operations) and len(operations) <= _MANY:
        named = ", ".join(operations)
        yield f"    operation: {named if len(operations) == 1 else f'[{named}]'}"
    yield f"    outcome: {outcome}"
    if shown:
        yield f"    actual: {_text(shown)}"


def _difference(result: Result) -> str:
    """What the result shows, up to where the body of an answer begins; a text with * for any text."""
    shown = excerpt.shown(result)
    body = _BODY.search(shown)
    cut = min(body.start() if body else len(shown), _LONGEST)
    return shown if cut == len(shown) else f"{shown[:cut].rstrip()} *"


def _text(text: str) -> str:
    """A scalar of YAML in double quotes: JSON is YAML."""
    return json.dumps(text, ensure_ascii=False)
