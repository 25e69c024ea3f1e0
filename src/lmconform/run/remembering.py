"""What a run has to do with the history: the store that it goes into, the baseline that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lmconform.errors import ConfigError, HarnessError
from lmconform.evidence.redaction import of_process
from lmconform.exit_codes import ExitCode
from lmconform.results.compare import Comparison, compare
from lmconform.results.events import Footer
from lmconform.results.stream import Run
from lmconform.safety import run_state
from lmconform.settings.options import RunConfig

if TYPE_CHECKING:
    from lmconform.history.store import Store

NONE: Final = "none"
_FILE: Final = "history.sqlite"


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
