"""Executions and deployments as values: operations, statuses and names. SAP calls both of them enactments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lmconform.contract.life import Life
from lmconform.probes.context import BULK, BULK_DEPLOYMENTS, DEPLOYMENTS, EXECUTIONS, TERMINAL, Context
from lmconform.settings.time_limits import TimeLimit

# What $select=status leaves of both (F14).
_SELECTED: Final = frozenset({"id", "configurationId", "status", "createdAt", "modifiedAt", "statusDetails"})


@dataclass(frozen=True, slots=True)
class Enactment:
    """A kind of enactment: its operations, its statuses and the names that requirements and bodies use.

    ``goal`` is the status that it reaches without a request, ``settled`` the statuses in which it then stays.
    ``deployable`` is that of the executables which it runs; ``answered`` are the status members in the answer to its
    creation, ``selected`` the members that ``$select=status`` leaves. ``at_once``: it can be read as soon as it is
    created.
    """

    noun: str
    parameter: str
    create: str
    get: str
    list: str
    count: str
    modify: str
    delete: str
    modify_many: str
    capability: str
    bulk_noun: str
    bulk_capability: str
    bulk_key: str
    unknown_code: str
    deployable: bool
    goal: str
    settled: frozenset[str]
    answered: tuple[tuple[str, str], ...]
    selected: frozenset[str]
    at_once: bool

    @property
    def word(self) -> str:
        """Its name in messages and in the journal."""
        return self.noun.lower()

    def life(self, ctx: Context) -> Life:
        """Its statuses and what may follow each, from the description."""
        life = ctx.session.resources[self.word].life
        assert life is not None, f"{self.word} has no x-lm-life"
        return life

    def limit(self, ctx: Context) -> TimeLimit:
        """How long it may take to reach its goal: a deployment to run, an execution to end."""
        return ctx.limits.start if self.deployable else ctx.limits.poll


EXECUTION: Final = Enactment(
    noun="EXECUTION",
    parameter="executionId",
    create="createExecution",
    get="getExecution",
    list="listExecutions",
    count="countExecutions",
    modify="modifyExecution",
    delete="deleteExecution",
    modify_many="modifyExecutions",
    capability=EXECUTIONS,
    bulk_noun="BULK",
    bulk_capability=BULK,
    bulk_key="executions",
    unknown_code="01010020",
    deployable=False,
    goal="COMPLETED",
    settled=TERMINAL,
    answered=(("status", "UNKNOWN"), ("targetStatus", "COMPLETED")),
    selected=_SELECTED,
    at_once=True,
)
DEPLOYMENT: Final = Enactment(
    noun="DEPLOYMENT",
    parameter="deploymentId",
    create="createDeployment",
    get="getDeployment",
    list="listDeployments",
    count="countDeployments",
    modify="modifyDeployment",
    delete="deleteDeployment",
    modify_many="modifyDeployments",
    capability=DEPLOYMENTS,
    bulk_noun="DEPLOYMENT-BULK",
    bulk_capability=BULK_DEPLOYMENTS,
    bulk_key="deployments",
    unknown_code="01010016",
    deployable=True,
    goal="RUNNING",
    # It runs until a request stops it (C2).
    settled=TERMINAL | {"RUNNING"},
    answered=(("status", "UNKNOWN"),),
    selected=_SELECTED | {"details"},
    # SAP's tests read it at once; SAP's help mentions a moment in which it is not found (C2).
    at_once=False,
)
