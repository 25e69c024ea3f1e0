"""What a run shows while it runs."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from lmconform.judgement import Outcome
from lmconform.reporting import escaping, terminal
from lmconform.reporting.progress import Progress
from lmconform.results.events import Event, Header, Observation, Result
from lmconform.results.stream import Run

_STYLES = {Outcome.FAIL: "bold red", Outcome.ERROR: "bold magenta", Outcome.NOT_TESTABLE: "yellow"}


class Live:
    """Listens to the events of a run: one line when a kind of item is done, findings as they come."""

    def __init__(self, console: Console, *, quiet: bool = False, progress: Progress | None = None) -> None:
        self._console = console
        self._progress = progress
        self._quiet = quiet
        self._kind = ""
        self._counts: Counter[str] = Counter()
        self._told: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        """Take one event."""
        if self._quiet:
            return
        if isinstance(event, Header):
            base = event.configuration["base_url"]
            self._print(f"lmconform {event.lmconform}: {event.target} at {base}, profile {event.profile}")
            for said in (
                terminal.target,
                terminal.access,
                terminal.contract,
                terminal.doctor,
                terminal.plan,
                terminal.waivers,
            ):
                for line in said(event):
                    self._print(line)
        elif isinstance(event, Result):
            self._result(event)
        elif isinstance(event, Observation):
            self._counts["observed"] += 1
        if self._progress is not None and isinstance(event, Result | Observation):
            self._progress.ends(event.item)

    def end(self, run: Run | None, compared: str = "") -> None:
        """Print the end of the report, when there is one; ``compared`` is what changed since its baseline."""
        if not self._quiet:
            self._flush()
            self._print("")
        for line in compared.splitlines():
            self._print(line)
        if run is not None:
            for line in terminal.lines(run):
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
        if self._progress is not None:
            self._progress.clear()
        self._console.print(escaping.terminal(line), style=style or None, markup=False)


def _style(line: str) -> str:
    first = line.partition(" ")[0]
    if first == "verdict":
        return "bold green" if line.endswith(", exit 0") else "bold red"
    return _STYLES.get(Outcome(first), "") if first in Outcome.__members__ else ""
