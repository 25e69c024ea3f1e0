"""How much a run may create, by what its user said and by where the target is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lmconform.contract.life import Runs
from lmconform.contract.resources import Resources
from lmconform.safety.budget import ALL, Bound
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target

# What one run may start without an option: on a tenant in the profiles that gate and core, and elsewhere.
_TENANT: Final = {Runs.UNTIL_IT_ENDS: 8, Runs.UNTIL_STOPPED: 2}
_WIDER: Final = {Runs.UNTIL_IT_ENDS: 40, Runs.UNTIL_STOPPED: 20}
_OPTIONS: Final = {Runs.UNTIL_IT_ENDS: "--max-executions", Runs.UNTIL_STOPPED: "--max-deployments"}
_DEPLOY: Final = "--allow-deployments"


def bounds(resources: Resources, config: RunConfig, target: Target) -> dict[str, Bound]:
    """The bound of each noun that has one; ALL bounds everything that is created.

    What runs until it is stopped costs money until then: it needs an option, unless the target is disposable.
    """
    return dict(_bounds(resources, config, target))


def _bounds(resources: Resources, config: RunConfig, target: Target) -> Iterator[tuple[str, Bound]]:
    if config.max_created is not None:
        yield ALL, Bound(config.max_created, "--max-created", f"--max-created {config.max_created}")
    named = {Runs.UNTIL_IT_ENDS: config.max_executions, Runs.UNTIL_STOPPED: config.max_deployments}
    for resource in resources:
        runs = resource.cost.runs
        if runs is None:
            continue
        option, most = _OPTIONS[runs], named[runs]
        if runs is Runs.UNTIL_STOPPED and not (target.disposable or config.allow_deployments):
            yield resource.noun, Bound(0, _DEPLOY, f"{resource.noun}s cost money until they are stopped; {_DEPLOY}")
        elif most is not None:
            yield resource.noun, Bound(most, option, f"{option} {most}")
        elif not target.disposable:
            default = (_TENANT if config.is_narrow else _WIDER)[runs]
            yield resource.noun, Bound(default, option, f"as many as a run may without {option}")
