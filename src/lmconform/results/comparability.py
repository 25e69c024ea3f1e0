"""Whether two runs can be compared, and what the difference of their inputs leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmconform.errors import ConfigError
from lmconform.results.events import Header
from lmconform.results.stream import Run


@dataclass(frozen=True, slots=True)
class Input:
    """An input that differs: its name, both values as text, what comes from it.

    ``decides`` is true when it decides what is judged at all.
    """

    name: str
    old: str
    new: str
    effect: str
    decides: bool


_SELECTION = "what only one run selects is judged in that run only"
_CONTRACT = "what only one version has is judged by that version only"
_REGISTER = "requirements may have come, gone or changed with lmconform"
_OPTION = "what is judged may differ for that"


def inputs(old: Run, new: Run) -> tuple[Input, ...]:
    """The inputs in which two runs differ, those that decide first."""
    one, other = _header(old), _header(new)
    rows = (
        ("profile", one.profile, other.profile, _SELECTION, True),
        ("dialect", one.dialect, other.dialect, _CONTRACT, True),
        ("contract", _contract(one), _contract(other), _CONTRACT, True),
        ("--only", _option(one, "only"), _option(other, "only"), _SELECTION, True),
        ("lmconform", one.lmconform, other.lmconform, _REGISTER, False),
        ("register", one.register_sha256[:12], other.register_sha256[:12], _REGISTER, False),
        *(
            (f"--{name.replace('_', '-')}", _option(one, name), _option(other, name), _OPTION, False)
            for name in ("disposable", "expect", "allow_deployments", "max_executions", "max_deployments")
        ),
    )
    # A run that could not start may not know its profile, its contract or its selection.
    unknown = not all(run.results or run.observations for run in (old, new))
    return tuple(Input(*row) for row in rows if row[1] != row[2] and not (unknown and row[4]))


def check(old: Run, new: Run) -> None:
    """Raise ConfigError unless the same was to be judged in both runs."""
    for differs in inputs(old, new):
        if differs.decides:
            raise ConfigError(
                f"{old.file} and {new.file} differ in {differs.name}: {differs.old or 'none'} and "
                f"{differs.new or 'none'}; compare runs of the same {differs.name}, or add --across"
            )


def _header(run: Run) -> Header:
    assert run.header is not None
    return run.header


def _contract(header: Header) -> str:
    version = header.contract_version or "unknown"
    return f"{version} ({header.contract_sha256[:12]})" if header.contract_sha256 else version


def _option(header: Header, name: str) -> str:
    value: Any = header.configuration.get(name)
    if value in (None, False, [], ()):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
