"""The preflight: token, scenarios, meta, the resource groups, in that order; what fails ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from lmconform.client import readiness, recognition
from lmconform.client.doctor import answers, content, network
from lmconform.client.doctor.line import Line, State, advice, ok, printable
from lmconform.client.patience import Patience
from lmconform.contract import paths
from lmconform.contract.capabilities import Capabilities
from lmconform.errors import ConfigError, NotTestable, SafetyRefusal, Skip, TargetUnreachable
from lmconform.evidence.exchange import Exchange

if TYPE_CHECKING:
    from lmconform.client.client import Client
    from lmconform.client.session import Session

ITEM: Final = "preflight"
# A token that ends sooner is fetched again and again.
_SHORT_TOKEN: Final = 120.0
# How a request may be refused that lacks a resource group.
_PERHAPS_GROUPED: Final = (400, 403, 412, 422)


def examine(session: Session, say: Callable[[Line], None], *, wide: bool) -> dict[str, Any] | None:
    """Ask the target for what is needed before the first item; ``say`` gets a line for each thing.

    ``wide``: also for content and room, with a request for each of at most five scenarios, and one for each resource
    that costs something. Returns the body of ``GET /lm/meta``, or None when the target has none. Raises
    TargetUnreachable, after a line that says so, when the target does not answer, refuses the credentials or a resource
    group, is no AI API, or limits the rate for so long that it cannot be asked.
    """
    examination = _Examination(session, say)
    usual = session.transport.patience
    session.transport.patience = Patience(
        connect=4.0, answer=session.config.request_timeout or 6.0, tries=1, waiting=60.0, liveness_checks=0
    )
    try:
        return examination.run(wide=wide)
    finally:
        session.transport.patience = usual


class _Examination:
    """One preflight; ``_name`` is what is looked at now, for the line of a failure."""

    def __init__(self, session: Session, say: Callable[[Line], None]) -> None:
        self._session = session
        self._target = session.target
        self._show = say
        self._client: Client = session.client(ITEM)
        self._name = ""
        self._asked: list[Exchange] = []
        self._other: Exchange | None = None

    def run(self, *, wide: bool) -> dict[str, Any] | None:
        try:
            return self._run(wide=wide)
        except (TargetUnreachable, NotTestable) as error:
            failure = self._failure(error)
            self._say(Line(self._name, State.FAILED, str(failure)))
            raise failure from error

    def _run(self, *, wide: bool) -> dict[str, Any] | None:
        target, session = self._target, self._session
        _check_header("--resource-group", target.resource_group)
        _check_header("--other-resource-group", session.config.other_resource_group or "")
        self._say(ok("target", f"{target.base_url}, resource group {target.resource_group}"))
        self._say(network.proxy(target))
        self._name = "dns"
        self._say(network.names(target))
        self._name = "token"
        session.transport.token.token()
        self._say(self._token())
        self._name = "api"
        scenarios = readiness.await_issuer(lambda: self._send("listScenarios"), target.poll_interval)
        meta = self._meta()
        recognition.check(target, scenarios, meta)
        self._say(ok("api", f"{paths.label(scenarios.method, scenarios.path)} answered {scenarios.status}"))
        session.target = replace(target, skew=answers.skew(scenarios) or 0.0)
        self._say_all(network.certificates(session))
        self._say(answers.clock(scenarios))
        self._name = "group"
        self._groups(scenarios)
        body = dict(meta.json_object()) if meta.ok else {}
        session.capabilities = Capabilities(body or None, session.contract)
        self._say(self._capabilities(meta))
        if scenarios.ok:
            # A list that does not answer is a matter of the items.
            with suppress(NotTestable):
                self._await_groups()
        if wide:
            self._say_all(content.executables(self._look, scenarios))
            self._say_all(content.room(session, self._look))
        self._say(answers.rate(self._asked))
        self._say(answers.own_requests(session.contract, self._asked))
        return body or None

    def _meta(self) -> Exchange:
        """The capabilities; asked for with a resource group as well where they are refused without one."""
        meta = self._send("getMeta")
        if meta.status not in _PERHAPS_GROUPED:
            return meta
        # The description has no such parameter (A1). A gateway that wants it must not turn every capability off.
        again = self._send("getMeta", headers={"AI-Resource-Group": self._target.resource_group})
        return again if again.ok else meta

    def _groups(self, scenarios: Exchange) -> None:
        target = self._target
        if recognition.may_refuse_group(scenarios):
            # A target without scenarios answers so as well: another list decides.
            recognition.check_group(target, self._send("listConfigurations"))
        self._say(ok("group", f"{target.resource_group} is there"))
        if self._session.config.other_resource_group:
            self._other = self._send("listScenarios", resource_group=self._session.config.other_resource_group)
            recognition.check_other_group(target, self._other)
            self._say(ok("group", f"{target.other_resource_group} is there"))

    def _await_groups(self) -> None:
        """Wait until both resource groups are set up; a second one that cannot be used at all is not waited for."""
        capabilities, other = self._session.capabilities, self._target.other_resource_group
        readiness.await_group(self._client, capabilities, self._target.resource_group)
        if other is None:
            return
        scenarios = self._other or self._client.send("listScenarios", resource_group=other, judge=False)
        if scenarios.ok:
            readiness.await_group(self._client, capabilities, other)

    def _token(self) -> Line:
        token, host = self._session.transport.token, urlsplit(self._target.credentials.token_url).hostname
        text = f"{host} gave one for {token.lifetime:.0f} s"
        if token.lifetime < _SHORT_TOKEN:
            return advice("token", f"{text}: many will be fetched; let the token endpoint give longer ones")
        return ok("token", text)

    def _capabilities(self, meta: Exchange) -> Line:
        capabilities, register = self._session.capabilities, self._session.register
        if capabilities.meta is None:
            return ok("meta", f"{paths.META} answered {meta.status}: everything is taken as offered")
        missing = sorted({r.capability for r in register.values() if not capabilities.has(r.capability)})
        named = (str(capabilities.meta.get(name) or "") for name in ("runtimeIdentifier", "runtimeApiVersion"))
        runtime = " ".join(filter(None, named)) or "a runtime without a name"
        return ok("meta", f"{runtime}; " + (f"not offered: {', '.join(missing)}" if missing else "all is offered"))

    def _send(self, operation: str, **rest: Any) -> Exchange:
        exchange = self._client.send(operation, judge=False, **rest)
        self._asked.append(exchange)
        return exchange

    def _look(self, operation: str, **rest: Any) -> Exchange | None:
        """The answer, or None without one: what cannot be seen here is no reason not to run."""
        try:
            return self._send(operation, **rest)
        except (Skip, SafetyRefusal):
            return None

    def _failure(self, error: Exception) -> TargetUnreachable:
        """What the user gets: in one line, without secrets, and with the proxy that may be the reason."""
        does_not_answer = isinstance(error, NotTestable)
        text = f"{self._target.base_url} does not answer: {error}" if does_not_answer else str(error)
        through = sorted(set(network.through(self._target).values()))
        if through and "does not answer" in text:
            text = f"{text}; it is asked through the proxy {' and '.join(through)}"
        return TargetUnreachable(self._session.redactor.text(text))

    def _say(self, line: Line) -> None:
        text = line.text if line.state is State.FAILED else printable(line.text)
        self._show(Line(line.name, line.state, self._session.redactor.text(text)))

    def _say_all(self, lines: Iterable[Line] | Iterator[Line]) -> None:
        for line in lines:
            self._say(line)


def _check_header(option: str, group: str) -> None:
    """A resource group travels in a header: raises ConfigError for one that cannot (RFC 9110, section 5.5)."""
    if not all(" " <= character <= "\xff" and character != "\x7f" for character in group):
        raise ConfigError(f"{option}: {group!r} has characters that no header can carry; give the id of the group")
