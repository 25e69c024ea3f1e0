"""A client of a mock for tests: requests, and the things that most tests need."""

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import requests


class Tenant:
    """Talks to a mock process in one resource group."""

    def __init__(self, process, group="tutorial"):
        self.process = process
        self.session = requests.Session()
        self.session.headers.update(process.headers(group))

    def send(self, method, path, **options):
        """The response; ``path`` begins behind /v2/lm, or is a whole path that begins with /v2."""
        base = self.process.url if path.startswith("/v2") else f"{self.process.url}/v2/lm"
        return self.session.request(method, base + path, timeout=10, **options)

    def get(self, path, status=200, /, **query):
        """The JSON of a GET."""
        return self._json(self.send("GET", path, params=query), status)

    def post(self, path, status, /, **body):
        """The JSON of a POST."""
        return self._json(self.send("POST", path, json=body), status)

    def patch(self, path, status, /, **body):
        """The JSON of a PATCH."""
        return self._json(self.send("PATCH", path, json=body), status)

    def delete(self, path, status):
        """The JSON of a DELETE."""
        return self._json(self.send("DELETE", path), status)

    def raw(self, method, target, body=None):
        """Status of a request whose target goes out as it is: no client makes it proper."""
        connection = HTTPConnection(urlsplit(self.process.url).netloc, timeout=10)
        headers = {name: self.session.headers[name] for name in ("Authorization", "AI-Resource-Group")}
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def artifact(self, url="ai://default/data", kind="dataset", scenario="text-clf-tutorial"):
        """The id of a new artifact."""
        body = {"name": "data", "kind": kind, "url": url, "scenarioId": scenario}
        return self.post("/artifacts", 201, **body)["id"]

    def training(self, url="ai://default/data"):
        """The id of a new configuration for executions."""
        return self._configuration("text-clf-train-tutorial", "text-data", self.artifact(url))

    def serving(self, url="ai://default/model"):
        """The id of a new configuration for deployments."""
        return self._configuration("text-clf-infer-tutorial", "textmodel", self.artifact(url, "model"))

    def deployment(self, configuration=None, **more):
        """The id of a new deployment."""
        return self.post("/deployments", 202, configurationId=configuration or self.serving(), **more)["id"]

    def execution(self, configuration=None):
        """The id of a new execution."""
        return self.post("/executions", 202, configurationId=configuration or self.training())["id"]

    def seen(self, path, status, seconds=10.0):
        """The resource when it has that status; fails when it does not come."""
        return self.until(lambda: found if (found := self.get(path))["status"] == status else None, seconds)

    def gone(self, path, seconds=10.0):
        """Wait until the resource is not known any more."""
        return self.until(lambda: self.send("GET", path).status_code == 404, seconds)

    @staticmethod
    def until(look, seconds=10.0):
        """What ``look`` returns once it is something."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, "it does not come"
            time.sleep(0.02)
        return found

    def _configuration(self, executable, key, artifact):
        return self.post(
            "/configurations",
            201,
            name="configuration",
            scenarioId="text-clf-tutorial",
            executableId=executable,
            inputArtifactBindings=[{"key": key, "artifactId": artifact}],
        )["id"]

    @staticmethod
    def _json(answer, status):
        assert answer.status_code == status, answer.text
        return answer.json()
