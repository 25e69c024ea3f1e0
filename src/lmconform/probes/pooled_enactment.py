"""One execution or deployment that probes share: asks for its status, stops it, deletes it, waits for it."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field

from lmconform.errors import Inconclusive
from lmconform.evidence.exchange import Exchange
from lmconform.probes.context import TERMINAL, Context, Created, Json
from lmconform.probes.enactment import Enactment


@dataclass(slots=True)
class PooledEnactment:
    """One execution or deployment: its configuration, its creation, the first GET, its statuses in order.

    ``last`` is the body of the latest GET, or empty. ``stop_accepted``: a stop was accepted; what a second one
    answers is not published. ``changed_at`` is when its status was last seen to change, ``polled_at`` when it was
    last asked for between probes, both by time.monotonic(): lists may lag behind (C2).
    """

    kind: Enactment
    configuration: Created
    created: Created
    first: Exchange
    statuses: list[str]
    last: Json = field(default_factory=dict)
    stop_accepted: bool = False
    changed_at: float = field(default_factory=time.monotonic)
    polled_at: float = field(default_factory=time.monotonic)

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
        self.last = dict(exchange.json_object()) if exchange.ok else {}
        if self.last.get("status") != before:
            self.changed_at = time.monotonic()
        return str(self.last.get("status", ""))

    def wait(self, ctx: Context, statuses: Collection[str], seen: list[str] | None = None) -> Json:
        """Poll until its status is one of ``statuses``, or terminal; returns the body.

        ``seen`` collects the statuses on the way. Raises Inconclusive at the deadline.
        """
        for _ in ctx.polls():
            body = ctx.get_or_skip(self.kind.get, **self.path)
            status = str(body.get("status"))
            if seen is not None:
                seen.append(status)
            if status in statuses or status in TERMINAL:
                self.changed_at = time.monotonic()
                return body
        raise AssertionError("polls() ends with Inconclusive")

    def wait_until_gone(self, ctx: Context) -> None:
        """Poll until GET answers 404; an accepted deletion that never begins breaks the requirement.

        A deletion that has begun may take longer than the polls: raises Inconclusive.
        """
        patience = ctx.session.target.poll_timeout
        try:
            for _ in ctx.polls():
                exchange = ctx.get(self.kind.get, **self.path)
                if exchange.status == 404:
                    self.changed_at = time.monotonic()
                    return
                ctx.expect_status(exchange, {200})
        except Inconclusive:
            # The status stays the same until it is gone; without a targetStatus its deletion may have begun (C1).
            has_begun = exchange.json_object().get("targetStatus") in (None, "DELETED")
            if has_begun and not ctx.session.target.is_mock:
                raise Inconclusive(f"the {self.kind.word} is still being deleted after {patience:g} s") from None
            expected = f"404 within {patience:g} s of the deletion"
            ctx.fail(expected=expected, actual=f"the {self.kind.word} still exists")


def stop_is_targeted(ctx: Context) -> bool:
    """Whether the last answer has targetStatus STOPPED: a tenant may take any time to carry that out."""
    last = ctx.client.last
    target = last.json_object().get("targetStatus") if last is not None else None
    return target == "STOPPED" and not ctx.session.target.is_mock
