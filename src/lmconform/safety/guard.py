"""What may be sent to a target: nothing that could harm what this run did not make, and no more than may be started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resources, Role
from lmconform.errors import NotOwn, SafetyRefusal, Unreadable
from lmconform.safety.budget import Budget
from lmconform.safety.cron import fires_soon, is_readable
from lmconform.safety.journal import Journal

# Names of everything that a run creates begin with this, so that people find what is left.
NAME_PREFIX: Final = "lmconform-"

# The label of what a run creates, where the API has labels; its value is the id of the run.
RUN_LABEL: Final = "ext.ai.sap.com/lmconform-run"

# Ids of things that exist nowhere begin with this, so that a request for them touches nothing.
ABSENT_PREFIX: Final = "lmconform-absent-"


def labelled(body: Mapping[str, Any], run: str) -> dict[str, Any]:
    """A body whose labels also name the run; one whose labels are no list stays as it is: it is wrong on purpose."""
    labels = body.get("labels") or []
    if not isinstance(labels, list):
        return dict(body)
    return {**body, "labels": [*labels, {"key": RUN_LABEL, "value": run}]}


def _here() -> datetime:
    return datetime.now(UTC)


class Guard:
    """Refuses a request that names an id which this run did not create and that may exist, or that costs too much.

    ``disposable``: the owner of the target allows schedules that start executions within days. ``prefix`` begins the
    names that this run gives, ``now`` tells the time of the target. Safe to use from several threads: what it decides
    by is in the journal and the budget.
    """

    def __init__(
        self,
        resources: Resources,
        journal: Journal,
        budget: Budget,
        *,
        disposable: bool,
        prefix: str = NAME_PREFIX,
        now: Callable[[], datetime] = _here,
    ) -> None:
        self._resources = resources
        self._journal = journal
        self._budget = budget
        self._disposable = disposable
        self._prefix = prefix
        self._now = now

    def check(self, operation: Operation | None, path: Mapping[str, str], query: Any, body: Any) -> str:
        """Raise SafetyRefusal when the request must not be sent.

        Returns the noun of what was taken from the budget for it, or an empty text.
        """
        if operation is None or operation.effect == "read":
            return ""
        if not self._disposable:
            self._refuse_soon(operation, body)
        if operation.method in ("PATCH", "DELETE", "PUT"):
            # What a POST makes is new.
            self._refuse_foreign(operation, path, query, body)
        # The usual resource: what an answer says was made instead is counted when it is there.
        makes = next(iter(self._resources.creates(operation)), None)
        if makes is None:
            return ""
        self._budget.take(makes.noun, counts_for_all=not makes.owner)
        return makes.noun

    def check_url(self, operation: Operation | None, path: Mapping[str, str], sent_path: str, sent_query: str) -> None:
        """Raise SafetyRefusal when the URL of a request means something else than what ``check`` looked at.

        ``sent_path`` and ``sent_query`` are the percent-encoded parts of that URL.
        """
        if any(unquote(segment) in (".", "..") for segment in sent_path.split("/")):
            label = operation.label if operation is not None else sent_path
            raise NotOwn(f"not sent: {label} would name '.' or '..', which is no id")
        if operation is None or operation.effect == "read":
            return
        if unquote(operation.fill(path)) != unquote(sent_path):
            raise SafetyRefusal(f"not sent: {operation.label} would go to {sent_path!r}")
        resource = self._resources.resource_of(operation)
        if resource is None or self._resources.role_of(operation) not in (Role.DELETE, Role.BULK_DELETE):
            return
        if f"{{{resource.id_parameter}}}" not in operation.path:
            # Without an id that is understood it might mean everything.
            values = [value for name, value in parse_qsl(sent_query, True) if name == resource.id_parameter]
            if len(values) != 1 or not resource.is_id(values[0]):
                raise SafetyRefusal(f"not sent: {operation.label} without one usable {resource.id_parameter}")

    def _refuse_foreign(self, operation: Operation, path: Mapping[str, str], query: Any, body: Any) -> None:
        # Metrics have the id of their execution.
        named = [
            (one.resource.owner or one.resource.noun, one.id)
            for one in self._resources.ids_named(operation, path, query, body)
        ]
        # Of an operation that the contract does not have, the path says what it would touch: of a kind unknown here.
        known = {resource_id for _, resource_id in named}
        unknown = [("", value) for value in path.values() if value not in known]
        for noun, resource_id in dict.fromkeys((*unknown, *named)):
            if self._journal.is_disowned(noun, resource_id):
                raise NotOwn(
                    f"not sent: {operation.label} would touch {resource_id!r}, which an answer to a creation named, "
                    "and which is not what was created"
                )
            if not self._journal.made(noun, resource_id) and not self._is_harmless(operation, noun, resource_id):
                raise SafetyRefusal(
                    f"not sent: {operation.label} would touch {resource_id!r}, which this run did not create"
                )

    def _is_harmless(self, operation: Operation, noun: str, resource_id: str) -> bool:
        """Whether it exists nowhere (nothing has an empty id), or is a file in a folder of this run."""
        if operation.method == "PUT" and self._resources.role_of(operation) == Role.CREATE:
            return any(segment.startswith(self._prefix) for segment in resource_id.split("/"))
        return not resource_id or resource_id.startswith(ABSENT_PREFIX) or self._journal.is_nowhere(noun, resource_id)

    def _refuse_soon(self, operation: Operation, body: Any) -> None:
        resource = self._resources.resource_of(operation)
        if resource is None or not resource.cost.starts or not isinstance(body, Mapping):
            return
        cron, now = body.get(resource.cost.at), self._now()
        if not isinstance(cron, str):
            return
        if not is_readable(cron, now):
            raise Unreadable(
                f"not sent: when a {resource.noun} {cron[:60]!r} starts {resource.cost.starts}s cannot be known"
            )
        if fires_soon(cron, now):
            raise SafetyRefusal(f"not sent: a {resource.noun} {cron!r} could start {resource.cost.starts}s soon")
