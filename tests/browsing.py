"""A real browser for the tests of pages."""

import os
import shutil

import pytest


def absent(reason):
    """Skip, but not where the tests are to run in full."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI is set")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        absent("no chromium on the path (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("playwright is not installed (pip install playwright)")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=sandbox)
        yield chromium
        chromium.close()
