"""Gives Allure's results the ids of the items, so that a report shows history, trends and retries.

allure-pytest derives them from Python names, which are the same for all items of a module
(its ``historyId`` then is one and the same for every operation).
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any, Final

import allure_commons
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, Status, StatusDetails, TestResult, TestResultContainer
from allure_commons.types import AttachmentType, LabelType, Severity

from lmconform import private_files
from lmconform.judgement import Level
from lmconform.reporting import escaping
from lmconform.results.events import Header, Result

_LABEL = "lmconform"
# The names of the files that hold results, and of the one about the run.
RESULTS: Final = "*-result.json"
ENVIRONMENT: Final = "environment.properties"
_SIGN: Final = "# lmconform"
_SEVERITY: Final = {
    Level.MUST: Severity.CRITICAL,
    Level.SHOULD: Severity.NORMAL,
    Level.MAY: Severity.MINOR,
}
_LEAST: Final = Severity.TRIVIAL


def describe(item_id: str, requirements: Iterable[str]) -> None:
    """Name the running test in Allure by our ids; does nothing when Allure is off."""
    dynamic = _dynamic()
    dynamic.title(item_id)
    dynamic.label(_LABEL, item_id)
    dynamic.label(LabelType.FEATURE, item_id.partition("/")[0])
    for requirement in requirements:
        dynamic.label(LabelType.STORY, requirement)


def tell(results: Sequence[Result], clean: Callable[[str], str]) -> None:
    """Add to the running test what came of it: sentences, severity, and the requests of its findings as steps.

    The gravest level counts as severity. Texts pass through ``clean`` here: attachments are written at once.
    """
    import allure

    dynamic = _dynamic()
    sentences = list(dict.fromkeys(result.text for result in results if result.text))
    dynamic.description(clean("\n\n".join(sentences)))
    levels = {result.level for result in results}
    dynamic.severity(next((severity for level, severity in _SEVERITY.items() if level in levels), _LEAST))
    for result in results:
        for step in result.story:
            title = f"{step['method']} {step['path']} {step['status'] or 'no answer'}"
            with allure.step(escaping.visible(clean(title))):
                for name, text in (("request", step["body"]), ("answer", step["answer"])):
                    if text:
                        shown = "\n".join(map(escaping.visible, clean(text).split("\n")))
                        allure.attach(shown, name, AttachmentType.TEXT)


def environment(folder: Path, header: Header) -> None:
    """Say in the folder of the results what was tested with what. Raises OSError."""
    about = {
        "target": header.target,
        "base_url": header.configuration.get("base_url", ""),
        **{"profile": header.profile, "dialect": header.dialect, "seed": header.seed},
        **{"contract": header.contract_version, "lmconform": header.lmconform, **header.versions},
    }
    lines = (f"{name}={str(value).encode('unicode_escape').decode()}" for name, value in about.items())
    with private_files.draft(folder / ENVIRONMENT) as file:
        file.write_text("\n".join([_SIGN, *lines, ""]), encoding="utf-8")


def add_failure(item_id: str, message: str) -> None:
    """Report a failure that no test has; does nothing when Allure is off."""
    moment = round(time.time() * 1000)
    result = TestResult(
        uuid=str(uuid.uuid4()),
        name=item_id,
        status=Status.FAILED,
        statusDetails=StatusDetails(message=message),
        labels=[Label(_LABEL, item_id), Label(LabelType.FEATURE, item_id.partition("/")[0])],
        start=moment,
        stop=moment,
    )
    allure_commons.plugin_manager.hook.report_result(result=result)


def own(folder: Path) -> Iterator[Path]:
    """The files of lmconform in a folder that may hold those of other tools as well; links are not among them."""
    for path in folder.glob(RESULTS):
        result = _own_result(path)
        if result is not None:
            yield path
            yield from (folder / name for name in _attached(result) if not (folder / name).is_symlink())
    about = folder / ENVIRONMENT
    with suppress(OSError, ValueError):
        if not about.is_symlink() and about.read_text(encoding="utf-8").startswith(_SIGN):
            yield about


def _own_result(path: Path) -> dict[str, Any] | None:
    """The result in a file, when it is about an item."""
    try:
        found = {} if path.is_symlink() else json.loads(path.read_text(encoding="utf-8"))
        is_own = any(label["name"] == _LABEL for label in found["labels"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found if is_own else None


def _attached(node: Mapping[str, Any]) -> Iterator[str]:
    """The files that a result and its steps name; a name that leads out of the folder is passed over."""
    for one in node.get("attachments", ()):
        if Path(one.get("source", "")).name == one.get("source"):
            yield one["source"]
    for step in node.get("steps", ()):
        yield from _attached(step)


def install(config: pytest.Config, clean: Callable[[str], str], lost: Callable[[str], None]) -> None:
    """Set the ids of every Allure result of this process before it is written, and pass its texts through ``clean``.

    ``lost`` is told why a result cannot be written.
    """
    plugin = _StableIds(clean)
    for logger in allure_commons.plugin_manager.get_plugins():
        if isinstance(logger, AllureFileLogger):
            _write_only_results(logger, lost)
    allure_commons.plugin_manager.register(plugin)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(plugin))


def _write_only_results(logger: AllureFileLogger, lost: Callable[[str], None]) -> None:
    """Files about fixtures say nothing, and there would be one an item. A full disk must not end pytest itself."""
    write: Callable[[Any], None] = logger._report_item

    def write_result(item: Any) -> None:
        if not isinstance(item, TestResultContainer):
            try:
                write(item)
            except OSError as error:
                lost(f"the results for Allure cannot be written ({error.strerror or error})")

    logger._report_item = write_result  # type: ignore[method-assign]


class _StableIds:
    def __init__(self, clean: Callable[[str], str]) -> None:
        self._clean = clean

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """``testCaseId`` and ``historyId`` are one hash of the item's id; texts are clean."""
        _change(result, self._clean)
        item_id = next((label.value for label in result.labels if label.name == _LABEL), None)
        if item_id:
            result.testCaseId = result.historyId = hashlib.md5(item_id.encode(), usedforsecurity=False).hexdigest()
            result.fullName = item_id


def _change(value: Any, clean: Callable[[str], str]) -> Any:
    """The same with clean texts: lists and the models of Allure are changed as they are."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return clean(value)
    if isinstance(value, list):
        value[:] = [_change(part, clean) for part in value]
    elif hasattr(value, "__attrs_attrs__"):
        for attribute in value.__attrs_attrs__:
            setattr(value, attribute.name, _change(getattr(value, attribute.name), clean))
    return value


def _dynamic() -> Any:
    import allure

    return allure.dynamic
