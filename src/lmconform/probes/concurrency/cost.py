"""What bursts may start: deployments cost money until they are deleted."""

from __future__ import annotations

from lmconform.probes.context import Context


def may_deploy(ctx: Context) -> bool:
    """Whether the owner of the target lets a run deploy for the sake of bursts: the target is disposable."""
    return ctx.session.target.disposable
