"""details of deployments: what runs them, in the forms that tenants were seen to have (fact M21)."""

from __future__ import annotations

from typing import Any

from lmconform.mock.content import FOUNDATION
from lmconform.mock.records import Enactment, Moment

_Details = dict[str, Any]


def of(deployment: Enactment, now: Moment, form: str) -> _Details | None:
    """The member; ``form`` is the value of the switch."""
    if form == "absent":
        return None
    if form == "empty":
        return {}
    if form == "snake":
        return {"resources": {"backend_details": _resources(deployment, now, "resource_plan")}} | {
            "scaling": {
                "backend_details": _scaling(deployment, now, ("min_replicas", "max_replicas", "running_replicas"))
            }
        }
    scaling = _scaling(deployment, now, ("minReplicas", "maxReplicas", "runningReplicas"))
    if form == "full" and scaling:
        scaling["predictor"] |= {"minReplicas": 1, "maxReplicas": 1}
    return _named(form, scaling=scaling, resources=_resources(deployment, now, "resourcePlan"))


def _named(form: str, **parts: _Details) -> _Details:
    """Each part under its name, and where the form is twice also under the name that tenants had before."""
    names = ("backendDetails", "backend_details") if form == "twice" else ("backendDetails",)
    return {name: dict.fromkeys(names, part) for name, part in parts.items()}


def _scaling(deployment: Enactment, now: Moment, names: tuple[str, str, str]) -> _Details:
    """The replicas: numbers as texts, but for those that run; a model of others has none here."""
    if _is_idle(now) or _model(deployment):
        return {}
    return {"predictor": dict(zip(names, ("1", "1", 1 if now.status == "RUNNING" else 0), strict=True))}


def _resources(deployment: Enactment, now: Moment, plan: str) -> _Details:
    model = _model(deployment)
    if model:
        return {"model": model}
    return {} if _is_idle(now) else {"predictor": {plan: "starter"}}


def _is_idle(now: Moment) -> bool:
    """Whether nothing of it is left that could be described."""
    return now.status in ("STOPPED", "DEAD")


def _model(deployment: Enactment) -> dict[str, str]:
    if deployment.configuration["scenarioId"] != FOUNDATION:
        return {}
    given = {b["key"]: b["value"] for b in deployment.configuration["parameterBindings"]}
    return {"name": given.get("modelName", ""), "version": given.get("modelVersion", "latest")}
