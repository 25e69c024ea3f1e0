"""Fixtures for pytest, found by its entry point: ``ai_core`` and ``ai_core_factory``.

pytest imports this module in every project that has lmconform, so it imports the mock only for a test that uses it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from lmconform import testing

if TYPE_CHECKING:
    from lmconform.testing.ai_core import AiCore

MARKER, WORKFLOWS = "ai_core", "ai_core_workflows"
# What would lead SAP's SDKs elsewhere.
_FOREIGN = ("AICORE_", "VCAP_SERVICES")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the folder of templates that all mocks of a project have."""
    parser.addini(WORKFLOWS, "Folder of templates for the fixture ai_core (default: those of the mock).", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers", f"{MARKER}(**options): options of the mock behind the fixture ai_core, such as preset or workflows."
    )


@pytest.fixture
def ai_core_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., AiCore]]:
    """Starts mocks with the options of ``lmconform.testing.start``; they stop when the test ends."""
    running: list[AiCore] = []
    folders = request.config.getini(WORKFLOWS)

    def start(**options: Any) -> AiCore:
        if folders:
            options.setdefault("workflows", folders[0])
        running.append(testing.start(**options))
        return running[-1]

    yield start
    for one in reversed(running):
        one.stop()


@pytest.fixture
def ai_core(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, ai_core_factory: Callable[..., AiCore]
) -> AiCore:
    """A mock of its own for the test, to which the environment points SAP's SDKs; the marker ai_core has options."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        options |= marker.kwargs
    one = ai_core_factory(**options)
    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        monkeypatch.delenv(name)
    for name, value in one.variables.items():
        monkeypatch.setenv(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        before = os.environ.get(name)
        monkeypatch.setenv(name, f"{before},127.0.0.1" if before else "127.0.0.1")
    return one
