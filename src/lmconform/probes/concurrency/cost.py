"""What bursts may start: deployments cost money until they are deleted."""

from __future__ import annotations

from lmconform.errors import Inconclusive
from lmconform.probes.context import Context
from lmconform.probes.enactment import DEPLOYMENT, Enactment


def require_budget(ctx: Context, kind: Enactment) -> None:
    """Raise Inconclusive unless the owner of the target lets a run start some of ``kind`` for the sake of bursts."""
    if kind == DEPLOYMENT and not ctx.session.target.disposable:
        raise Inconclusive("not sent: a deployment is started for this on a disposable target only", "--disposable")
