"""What a run has to do with the history: the store that it goes into, the baseline that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lmconform.errors import ConfigError, HarnessError
from lmconform.evidence.redaction import of_process
from lmconform.exit_codes import ExitCode
from lmconform.results.compare import Comparison, Kind, compare
from lmconform.results.events import Footer, Header, Result
from lmconform.results.stream import FILE_NAME, Run, read
from lmconform.safety import run_state
from lmconform.settings.options import RunConfig

if TYPE_CHECKING:
    from lmconform.history.store import Store

NONE: Final = "none"
_FILE: Final = "history.sqlite"
# Changes since the last run that the footer names, and characters of what each run said.
_MOST_CHANGES: Final = 100
_SHOWN: Final = 200


def address(environ: Mapping[str, str]) -> str:
    """The store of this user: a file beside the journals of the runs."""
    return str(run_state.root(environ) / _FILE)


def store(named: str | None, environ: Mapping[str, str]) -> Store | None:
    """The store that was named, or that of this user; None where none is wanted. Raises ConfigError."""
    if named == NONE:
        return None
    # SQLAlchemy takes a while to import: a run needs it at its end.
    from lmconform.history.store import Store

    found = Store(named or address(environ))
    of_process().learn(found.password)
    return found


@dataclass(frozen=True, slots=True)
class Against:
    """What the comparison with the baseline says: in one line, and in full when there was a baseline.

    ``unreadable``: whether there is one could not be found out.
    """

    line: str
    comparison: Comparison | None = None
    unreadable: bool = False

    def gate(self, code: ExitCode) -> ExitCode:
        """The exit code of a run whose verdict has ``code``: a gate that could not be asked has not passed."""
        if code != ExitCode.PASSED:
            return code
        if self.unreadable:
            return ExitCode.INCOMPLETE
        return ExitCode.FAILED if self.comparison is not None and self.comparison.regressions else code


def check(config: RunConfig, environ: Mapping[str, str]) -> None:
    """Look, before anything is sent, whether a store that the user named can be used; raises HarnessError.

    One that does not answer is said at the end, unless the run is to be compared with what it holds.
    """
    if config.baseline and config.history == NONE:
        raise ConfigError("--baseline: needs a history; name one with --history, or drop --history none")
    if config.history in (None, NONE) and not config.baseline:
        return
    found = store(config.history, environ)
    assert found is not None
    try:
        found.check()
    except ConfigError:
        raise
    except HarnessError as error:
        if config.baseline:
            raise ConfigError(f"--baseline: the history cannot be read: {error}") from error


def against_baseline(folder: Path, footer: Footer, config: RunConfig, environ: Mapping[str, str]) -> Against | None:
    """Compare a run, whose file lacks nothing but ``footer``, with its baseline; None where none was asked for."""
    if not config.baseline:
        return None
    try:
        run = Run(folder)
        run.footer = footer
        assert run.header is not None
        found = store(config.history, environ)
        assert found is not None
        green = found.last_green(run.header)
        if green is None:
            what = f"{run.header.target} with profile {run.header.profile}"
            return Against(f"no green run of {what} is in {found}; nothing to compare with")
        comparison = compare(found.load(green), run)
    except HarnessError as error:
        return Against(f"the history cannot be read: {error}", unreadable=True)
    return Against(f"{comparison.verdict}; compared with the last green run, of {green.started}", comparison)


def with_changes(folder: Path, footer: Footer, config: RunConfig, environ: Mapping[str, str]) -> Footer:
    """``footer`` with what changed since the last run of the target that judged the same.

    It is as it was where there is no such run, or the history cannot be read: ``remember`` says that then.
    """
    try:
        found = store(config.history, environ)
        # The whole run takes memory: it is read where there is something to compare it with.
        header = next(read(folder / FILE_NAME), None)
        last = found.last(header) if found is not None and isinstance(header, Header) else None
        if found is None or last is None:
            return footer
        run = Run(folder)
        run.footer = footer
        comparison = compare(found.load(last), run)
    except (HarnessError, OSError):
        return footer
    changes = [change for change in comparison.changes if change.kind is not Kind.STILL_FAILING]
    told = [
        {"kind": change.kind, "id": change.id, "was": _said(change.old), "now": _said(change.new)} for change in changes
    ]
    told += [
        {"kind": "observation", "id": one.id, "was": one.old or "absent", "now": one.new or "absent"}
        for one in comparison.observations
    ]
    told += [
        {"kind": "latency", "id": one.operation, "was": f"{one.old:.3f} s", "now": f"{one.new:.3f} s"}
        for one in comparison.latency
    ]
    return replace(footer, since=last.started, changes=tuple(told[:_MOST_CHANGES]))


def _said(result: Result | None) -> str:
    if result is None:
        return "absent"
    return f"{result.outcome} {result.actual or result.because or result.message}"[:_SHOWN].rstrip()


def remember(run: Run, config: RunConfig, environ: Mapping[str, str]) -> str:
    """Store a run that is over; returns why it could not be stored, or an empty text.

    A run whose results have no end is left out, and the reason for that has been said.
    """
    if run.footer is None:
        return ""
    try:
        found = store(config.history, environ)
        if found is not None:
            found.add(run, run.file.read_bytes())
    except (HarnessError, ValueError) as error:
        return f"the run is not in the history: {error}"
    except OSError as error:
        return f"the run is not in the history: {run.file}: {error.strerror}"
    return ""
