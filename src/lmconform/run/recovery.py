"""Finds earlier runs by what they left on this machine, and opens a session that removes what they left on a target."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from lmconform.client.session import Session
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ConfigError, did_you_mean
from lmconform.run import report_folder
from lmconform.safety import run_state
from lmconform.safety.run_state import RunState
from lmconform.settings.choice import configure
from lmconform.settings.options import api_base
from lmconform.settings.target import remote

__all__ = ["RunState", "find", "on_target", "open_session"]

# Sorts behind the names of the processes of a run: what it says comes after what they say.
_JOURNAL: Final = "recovery"


def find(name: str, environ: Mapping[str, str]) -> RunState:
    """The run that ``name`` says: its id, or the folder of its reports. Raises ConfigError."""
    known = {state.id: state for state in run_state.every(environ)}
    if name in known:
        return known[name]
    pointer = Path(name) / report_folder.POINTER
    if pointer.is_file():
        try:
            journal = Path(json.loads(pointer.read_text(encoding="utf-8"))["journal"])
        except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise ConfigError(f"{pointer}: cannot be read ({error!r}); name the id of the run") from error
        if (journal / run_state.ABOUT).is_file():
            return RunState.find(journal)
        raise ConfigError(f"{pointer}: the journal {journal} is gone: the run left nothing, or it was removed")
    where = f"no run of that id in {run_state.root(environ)}, and no folder of reports with {report_folder.POINTER}"
    raise ConfigError(f"{name}: {where}{did_you_mean(name, known)}")


def on_target(target: str | None, environ: Mapping[str, str]) -> Iterator[RunState]:
    """All runs that left a journal, or those on one target: a URL, or a name in lmconform.toml."""
    yield from (state for state in run_state.every(environ) if target is None or _is_on(state, target))


def _is_on(state: RunState, target: str) -> bool:
    """Whether a run was on a target; one whose head cannot be read is taken along, so that it is named."""
    try:
        about = state.about()
    except ConfigError:
        return True
    return target == about.get("target") or ("://" in target and about.get("base_url") == api_base(target))


def open_session(state: RunState, target: str | None, options: Mapping[str, Any]) -> Session:
    """A session that goes on with the journal of ``state``; raises ConfigError. Nothing is sent.

    ``options`` are those of a run. Without a ``target`` it is the one that the journal names.
    """
    about = state.about()
    if state.is_running():
        raise ConfigError(f"run {state.id} is not over: a process of it still writes its journal; end it first")
    given = {**options, "dialect": about.get("dialect", "published"), "overlay": about.get("overlay", ())}
    config = configure(target or about.get("target"), {**given, "allow_writes": True}, os.environ)
    found = remote(config, os.environ)
    if found.base_url != about.get("base_url"):
        raise ConfigError(
            f"run {state.id} was on {about.get('base_url')}, the target is {found.base_url}; name that of the run"
        )
    groups = about.get("resource_groups") or [found.resource_group]
    found = replace(found, resource_group=groups[0])
    contract = Contract.load(config.dialect, overlays=config.overlay)
    session = Session.open(config, contract, Register.load(), found, None, worker=_JOURNAL, run=state)
    try:
        state.recorded(into=session.journal)
    except OSError as error:
        session.close()
        raise ConfigError(f"{state.folder}: the journal cannot be read ({error.strerror})") from error
    return session
