"""Gives Allure's results ids of ours, so that a report shows history, trends and retries.

allure-pytest derives them from Python names, which are the same for all items of a module
(its ``historyId`` then is one and the same for every operation).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import allure_commons
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
            _leave_containers_out(logger)
    allure_commons.plugin_manager.register(plugin)
    config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(plugin))


def _leave_containers_out(logger: Any) -> None:
    """No files about fixtures, three for each item: they say nothing, and cost as much as the results."""
    write = logger._report_item
    logger._report_item = lambda item: None if isinstance(item, TestResultContainer) else write(item)


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
