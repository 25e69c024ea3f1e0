"""Other people's tools: Redocly's linter takes our files, and its Arazzo runner passes them."""

import os
import shutil
import subprocess
import uuid

import pytest

from lmconform.contract import bundle

CLI = ["redocly"] if shutil.which("redocly") else ["npx", "--yes", "@redocly/cli@2"]
FILES = sorted(path.name.removesuffix(".arazzo.yaml") for path in (bundle.root() / "scenarios").glob("*.arazzo.yaml"))

pytestmark = pytest.mark.skipif(shutil.which(CLI[0]) is None, reason="npm is not installed, and with it no npx")


def redocly(folder, *arguments):
    """Run the command in an empty folder; returns the completed process."""
    environment = {**os.environ, "NO_COLOR": "1", "CI": "1", "REDOCLY_TELEMETRY": "off"}
    return subprocess.run(
        [*CLI, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("name", FILES)
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


# The page that training-as-printed follows is wrong: it passes only where the target is as wrong.
@pytest.mark.parametrize("name", [name for name in FILES if name != "training-as-printed"])
def test_respect_passes_the_file_against_the_mock(tmp_path, start_mock, name):
    # It looks once a second: executions must not end between two looks.
    mock = start_mock("--pace", "1.5" if name == "bulk" else "0.1")
    token = mock.headers()["Authorization"].removeprefix("Bearer ")
    sources = ("lm", "deprecated") if name == "training" else ("lm",)
    servers = [part for source in sources for part in ("--server", f"{source}={mock.url}/v2")]
    # It allows no member that the description does not name, and real answers have some.
    lenient = ["--severity", "SCHEMA_CHECK=off"]
    file = bundle.root() / "scenarios" / f"{name}.arazzo.yaml"
    inputs = ["--input", f"accessToken={token}"]
    if name != "training":
        inputs += ["--input", f"runId=lmconform-{uuid.uuid4().hex[:8]}"]
    done = redocly(tmp_path, "respect", file, *servers, *lenient, *inputs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 1 total" in done.stdout
