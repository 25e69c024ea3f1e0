"""The first line of a run's results: what is run, against what, with which inputs."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

from lmconform import __version__
from lmconform.results.events import Header, now
from lmconform.run.ci_job import job_of
from lmconform.run.examination import Seen
from lmconform.safety.run_state import RunState
from lmconform.settings.target import Target
from lmconform.waivers.matching import Active

_LIBRARIES: Final = ("pytest", "schemathesis", "hypothesis", "requests", "jsonschema-rs", "allure-pytest")


def header(seen: Seen, target: Target, state: RunState, waivers: Active, folder: Path) -> Header:
    """What is known before the first item; ``folder`` is where the reports are written."""
    plan = seen.plan
    config, job = plan.config, job_of(os.environ, folder)
    return Header(
        lmconform=__version__,
        started=now(),
        target=config.label,
        profile=config.profile,
        dialect=config.dialect,
        seed=config.seed,
        contract_sha256=plan.contract.sha256,
        register_sha256=plan.register.sha256,
        versions={"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
        configuration={
            **config.public(),
            "base_url": target.base_url,
            "resource_group": target.resource_group,
            "other_resource_group": target.other_resource_group,
            "time_limits": target.limits.as_json(),
            "disposable": target.disposable,
        },
        contract_version=plan.contract.version,
        contract_because=seen.because,
        left_out=plan.left_out(),
        target_because=config.target_because,
        access=target.access,
        doctor=tuple(line.as_json() for line in seen.lines),
        plan=seen.forecast.line,
        run="" if state.passing else state.id,
        waivers=waivers.remarks(),
        job=job.page,
        files=job.files,
    )
