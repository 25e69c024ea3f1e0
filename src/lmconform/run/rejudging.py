"""Applies today's checks to recorded exchanges: results, verdict and reports as of a run, and nothing is sent."""

from __future__ import annotations

import shlex
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from lmconform import __version__, checks
from lmconform.contract import versions
from lmconform.contract.openapi import Contract, Operation
from lmconform.contract.requirements import Register
from lmconform.errors import NothingSelected
from lmconform.evidence.curl import curl
from lmconform.evidence.recorder import EXCHANGES, Recorder
from lmconform.evidence.recordings.recording import Recorded, Recording, Unjudged, Why
from lmconform.evidence.redaction import Redactor
from lmconform.judgement import Judgement, Level, Outcome, State
from lmconform.reporting import registry
from lmconform.results import assembly
from lmconform.results.events import Event, Footer, Header, Result, now
from lmconform.results.stream import FILE_NAME, ResultWriter, Run
from lmconform.results.verdict import Tally, exit_code

# Items of recordings that name none, and of what is said about the whole recording.
_ITEM: Final = "recorded"
_HEADERS: Final = "LM-HTTP-HEADERS-DECLARED"
_LABELS: Final = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants: see the options of ``lmconform rejudge``. None: what the recording says, or the default."""

    dialect: str | None = None
    contract: str | None = None
    overlays: tuple[Path, ...] = ()
    require: str = "partial"


@dataclass(slots=True)
class _Verdicts:
    """What the checks said, by item and requirement: how often it was broken, and the first that says so."""

    broken: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], Judgement] = field(default_factory=dict)

    def add(self, item: str, judgement: Judgement) -> None:
        key = (item, judgement.requirement)
        if judgement.state is State.BROKEN:
            self.broken[key] += 1
            if self.broken[key] == 1:
                self.first[key] = judgement
            return
        self.first.setdefault(key, judgement)

    def __iter__(self) -> Iterator[tuple[str, Judgement]]:
        """Each item with one judgement for each requirement, in the order in which they were seen."""
        for key, judgement in self.first.items():
            yield key[0], replace(judgement, count=self.broken[key] or 1)


def rejudge(recording: Recording, wish: Wish, folder: Path) -> Run:
    """Judge what ``recording`` holds and write the reports into ``folder``, which is empty.

    Raises ConfigError for a recording that cannot be read, and NothingSelected when nothing in it can be judged.
    """
    started = time.monotonic()
    origin = recording.origin or {}
    whole = Contract.load(wish.dialect or str(origin.get("dialect") or "published"), overlays=wish.overlays)
    choice = _version(recording, wish, origin, whole)
    contract = whole.at(choice.version)
    register = Register.load().at(contract.version)
    redactor = Redactor(dict.fromkeys(recording.secrets()))
    judging = _Judging(contract, register, redactor)
    recorder = Recorder(folder / EXCHANGES, redactor)
    try:
        for one in recording.read(contract):
            if isinstance(one, Recorded):
                recorder.write(replace(one.exchange, item=judging.take(one)))
            else:
                judging.pass_over(one)
    finally:
        recorder.close()
    if not judging.judged:
        said = "; ".join(judging.passed_over()) or "it is empty"
        raise NothingSelected(f"{recording.file}: nothing in it can be judged ({said})")
    with ResultWriter(folder / FILE_NAME) as writer:
        writer.write(_header(recording, contract, register, choice, wish))
        for event in judging.events(_again(recording, wish), wish, started):
            writer.write(event)
    record = Run(folder)
    registry.write(record, folder)
    return record


@dataclass(slots=True)
class _Judging:
    """Judges exchange after exchange; memory grows with items and requirements, not with exchanges."""

    contract: Contract
    register: Register
    redactor: Redactor
    verdicts: _Verdicts = field(default_factory=_Verdicts)
    judged: int = 0
    cut: int = 0
    passed: defaultdict[Why, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take(self, one: Recorded) -> str:
        """Judge one exchange; returns its item."""
        exchange = one.exchange
        item = exchange.item or f"{_ITEM}/{one.operations[0].id if len(one.operations) == 1 else 'gateway'}"
        self.judged += 1
        self.cut += exchange.truncated
        for judgement in self._judgements(one):
            self.verdicts.add(item, judgement)
        return item

    def pass_over(self, one: Unjudged) -> None:
        """Count one that cannot be judged."""
        self.passed[one.why][self.redactor.text(one.label)] += 1

    def passed_over(self) -> list[str]:
        """What was not judged: numbers, reasons and examples."""
        return [
            f"{labels.total()} {why}: " + ", ".join(list(labels)[:_LABELS]) + (", …" if len(labels) > _LABELS else "")
            for why, labels in sorted(self.passed.items())
        ]

    def events(self, again: str, wish: Wish, started: float) -> Iterator[Event]:
        """Results, what was left out, footer."""
        tally = Tally()
        for event in self._results(again):
            tally.add(event)
            yield event
        verdict = tally.verdict(self.register, complete=True)
        yield Footer(
            complete=True,
            verdict=verdict,
            exit_code=exit_code(verdict, require_conformant=wish.require == "conformant"),
            finished=now(),
            duration=round(time.monotonic() - started, 3),
            counts=dict(sorted(tally.counts.items())),
            fuzz_cases=0,
            exchanges=self.judged,
            not_exercised=tally.not_exercised(self.register),
        )

    def _results(self, again: str) -> Iterator[Result]:
        seen = set[str]()
        for item, judgement in self.verdicts:
            seen.add(judgement.requirement)
            yield assembly.result(item, judgement, self.register, self.redactor, again)
        unseen = [r for r in self.register.values() if r.id not in seen and not r.excluded]
        musts = sum(r.level is Level.MUST for r in unseen)
        yield _remark(
            "needs-a-probe",
            f"{len(unseen)} requirements, {musts} of them MUST, were not judged: no recorded answer shows them; "
            "'lmconform run TARGET' sends what judges them",
        )
        if self.cut:
            yield _remark("cut", f"{self.cut} bodies were missing, cut or masked: only their status was judged")
        if self.passed:
            number = sum(labels.total() for labels in self.passed.values())
            yield _remark("not-judged", f"{number} requests were not judged: {'; '.join(self.passed_over())}")

    def _judgements(self, one: Recorded) -> list[Judgement]:
        """What the checks say; of several operations the one that the answer breaks least."""
        judged = (self._of(one, operation) for operation in one.operations)
        return min(judged, key=lambda found: sum(j.state is State.BROKEN for j in found))

    def _of(self, one: Recorded, operation: Operation) -> list[Judgement]:
        found = checks.judge(self.contract, operation, one.exchange)
        return [
            replace(
                judgement,
                part=judgement.requirement,
                operation=operation.id if len(one.operations) == 1 else "",
                exchanges=(one.exchange.id,),
                message=f"first in {one.exchange.id}" if judgement.state is State.BROKEN else "",
                request=curl(one.exchange, self.redactor) if judgement.state is State.BROKEN else "",
            )
            for judgement in found
            if judgement.requirement in self.register and (one.has_headers or judgement.requirement != _HEADERS)
        ]


def _version(recording: Recording, wish: Wish, origin: dict[str, Any], whole: Contract) -> versions.Choice:
    """``--contract``, what the recorded meta says, or what the run was judged by that left the recording."""
    meta = None
    if wish.contract is None:
        meta = next((m for one in recording.read(whole) if isinstance(one, Recorded) and (m := _meta(one))), None)
    was, because = str(origin.get("contract_version") or ""), str(origin.get("contract_because") or "")
    if wish.contract is None and meta is None and because and versions.is_later(whole.version, was):
        return versions.Choice(was, f"the run was judged by it: {because}")
    return versions.choose(wish.contract, meta, whole.version)


def _meta(one: Recorded) -> dict[str, Any] | None:
    is_meta = len(one.operations) == 1 and one.operations[0].id == "getMeta" and one.exchange.ok
    return dict(one.exchange.json_object()) or None if is_meta else None


def _header(
    recording: Recording, contract: Contract, register: Register, choice: versions.Choice, wish: Wish
) -> Header:
    return Header(
        lmconform=__version__,
        started=now(),
        target=f"{recording.format} {recording.file}",
        profile="",
        dialect=contract.dialect,
        seed=0,
        contract_sha256=contract.sha256,
        register_sha256=register.sha256,
        versions={},
        configuration={
            "recording": recording.file.name,
            "contract": wish.contract,
            "overlay": [path.name for path in wish.overlays],
            "require": wish.require,
        },
        contract_version=contract.version,
        contract_because=choice.because,
        left_out=tuple(r.id for r in Register.load().values() if r.id not in register),
    )


def _again(recording: Recording, wish: Wish) -> str:
    words = ["lmconform", "rejudge", str(recording.file)]
    words += ["--dialect", wish.dialect] if wish.dialect else []
    words += ["--contract", wish.contract] if wish.contract else []
    words += [word for path in wish.overlays for word in ("--overlay", str(path))]
    return shlex.join(words)


def _remark(name: str, because: str) -> Result:
    """A result of no requirement that says what the recording does not show: it never passes, and never gates."""
    return assembly.remark(f"{_ITEM}/{name}", Outcome.NOT_TESTABLE, because=because)
