"""What a probe gets: it sends, makes things of our own, compares, and says what was expected."""

from __future__ import annotations

import json
import random
import string
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NoReturn

from lmconform.client.transport import Request
from lmconform.errors import BudgetSpent, Failure, Inconclusive, NotApplicable, NotTestable, Skip, caught
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import Judgement, kept
from lmconform.probes.comparison import differences
from lmconform.probes.parts import gravest
from lmconform.safety.guard import ABSENT_PREFIX, NAME_PREFIX

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.client.session import Session
    from lmconform.probes.executables import Runnable

Json = dict[str, Any]

TERMINAL: Final = frozenset({"COMPLETED", "DEAD", "STOPPED"})
ACTIVE: Final = frozenset({"PENDING", "RUNNING"})

# Capabilities, as dotted paths in GET /lm/meta.
EXECUTIONS: Final = "aiApi.capabilities.userExecutions"
DEPLOYMENTS: Final = "aiApi.capabilities.userDeployments"
TIME_TO_LIVE: Final = "aiApi.capabilities.timeToLiveDeployments"
SCHEDULES: Final = "aiApi.capabilities.executionSchedules"
METRICS: Final = "extensions.metrics"
BULK: Final = "aiApi.capabilities.bulkUpdates.executions"
GROUPS: Final = "aiApi.capabilities.multitenant"
LOGS: Final = "aiApi.capabilities.logs.executions"
FILES: Final = "extensions.dataset"
BULK_DEPLOYMENTS: Final = "aiApi.capabilities.bulkUpdates.deployments"

# Off unless advertised, and on a target without GET /lm/meta nobody says either: operation, and member of its body.
_BULK_OPERATIONS: Final = {
    BULK: ("modifyExecutions", "executions"),
    BULK_DEPLOYMENTS: ("modifyDeployments", "deployments"),
}

# Said by what stands in front of the API: about us or the moment, never about the resource.
_GATEWAY: Final = frozenset({401, 403, 429})
_LEAST_SLEEP: Final = 0.02
_MOST_GRACE: Final = 60.0
# Kept in ``session.shared``; other kinds of items have keys of their own.
_NONCE, _COUNTER = "probes.nonce", "probes.counter"


@dataclass(frozen=True, slots=True)
class Made:
    """Something that we created: its id, the body that we sent, and the answer."""

    id: str
    sent: Json
    exchange: Exchange


@dataclass(slots=True)
class Context:
    """The tools of one probe; ``parts`` are its judgements of single operations, see ``judge_part``."""

    session: Session
    client: Client
    requirement: str = ""
    parts: list[Judgement] = field(default_factory=list)
    _raised: list[Failure | Skip] = field(default_factory=list)

    # --- before and after --------------------------------------------------------------------

    def begin(self, requirement: str) -> None:
        """Judge ``requirement`` from now on; raises NotApplicable."""
        self.requirement = requirement
        self.require(self.session.register[requirement].capability)

    def require(self, capability: str) -> None:
        """Raise NotApplicable unless the target advertises ``capability`` (empty: always)."""
        if not self.session.capabilities.has(capability):
            raise NotApplicable(f"GET /v2/lm/meta does not advertise {capability}")
        if self.session.capabilities.opt_in_unadvertised(capability, bulk=False):
            raise NotApplicable(f"there is no GET /v2/lm/meta to advertise {capability}")
        if self.session.capabilities.meta is None and capability in _BULK_OPERATIONS and not self._serves(capability):
            raise NotApplicable("there is no GET /v2/lm/meta to advertise bulk updates, and they are refused")

    def offers(self, capability: str) -> bool:
        """Whether the target advertises ``capability``, or it always applies (empty)."""
        try:
            self.require(capability)
        except NotApplicable:
            return False
        return True

    def _serves(self, capability: str) -> bool:
        """Whether a bulk update that nothing is wrong with is taken: they are off unless advertised."""
        shared, (operation, collection) = self.session.shared, _BULK_OPERATIONS[capability]
        key = f"probes.serves.{operation}"
        if key not in shared:
            body = {collection: [{"id": self.absent_id(), "targetStatus": "STOPPED"}]}
            # Nobody promised what an operation answers that a server does not have.
            shared[key] = self.send(operation, json=body, judge=False).ok
        return bool(shared[key])

    def judge_part(self, operation_id: str, function: Callable[[], object]) -> None:
        """Judge the requirement for one operation: what ``function`` raises is its judgement, and the probe goes on.

        The result has the id ``probe/LM-…#operationId``.
        """
        since, raised = len(self.client.exchanges), caught(function)
        self._raised += [raised] if raised else []
        judgement = raised.judgement if raised else kept(self.requirement)
        part = replace(judgement, requirement=self.requirement, part=operation_id, operation=operation_id)
        self.parts.append(self.client.completed(part, since))

    def conclude(self, own: Failure | Skip | None) -> None:
        """Raise what the probe says as a whole, when its function ended with ``own``: see ``gravest``."""
        raised = gravest(own, self._raised, self.parts)
        if raised is not None:
            raise raised

    # --- sending -----------------------------------------------------------------------------

    def send(self, operation_id: str, *args: Any, **rest: Any) -> Exchange:
        """Send a request; see ``Client.send``. Raises Inconclusive when a budget is spent."""
        try:
            return self.client.send(operation_id, *args, **rest)
        except BudgetSpent as error:
            raise Inconclusive(str(error)) from error

    def get(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Exchange:
        """Send a request without a body; keywords are path parameters."""
        return self.client.send(operation_id, path, query)

    def get_raw(self, operation_id: str, query: str, /, **path: str) -> Exchange:
        """Send a GET whose query string goes as it is: how commas are spelled can matter."""
        operation = self.session.contract.operation(operation_id)
        headers = (("AI-Resource-Group", self.session.target.resource_group),)
        request = Request(
            item=self.client.item,
            operation=operation.id,
            method=operation.method,
            path=operation.fill(path),
            query=query,
            headers=headers,
        )
        return self.client.dispatch(operation, request, path, {})

    def get_or_fail(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Json:
        """The JSON object of a GET that this probe is about; anything but 200 breaks the requirement."""
        exchange = self.get(operation_id, query, **path)
        self.expect_status(exchange, {200})
        return dict(exchange.json_object())

    def get_or_skip(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Json:
        """The JSON object of a GET that this probe only builds on; raises NotTestable."""
        exchange = self.get(operation_id, query, **path)
        if exchange.status != 200:
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}, expected 200")
        return dict(exchange.json_object())

    def items(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> list[Json]:
        """The resources of a list that this probe is about."""
        return _resources(self.get_or_fail(operation_id, query, **path))

    def ids(self, operation_id: str, query: Mapping[str, Any] | None = None, /) -> list[str]:
        """The ids in a list that this probe is about, in the order of the answer."""
        return [str(item.get("id")) for item in self.items(operation_id, query)]

    def count(self, operation_id: str, query: Mapping[str, Any] | None = None) -> int:
        """The number that a ``$count`` operation answers."""
        exchange = self.get(operation_id, query)
        self.expect_status(exchange, {200})
        text = exchange.text.strip()
        self.expect(text.isdigit(), expected="a bare integer", actual=exchange.brief, exchange=exchange)
        return int(text)

    # --- judging -----------------------------------------------------------------------------

    def fail(self, *, expected: str, actual: str, exchange: Exchange | None = None) -> NoReturn:
        """The requirement of this probe is broken."""
        telling = exchange or self.client.last
        raise Failure(
            self.requirement,
            expected=expected,
            actual=actual[:300],
            operation=telling.operation if telling else "",
            exchanges=[telling.id] if telling else [],
        )

    def expect(self, condition: bool, *, expected: str, actual: str, exchange: Exchange | None = None) -> None:
        """Raise Failure unless ``condition`` holds."""
        if not condition:
            self.fail(expected=expected, actual=actual, exchange=exchange)

    def expect_status(self, exchange: Exchange, allowed: Collection[int]) -> None:
        """Raise Failure unless a valid request got one of the ``allowed`` statuses.

        A gateway's answer says nothing about the requirement: NotTestable.
        """
        if exchange.status in allowed:
            return
        if exchange.status in _GATEWAY or exchange.status >= 500:
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}")
        self.fail(expected=_either(allowed), actual=exchange.brief, exchange=exchange)

    def expect_refused(self, exchange: Exchange, allowed: Collection[int] = (400,)) -> None:
        """Raise Failure unless a wrong request was refused with one of the ``allowed`` statuses."""
        if exchange.status in allowed:
            return
        if exchange.status in _GATEWAY:
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}")
        self.fail(expected=f"{_either(allowed)} with the error envelope", actual=exchange.brief, exchange=exchange)

    def expect_same(self, wanted: Mapping[str, Any], found: Mapping[str, Any], *, what: str) -> None:
        """Raise Failure unless ``found`` has every field of ``wanted``; null and absent are one."""
        broken = differences(wanted, found)
        if broken:
            name, left, right = broken[0]
            self.fail(expected=f"{what}: {name} = {_short(left)}", actual=f"{name} = {_short(right)}")

    def expect_list_agrees(self, operation_id: str, found: Mapping[str, Any], listed: Mapping[str, Any]) -> None:
        """Raise Failure unless a list tells of a thing what the GET ``operation_id`` tells.

        A list may say less, and what the contract does not know is nobody's promise (D1).
        """
        known = self.session.contract.members(operation_id)
        both = {name: v for name, v in found.items() if name in known and None not in (v, listed.get(name))}
        self.expect_same(both, listed, what="the list as GET has it")

    def expect_if_present(self, wanted: Mapping[str, Any], found: Mapping[str, Any], *, what: str) -> None:
        """``expect_same`` for fields that the schema leaves optional: raises NotApplicable when one is missing."""
        for name in wanted:
            if found.get(name) is None:
                raise NotApplicable(f"{what}: {name} is optional, and not told")
        self.expect_same(wanted, found, what=what)

    def label(self, exchange: Exchange) -> str:
        """How a message names a request."""
        return f"{exchange.method} /v2{exchange.path}"

    # --- names -------------------------------------------------------------------------------

    def unique(self, name: str) -> str:
        """A name of ours that nothing in the tenant has: prefix, ``name``, ten letters.

        Artifacts and configurations of earlier runs stay for ever (F53), and a search must not
        find them: five letters follow from the seed, five are this session's own.
        """
        return f"{NAME_PREFIX}{name}-{self._letters()}"

    def absent_id(self) -> str:
        """A well-formed id of something that exists nowhere."""
        return f"{ABSENT_PREFIX}{self._letters()}"

    def mark(self) -> str:
        """The letters in which all names of this session end, and no others: a search for our things."""
        shared = self.session.shared
        if _NONCE not in shared:
            shared[_NONCE] = "".join(random.SystemRandom().choices(string.ascii_lowercase, k=5))
        return str(shared[_NONCE])

    def _letters(self) -> str:
        shared = self.session.shared
        shared[_COUNTER] = shared.get(_COUNTER, 0) + 1
        seeded = random.Random(f"{self.session.config.seed} {self.client.item} {shared[_COUNTER]}")
        return "".join(seeded.choices(string.ascii_lowercase, k=5)) + self.mark()

    # --- making ------------------------------------------------------------------------------

    def training_executable(self) -> Runnable:
        """A scenario with an executable that trains; raises Inconclusive when there is none."""
        from lmconform.probes import executables

        return executables.find(self)

    def artifact_body(self, **overrides: Any) -> Json:
        """A valid body for POST /lm/artifacts; an override None leaves the field out."""
        body = {
            "name": self.unique("artifact"),
            "kind": "dataset",
            "url": "ai://default/data",
            "description": "made by a conformance run",
            "scenarioId": overrides["scenarioId"] if "scenarioId" in overrides else self.scenario_id(),
        }
        return _with(body, overrides)

    def artifact(self, **overrides: Any) -> Made:
        """Register an artifact; raises NotTestable."""
        return self.make("createArtifact", self.artifact_body(**overrides))

    def configuration_body(self, *, deployable: bool = False, **overrides: Any) -> Json:
        """A valid body for POST /lm/configurations that binds all that the executable asks for.

        ``deployable``: for a deployment instead of an execution.
        """
        from lmconform.probes import executables

        found = executables.find(self, deployable=deployable)
        body = {
            "name": self.unique("configuration"),
            "executableId": found.executable_id,
            "scenarioId": found.scenario_id,
            "parameterBindings": [{"key": key, "value": value} for key, value in found.parameters],
        }
        if "inputArtifactBindings" not in overrides:
            body["inputArtifactBindings"] = [
                {"key": key, "artifactId": self._input(kind, found.scenario_id)} for key, kind in found.inputs
            ]
        return _with(body, overrides)

    def configuration(self, *, deployable: bool = False, **overrides: Any) -> Made:
        """Create a configuration; raises NotTestable."""
        return self.make("createConfiguration", self.configuration_body(deployable=deployable, **overrides))

    def make(self, operation_id: str, body: Json) -> Made:
        """Create something that this probe builds on; raises NotTestable when that is refused.

        Which 2xx it is stays with the contract's checks.
        """
        exchange = self.send(operation_id, json=body)
        made = exchange.json_object().get("id")
        if not exchange.ok or not isinstance(made, str):
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}, expected the id of a new resource")
        return Made(made, body, exchange)

    def scenario_id(self) -> str:
        """The scenario that our artifacts belong to: that of the training, or the first one."""
        from lmconform.probes import executables

        return executables.scenario(self)

    def _input(self, kind: str, scenario: str) -> str:
        """An artifact that configurations of a scenario bind: nothing changes it, so all may share it."""
        key = f"probes.input.{kind}.{scenario}"
        if key not in self.session.shared:
            self.session.shared[key] = self.artifact(kind=kind, scenarioId=scenario).id
        return str(self.session.shared[key])

    def doubts(self, *ids: str) -> bool:
        """Whether a change of one of these may have been carried out or not: nothing can build on it."""
        return any(self.session.journal.is_doubted(resource_id) for resource_id in ids)

    # --- waiting -----------------------------------------------------------------------------

    @property
    def grace(self) -> float:
        """Seconds for which a target may not know yet what it has just said (C2), and lawfully say otherwise."""
        return min(_MOST_GRACE, 20 * max(self.session.target.poll_interval, _LEAST_SLEEP))

    def polls(self) -> Iterator[int]:
        """Counts polls, with the target's pause between them; raises Inconclusive at the deadline."""
        target = self.session.target
        deadline = time.monotonic() + target.poll_timeout
        number = 0
        while number == 0 or time.monotonic() < deadline:
            if number:
                time.sleep(max(target.poll_interval, _LEAST_SLEEP))
            yield number
            number += 1
        raise Inconclusive(f"nothing happened within the {target.poll_timeout:g} s of --poll-timeout")

    def retry_in_grace(self, since: float, judge: Callable[[], None]) -> None:
        """Judge, and once more while less than ``grace`` has passed ``since`` the last change (time.monotonic())."""
        while True:
            try:
                return judge()
            except (Failure, NotTestable):
                if time.monotonic() - since > self.grace:
                    raise
            time.sleep(self.grace / 20)


def _with(body: Json, overrides: Mapping[str, Any]) -> Json:
    return {key: value for key, value in {**body, **overrides}.items() if value is not None}


def _resources(body: Mapping[str, Any]) -> list[Json]:
    found = body.get("resources")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _either(statuses: Collection[int]) -> str:
    return " or ".join(str(s) for s in sorted(statuses))


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:160]
