"""Loads the plugin; the conformance items run when they are asked for, not with the harness' own tests."""

from pathlib import Path

pytest_plugins = ["lmconform.run.pytest_plugin"]

CONFORMANCE = Path(__file__).parent / "tests" / "conformance"


def pytest_ignore_collect(collection_path, config):
    """Leave the gate out of a plain ``pytest``: it needs a target, and has a report of its own."""
    from lmconform.run.pytest_plugin import is_requested

    return True if collection_path == CONFORMANCE and not is_requested(config) else None
