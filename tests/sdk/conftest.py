"""Walks of SAP's SDK along the mock: scripts that the interpreter of the SDK's own environment runs."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.sdk import environments

WALKS = Path(__file__).parent / "walks"


def exports(mock, group="tutorial"):
    """The variables of a client, from the mock's service key."""
    key = mock.key
    return {
        "AICORE_CLIENT_ID": key["clientid"],
        "AICORE_CLIENT_SECRET": key["clientsecret"],
        "AICORE_AUTH_URL": f"{key['url']}/oauth/token",
        "AICORE_BASE_URL": f"{key['serviceurls']['AI_API_URL']}/v2",
        "AICORE_RESOURCE_GROUP": group,
    }


class Sdk:
    """One pair of SAP's SDK; knows nothing of whoever runs the tests, but for the path."""

    def __init__(self, environment, home):
        self.name = environment.name
        self.tool = environment.tool
        self._home = home

    def run(self, *command, **variables):
        """Run a command with these variables, PATH and an empty home; returns the completed process."""
        # An empty home: requests reads ~/.netrc, the SDK reads ~/.aicore.
        own = {"PATH": os.environ["PATH"], "HOME": str(self._home), "NO_PROXY": "*", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [str(word) for word in command],
            cwd=self._home,
            env=own | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def command(self, walk):
        """The words that start a walk."""
        return [self.tool("python"), str(WALKS / f"{walk}.py")]

    def walk(self, name, **variables):
        """Run a walk to its end; returns what it saw."""
        done = self.run(*self.command(name), **variables)
        if done.returncode:
            pytest.fail(f"the walk {name} with the {self.name} SDK\n{done.stdout}{done.stderr}", pytrace=False)
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session", params=sorted(environments.PAIRS))
def sdk(request, tmp_path_factory):
    """Each of the two pairs in turn; skips without network, but not where CI must show that they work."""
    cache = os.environ.get("LMCONFORM_SDK_CACHE") or request.config.cache.mkdir("sdk")
    try:
        environment = environments.make(request.param, str(cache))
    except environments.Unavailable as reason:
        text = f"the environment of SAP's {request.param} SDK cannot be made: {reason}"
        if os.environ.get("CI") == "true":
            pytest.fail(text)
        pytest.skip(text)
    return Sdk(environment, tmp_path_factory.mktemp("home"))
