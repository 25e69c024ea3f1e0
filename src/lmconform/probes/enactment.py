"""Executions and deployments as values: operations, statuses and names. SAP calls both of them enactments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lmconform.contract.life import Life
from lmconform.contract.resources import Role
from lmconform.probes.context import Context
from lmconform.probes.described import Described, capability
from lmconform.settings.time_limits import TimeLimit

# What $select=status leaves of both (F14).
_SELECTED: Final = frozenset({"id", "configurationId", "status", "createdAt", "modifiedAt", "statusDetails"})


@dataclass(frozen=True, slots=True)
class Enactment(Described):
    """A kind of enactment: what the description of the resource does not say.

    ``noun`` and ``bulk_noun`` are the parts in ids of requirements. ``deployable`` is that of the executables which it
    runs; ``answered`` are the status members in the answer to its creation, ``selected`` the members that
    ``$select=status`` leaves. ``at_once``: it can be read as soon as it is created.
    """

    noun: str
    bulk_noun: str
    unknown_code: str
    deployable: bool
    answered: tuple[tuple[str, str], ...]
    selected: frozenset[str]
    at_once: bool

    @property
    def capability(self) -> str:
        """What a target with such enactments advertises."""
        return self.resource.capability

    @property
    def bulk_capability(self) -> str:
        """What a target with their bulk updates advertises."""
        return capability(self.word, Role.BULK_MODIFY)

    @property
    def bulk_key(self) -> str:
        """The member of a bulk update that holds the entries."""
        return self.resource.bulk_key

    @property
    def goal(self) -> str:
        """The status that it reaches without a request."""
        return self._life.goal

    @property
    def settled(self) -> frozenset[str]:
        """The statuses in which it stays without a request."""
        return self._life.settled

    @property
    def _life(self) -> Life:
        life = self.resource.life
        assert life is not None, self.noun
        return life

    def life(self, ctx: Context) -> Life:
        """Its statuses and what may follow each, as the session's description has them."""
        life = ctx.session.resources[self.word].life
        assert life is not None, f"{self.word} has no x-lm-life"
        return life

    def limit(self, ctx: Context) -> TimeLimit:
        """How long it may take to reach its goal: a deployment to run, an execution to end."""
        return ctx.limits.start if self.deployable else ctx.limits.poll


EXECUTION: Final = Enactment(
    noun="EXECUTION",
    bulk_noun="BULK",
    unknown_code="01010020",
    deployable=False,
    answered=(("status", "UNKNOWN"), ("targetStatus", "COMPLETED")),
    selected=_SELECTED,
    at_once=True,
)
DEPLOYMENT: Final = Enactment(
    noun="DEPLOYMENT",
    bulk_noun="DEPLOYMENT-BULK",
    unknown_code="01010016",
    deployable=True,
    answered=(("status", "UNKNOWN"),),
    selected=_SELECTED | {"details"},
    # SAP's tests read it at once; SAP's help mentions a moment in which it is not found (C2).
    at_once=False,
)
