"""The plan that the options of pytest ask for."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lmconform.settings.choice import configure
from lmconform.settings.named_target import NamedTarget
from lmconform.settings.options import OPTIONS, RunConfig

if TYPE_CHECKING:
    from lmconform.run.catalogue import Plan


def planned(config: pytest.Config) -> Plan:
    """The plan that the options ask for; raises HarnessError, and the reports say so."""
    from lmconform.run import failed_start
    from lmconform.run.catalogue import plan

    target, folder = config.getoption("lm_target"), config.getoption("lm_report_dir")
    values = {option.dest: config.getoption(f"lm_{option.dest}") for option in OPTIONS}
    # pytest does not say which options were given: one with the value of its default counts as one that was not.
    given = {o.dest: values[o.dest] for o in OPTIONS if values[o.dest] not in (o.default, None)}
    start = failed_start.Start(Path(folder) if folder and not hasattr(config, "workerinput") else None, target or "")
    with failed_start.recorded(start):
        start.config = configure(target, given, os.environ)
        return plan(start.config)


def with_name(config: RunConfig, named: dict[str, Any] | None) -> RunConfig:
    """The configuration of a worker, which was given a URL, for a target that has a name in lmconform.toml."""
    if named is None:
        return config
    return replace(config, named=NamedTarget(named["name"], named["shown"], frozenset(named["keys"])))
