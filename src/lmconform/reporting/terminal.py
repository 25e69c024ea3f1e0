"""The report on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lmconform.judgement import Outcome
from lmconform.reporting import escaping, fuzzing
from lmconform.reporting.causes import Cause, causes
from lmconform.results.events import Footer, Header, Observation, Result
from lmconform.results.stream import Run

_SHOWN = 20
_FEW = 10
# Characters of an observed value; summary.md has all of it.
_WIDE = 100


def paragraph(result: Result) -> str:
    """A finding in full, several lines: the requirement, what was expected and seen, how to see it again."""
    return "\n".join(rows(result))


def rows(result: Result) -> list[str]:
    """The lines of a finding; what a server said is escaped in them."""
    ids = ", ".join(result.requirements) or result.id
    found = [
        f"{result.outcome} {ids}  {result.level}  {result.operation}".rstrip(),
        f"  {result.text}" if result.text else "",
        _row("message", result.message),
        _row("because", result.because),
        _row("expected", result.expected),
        _row("actual", result.actual),
        _row("source", result.source),
        _row("again", result.again),
        _row("request", result.request),
    ]
    return [escaping.terminal(row) for row in found if row]


def lines(run: Run, *, fingerprint: bool = False) -> Iterator[str]:
    """The end of a run: findings by cause, observations that say something, verdict.

    ``fingerprint`` puts the table of observations before it: long, and nothing to act upon.
    """
    if fingerprint and run.observations:
        yield from _fingerprint(run.observations.values())
    found = causes(run.results.values())
    for cause in found[:_SHOWN]:
        yield from _cause(cause)
        yield ""
    if len(found) > _SHOWN:
        yield f"… and {len(found) - _SHOWN} more causes, all of them in {run.file}"
        yield ""
    for result in run.results.values():
        # A pass with a remark: the reader should know how it came to pass.
        if result.outcome == Outcome.PASS and result.message and result.item.startswith("scenario/"):
            yield f"note  {result.item}: {result.message}"
    for observation in run.observations.values():
        if observation.text and observation.item.startswith("scenario/"):
            yield f"seen  {observation.id}: {observation.value}"
    if run.observations:
        number, file = len(run.observations), f"{run.file.parent}/summary.md"
        yield f"observed  {number} behaviours that no publication promises, in {file}"
    yield from fuzzing.lines(run.results.values())
    if run.footer is not None:
        yield from _footer(run, run.footer, run.file.parent)


def _fingerprint(observations: Iterable[Observation]) -> Iterator[str]:
    """How the target behaves where the contract leaves it open, one line each."""
    yield "fingerprint (never gates; lmconform compare shows what changes)"
    for one in sorted(observations, key=lambda o: o.id):
        value = " ".join(one.value.split())
        yield f"  {one.id.removeprefix('LM-OBS-'):<34} {value if len(value) <= _WIDE else value[: _WIDE - 1] + '…'}"
    yield ""


def _cause(cause: Cause) -> Iterator[str]:
    yield from rows(cause.first)
    if cause.count > 1:
        where = ", ".join(cause.operations[:6]) + (" …" if len(cause.operations) > 6 else "")
        yield f"  times     {cause.count} results with this cause{f' ({where})' if where else ''}"


def _footer(run: Run, footer: Footer, folder: Path) -> Iterator[str]:
    header = run.header
    counts = ", ".join(f"{number} {name}" for name, number in footer.counts.items())
    yield f"results   {counts}"
    yield f"requests  {footer.exchanges}, of them {footer.fuzz_cases} fuzz cases, in {footer.duration:.1f} s"
    yield from left(footer)
    yield from unjudged(run)
    if footer.not_exercised and footer.verdict == "partial":
        named = ", ".join(footer.not_exercised[:5])
        more = f" and {len(footer.not_exercised) - 5} more" if len(footer.not_exercised) > 5 else ""
        yield f"partial   {len(footer.not_exercised)} MUSTs were not exercised: {named}{more}"
    yield from stopped(footer)
    yield from contract(header)
    yield from left_out(header)
    yield from baseline(footer)
    yield f"report    {folder}"
    profile = f"profile {header.profile}, " if header and header.profile else ""
    against = f" of {header.target} ({profile}dialect {header.dialect})" if header else ""
    yield f"verdict   {footer.verdict}{against}, exit {footer.exit_code}"


def left(footer: Footer | None) -> Iterator[str]:
    """What the run created and did not remove: a count of what the API cannot delete, the ids of all else."""
    if footer is None:
        return
    stays = {
        kind: number for kind, number in footer.left_behind.items() if kind in (footer.permanent or footer.left_behind)
    }
    if stays:
        counts = ", ".join(f"{number} {kind}s" for kind, number in stays.items())
        yield f"left      {counts} (the API cannot delete artifacts and configurations; names begin with lmconform-)"
    for kind, ids in footer.left.items():
        if kind not in stays:
            yield f"left      {len(ids)} {kind}s: {_some(ids)}"
    for text in footer.in_doubt[:_FEW]:
        yield f"in doubt  {text} may have been created"
    if len(footer.in_doubt) > _FEW:
        yield f"in doubt  {len(footer.in_doubt) - _FEW} more, see results.jsonl"
    if footer.cleanup:
        yield f"cleanup   {footer.cleanup}"


def unjudged(run: Run) -> Iterator[str]:
    """What was not judged for a bound of the run, by the option that lets it be judged."""
    found: dict[str, dict[str, None]] = {}
    for result in run.results.values():
        if result.option:
            found.setdefault(result.option, {}).update(dict.fromkeys(result.requirements))
    for option, requirements in found.items():
        also = "" if option == "--disposable" else " or --disposable"
        names = _some(list(requirements))
        yield f"unjudged  {len(requirements)} requirements, {option}{also} lets them be judged: {names}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def target(header: Header | None) -> Iterator[str]:
    """The target of a run for which none was named, and the reason for it."""
    if header is not None and header.target_because:
        yield f"target    {header.target} ({header.target_because})"


def access(header: Header | None) -> Iterator[str]:
    """The source of the credentials, and what they are used for."""
    if header is not None and header.access:
        yield f"access    {header.access}"


def doctor(header: Header | None) -> Iterator[str]:
    """What is to be done about the target, as the preflight saw it; one line when all is well."""
    if header is not None:
        yield from advised(header.doctor)


def advised(lines: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The lines of the doctor that are not ok; one when all are."""
    found = list(lines)
    shown = [line for line in found if line["state"] != "ok"]
    yield from (f"doctor    {line['name']}: {line['text']}" for line in shown)
    if found and not shown:
        yield f"doctor    {len(found)} lines, all ok ('lmconform doctor' shows them)"


def plan(header: Header | None) -> Iterator[str]:
    """What the run sends, creates and takes at most."""
    if header is not None and header.plan:
        yield f"plan      {header.plan}"


def stopped(footer: Footer | None) -> Iterator[str]:
    """Why a run is incomplete."""
    if footer is not None and footer.message:
        yield f"stopped   {footer.message}"


def baseline(footer: Footer | None) -> Iterator[str]:
    """What changed since the run that this one was to be compared with."""
    if footer is not None and footer.baseline:
        yield f"baseline  {footer.baseline}"


def contract(header: Header | None) -> Iterator[str]:
    """Which version of the description judges the target, and why, where it is not simply ours."""
    if header is not None and header.contract_because:
        yield f"contract  {header.contract_version} ({header.contract_because})"


def left_out(header: Header | None) -> Iterator[str]:
    """The requirements that are not judged because they were published after that version."""
    if header is not None and header.left_out:
        names = ", ".join(header.left_out)
        yield f"left out  {len(header.left_out)} requirements published after {header.contract_version}: {names}"


def _row(name: str, value: str) -> str:
    return f"  {name:<9} {value}" if value else ""
