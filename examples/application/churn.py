"""Trains the churn model on SAP AI Core, and deploys it."""

import os
import time

import requests

SCENARIO, TRAINING, SERVING = "churn", "churn-train", "churn-serve"
ENDS = {"COMPLETED", "DEAD", "STOPPED"}
PAUSE = 30


class TrainingFailed(Exception):
    """The training did not end well; the text is what SAP AI Core says of it."""


class AiCore:
    """A client of the tenant that the variables AICORE_... name."""

    def __init__(self, environ=os.environ):
        self._base = f"{environ['AICORE_BASE_URL']}/lm"
        self._credentials = {
            "grant_type": "client_credentials",
            "client_id": environ["AICORE_CLIENT_ID"],
            "client_secret": environ["AICORE_CLIENT_SECRET"],
        }
        self._token_url = environ["AICORE_AUTH_URL"]
        self._session = requests.Session()
        self._session.headers["AI-Resource-Group"] = environ["AICORE_RESOURCE_GROUP"]

    def send(self, method, path, body=None):
        """The JSON of an answer; waits once where the service asks to, and renews a token that it refuses."""
        answer = self._request(method, path, body)
        if answer.status_code == 401:
            self._session.headers.pop("Authorization", None)
            answer = self._request(method, path, body)
        if answer.status_code == 429:
            time.sleep(int(answer.headers.get("Retry-After", PAUSE)))
            answer = self._request(method, path, body)
        answer.raise_for_status()
        return answer.json()

    def close(self):
        """Close the connections."""
        self._session.close()

    def _request(self, method, path, body):
        if "Authorization" not in self._session.headers:
            token = self._session.post(self._token_url, data=self._credentials, timeout=30)
            token.raise_for_status()
            self._session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        return self._session.request(method, self._base + path, json=body, timeout=30)


def train(core, data, epochs=10, pause=PAUSE):
    """The id of the model that a training with the data at this URL made; raises TrainingFailed."""
    dataset = core.send("POST", "/artifacts", artifact("churn-data", "dataset", data))["id"]
    made = configure(core, TRAINING, {"churn-data": dataset}, {"epochs": str(epochs)})
    execution = core.send("POST", "/executions", {"configurationId": made})["id"]
    while (seen := core.send("GET", f"/executions/{execution}"))["status"] not in ENDS:
        time.sleep(pause)
    if seen["status"] != "COMPLETED":
        raise TrainingFailed(seen.get("statusMessage") or seen["status"])
    return seen["outputArtifacts"][0]["id"]


def deploy(core, model, pause=PAUSE):
    """The URL at which the model answers."""
    made = configure(core, SERVING, {"churnmodel": model}, {})
    deployment = core.send("POST", "/deployments", {"configurationId": made, "ttl": "8h"})["id"]
    while (seen := core.send("GET", f"/deployments/{deployment}"))["status"] != "RUNNING":
        time.sleep(pause)
    return seen["deploymentUrl"]


def artifact(name, kind, url):
    """The body of a new artifact."""
    return {"name": name, "kind": kind, "url": url, "scenarioId": SCENARIO}


def configure(core, executable, artifacts, parameters):
    """The id of a new configuration."""
    body = {
        "name": executable,
        "scenarioId": SCENARIO,
        "executableId": executable,
        "inputArtifactBindings": [{"key": key, "artifactId": value} for key, value in artifacts.items()],
        "parameterBindings": [{"key": key, "value": value} for key, value in parameters.items()],
    }
    return core.send("POST", "/configurations", body)["id"]
