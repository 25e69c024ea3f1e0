"""What an item sends with: builds requests, keeps the journal, judges every exchange."""

from __future__ import annotations

import json as jsonlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lmconform import checks
from lmconform.checks.gateway import PAGES
from lmconform.client import backoff
from lmconform.client.connection import Broken
from lmconform.client.polling import looks
from lmconform.client.transport import Request
from lmconform.contract import paths
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Resource, Role
from lmconform.errors import NotOwn, NotTestable, NotThere
from lmconform.evidence.curl import curl
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.story import Entry, Makers, Story
from lmconform.judgement import Judgement, State, kept
from lmconform.safety.bookkeeping import Sent
from lmconform.safety.ownership import Unseen

if TYPE_CHECKING:
    from lmconform.client.session import Session

OWN_GROUP: Final = "\0own"
_UNSET: Final = object()


# What a gateway answers when it gave up waiting: the request may have been carried out.
_LATE: Final = frozenset({408, 504})
# Refusals of a gateway, which may come as a page for people; another page does not say who answered.
_GATEWAY: Final = frozenset({401, 403, 405, 411, 413, 414, 415, 429, 431})
# The newest exchanges that stand beside a judgement which names none.
_SHOWN = 3


@dataclass(slots=True)
class Client:
    """Sends for one item, and runs the contract's checks on every exchange.

    ``exchanges`` keeps ids, ``story`` what of them may lead to a finding, ``judged`` the requirements of the checks
    that had something to say.
    ``broken`` maps requirement and operation id to the first judgement that it is broken, with
    the number of exchanges that broke it. ``hiccups`` names the changes that a gateway or a connection
    lost on the way, and that must not be sent again (``client/transport``). Safe to send with from several threads;
    ``last`` is then one of the last exchanges.
    """

    session: Session
    item: str
    exchanges: list[str] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    broken: dict[tuple[str, str], Judgement] = field(default_factory=dict)
    hiccups: list[str] = field(default_factory=list)
    last: Exchange | None = None
    story: Story = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Items of a session share what created the things that they name."""
        self.story = Story(self.session.once("client.makers", Makers))

    def send(
        self,
        operation_id: str,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = _UNSET,
        *,
        body: bytes | None = None,
        media_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        resource_group: str | None = OWN_GROUP,
        authorize: bool = True,
        token: str = "",
        judge: bool = True,
    ) -> Exchange:
        """Send a request for an operation of the contract.

        ``query`` values that are lists are serialised as the parameter's style says; booleans
        become ``true`` and ``false``. ``json`` is encoded, ``body`` goes as it is.
        ``resource_group`` None leaves the header out. ``token`` is that of ``Request``. ``judge`` False skips
        the contract's checks, for requests that are wrong on purpose in a way that the contract cannot judge.
        """
        operation = self.session.contract.operation(operation_id)
        content = _encode(json) if json is not _UNSET else (body or b"")
        pairs = dict(headers or {})
        if (json is not _UNSET or body is not None) and "Content-Type" not in pairs:
            pairs["Content-Type"] = media_type or _media_type(operation)
        if resource_group is not None and operation.parameter("AI-Resource-Group"):
            own = self.session.target.resource_group
            pairs["AI-Resource-Group"] = own if resource_group is OWN_GROUP else resource_group
        request = Request(
            item=self.item,
            operation=operation.id,
            method=operation.method,
            path=operation.fill(path or {}),
            query=encode_query(operation, query or {}),
            headers=tuple(pairs.items()),
            body=content,
            authorize=authorize,
            token=token,
        )
        return self.dispatch(operation, request, path or {}, query or {}, judge=judge)

    def dispatch(
        self,
        operation: Operation | None,
        request: Request,
        path: Mapping[str, str],
        query: Mapping[str, Any],
        *,
        judge: bool = True,
    ) -> Exchange:
        """Send a request that is built already; the guard and the journal see it as well.

        Raises NotTestable for an answer that was cut: the rest of it is unknown.
        """
        sent = self._sent(operation, request, path, query)
        with self.session.shield() if request.method == "POST" else nullcontext():
            # What is made and not noted would be left behind.
            sent = self.session.books.sending(sent) if sent is not None else None
            try:
                exchange = self.session.transport.send(request)
            except BaseException as error:
                if sent is not None:
                    self.session.books.in_doubt(sent)
                if _is_break(error) and not backoff.is_safe(request.method):
                    self.hiccups.append(str(error))
                raise
            if sent is not None:
                self._note(sent, exchange)
        if _is_of_gateway(exchange) and not backoff.is_safe(request.method):
            self.hiccups.append(f"{paths.label(exchange.method, exchange.path)} answered {exchange.brief}")
        if operation is not None and request.authorize:
            self._look(operation, path, request, exchange)
        with self._lock:
            self.story.add(exchange, len(self.exchanges))
            self.exchanges.append(exchange.id)
            self.last = exchange
        if operation is not None and judge:
            self.judge(operation, exchange)
        if exchange.truncated:
            raise NotTestable(
                f"{paths.label(exchange.method, exchange.path)}: a body that is too large to judge, {exchange.size}"
            )
        return exchange

    def judge(self, operation: Operation, exchange: Exchange) -> list[Judgement]:
        """Run the contract's checks; returns what is broken, and remembers it."""
        judgements = list(checks.judge(self.session.contract, operation, exchange))
        broken = [judgement for judgement in judgements if judgement.state is State.BROKEN]
        with self._lock:
            self.judged.update(judgement.requirement for judgement in judgements)
            for judgement in broken:
                key = (judgement.requirement, operation.id)
                first = self.broken.get(key)
                self.broken[key] = replace(first, count=first.count + 1) if first else self.shown(judgement, exchange)
        return broken

    def shown(self, judgement: Judgement, exchange: Exchange) -> Judgement:
        """``judgement`` as a part of the item that ``exchange`` shows: its operation, its id and its curl line."""
        return replace(
            judgement,
            part=judgement.part or judgement.requirement,
            operation=exchange.operation,
            exchanges=(exchange.id,),
            request=curl(exchange, self.session.redactor),
            story=self.story.told(self.session.redactor, (exchange.id,), shown=exchange),
        )

    def completed(self, judgement: Judgement, since: int = 0) -> Judgement:
        """``judgement`` with what it does not name: operation, exchanges, story, a curl line if it is broken.

        ``since`` is the number of exchanges of the item before those that the judgement is about.
        """
        sent = self.exchanges[since:]
        last = self.last if sent else None
        is_broken = judgement.state in (State.BROKEN, State.NOTED)
        exchanges = judgement.exchanges or tuple(sent[: -_SHOWN - 1 : -1])
        shown = (self.story.exchange(exchanges[0]) if exchanges else None) or last
        leads = bool(sent) and judgement.state in (State.BROKEN, State.NOT_TESTABLE)
        return replace(
            judgement,
            operation=judgement.operation or (last.operation if last else ""),
            exchanges=exchanges,
            request=curl(shown, self.session.redactor) if shown and is_broken else "",
            story=self.story.told(self.session.redactor, exchanges, since=since) if leads else (),
        )

    @property
    def position(self) -> int:
        """The number of exchanges so far, for ``story.since``."""
        return len(self.exchanges)

    def recall(self, entries: Sequence[Entry]) -> None:
        """Take exchanges of another item of the session as evidence, the newest last.

        Those that this item knows already change nothing: what it has asked since shows the finding.
        """
        with self._lock:
            self.story.take(entries, len(self.exchanges))
            new = [e.exchange for e in entries if e.exchange.id not in self.exchanges]
            self.exchanges += [exchange.id for exchange in new]
            # A deletion tidies up: what is judged was seen before it.
            seen = [exchange for exchange in new if exchange.method != "DELETE"] or new
            self.last = seen[-1] if seen else self.last

    def judgements(self) -> list[Judgement]:
        """What the contract's checks say of all exchanges: one judgement for each requirement, by its id."""
        return [self._overall(requirement) for requirement in sorted(self.judged)]

    def _overall(self, requirement: str) -> Judgement:
        broken = [judgement for judgement in self.broken.values() if judgement.requirement == requirement]
        if not broken:
            return kept(requirement, part=requirement)
        return replace(broken[0], count=sum(judgement.count for judgement in broken))

    def _sent(
        self, operation: Operation | None, request: Request, path: Mapping[str, str], query: Mapping[str, Any]
    ) -> Sent | None:
        """What the books hold of a request that the guard lets pass; None for one that changes nothing."""
        body = _decode(request.body)
        self.session.guard.check_url(operation, path, request.path, request.query)
        taken = self.session.guard.check(operation, path, query, body)
        if operation is None or operation.effect == "read":
            return None
        sent = Sent(operation, path, query, body, _group(request), taken)
        try:
            # One after the other: the second of two deletions at the same time knows what the first has seen.
            with self.session.looking:
                for unseen in self.session.ownership.unseen(operation, path, query, body):
                    self._see(unseen)
        except BaseException:
            self.session.books.refused(sent)
            raise
        return sent

    def _note(self, sent: Sent, exchange: Exchange) -> None:
        answer, is_page = exchange.json_object(), exchange.media_type in PAGES
        if exchange.status in _LATE or exchange.status >= 500:
            self.session.books.in_doubt(sent, says_nothing=exchange.status in _LATE or "error" not in answer)
        elif exchange.ok:
            self.session.books.carried_out(sent, exchange.status, answer)
        elif exchange.status < 400 or (is_page and exchange.status not in _GATEWAY):
            self.session.books.in_doubt(sent)
        else:
            self.session.books.refused(sent)

    def _look(self, operation: Operation, path: Mapping[str, str], request: Request, exchange: Exchange) -> None:
        """What an answer to a GET shows of the things of this run."""
        if exchange.status == 404:
            self.session.books.not_found(operation, path, _group(request))
        journal, group = self.session.journal, _group(request)
        for one in self.session.ownership.listed(operation, exchange.resources()):
            if journal.group(one.resource.noun, one.id) == group:
                self.session.books.own(one.resource.noun, one.id)
        unseen = self.session.ownership.awaits(operation, path) if exchange.status == 200 else None
        # In another resource group the id may be that of something else.
        if unseen is None or journal.group(unseen.resource.noun, unseen.id) != group:
            return
        noun, books = unseen.resource.noun, self.session.books
        # What the answer leaves open is asked for before a change.
        with suppress(NotOwn):
            others = self.session.ownership.origins(unseen, exchange.json_object())
            if others is None:
                books.not_own(noun, unseen.id, _group(request))
            elif not others:
                books.own(noun, unseen.id)

    def see(self, resource: Resource, resource_id: str) -> None:
        """Look at something, unless that was done, before it is changed; raises NotOwn unless the run made it."""
        unseen = self.session.ownership.named(resource, resource_id)
        if unseen is not None:
            self._see(unseen)

    def _see(self, unseen: Unseen) -> None:
        noun, group = unseen.resource.noun, self.session.journal.group(unseen.resource.noun, unseen.id)
        reader = unseen.resource.operations[Role.GET]
        exchange = self._plain_get(reader, unseen, group)
        before = f"not sent: before it is changed the {noun} {unseen.id!r} has to be seen"
        if exchange.status != 200:
            why = f"{before}, and {reader.label} answered {exchange.brief}"
            raise NotThere(why, noun, unseen.id) if exchange.status == 404 else NotOwn(why)
        others = self.session.ownership.origins(unseen, exchange.json_object())
        if others is None:
            self.session.books.not_own(noun, unseen.id, group)
            raise NotOwn(f"{before}, and {reader.label} shows that it is not what this run created")
        for other in others:
            self._see(other)
        self.session.books.own(noun, unseen.id)

    def _plain_get(self, reader: Operation, unseen: Unseen, group: str) -> Exchange:
        """The answer to a GET; repeated for the grace while it is not found, once for each kind of resource.

        The contract's checks judge the answer that is returned.
        """
        noun, address = unseen.resource.noun, unseen.resource.address(reader, unseen.id)
        path, query = address.get("path", {}), address.get("query", {})
        headers = (("AI-Resource-Group", group),)
        url = reader.fill(path), encode_query(reader, query)
        self.session.guard.check_url(reader, path, *url)
        request = Request(self.item, reader.id, reader.method, *url, headers)
        for is_last in looks(self.session.target.poll_interval):
            exchange = self.session.transport.send(request)
            if exchange.status not in (403, 404) or noun in self._vain:
                break
            if is_last:
                self._vain.add(noun)
        self.judge(reader, exchange)
        return exchange

    @property
    def _vain(self) -> set[str]:
        """The nouns of which one was never found; shared by the session."""
        return self.session.once("client.never-found", set)


def _group(request: Request) -> str:
    return next((value for name, value in request.headers if name.lower() == "ai-resource-group"), "")


def encode_query(operation: Operation, query: Mapping[str, Any]) -> str:
    """The query string for ``query``; a value None leaves the parameter out."""
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        parameter = operation.parameter(name)
        key = quote(name, safe="$")
        if isinstance(value, Sequence) and not isinstance(value, str):
            texts = [percent(_text(v)) for v in value]
            if parameter is not None and parameter.explode:
                parts += [f"{key}={t}" for t in texts]
            else:
                parts.append(f"{key}={','.join(texts)}")
        else:
            parts.append(f"{key}={percent(_text(value))}")
    return "&".join(parts)


def percent(text: str) -> str:
    """``text`` for a path segment or a query value; half a surrogate pair becomes a question mark."""
    return quote(text, safe="", errors="replace")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _encode(value: Any) -> bytes:
    return jsonlib.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _decode(body: bytes) -> Any:
    try:
        return jsonlib.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def _media_type(operation: Operation) -> str:
    content = operation.request_body.content if operation.request_body else {}
    named = next(iter(content), "application/json")
    # A range such as */* is nothing that a body can be.
    return "application/octet-stream" if "*" in named else named


def _is_break(error: BaseException) -> bool:
    """Whether a connection broke; what takes too long once would take as long again."""
    return isinstance(error.__cause__, Broken) and not error.__cause__.late


def _is_of_gateway(exchange: Exchange) -> bool:
    """Whether a gateway, and not the API with its envelope, answered with a status that passes."""
    return exchange.status in backoff.PASSING and "error" not in exchange.json_object()
