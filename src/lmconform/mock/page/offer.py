"""What the mock offers: the part of the page that does not change while the mock runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import lmconform
from lmconform.mock.capabilities import capabilities
from lmconform.mock.service import Service
from lmconform.mock.switches import SWITCHES, Switches


def show(service: Service, client_id: str, mutant: str) -> dict[str, Any]:
    """Scenarios with executables, capabilities, switches, durations; the result contains no secret."""
    contract, without = service.contract, service.without
    timing = next(iter(service.store.groups.values())).timing
    return {
        "version": lmconform.__version__,
        "description": contract.document["info"]["version"],
        "dialect": contract.dialect,
        "pace": timing.pace,
        "hour": timing.hour,
        "clientId": client_id,
        "mutant": mutant,
        "problems": list(service.catalog.problems),
        "withheld": sorted(service.withheld),
        "capabilities": [
            {"name": name, "offered": name not in without, "operations": [o for o in operations if o in contract]}
            for name, operations in capabilities().items()
        ],
        "switches": list(_switches(service.switches)),
        "scenarios": list(_scenarios(service)),
    }


def _scenarios(service: Service) -> Iterable[dict[str, Any]]:
    for scenario in service.catalog.scenarios.values():
        executables = service.catalog.executables(scenario.id)
        yield {
            # Lists that answers leave out are there for the page.
            "labels": [],
            **scenario.as_json(),
            "versions": [version["id"] for version in service.catalog.versions(scenario.id)],
            "executables": [
                {"outputArtifacts": [], **executable.as_json(), "bulk": executable.bulk} for executable in executables
            ],
        }


def _switches(chosen: Switches) -> Iterable[dict[str, Any]]:
    for switch in SWITCHES:
        yield {
            "name": switch.name,
            "values": list(switch.values),
            "chosen": chosen[switch.name],
            "text": switch.text,
            "source": switch.source,
        }
