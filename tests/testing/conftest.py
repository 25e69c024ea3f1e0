"""Runs a project of its own, whose tests use the fixtures, with the pytest of this environment."""

import os
import subprocess
import sys

import pytest
import requests
from tests.conftest import clean_environment


@pytest.fixture
def project(tmp_path):
    """Writes files into an empty folder, and runs pytest there as their author would; returns the completed process."""

    def run(*options, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        environment = clean_environment(PYTHONDONTWRITEBYTECODE="1", AICORE_PROFILE="of-the-user")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
            cwd=tmp_path,
            env=environment | {"HTTP_PROXY": "http://127.0.0.1:9"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


class Client:
    """An application in small: what the variables say, and plain requests."""

    def __init__(self, variables=os.environ):
        self._base = variables["AICORE_BASE_URL"]
        form = {
            "grant_type": "client_credentials",
            "client_id": variables["AICORE_CLIENT_ID"],
            "client_secret": variables["AICORE_CLIENT_SECRET"],
        }
        self._session = requests.Session()
        self._session.trust_env = False
        token = self._session.post(variables["AICORE_AUTH_URL"], data=form, timeout=5).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["AI-Resource-Group"] = variables["AICORE_RESOURCE_GROUP"]

    def send(self, method, path, **more):
        return self._session.request(method, f"{self._base}/lm{path}", timeout=5, **more)

    def get(self, path):
        return self.send("GET", path).json()

    def post(self, path, **body):
        return self.send("POST", path, json=body).json()

    def close(self):
        self._session.close()


@pytest.fixture
def application(ai_core):
    client = Client()
    yield client
    client.close()
