"""What a probe gets: sends requests, creates resources, compares, and says what was expected."""

from __future__ import annotations

import itertools
import random
import string
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlsplit

from lmconform.checks.gateway import is_turned_away
from lmconform.client import backoff
from lmconform.client.polling import Policy, settled
from lmconform.client.transport import Request
from lmconform.contract.published import published
from lmconform.contract.resources import Role, resources
from lmconform.errors import Failure, Inconclusive, NotApplicable, NotTestable, Skip, caught, judged_refusals
from lmconform.evidence.exchange import Exchange, natural
from lmconform.judgement import Judgement, kept
from lmconform.probes import reading
from lmconform.probes.comparison import apart, differences
from lmconform.probes.described import capability, described
from lmconform.probes.fixtures import fixture
from lmconform.probes.not_offered import expect_offered
from lmconform.probes.parts import gravest
from lmconform.probes.templates import expect_templates
from lmconform.safety.guard import ABSENT_PREFIX
from lmconform.settings.time_limits import TimeLimit, TimeLimits

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.client.session import Session

Json = dict[str, Any]
_LIVES: Final = [resource.life for resource in resources(published()) if resource.life is not None]
# Statuses of executions and deployments: those that nothing follows, and those in which they can be stopped.
TERMINAL: Final = frozenset[str]().union(*(life.terminal for life in _LIVES))
ACTIVE: Final = frozenset[str]().union(*(life.stoppable for life in _LIVES))
# Capabilities, as dotted paths in GET /lm/meta.
EXECUTIONS: Final = capability("execution")
DEPLOYMENTS: Final = capability("deployment")
SCHEDULES: Final = capability("schedule")
METRICS: Final = capability("metrics")
FILES: Final = capability("file")
LOGS: Final = capability("execution", "logs")
TIME_TO_LIVE: Final = resources(published()).gated_members(described("deployment").operations[Role.CREATE])["ttl"]
GROUPS: Final = "aiApi.capabilities.multitenant"
# Answers of a gateway: they concern the client or the load, never the resource.
_GATEWAY: Final = frozenset({401, 403, 429})


@dataclass(frozen=True, slots=True)
class Created:
    """A resource that this session created: its id, the body of the request, and the answer."""

    id: str
    sent: Json
    exchange: Exchange


@dataclass(slots=True)
class Context:
    """The tools of one probe; ``parts`` are its judgements of single operations, see ``judge_part``.

    ``excuse`` may turn what the probe or one of its parts raises into a Skip that names what is really broken.
    """

    session: Session
    client: Client
    requirement: str = ""
    parts: list[Judgement] = field(default_factory=list)
    excuse: Callable[[Context, Failure | Skip | None], Failure | Skip | None] = lambda _, raised: raised
    _raised: list[Failure | Skip] = field(default_factory=list)

    # --- before and after --------------------------------------------------------------------

    def begin(self, requirement: str) -> None:
        """Judge ``requirement`` from now on; raises NotApplicable."""
        self.requirement = requirement
        self.require(self.session.register[requirement].capability)

    def require(self, capability: str) -> None:
        """Raise NotApplicable unless the target advertises ``capability`` (empty: always)."""
        if not self.session.capabilities.has(capability):
            raise NotApplicable(f"{self._meta} does not advertise {capability}")
        if self.session.capabilities.opt_in_unadvertised(capability, bulk=False):
            raise NotApplicable(f"{capability} must be advertised, and the target has no {self._meta}")
        if self.session.capabilities.meta is None and self._refuses_bulk(capability):
            raise NotApplicable(f"bulk updates are refused, and the target has no {self._meta} to advertise them")

    def offers(self, capability: str) -> bool:
        """Whether the target advertises ``capability``, or it always applies (empty)."""
        try:
            self.require(capability)
        except NotApplicable:
            return False
        return True

    @property
    def _meta(self) -> str:
        return self.session.contract.operation("getMeta").label

    def _refuses_bulk(self, capability: str) -> bool:
        """Whether bulk updates need the capability, and are refused.

        They are off unless advertised, and a target without meta advertises nothing: the operation is tried then.
        """
        for resource in self.session.resources:
            operation = resource.operation(Role.BULK_MODIFY)
            if operation is not None and self.session.resources.capability(operation) == capability:
                return not _serves(self, resource.noun)
        return False

    def judge_part(self, operation_id: str, function: Callable[[], object]) -> None:
        """Judge the requirement for one operation: what ``function`` raises is its judgement, and the probe goes on.

        The result has the id ``probe/LM-…#operationId``.
        """
        since, raised = len(self.client.exchanges), self.excuse(self, caught(function))
        self._raised += [raised] if raised else []
        judgement = raised.judgement if raised else kept(self.requirement)
        part = replace(judgement, requirement=self.requirement, part=operation_id, operation=operation_id)
        self.parts.append(self.client.completed(part, since))

    def conclude(self, own: Failure | Skip | None) -> None:
        """Raise what the probe says as a whole, when its function ended with ``own``: see ``gravest``."""
        raised = gravest(self.excuse(self, own), self._raised, self.parts)
        if raised is not None:
            raise raised

    # --- sending -----------------------------------------------------------------------------

    def send(self, operation_id: str, *args: Any, **rest: Any) -> Exchange:
        """Send a request; see ``Client.send``. Raises what ``errors.refused`` makes of a request that is not sent."""
        with judged_refusals():
            return self.client.send(operation_id, *args, **rest)

    def get(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Exchange:
        """Send a request without a body; keywords are path parameters."""
        return self.send(operation_id, path, query)

    def get_raw(self, operation_id: str, query: str, /, **path: str) -> Exchange:
        """Send a GET whose query string is not encoded again: the spelling of commas can matter."""
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
        with judged_refusals():
            return self.client.dispatch(operation, request, path, {})

    def get_or_fail(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Json:
        """The JSON object of a GET that this probe judges; any status but 200 breaks the requirement."""
        exchange = self.get(operation_id, query, **path)
        self.expect_status(exchange, {200})
        return dict(exchange.json_object())

    def get_or_skip(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> Json:
        """The JSON object of a GET that this probe needs and does not judge (``reading.kept``); raises NotTestable."""
        exchange = self.get(operation_id, query, **path)
        if exchange.status != 200:
            expect_offered(self, exchange)
            self._expect_no_firewall(exchange)
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}, expected 200")
        return reading.kept(self, exchange)

    def items(self, operation_id: str, query: Mapping[str, Any] | None = None, /, **path: str) -> list[Json]:
        """The resources of a list that this probe judges."""
        return reading.entries(self.get_or_fail(operation_id, query, **path))

    def ids(self, operation_id: str, query: Mapping[str, Any] | None = None, /) -> list[str]:
        """The ids in a list that this probe judges, in the order of the answer."""
        return [str(item.get("id")) for item in self.items(operation_id, query)]

    def expect_ids(self, operation_id: str, query: Mapping[str, Any], wanted: list[str], text: str) -> None:
        """Raise Failure unless a list has these ids; it may lag behind what was created a moment ago (C2)."""

        def judge() -> None:
            ids = self.ids(operation_id, query)
            self.expect(ids == wanted, expected=text, actual=f"{ids}")

        self.retry_in_grace(time.monotonic(), judge)

    def count(self, operation_id: str, query: Mapping[str, Any] | None = None) -> int:
        """The number that a ``$count`` operation returns."""
        exchange = self.get(operation_id, query)
        self.expect_status(exchange, {200})
        number = natural(exchange.text.strip())
        if number is None:
            self.fail(expected="a bare integer", actual=exchange.brief, exchange=exchange)
        return number

    # --- judging -----------------------------------------------------------------------------

    def fail(self, *, expected: str, actual: str, exchange: Exchange | None = None) -> NoReturn:
        """Raise Failure: the requirement of this probe is broken, as ``exchange`` (by default the last one) shows."""
        evidence = exchange or self.client.last
        raise Failure(
            self.requirement,
            expected=expected,
            actual=actual[:300],
            operation=evidence.operation if evidence else "",
            exchanges=[evidence.id] if evidence else [],
        )

    def expect(self, condition: bool, *, expected: str, actual: str, exchange: Exchange | None = None) -> None:
        """Raise Failure unless ``condition`` holds."""
        if not condition:
            self.fail(expected=expected, actual=actual, exchange=exchange)

    def expect_status(self, exchange: Exchange, allowed: Collection[int]) -> None:
        """Raise Failure unless a valid request got one of the ``allowed`` statuses.

        An answer of a gateway says nothing about the requirement: NotTestable. A declared 501 says that what was asked
        for need not be offered: NotApplicable, see ``not_offered``.
        """
        self._expect_no_firewall(exchange)
        if exchange.status in allowed:
            return
        expect_offered(self, exchange)
        if exchange.status in _GATEWAY or exchange.status >= 500:
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}")
        expect_templates(self, exchange)
        self.fail(expected=_either(allowed), actual=exchange.brief, exchange=exchange)

    def expect_refused(self, exchange: Exchange, allowed: Collection[int] = (400,)) -> None:
        """Raise Failure unless an invalid request was refused with one of the ``allowed`` statuses."""
        if exchange.status in allowed:
            return
        expect_offered(self, exchange)
        self._expect_no_firewall(exchange)
        if exchange.status in _GATEWAY:
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}")
        self.fail(expected=f"{_either(allowed)} with the error envelope", actual=exchange.brief, exchange=exchange)

    def require_success(self, exchange: Exchange) -> None:
        """Raise NotTestable unless a request that this probe needs, and does not judge, got a 2xx status."""
        if not exchange.ok:
            expect_offered(self, exchange)
            self._expect_no_firewall(exchange)
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}")

    def _expect_no_firewall(self, exchange: Exchange) -> None:
        """Raise Inconclusive when a firewall turned the request away: no publication forbids that one is there."""
        if is_turned_away(exchange):
            raise Inconclusive(f"a firewall turned {self.label(exchange)} away for its URL: {exchange.brief}")

    def expect_same(self, wanted: Mapping[str, Any], actual: Mapping[str, Any], *, what: str) -> None:
        """Raise Failure unless ``actual`` has every field of ``wanted``; null and absent are the same."""
        broken = differences(wanted, actual)
        if broken:
            name, left, right = broken[0][0], *apart(*broken[0])
            self.fail(expected=f"{what}: {name} = {left}", actual=f"{name} = {right}")

    def expect_list_agrees(self, operation_id: str, single: Mapping[str, Any], listed: Mapping[str, Any]) -> None:
        """Raise Failure unless a list shows a resource as the GET ``operation_id`` does.

        A list may leave members out, and members that the contract does not declare are not judged (D1).
        """
        known = self.session.contract.members(operation_id)
        both = {name: v for name, v in single.items() if name in known and None not in (v, listed.get(name))}
        self.expect_same(both, listed, what="in the list, as GET has it")

    def expect_if_present(self, wanted: Mapping[str, Any], actual: Mapping[str, Any], *, what: str) -> None:
        """``expect_same`` for fields that the schema leaves optional: raises NotApplicable when one is missing."""
        for name in wanted:
            if actual.get(name) is None:
                raise NotApplicable(f"{what}: {name} is optional, and missing")
        self.expect_same(wanted, actual, what=what)

    def label(self, exchange: Exchange) -> str:
        """How a message names a request: its method and its path."""
        return f"{exchange.method} {urlsplit(exchange.url).path}"

    # --- names -------------------------------------------------------------------------------

    def unique(self, name: str) -> str:
        """A name that nothing in the tenant has: the prefix of this run, ``name``, ten letters.

        Artifacts and configurations of earlier runs cannot be deleted (F53), and a search must not find them: five
        letters follow from the seed, five belong to this session.
        """
        return f"{self.session.run.prefix}{name}-{self._letters()}"

    def absent_id(self) -> str:
        """A well-formed id that no resource has."""
        return f"{ABSENT_PREFIX}{self._letters()}"

    def mark(self) -> str:
        """The letters in which the names of this session end, and no other names: a search for them finds ours."""
        return _nonce(self)

    def _letters(self) -> str:
        seeded = random.Random(f"{self.session.config.seed} {self.client.item} {next(_counter(self))}")
        return "".join(seeded.choices(string.ascii_lowercase, k=5)) + self.mark()

    # --- creating ----------------------------------------------------------------------------

    def make(self, operation_id: str, body: Json, path: Mapping[str, str] | None = None, **rest: Any) -> Created:
        """Create a resource that this probe needs; raises NotTestable when that is refused.

        ``rest`` is that of ``send``. The contract's checks judge which 2xx status it is.
        """
        exchange = self.send(operation_id, path, json=body, **rest)
        resource_id = exchange.json_object().get("id")
        made = self.session.resources.creates(self.session.contract.operation(operation_id))
        new = exchange.ok and isinstance(resource_id, str)
        expect_templates(self, exchange)
        if not new or any(self.session.journal.is_disowned(one.noun, str(resource_id)) for one in made):
            raise NotTestable(f"{self.label(exchange)} answered {exchange.brief}, expected the id of a new resource")
        return Created(str(resource_id), body, exchange)

    # --- waiting -----------------------------------------------------------------------------

    @property
    def limits(self) -> TimeLimits:
        """How long the target may take for what it has promised."""
        return self.session.target.limits

    def poll_exchange(
        self,
        wanted: tuple[str, str, str],
        ask: Callable[[], Exchange],
        until: Callable[[Exchange], bool],
        limit: TimeLimit,
        *,
        what: str,
        state: Callable[[Exchange], str],
    ) -> Exchange:
        """Send ``ask`` until ``until`` holds; returns that answer. Raises Overdue, see ``probes/liveness``.

        ``wanted`` is what is waited for: the noun of a resource, its id, and a word for the promise. All that wait
        for the same wait once; noun and word are the family of ``Waits``. ``what`` and ``state`` are as in
        ``client/polling``. An answer with Retry-After that a gateway gives for a moment is waited out.
        """
        noun, _, promise = wanted
        return self.session.waits.poll(
            wanted,
            ask,
            lambda exchange: not _is_passing(exchange) and until(exchange),
            Policy(self.session.target.poll_interval, limit),
            what=what,
            state=lambda exchange: state(exchange) if exchange.ok else exchange.brief,
            family=(noun, promise),
            # On a success it is no more than advice (RFC 9110, section 10.2.3).
            pause=lambda exchange: None if exchange.ok else backoff.asked(exchange.headers),
        )

    def retry_in_grace(self, since: float, judge: Callable[[], None]) -> None:
        """Judge again and again until it succeeds or the grace has passed ``since``, by time.monotonic() (C2)."""
        interval = self.session.target.poll_interval
        settled(judge, since=since, interval=interval, retry_on=(Failure, NotTestable))


@fixture()
def _serves(ctx: Context, noun: str) -> bool:
    """Whether the target accepts a valid bulk update of an unknown id."""
    resource = ctx.session.resources[noun]
    body = {resource.bulk_key: [{"id": ctx.absent_id(), "targetStatus": "STOPPED"}]}
    # Not judged: the contract does not say what an operation answers that a server does not have.
    return ctx.send(resource.operations[Role.BULK_MODIFY].id, json=body, judge=False).ok


@fixture()
def _nonce(ctx: Context) -> str:
    """The five letters of this session, which no seed repeats."""
    return "".join(random.SystemRandom().choices(string.ascii_lowercase, k=5))


@fixture()
def _counter(ctx: Context) -> Iterator[int]:
    """The numbers of the names that this session makes."""
    return itertools.count(1)


def _is_passing(exchange: Exchange) -> bool:
    """Whether a gateway asks to wait and to come again."""
    is_busy = exchange.status == backoff.TOO_MANY or exchange.status in backoff.PASSING
    return is_busy and backoff.asked(exchange.headers) is not None


def _either(statuses: Collection[int]) -> str:
    return " or ".join(str(s) for s in sorted(statuses))
