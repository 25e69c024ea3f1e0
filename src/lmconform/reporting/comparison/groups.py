"""What the views of a comparison share: titles, the two runs in words, changes with one reason together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from lmconform.judgement import Outcome
from lmconform.results.compare import Change, Comparison, Kind
from lmconform.results.comparison_json import side
from lmconform.results.events import Result
from lmconform.results.sameness import normal
from lmconform.results.stream import Run

# Kind -> its title, and what it means in one sentence.
TITLES: Final = {
    Kind.REGRESSED: ("regressed", "It fails the gate now, and did not before."),
    Kind.NO_LONGER_JUDGED: ("no longer judged", "It was judged before, and nothing is known of it now."),
    Kind.WORSE: ("worse level", "It passed before, and is a warning or a remark now."),
    Kind.FAILING_DIFFERENTLY: ("failing differently", "It failed before for another reason."),
    Kind.STILL_FAILING: ("still failing", "It failed before in the same way."),
    Kind.FIXED: ("fixed", "It was judged in both runs, and is better now."),
    Kind.NEWLY_JUDGED: ("newly judged", "It was not judged before."),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Changes with one transition and one reason; ``because`` is that reason in words, or empty."""

    transition: str
    because: str
    comes_from: str
    changes: tuple[Change, ...]


def groups(changes: Iterable[Change]) -> list[Group]:
    """The changes with one reason together, the largest group first; a finding is a group by itself."""
    found: dict[tuple[str, str, str, str], list[Change]] = {}
    for change in changes:
        because = change.new.because if change.new is not None else ""
        is_alone = change.new is not None and not because and change.kind is not Kind.NEWLY_JUDGED
        alone = change.id if is_alone or (change.new is not None and change.new.outcome == Outcome.FAIL) else ""
        key = (transition(change), normal(because), change.comes_from, alone)
        found.setdefault(key, []).append(change)
    made = [
        Group(key[0], members[0].new.because if members[0].new is not None else "", key[2], tuple(members))
        for key, members in found.items()
    ]
    return sorted(made, key=lambda group: (-len(group.changes), group.changes[0].id))


def transition(change: Change) -> str:
    """Both outcomes in words."""
    return f"{_outcome(change.old)} -> {_outcome(change.new)}"


def _outcome(result: Result | None) -> str:
    return "absent" if result is None else result.outcome


def rows(change: Change) -> Iterator[tuple[str, str]]:
    """The fields of one change that say something, as name and text; a server may have said a part of them."""
    old, new = change.old, change.new
    about = change.either
    yield "text", about.text
    if new is not None:
        yield "expected", new.expected
        yield "actual", new.actual
        yield "because", new.because
        yield "message", new.message
    if old is not None and change.kind in (Kind.FAILING_DIFFERENTLY, Kind.FIXED, Kind.NO_LONGER_JUDGED):
        yield "was", old.actual or old.because or old.message
    if len(change.items) > 1 or change.items != (change.id,):
        yield "seen at", some(change.items, 3)
    yield "source", about.source
    if new is not None and change.kind is not Kind.FIXED:
        yield "again", new.again
        yield "request", new.request


def described(run: Run) -> list[tuple[str, str]]:
    """One of the two runs, as name and text."""
    known = side(run)
    # A target without a name is called by its URL.
    named = bool(known["base_url"]) and not known["base_url"].startswith(known["target"])
    return [
        ("target", f"{known['target']} at {known['base_url']}" if named else known["base_url"] or known["target"]),
        ("resource group", known["resource_group"]),
        ("date", known["started"]),
        ("profile", known["profile"]),
        ("dialect", known["dialect"]),
        ("seed", str(known["seed"])),
        ("contract", known["contract"]),
        ("lmconform", known["lmconform"]),
        ("verdict", known["verdict"] + ("" if known["complete"] else " (the run ended early)")),
    ]


def counts(found: Comparison) -> str:
    """The number of changes of each kind, in one line."""
    numbers = [f"{title}: {len(found.of(kind))}" for kind, (title, _) in TITLES.items()]
    numbers += [f"observations: {len(found.observations)}", f"latency: {len(found.latency)}"]
    return ", ".join(numbers)


def latencies(found: Comparison) -> Iterator[str]:
    """What became slower or faster, one line for each operation."""
    for one in found.latency:
        yield f"{one.operation}: median {_milliseconds(one.old)} -> {_milliseconds(one.new)} ({one.ratio:g} times)"
    if found.drifted:
        yield f"all operations together: {found.drift:g} times as long as before"


def some(names: Iterable[str], most: int) -> str:
    """The first of ``names``, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
