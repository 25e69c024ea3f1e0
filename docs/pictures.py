"""Makes the pictures of README in Debian's Chromium: python docs/pictures.py [--matrix reports/mutants/matrix.html].

The report is that of a run against a mock with a defect, which this starts; playwright is in the group ``test``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

DOCS = Path(__file__).parent
LMCONFORM = [sys.executable, "-m", "lmconform"]
# A defect that shows in one answer, and that a schema does not see.
DEFECT = "filter-artifact-name-plus"


@contextmanager
def mock(folder: Path) -> Iterator[Path]:
    """A mock with the defect; yields its service key."""
    key = folder / "key.json"
    words = [*LMCONFORM, "mock", "--port", "0", "--pace", "0.1", "--mutant", DEFECT, "--write-service-key", str(key)]
    process = subprocess.Popen([*words, "--quiet"], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not key.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        yield key
    finally:
        process.terminate()
        process.wait(10)


def judge(folder: Path) -> Path:
    """The page of a run against it."""
    with mock(folder) as key:
        url = json.loads(key.read_text(encoding="utf-8"))["serviceurls"]["AI_API_URL"]
        words = ["run", url, "--service-key", key.name, "--resource-group", "tutorial", "--disposable"]
        words += ["--other-resource-group", "other", "--allow-writes", "--poll-interval", "0.05", "--profile", "core"]
        subprocess.run([*LMCONFORM, *words, "--quiet", "--report-dir", "out"], cwd=folder, check=False)
    return folder / "out" / "report.html"


def picture(browser: Browser, page: Path, out: Path, *, height: int) -> None:
    """The top of a page as PNG."""
    shown = browser.new_page(viewport={"width": 1200, "height": height})
    shown.goto(page.resolve().as_uri())
    shown.screenshot(path=str(out))
    shown.close()
    print(out)


def main() -> None:
    """Make report.png, and kill-matrix.png where a matrix is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--matrix", type=Path, help="matrix.html of 'lmconform mutants'")
    chosen = parser.parse_args()
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("no chromium on the path (apt-get install chromium)")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        picture(browser, judge(Path(folder)), DOCS / "report.png", height=1050)
        if chosen.matrix:
            picture(browser, chosen.matrix, DOCS / "kill-matrix.png", height=900)
        browser.close()


if __name__ == "__main__":
    main()
