"""Configurations that pair what does not belong together."""

from __future__ import annotations

from lmconform.mock.call import Call, Handler, Reply
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant


@mutant("configuration-executable-anywhere", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def executable_anywhere(bench: Bench) -> None:
    """BUG: "A configuration of an executable that the scenario does not have is refused."

    It is enough that some other scenario has it.
    """

    @bench.instead("createConfiguration")
    def anywhere(call: Call, handler: Handler) -> Reply:
        asked = call.body.get("scenarioId")
        owner = _owner(call) if asked in call.catalog.scenarios else None
        if owner is None:
            return handler(call)
        call.body["scenarioId"] = owner
        reply = handler(call)
        call.group.configurations[reply.json["id"]]["scenarioId"] = asked
        return reply


@mutant("configuration-scenario-unread", "LM-CONFIGURATION-UNKNOWN-EXECUTABLE")
def scenario_unread(bench: Bench) -> None:
    """BUG: "A configuration of an executable that the scenario does not have is refused."

    In place of a scenario that does not exist it takes that of the executable.
    """

    @bench.before("createConfiguration")
    def corrected(call: Call) -> None:
        if call.body.get("scenarioId") not in call.catalog.scenarios:
            call.body["scenarioId"] = _owner(call) or call.body.get("scenarioId")


def _owner(call: Call) -> str | None:
    """A scenario that has the executable that the body names."""
    wanted = call.body.get("executableId")
    return next((s for s in call.catalog.scenarios if call.catalog.executable(s, wanted) is not None), None)
