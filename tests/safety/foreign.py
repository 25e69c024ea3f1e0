"""Things that belong to somebody else, some of which have names as a run gives them."""

import time

import requests
from tests.safety.killing import COSTLY, held


class Foreign:
    """Executions, deployments, schedules, artifacts and metrics in a group of a mock, at rest when this returns."""

    def __init__(self, mock, group="tutorial"):
        self._mock, self._group = mock, group
        self._headers = mock.headers(group)
        scenario, train, serve = "text-clf-tutorial", "text-clf-train-tutorial", "text-clf-infer-tutorial"
        data = {"name": "lmconform-foreign", "kind": "dataset", "url": "ai://default/x", "scenarioId": scenario}
        artifacts = [self._post("artifacts", data | {"kind": kind}) for kind in ("dataset", "model")]
        self.executions, self.deployments = [], []
        for name in ("lmconform-training", "training"):
            body = self._configuration(name, scenario, train, artifacts[0])
            self.executions.append(self._post("executions", {"configurationId": body}))
            cron = {"configurationId": body, "name": name, "cron": "0 3 1 1 *"}
            self._post("executionSchedules", cron)
        body = self._configuration("lmconform-serving", scenario, serve, artifacts[1])
        self.deployments = [self._post("deployments", {"configurationId": body}) for _ in range(2)]
        self._rest()
        point = {"name": "lmconform-loss", "value": 0.5, "timestamp": "2026-01-01T00:00:00Z", "step": 1}
        for execution in self.executions:
            metrics = {"executionId": execution, "metrics": [point]}
            requests.patch(f"{mock.url}/v2/lm/metrics", json=metrics, headers=self._headers, timeout=5)
        self.before = self.now()

    def now(self):
        """Everything of it as it is, by kind and id."""
        found = {}
        for kind in (*COSTLY, "configurations", "artifacts"):
            for one in getattr(self, "ids", {}).get(kind) or [i for _, i in held(self._mock, self._group, (kind,))]:
                found[kind, one] = self._get(f"{kind}/{one}")
        for execution in self.executions:
            found["metrics", execution] = self._get(f"metrics?executionIds={execution}")
        if not hasattr(self, "ids"):
            self.ids = {kind: [i for name, i in found if name == kind] for kind, _ in found if kind != "metrics"}
        return found

    def _configuration(self, name, scenario, executable, artifact):
        listed = self._get(f"scenarios/{scenario}/executables/{executable}")
        bindings = [{"key": one["name"], "artifactId": artifact} for one in listed.get("inputArtifacts", ())]
        values = [{"key": one["name"], "value": "1"} for one in listed.get("parameters", ())]
        body = {"name": name, "scenarioId": scenario, "executableId": executable}
        return self._post("configurations", body | {"inputArtifactBindings": bindings, "parameterBindings": values})

    def _rest(self):
        wanted = {"executions": {"COMPLETED", "DEAD"}, "deployments": {"RUNNING"}}
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            now = held(self._mock, self._group)
            if all(one["status"] in wanted[kind] for (kind, _), one in now.items() if kind in wanted):
                return
            time.sleep(0.1)
        raise AssertionError("the foreign things do not come to rest")

    def _post(self, kind, body):
        answer = requests.post(f"{self._mock.url}/v2/lm/{kind}", json=body, headers=self._headers, timeout=5)
        assert answer.ok, answer.text
        return answer.json()["id"]

    def _get(self, path):
        return requests.get(f"{self._mock.url}/v2/lm/{path}", headers=self._headers, timeout=5).json()
