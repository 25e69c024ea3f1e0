"""What the mock offers, which does not change while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import lmconform
from lmconform.contract.openapi import Contract
from lmconform.mock import meta
from lmconform.mock.content import Catalog
from lmconform.mock.lifecycle import Timing
from lmconform.mock.switches import SWITCHES, Switches


def show(
    contract: Contract,
    catalog: Catalog,
    switches: Switches,
    without: frozenset[str],
    timing: Timing,
    client_id: str,
    mutant: str,
) -> dict[str, Any]:
    """Scenarios with their executables, capabilities, switches, the clock; nothing that is secret."""
    return {
        "version": lmconform.__version__,
        "description": contract.document["info"]["version"],
        "dialect": contract.dialect,
        "pace": timing.pace,
        "hour": timing.hour,
        "clientId": client_id,
        "mutant": mutant,
        "withheld": sorted(meta.withheld(without)),
        "capabilities": [
            {"name": name, "offered": name not in without, "operations": [o for o in operations if o in contract]}
            for name, operations in meta.CAPABILITIES.items()
        ],
        "switches": list(_switches(switches)),
        "scenarios": [
            {
                **scenario.as_json(),
                "versions": [version["id"] for version in catalog.versions(scenario.id)],
                "executables": [
                    {**executable.as_json(), "bulk": executable.bulk} for executable in catalog.executables(scenario.id)
                ],
            }
            for scenario in catalog.scenarios.values()
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
