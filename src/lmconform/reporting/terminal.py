"""The report on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lmconform.judgement import Level, Outcome
from lmconform.reporting import escaping
from lmconform.reporting.causes import Cause, causes
from lmconform.reporting.finding import Finding
from lmconform.results.events import Footer, Header, Result
from lmconform.results.stream import Run

_SHOWN = 20
_FEW = 10
_JUDGED = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.INFO})
# Reasons that follow from a cause, and ids for each.
_FOLLOWING = 3
# Characters of a finding that does not gate; the files have all of it.
_FOLDED = 240


def paragraph(result: Result) -> str:
    """A finding in full, several lines: the requirement, what was expected and seen, how to see it again."""
    return "\n".join(rows(result))


def rows(result: Result) -> list[str]:
    """The lines of a finding; what a server said is escaped in them."""
    finding = Finding(result)
    sentence = [f"  {finding.sentence}"] if finding.sentence else []
    found = [finding.title, *sentence, *(_row(name, text) for name, text in finding.fields)]
    return [escaping.terminal(row) for row in found]


def lines(run: Run) -> Iterator[str]:
    """The end of a run: findings by cause, remarks, what was left, where the report is, what to do next, verdict."""
    found = causes(run.results.values())
    gating, others = [c for c in found if c.gates], [c for c in found if not c.gates]
    for cause in gating[:_SHOWN]:
        yield from _cause(cause)
        yield ""
    if len(gating) > _SHOWN:
        yield f"… and {len(gating) - _SHOWN} more causes: 'lmconform show {run.file.parent}' has all of them"
        yield ""
    yield from _folded(others, run)
    for result in run.results.values():
        # A pass with a remark: the reader should know how it came to pass.
        if result.outcome == Outcome.PASS and result.message and result.item.startswith("scenario/"):
            yield f"note  {result.item}: {result.message}"
    for observation in run.observations.values():
        if observation.text and observation.item.startswith("scenario/"):
            yield f"seen  {observation.id}: {observation.value}"
    if run.observations:
        number, file = len(run.observations), f"{run.file.parent}/details.md"
        yield f"observed  {number} behaviours that no publication promises, in {file}"
    if run.footer is not None:
        yield from _footer(run, run.footer, run.file.parent)


def findings(run: Run) -> Iterator[str]:
    """All findings of a run, by cause, and its verdict; nothing is folded."""
    found = causes(run.results.values())
    for cause in found:
        yield from _cause(cause)
        yield ""
    if not found:
        yield "no findings"
    if run.footer is not None:
        yield from stopped(run.footer)
        yield f"verdict   {run.footer.verdict}, exit {run.footer.exit_code}"
    else:
        yield "verdict   incomplete: the run has no footer"


def _cause(cause: Cause) -> Iterator[str]:
    yield from rows(cause.first.result)
    if cause.count > 1:
        where = ", ".join(cause.operations[:6]) + (" …" if len(cause.operations) > 6 else "")
        yield f"  times     {cause.count} results with this cause{f' ({where})' if where else ''}"
    others = cause.requirements[len(cause.first.result.requirements) :]
    if others:
        yield f"  also      {_some(others)}"
    following = list(cause.following)
    for one in following[:_FOLLOWING]:
        names = _some([finding.result.id for finding in one.findings], _FOLLOWING)
        yield escaping.terminal(f"  behind    {one.first.result.outcome} {names}: {one.first.brief}")
    if len(following) > _FOLLOWING:
        yield f"  behind    {sum(one.count for one in following[_FOLLOWING:])} more results for other reasons"


def _folded(others: Sequence[Cause], run: Run) -> Iterator[str]:
    """What does not fail the gate, one line a cause."""
    if not others:
        return
    number = sum(cause.count for cause in others)
    yield f"{number} finding{'s do' if number > 1 else ' does'} not fail the gate:"
    for cause in others[:_FEW]:
        more = f" (and {cause.count - 1} more)" if cause.count > 1 else ""
        line = f"  {cause.first.title}{more}  {cause.first.brief}"
        yield escaping.terminal(line if len(line) <= _FOLDED else f"{line[: _FOLDED - 1]}…")
    if len(others) > _FEW:
        yield f"  … and {len(others) - _FEW} more causes"
    yield f"  'lmconform show {run.file.parent}' has all of them"
    yield ""


def _footer(run: Run, footer: Footer, folder: Path) -> Iterator[str]:
    header = run.header
    counts = ", ".join(f"{number} {name}" for name, number in footer.counts.items())
    yield f"results   {counts}"
    yield f"requests  {footer.exchanges}, of them {footer.fuzz_cases} fuzz cases, in {footer.duration:.1f} s"
    yield from left(footer)
    yield from unjudged(run)
    yield from partial(run)
    yield from waived(run)
    yield from waivers(header)
    yield from unscored(run)
    yield from stopped(footer)
    yield from contract(header)
    yield from left_out(header)
    yield from baseline(footer)
    yield f"report    {folder}"
    yield from following(run)
    profile = f"profile {header.profile}, " if header and header.profile else ""
    against = f" of {header.target} ({profile}dialect {header.dialect})" if header else ""
    yield f"verdict   {footer.verdict}{against}, exit {footer.exit_code}"


def partial(run: Run) -> Iterator[str]:
    """How many of the MUSTs that apply were exercised, where some were not."""
    footer, profile = run.footer, run.header.profile if run.header else ""
    if footer is None or footer.verdict != "partial" or not footer.not_exercised:
        return
    missing = len(footer.not_exercised)
    if profile == "smoke":
        # What only reads has a long list of what it does not do.
        judged = {
            name
            for r in run.results.values()
            if r.outcome in _JUDGED and r.level == Level.MUST
            for name in r.requirements
        }
        covered = f"smoke covers {len(judged)} of {len(judged) + missing} MUSTs"
        yield f"partial   {covered}; --profile core --allow-writes judges more"
    else:
        yield f"partial   {missing} MUSTs were not exercised: {_some(footer.not_exercised, 5)}"


def following(run: Run) -> Iterator[str]:
    """What to do next."""
    footer, folder = run.footer, run.file.parent
    first = next((c for c in causes(run.results.values()) if c.gates), None)
    if first is not None and first.first.result.outcome == Outcome.XPASS:
        yield f"next      {first.first.result.actual}"
    elif first is not None:
        yield f"next      'lmconform show {folder} {first.first.result.item}' has every request of the first finding"
    elif footer is not None and footer.complete and not footer.cleanup:
        yield f"next      'lmconform compare {folder} <a later run>' says what has changed"


def left(footer: Footer | None) -> Iterator[str]:
    """What the run created and did not remove: a count of what the API cannot delete, the ids of all else."""
    if footer is None:
        return
    stays = {
        kind: number for kind, number in footer.left_behind.items() if kind in (footer.permanent or footer.left_behind)
    }
    if stays:
        counts = ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in stays.items())
        yield f"left      {counts} (the API cannot delete artifacts and configurations; results.jsonl has their ids)"
        for kind in stays:
            if kind in footer.left:
                yield f"          {kind}s {_some(footer.left[kind], _FOLLOWING)}"
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


def waived(run: Run) -> Iterator[str]:
    """What fails as a waiver says: one line a waiver, with the number of results."""
    found: dict[str, list[str]] = {}
    for result in run.results.values():
        if result.outcome == Outcome.XFAIL:
            found.setdefault(result.waiver, []).append(", ".join(result.requirements))
    for waiver, requirements in found.items():
        results = "1 result" if len(requirements) == 1 else f"{len(requirements)} results"
        yield f"waived    {_some(list(dict.fromkeys(requirements)))} ({results}): {waiver}"


def unscored(run: Run) -> Iterator[str]:
    """What would fail if the target were not held to an older revision: one line a requirement."""
    newer = [r for r in run.results.values() if r.unscored and r.outcome == Outcome.INFO]
    found = {result.requirements: result for result in reversed(newer)}
    for result in list(reversed(found.values()))[:_FEW]:
        shown = f"expected {result.expected}, got {result.actual}"
        where = f" at {result.operation}" if result.operation else ""
        yield f"newer     {', '.join(result.requirements)} ({result.level}, not scored){where}: {shown}"
    if found:
        names = {result.unscored for result in newer}
        yield (
            f"unscored  requirements newer than revision {', '.join(names)} that do not hold: {len(found)} "
            "('lmconform list revisions' shows the next one)"
        )


def waivers(header: Header | None) -> Iterator[str]:
    """The waivers that have expired or soon will, and who decides about them."""
    if header is not None:
        yield from (f"waiver    {remark}" for remark in header.waivers)


def _some(names: Sequence[str], few: int = _FEW) -> str:
    more = f" and {len(names) - few} more" if len(names) > few else ""
    return ", ".join(names[:few]) + more


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
    return f"  {name:<9} {value}"
