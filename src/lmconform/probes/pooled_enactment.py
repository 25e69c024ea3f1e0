"""One execution or deployment that probes share: asks for its status, stops it, deletes it, waits for it."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from lmconform.contract.resources import Role
from lmconform.errors import NotTestable
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import TERMINAL, Context, Created, Json
from lmconform.probes.enactment import Enactment
from lmconform.probes.reading import kept, text
from lmconform.settings.time_limits import TimeLimit

_STOPPED: Final = frozenset({"STOPPING", "STOPPED"})
_OTHERS: Final = "OTHERS-STAY"
# The part of the limit that an ordinary stop takes: 200 seconds of a tenant's 1800 (M14).
_ORDINARY_STOP: Final = 1 / 9


@dataclass(frozen=True, slots=True)
class Displacement:
    """What became of an enactment that no request of this run sent there: a sentence, and the requirement it breaks."""

    text: str
    requirement: str


@dataclass(slots=True)
class PooledEnactment:
    """One execution or deployment: its configuration, its creation, the first GET, its statuses in order.

    ``last`` is the body of the latest GET, or empty. ``stop_accepted``: a stop was accepted; what a second one
    answers is not published. ``stop_took`` is how many seconds later it had ended, ``url`` the deploymentUrl that was
    seen while it was RUNNING, ``leaving`` the bodies of GET between its deletion and a 404, ``displaced`` what became
    of it without a request. ``changed_at`` is when its status was last seen to change, ``polled_at`` when it was last
    asked for between probes, ``read_at`` when an item last read it, all by time.monotonic(): lists may lag (C2).
    """

    kind: Enactment
    configuration: Created
    created: Created
    first: Exchange
    statuses: list[str]
    last: Json = field(default_factory=dict)
    stop_accepted: bool = False
    stop_took: float = 0.0
    url: str = ""
    leaving: list[Json] = field(default_factory=list)
    displaced: Displacement | None = None
    changed_at: float = field(default_factory=time.monotonic)
    polled_at: float = field(default_factory=time.monotonic)
    read_at: float = field(default_factory=time.monotonic)

    @property
    def id(self) -> str:
        """Its id."""
        return self.created.id

    @property
    def path(self) -> dict[str, str]:
        """Its id as a path parameter."""
        return {self.kind.parameter: self.created.id}

    def stop(self, ctx: Context) -> Exchange:
        """Send a PATCH with targetStatus STOPPED."""
        answer = ctx.send(self.kind.modify, self.path, json={"targetStatus": "STOPPED"})
        self.stop_accepted = self.stop_accepted or answer.ok
        return answer

    def delete(self, ctx: Context) -> Exchange:
        """Send a DELETE."""
        return ctx.send(self.kind.delete, self.path)

    def current_status(self, ctx: Context) -> str:
        """The status now; empty when it is gone. A terminal status is final and not asked for again."""
        if str(self.last.get("status")) in TERMINAL:
            return str(self.last["status"])
        before = self.last.get("status")
        exchange = ctx.get(self.kind.get, **self.path)
        self.notice(ctx, exchange)
        self.last = self._readable(ctx, exchange) if exchange.ok else {}
        if self.last.get("status") != before:
            self.changed_at = time.monotonic()
        self.statuses += [status for status in (self.last.get("status"),) if isinstance(status, str)]
        return str(self.last.get("status", ""))

    def has_run(self, ctx: Context) -> bool:
        """Whether it was seen in a status that it does not reach without room (M24)."""
        return not self.kind.life(ctx).queued.issuperset(self.statuses)

    def wait(
        self, ctx: Context, statuses: Collection[str], limit: TimeLimit, promise: str, *, wanted: str = ""
    ) -> Json:
        """Poll until its status is one of ``statuses``, or terminal; returns the body, and keeps it in ``last``.

        ``promise`` is a word for what makes it go there: enactments that wait for the same promise share how often a
        limit is waited for. ``wanted`` says in a finding what it ought to be. Raises Overdue, and NotTestable for an
        answer that can never become right.
        """
        known = self.kind.life(ctx).statuses
        answers = [self.first] if self._is_new(ctx) else []

        def ask() -> Exchange:
            return answers.pop() if answers else ctx.get(self.kind.get, **self.path)

        def until(exchange: Exchange) -> bool:
            status = text(exchange.json_object(), "status")
            self.notice(ctx, exchange)
            if self.displaced is not None and exchange.status == 404:
                raise NotTestable(f"{self.displaced.requirement} is broken: {self.displaced.text}")
            if exchange.status != 200 or status not in known:
                raise NotTestable(f"{ctx.label(exchange)} answered {exchange.brief}, expected a status")
            self.statuses.append(status)
            return status in statuses or status in TERMINAL

        exchange = ctx.poll_exchange(
            (self.kind.word, self.id, promise),
            ask,
            until,
            limit,
            what=f"the {self.kind.word} {self.id} to be {wanted or ' or '.join(s for s in known if s in statuses)}",
            state=lambda exchange: str(exchange.json_object().get("status")),
        )
        self.changed_at = time.monotonic()
        self.last = self._readable(ctx, exchange)
        return self.last

    def _readable(self, ctx: Context, exchange: Exchange) -> Json:
        """The body for later probes, with the ids that were asked for where the answer has none that can be read."""
        body = {"id": self.id, "configurationId": self.configuration.id, **kept(ctx, exchange)}
        if body.get("status") == "RUNNING":
            self.url = text(body, "deploymentUrl")
        return body

    def _is_new(self, ctx: Context) -> bool:
        """Whether the first GET is so new, and all that was asked, that it counts as the first poll."""
        is_untouched = not self.last and not self.stop_accepted
        return is_untouched and self.first.ok and time.monotonic() - self.changed_at < ctx.session.target.poll_interval

    def wait_until_gone(self, ctx: Context, promise: str = "delete") -> list[Json]:
        """Poll until GET answers 404; returns the bodies before it. Raises Overdue, and Failure for other answers."""
        views = self.leaving

        def until(exchange: Exchange) -> bool:
            if exchange.status == 404:
                return True
            ctx.expect_status(exchange, {200})
            views.append(kept(ctx, exchange))
            return False

        ctx.poll_exchange(
            (self.kind.word, self.id, promise),
            lambda: ctx.get(self.kind.get, **self.path),
            until,
            ctx.limits.delete,
            what=f"404 for the {self.kind.word} {self.id}, whose deletion was accepted,",
            state=_status_and_target,
        )
        self.changed_at = time.monotonic()
        return views

    def look_again(self, ctx: Context) -> None:
        """Read it once more; raises NotTestable when it is not what it was when it was last read."""
        if self.displaced is None:
            self.notice(ctx, ctx.get(self.kind.get, **self.path))
        if self.displaced is not None:
            raise NotTestable(f"{self.displaced.requirement} is broken: {self.displaced.text}")

    def notice(self, ctx: Context, answer: Exchange) -> None:
        """Remember in ``displaced`` what an answer to GET shows, and no request of this run explains."""
        self.read_at = time.monotonic()
        journal = ctx.session.journal
        # A time to live may be over.
        own = (self.kind.word, self.id)
        is_ours = len(self.created.sent) > 1 or journal.is_doubted(*own) or journal.is_removed(*own)
        if self.displaced is not None or is_ours:
            return
        before, asked = self.last.get("status"), journal.roles_asked(*own)
        if before == "DEAD" and asked:
            return  # An update may revive it.
        body = answer.json_object() if answer.ok else {}
        status, target, configuration = (body.get(n) for n in ("status", "targetStatus", "configurationId"))
        is_modified = bool(asked & {Role.MODIFY, Role.BULK_MODIFY})
        if answer.status == 404 and (self.first.ok or self.last):
            self._displace("is gone, and no deletion of it was accepted", _OTHERS)
        elif status and before in TERMINAL and status != before:
            self._displace(f"was {before}, and is {status}", "TERMINAL-STAYS")
        elif (status in _STOPPED or target == "STOPPED") and not is_modified:
            self._displace(f"is {status} with targetStatus {target}, and no request stopped it", _OTHERS)
        elif configuration not in (None, self.configuration.id) and (self.stop_accepted or not is_modified):
            self._displace(f"has the configuration {configuration}, and no update of it was accepted", _OTHERS)

    def _displace(self, what: str, promise: str) -> None:
        text = f"the {self.kind.word} {self.id} {what}"
        self.displaced = Displacement(text, f"LM-{self.kind.noun}-{promise}")

    def may_have_ended_first(self, ctx: Context) -> bool:
        """Whether a stop may have been under way when it ended: GET has that target, and it ended in a short time.

        A tenant takes 200 seconds for a stop (M14); the limit of a target says how slow it is in comparison.
        """
        in_time = self.stop_took < _ORDINARY_STOP * ctx.limits.stop.seconds
        return in_time and self.last.get("targetStatus") == "STOPPED"


def _status_and_target(exchange: Exchange) -> str:
    body = exchange.json_object()
    return f"{body.get('status')} with targetStatus {body.get('targetStatus')}"
