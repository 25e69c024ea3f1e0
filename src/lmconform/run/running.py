"""Runs one item, and turns what it says into the events of results.jsonl."""

from __future__ import annotations

import time

from lmconform.client.session import Session
from lmconform.errors import HarnessError
from lmconform.results import assembly
from lmconform.results.events import Event
from lmconform.run.items import Item, Progress


def run_item(item: Item, session: Session, progress: Progress) -> tuple[list[Event], Exception | None]:
    """The events of ``item``, and the error that kept it from being judged, or None.

    Whatever goes wrong is ours and not the target's: it becomes an ERROR result, and the
    caller decides whether the run can go on.
    """
    started = time.monotonic()
    try:
        report = item.run(session, progress)
    except Exception as error:
        words = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
        message = session.redactor.text(words)
        return [assembly.error(item.id, item.requirements, message, time.monotonic() - started)], error
    return [*_results(item, session, report.statements), *report.observations], None


def leave_out(item: Item, session: Session, because: str) -> list[Event]:
    """The events of an item that is not run on purpose."""
    return _results(item, session, [assembly.not_run(requirement, because) for requirement in item.requirements[:1]])


def _results(item: Item, session: Session, statements: list[assembly.Statement]) -> list[Event]:
    again = f"lmconform run {session.target.name} --only {item.id} --seed {session.config.seed}"
    if session.config.contract is not None:
        again += f" --contract {session.config.contract}"
    return [assembly.result(item.id, s, session.register, session.redactor, again) for s in statements]
