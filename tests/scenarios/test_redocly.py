"""Other people's tools: Redocly's linter takes our files, and its Arazzo runner passes the training."""

import os
import shutil
import subprocess

import pytest

from lmconform.contract import bundle

CLI = ["npx", "--yes", "@redocly/cli@2"]

pytestmark = pytest.mark.skipif(shutil.which("npx") is None, reason="npm is not installed, and with it no npx")


def redocly(folder, *arguments):
    """Run the command in an empty folder; returns the completed process."""
    environment = {**os.environ, "NO_COLOR": "1", "CI": "1", "REDOCLY_TELEMETRY": "off"}
    return subprocess.run(
        [*CLI, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("name", ["training", "training-as-printed"])
def test_the_file_is_valid_for_redoclys_linter(tmp_path, name):
    done = redocly(tmp_path, "lint", bundle.root() / "scenarios" / f"{name}.arazzo.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stderr.lower().replace("deprecation warning", "")


def test_the_description_is_valid_and_gives_no_warning(tmp_path):
    done = redocly(tmp_path, "lint", bundle.root() / "specs" / "lm" / "openapi.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stderr.lower().replace("deprecation warning", "")


def test_the_description_of_the_deprecated_endpoint_is_valid(tmp_path):
    done = redocly(tmp_path, "lint", bundle.root() / "specs" / "tutorial" / "deprecated.openapi.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_respect_passes_the_training_against_the_mock(tmp_path, mock):
    token = mock.headers()["Authorization"].removeprefix("Bearer ")
    servers = [part for name in ("lm", "deprecated") for part in ("--server", f"{name}={mock.url}/v2")]
    file = bundle.root() / "scenarios" / "training.arazzo.yaml"
    done = redocly(tmp_path, "respect", file, *servers, "--input", f"accessToken={token}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 total" in done.stdout
