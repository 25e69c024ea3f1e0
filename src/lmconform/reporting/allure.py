"""Gives Allure's results ids of ours, so that a report shows history, trends and retries.

allure-pytest derives them from Python names, which are the same for all items of a module
(its ``historyId`` then is one and the same for every operation).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import allure_commons
import attr
import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import TestResultContainer
from allure_commons.types import LabelType

_LABEL = "lmconform"


def describe(item_id: str, requirements: Iterable[str]) -> None:
    """Name the running test in Allure by our ids; does nothing when Allure is off."""
    dynamic = _dynamic()
    dynamic.title(item_id)
    dynamic.label(_LABEL, item_id)
    dynamic.label(LabelType.FEATURE, item_id.partition("/")[0])
    for requirement in requirements:
        dynamic.label(LabelType.STORY, requirement)


def install(config: pytest.Config) -> None:
    """Set the ids of every Allure result of this process before it is written."""
    plugin = _StableIds()
    for logger in allure_commons.plugin_manager.get_plugins():
        if isinstance(logger, AllureFileLogger):
            _write_results_alone(logger)
    allure_commons.plugin_manager.register(plugin)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(plugin))


def _write_results_alone(logger: AllureFileLogger) -> None:
    """No files about fixtures, which say nothing, and each result in one piece: json.dump goes through it in Python."""
    folder = Path(logger._report_dir)

    def write(item: Any) -> None:
        if not isinstance(item, TestResultContainer):
            data = attr.asdict(item, filter=lambda _, value: bool(value) or value is False)
            file = folder / item.file_pattern.format(prefix=uuid.uuid4())
            part = file.with_name(f"{file.name}.tmp")
            part.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
            # Who watches the folder sees whole files.
            part.replace(file)

    logger._report_item = write  # type: ignore[method-assign]


class _StableIds:
    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """``testCaseId`` and ``historyId`` are one hash of the item's id."""
        item_id = next((label.value for label in result.labels if label.name == _LABEL), None)
        if item_id:
            result.testCaseId = result.historyId = hashlib.md5(item_id.encode(), usedforsecurity=False).hexdigest()
            result.fullName = item_id


def _dynamic() -> Any:
    import allure

    return allure.dynamic
