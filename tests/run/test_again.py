"""What a finding prints to see it again does show it again: ``again`` the item, ``request`` the answer."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.conftest import LMCONFORM, MockProcess, clean_environment, results_of

# One defect each, the items that see it, and what is special about the request that shows it.
CASES = {
    "auth-none": ("LM-AUTH-TOKEN-REQUIRED", "no Authorization"),
    "auth-unverified-token": ("LM-AUTH-TOKEN-CHANGED", "a changed token"),
    "accepts-configuration-required": ("LM-CONFIGURATION-BODY-REQUIRED", "POST with JSON"),
    "metrics-patch-200": ("LM-METRICS-PATCH-APPENDS", "PATCH with a merge patch"),
    "search-plus-is-a-space": ("LM-ARTIFACT-SEARCH-SIGNS", "a query with signs"),
    "isolation-execution-bulk": ("LM-ISOLATION-EXECUTION-BULK", "another resource group, and a bulk update"),
    "metrics-replace": ("scenario/metrics-of-a-training/*", "steps of a scenario"),
    "generated-bodies-mended": ("fuzz/createArtifact", "generated data"),
}
# The request that shows it names an execution, and the run removes what it starts.
GONE = {"metrics-replace"}
pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="no bash on the path")


@dataclass(frozen=True)
class Seen:
    """A mock with one defect, the folder that a run was started in, and what gates in that run, by id."""

    mutant: str
    mock: MockProcess
    folder: Path
    findings: dict[str, dict]

    def shell(self, line, **more):
        """Run a line in a shell that finds lmconform; returns the completed process."""
        found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=clean_environment(PATH=found, **more),
            capture_output=True,
            text=True,
            timeout=240,
        )


@pytest.fixture(scope="module", params=CASES)
def seen(request, tmp_path_factory):
    """A run against a mock with one defect."""
    folder = tmp_path_factory.mktemp(request.param)
    mock = MockProcess(folder, "--pace", "0.1", "--mutant", request.param)
    item = CASES[request.param][0]
    options = ["--service-key", "key.json", "--resource-group", "tutorial", "--other-resource-group", "other"]
    options += ["--profile", "full", "--allow-writes", "--disposable", "--seed", "3", "--only", item]
    command = [*LMCONFORM, "run", mock.url, *options, "--report-dir", "out"]
    done = subprocess.run(command, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=240)
    try:
        assert done.returncode == 1, done.stdout + done.stderr
        gating = {name: result for name, result in results_of(folder / "out").items() if result["gates"]}
        yield Seen(request.param, mock, folder, gating)
    finally:
        mock.stop()


def test_the_line_that_repeats_an_item_sees_the_same_finding(seen):
    lines = {}
    for name, result in seen.findings.items():
        lines.setdefault(result["again"], set()).add(name)
    for number, (line, names) in enumerate(lines.items()):
        done = seen.shell(f"{line} --report-dir again-{number}")
        assert done.returncode == 1, (line, done.stdout, done.stderr)
        again = results_of(seen.folder / f"again-{number}")
        assert {name for name in names if again[name]["gates"]} == names, line


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on the path")
def test_the_curl_line_gets_the_answer_that_the_finding_shows(seen):
    if seen.mutant in GONE:
        pytest.skip("the run removed what the request names")
    token = seen.mock.headers()["Authorization"].partition(" ")[2]
    for name, result in seen.findings.items():
        shown = next(step for step in result["story"] if step["telling"])
        if result["request"].startswith("# "):
            # Too long for a line to paste: it says where the request stands.
            assert result["request"].endswith(f"see exchange {shown['id']} in exchanges.jsonl")
            continue
        done = seen.shell(f"{result['request']} -s -o answer -w '%{{http_code}}'", TOKEN=token)
        assert done.stdout == str(shown["status"]), (name, result["request"], (seen.folder / "answer").read_text())
