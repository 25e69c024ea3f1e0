"""SAP's SDK for JavaScript walks the whole life on the mock of the fixture, by the variables that it sets."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lmconform.testing import start

WALK = Path(__file__).parent / "walks" / "life.mjs"


@pytest.fixture
def modules():
    folder = os.environ.get("LMCONFORM_NODE_MODULES", "")
    if shutil.which("node") is None or not (Path(folder) / "@sap-ai-sdk" / "ai-api").is_dir() or not folder:
        reason = (
            "no node with @sap-ai-sdk/ai-api (npm install @sap-ai-sdk/ai-api; LMCONFORM_NODE_MODULES names the folder)"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.mark.parametrize("preset", ["plain", "tenant-2025"])
def test_it_trains_deploys_finds_the_deployment_and_removes_it(modules, preset, tmp_path):
    with start(preset=preset) as core:
        variables = {**core.variables, "LMCONFORM_NODE_MODULES": modules, "NO_PROXY": "*"}
        done = subprocess.run(
            ["node", str(WALK)],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        seen = json.loads(done.stdout.splitlines()[-1])
        assert "text-clf-tutorial" in seen["scenarios"]
        assert (seen["trained"][-1], seen["served"][-1]) == ("COMPLETED", "RUNNING")
        assert (seen["model"], seen["metrics"]) == ("text-model-tutorial", 1)
        assert seen["url"].startswith(f"{core.url}/v2/inference/deployments/d")
        core.requests.assert_called("DELETE", times=2, status=202)
        assert core.advice == []
