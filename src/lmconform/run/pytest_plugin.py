"""The pytest plugin: items become tests, what they find becomes results.jsonl and the exit code.

Load it with ``-p lmconform.run.pytest_plugin`` or from a conftest. It is no ``pytest11`` entry
point: a project that installs lmconform has other tests, which are not its concern.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lmconform import private_files
from lmconform.client import cleanup
from lmconform.client.session import Session
from lmconform.errors import HarnessError, NothingSelected, StorageLost, TargetLost, TargetUnreachable
from lmconform.evidence import streams
from lmconform.evidence.redaction import of_process
from lmconform.judgement import Outcome
from lmconform.reporting import escaping
from lmconform.results.events import Event, Result, as_json
from lmconform.run.pytest_options import planned, with_name
from lmconform.safety.run_state import RunState
from lmconform.settings import environment
from lmconform.settings.options import OPTIONS
from lmconform.settings.target import Target

if TYPE_CHECKING:
    from lmconform.run.catalogue import Plan
    from lmconform.run.interrupts import Interrupts
    from lmconform.run.invocation import Run
    from lmconform.run.items import Item
    from lmconform.waivers.matching import Active

# The plan and the reports are imported where they are needed: this plugin is loaded by every
# pytest of the checkout, also by those that have nothing to do with a target.
_PLAN: pytest.StashKey[Plan] = pytest.StashKey()
_RUN: pytest.StashKey[Run] = pytest.StashKey()
_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_WAIVERS: pytest.StashKey[Active] = pytest.StashKey()
_INTERRUPTS: pytest.StashKey[Interrupts] = pytest.StashKey()
_BEGUN: pytest.StashKey[float] = pytest.StashKey()
# Tokens of a worker that the files of the run are searched for.
_TOKENS = 2
_MASK: pytest.StashKey[int] = pytest.StashKey()
_RUNNING: pytest.StashKey[pytest.Item] = pytest.StashKey()


class Prepared:
    """Carries the run that the command line began already."""

    def __init__(self, run: Run) -> None:
        self.run = run


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--target`` and every option of a run."""
    group = parser.getgroup("lmconform", "conformance of an AI API")
    group.addoption(
        "--target",
        dest="lm_target",
        help="mock, a base URL, or a name in lmconform.toml (default: the URL of the credentials)",
        metavar="TARGET",
    )
    for option in OPTIONS:
        rest: dict[str, Any] = {"dest": f"lm_{option.dest}", "help": option.help, "default": option.default}
        if option.kind is bool:
            rest["action"] = "store_true"
        elif option.default == ():
            rest |= {"action": "append", "default": None, "metavar": option.metavar}
        else:
            rest |= {"type": option.kind, "metavar": option.metavar or "|".join(option.choices)}
        group.addoption(f"--{option.name}", **rest)


def is_requested(config: pytest.Config) -> bool:
    """Whether this invocation is about conformance: a target is named, or the folder is."""
    if config.getoption("lm_target") is not None:
        return True
    return any("conformance" in Path(arg.partition("::")[0]).parts for arg in config.args)


def pytest_configure(config: pytest.Config) -> None:
    """Check everything that can be checked before anything is sent."""
    config.addinivalue_line("markers", "lmconform(*kinds): takes the conformance items of these kinds")
    if not is_requested(config):
        return
    from lmconform.reporting import allure

    config.stash[_MASK] = private_files.keep_private()
    if _is_worker(config):
        # Its standard error is that of the run.
        streams.guard()
    prepared = next((p for p in config.pluginmanager.get_plugins() if isinstance(p, Prepared)), None)
    try:
        config.stash[_PLAN] = prepared.run.plan if prepared else planned(config)
    except NothingSelected as error:
        pytest.exit(_words(error), returncode=error.exit_code)
    except HarnessError as error:
        raise pytest.UsageError(_words(error)) from error
    if config.getoption("allure_report_dir", None):
        allure.install(config, of_process().text, lambda reason: _lose(config, reason))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the mock, or look whether the target is there, and open the report."""
    config = session.config
    if _PLAN not in config.stash or config.option.collectonly:
        return
    from lmconform.run.interrupts import Interrupts

    config.stash[_INTERRUPTS] = Interrupts()
    # Who ends a whole group with SIGTERM means the run: the controlling process informs its workers.
    config.stash[_INTERRUPTS].install(terminate=not _is_worker(config))
    if _is_worker(config):
        return
    from lmconform.run.invocation import Run
    from lmconform.run.workers import Controller

    prepared = next((p for p in config.pluginmanager.get_plugins() if isinstance(p, Prepared)), None)
    chosen = config.stash[_PLAN]
    try:
        config.stash[_RUN] = prepared.run if prepared else Run.begin(chosen, workers=_workers(config))
    except HarnessError as error:
        pytest.exit(_words(error), returncode=error.exit_code)
    # Workers get credentials through a pipe: anybody on the machine may see what is in an environment.
    taken = environment.take_secrets(os.environ)
    config.add_cleanup(lambda: os.environ.update(taken))
    ids = frozenset(item.id for item in chosen.items)
    config.pluginmanager.register(Controller(config.stash[_RUN], ids, lambda reason: _stop(config, reason)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Inform a worker where the target is (pytest-xdist)."""
    if _RUN in node.config.stash:
        node.workerinput["lmconform"] = json.dumps(node.config.stash[_RUN].for_worker())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each selected item of the marked kinds."""
    marker = metafunc.definition.get_closest_marker("lmconform")
    if marker is None:
        return
    chosen = metafunc.config.stash[_PLAN].items if _PLAN in metafunc.config.stash else ()
    has_xdist = metafunc.config.pluginmanager.has_plugin("xdist")
    parameters = []
    for item in chosen:
        if item.id.partition("/")[0] in marker.args:
            marks = [pytest.mark.xdist_group(item.group or item.id)] if has_xdist else []
            parameters.append(pytest.param(item, id=item.id, marks=marks))
    metafunc.parametrize("item", parameters)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run in the order of the catalogue, and drop the placeholder of a kind without items."""
    if _PLAN not in config.stash:
        return
    order = {item.id: number for number, item in enumerate(config.stash[_PLAN].items)}
    position = {id(test): order.get(_item_id(test), len(order)) for test in items}
    items[:] = [t for t in items if position[id(t)] < len(order) or not t.get_closest_marker("lmconform")]
    items.sort(key=lambda test: position[id(test)])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep a signal away from the hooks around an item."""
    if _INTERRUPTS not in item.config.stash:
        return (yield)
    item.config.stash[_RUNNING] = item
    with item.config.stash[_INTERRUPTS].held():
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Redact what pytest says of a test before other plugins read it."""
    report = yield
    if _PLAN in item.config.stash:
        text = of_process().text
        report.sections = [(name, text(content)) for name, content in report.sections]
        if isinstance(report.longrepr, tuple):
            file, line, reason = report.longrepr
            report.longrepr = (file, line, text(reason))
        elif (words := str(report.longrepr or "")) != (clean := text(words)):
            report.longrepr = clean
    return report


@pytest.fixture(scope="session")
def lm_session(request: pytest.FixtureRequest) -> Session:
    """This process' session with the target, and the waivers that count for it."""
    from lmconform.run import waiving

    config = request.config
    if _is_worker(config):
        chosen = config.stash[_PLAN]
        handed = json.loads(config.workerinput["lmconform"])  # type: ignore[attr-defined]
        session = Session.open(
            with_name(chosen.config, handed["named"]),
            chosen.contract.at(handed["contract"]),
            chosen.register,
            Target.from_json(handed["target"]),
            Path(handed["folder"]),
            config.workerinput["workerid"],  # type: ignore[attr-defined]
            handed["meta"],
            RunState.join(handed["run"], handed["state"]),
        )
        day = date.fromisoformat(handed["today"])
        config.stash[_WAIVERS] = waiving.active(chosen.waivers, session.config, session.contract.version, day)
    else:
        session = config.stash[_RUN].session()
        config.stash[_WAIVERS] = config.stash[_RUN].waivers
    session.shield = config.stash[_INTERRUPTS].shield
    config.stash[_SESSION] = session
    return session


@pytest.fixture(scope="session")
def conformance(request: pytest.FixtureRequest, lm_session: Session) -> Callable[[Item], None]:
    """Runs an item, hands its results to the report, and fails the test when one of them gates."""
    # One for all tests: to make a fixture for each takes longer than many an item.
    from lmconform.reporting import allure, terminal

    def run(item: Item) -> None:
        allure.describe(item.id, item.requirements)
        cut = _is_time_over(lm_session, request.config)
        events, error = _left_out(item, lm_session) if cut else _run_item(item, lm_session, request.config)
        events = request.config.stash[_WAIVERS].judged(events)
        words = "" if error is None else _words(error)
        lost = words if isinstance(error, TargetLost | TargetUnreachable | StorageLost) else ""
        lost = lost or lm_session.transport.unrecorded
        _hand_over(request.config, events, lost, item.id if cut else "")
        if lost or (_RUN in request.config.stash and request.config.stash[_RUN].lost):
            request.session.shouldstop = lost or request.config.stash[_RUN].lost
        if error is not None:
            pytest.fail(f"{item.id}: {words}", pytrace=False)
        results = [event for event in events if isinstance(event, Result)]
        if request.config.getoption("allure_report_dir", None):
            try:
                allure.tell(results, of_process().text)
            except OSError as failure:
                _lose(request.config, f"the attachments for Allure cannot be written ({failure.strerror or failure})")
        gating = [terminal.paragraph(result) for result in results if result.gates]
        if gating:
            pytest.fail("\n\n".join(gating), pytrace=False)
        if results and results[0].outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_TESTABLE):
            pytest.skip(escaping.terminal(results[0].because))
        if waived := next((result.waiver for result in results if result.outcome == Outcome.XFAIL), ""):
            raise pytest.xfail.Exception(escaping.terminal(of_process().text(waived)), pytrace=False)

    return run


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remove what this process made; the controlling process writes the footer and decides."""
    config = session.config
    sent, left, in_doubt = _leave(config)
    if _INTERRUPTS in config.stash:
        config.stash[_INTERRUPTS].hold()
    if _is_worker(config):
        tokens = of_process().tokens()[-_TOKENS:]
        lost = config.stash[_SESSION].transport.unrecorded if _SESSION in config.stash else ""
        output = {"sent": sent, "left": left, "in_doubt": in_doubt, "tokens": tokens, "lost": lost}
        output["latencies"] = _latencies(config)
        config.workeroutput["lmconform"] = output  # type: ignore[attr-defined]
    if _RUN not in config.stash:
        return
    run = config.stash[_RUN]
    run.leave(sent, left, in_doubt)
    run.latencies.add_all(_latencies(config))
    interrupted = exitstatus == pytest.ExitCode.INTERRUPTED and not run.lost
    session.exitstatus = run.finish(interrupted=interrupted, exit_status=exitstatus)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Findings grouped by cause, and the verdict, under pytest's own summary."""
    record = config.stash[_RUN].record if _RUN in config.stash else None
    if record is not None:
        from lmconform.reporting import terminal

        for line in terminal.lines(record):
            terminalreporter.write_line(of_process().text(escaping.terminal(line)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the mock, however the session ended."""
    if _MASK in config.stash:
        os.umask(config.stash[_MASK])
    if _INTERRUPTS in config.stash:
        config.stash[_INTERRUPTS].restore()
    if _RUN in config.stash:
        config.stash[_RUN].stop_mock()


def _words(error: Exception) -> str:
    """What an error says, in one line that shows no secret."""
    return escaping.terminal(of_process().text(str(error)))


def _is_time_over(session: Session, config: pytest.Config) -> bool:
    now = time.monotonic()
    begun = config.stash.setdefault(_BEGUN, now)
    return session.config.max_time is not None and now - begun > session.config.max_time


def _left_out(item: Item, session: Session) -> tuple[list[Event], None]:
    return item.left_out(session, f"--max-time {session.config.max_time:g} s is over"), None


def _run_item(item: Item, session: Session, config: pytest.Config) -> tuple[list[Event], Exception | None]:
    with config.stash[_INTERRUPTS].acting():
        return item.events(session, _polls(config))


def _polls(config: pytest.Config) -> Callable[[str], None]:
    """Who hears of polls: the progress of the run, in the process that has it."""
    progress = config.stash[_RUN].progress if _RUN in config.stash else None
    return progress.poll if progress is not None else lambda line: None


def _hand_over(config: pytest.Config, events: list[Event], lost: str, cut: str) -> None:
    """To the run, or to the process that has it: what a worker adds to its report is sent there."""
    from lmconform.run.workers import CUT, LOST, PROPERTY

    if _RUN in config.stash:
        config.stash[_RUN].take_all(events, lost, cut)
        return
    properties = config.stash[_RUNNING].user_properties
    properties.append((PROPERTY, json.dumps([as_json(event) for event in events])))
    properties += [(LOST, lost), (CUT, cut)]


def _stop(config: pytest.Config, reason: str) -> None:
    """End the session of a controlling process: its workers get no more items (pytest-xdist)."""
    distributing = config.pluginmanager.get_plugin("dsession")
    if distributing is not None:
        distributing.shouldstop = reason


def _lose(config: pytest.Config, reason: str) -> None:
    """A report of this process cannot be written: the run ends after the next item."""
    if _RUN in config.stash:
        config.stash[_RUN].lost = config.stash[_RUN].lost or reason
    elif _SESSION in config.stash:
        transport = config.stash[_SESSION].transport
        transport.unrecorded = transport.unrecorded or reason


def _leave(config: pytest.Config) -> tuple[int, dict[str, list[str]], list[str]]:
    if _SESSION not in config.stash:
        return 0, {}, []
    session = config.stash[_SESSION]
    if _is_worker(config):
        # The controlling process may interrupt us though the terminal did so already.
        config.stash[_INTERRUPTS].hold()
    # A second Ctrl-C ends only the cleaning: the footer says what is left.
    with suppress(KeyboardInterrupt):
        cleanup.clean(session)
    session.close()
    in_doubt = [session.redactor.text(str(maybe)) for maybe in session.journal.all_maybe_started()]
    return session.transport.sent, session.journal.ids_left(), in_doubt


def _latencies(config: pytest.Config) -> dict[str, dict[str, object]]:
    """How long the answers took that this process got."""
    return config.stash[_SESSION].transport.latencies.as_json() if _SESSION in config.stash else {}


def _item_id(test: pytest.Item) -> str:
    call = getattr(test, "callspec", None)
    return getattr(call.params.get("item"), "id", "") if call else ""


def _workers(config: pytest.Config) -> int:
    """How many processes pytest-xdist starts; 1 without it."""
    number = config.getoption("numprocesses", None)
    return number if isinstance(number, int) and number > 0 else 1


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
