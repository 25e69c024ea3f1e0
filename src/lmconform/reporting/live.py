"""What a run shows while it runs."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from lmconform.judgement import Outcome
from lmconform.reporting import escaping, terminal
from lmconform.results.events import Event, Header, Observation, Result
from lmconform.results.stream import Run

_STYLES = {Outcome.FAIL: "bold red", Outcome.ERROR: "bold magenta", Outcome.NOT_TESTABLE: "yellow"}


class Live:
    """Listens to the events of a run: one line when a kind of item is done, findings as they come."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._kind = ""
        self._profile = ""
        self._counts: Counter[str] = Counter()
        self._told: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if self._quiet:
            return
        if isinstance(event, Header):
            self._profile = event.profile
            base = event.configuration["base_url"]
            self._print(f"lmconform {event.lmconform}: {event.target} at {base}, profile {event.profile}")
            for said in (terminal.target, terminal.access, terminal.contract, terminal.doctor, terminal.plan):
                for line in said(event):
                    self._print(line)
        elif isinstance(event, Result):
            self._result(event)
        elif isinstance(event, Observation):
            self._counts["observed"] += 1

    def end(self, run: Run | None, compared: str = "") -> None:
        """Print the end of the report, when there is one; ``compared`` is what changed since its baseline."""
        if not self._quiet:
            self._flush()
            self._print("")
        for line in compared.splitlines():
            self._print(line)
        if run is not None:
            # A smoke run only looks whether the target is well: the larger profiles say how it behaves.
            fingerprint = not self._quiet and self._profile != "smoke"
            for line in terminal.lines(run, fingerprint=fingerprint):
                self._print(line, _style(line))

    def _result(self, result: Result) -> None:
        kind = result.item.partition("/")[0]
        if kind != self._kind:
            self._flush()
            self._kind = kind
        if result.id == result.item:
            self._counts[result.outcome] += 1
        seen = (result.outcome, result.requirements[0] if result.requirements else result.item)
        if result.gates and seen not in self._told:
            # The first of its kind at once; the end of the report groups and counts them.
            self._told.add(seen)
            self._print(f"  {result.outcome} {result.id}", _STYLES.get(Outcome(result.outcome), ""))

    def _flush(self) -> None:
        if self._kind:
            counts = ", ".join(f"{number} {name}" for name, number in sorted(self._counts.items()))
            self._print(f"{self._kind:<9} {counts}")
        self._counts.clear()
        self._kind = ""

    def _print(self, line: str, style: str = "") -> None:
        self._console.print(escaping.terminal(line), style=style or None, markup=False)


def _style(line: str) -> str:
    first = line.partition(" ")[0]
    if first == "verdict":
        return "bold red" if " nonconformant" in line or " incomplete" in line else "bold green"
    return _STYLES.get(Outcome(first), "") if first in Outcome.__members__ else ""
