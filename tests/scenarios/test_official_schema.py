"""The official JSON Schema of Arazzo 1.0 takes our files; Spectral carries it, so that no copy of it stands here."""

import os
import shutil
import subprocess

import pytest

from lmconform.contract import bundle

CLI = ["spectral"] if shutil.which("spectral") else ["npx", "--yes", "@stoplight/spectral-cli@6"]
RULE = "arazzo-document-schema"
SCENARIOS = bundle.root() / "scenarios"

pytestmark = pytest.mark.skipif(shutil.which(CLI[0]) is None, reason="npm is not installed, and with it no npx")


@pytest.fixture
def spectral(tmp_path):
    """Holds files against the schema alone; returns the completed process."""
    (tmp_path / "rules.yaml").write_text(f"extends: [[spectral:arazzo, off]]\nrules: {{{RULE}: true}}\n")

    def lint(*files):
        return subprocess.run(
            [*CLI, "lint", "--ruleset", "rules.yaml", "--format", "text", *map(str, files)],
            cwd=tmp_path,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=240,
        )

    return lint


def test_every_file_is_valid(spectral):
    done = spectral(*sorted(SCENARIOS.glob("*.arazzo.yaml")))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [("workflows:", "worklfows:"), ("stepId: list-scenarios", "stepID: x"), ("type: goto", "type: leap")],
)
def test_a_file_with_a_mistake_is_not(spectral, tmp_path, old, new):
    text = (SCENARIOS / "training.arazzo.yaml").read_text()
    assert old in text
    (tmp_path / "wrong.arazzo.yaml").write_text(text.replace(old, new, 1))
    done = spectral("wrong.arazzo.yaml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert RULE in done.stdout
