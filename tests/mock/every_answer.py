"""Asks a mock for everything, in every state: what it answered then is what it can answer."""

import json
import uuid
from collections import defaultdict
from contextlib import ExitStack

from tests.mock.shapes import Shapes
from tests.testing.conftest import Client

from lmconform.contract.openapi import Contract
from lmconform.testing import start

CONTRACT = Contract.load()
TRAINING, SERVING, CHAT = "text-clf-train-tutorial", "text-clf-infer-tutorial", "example-chat"
SCENARIO = "text-clf-tutorial"
PRESET = "tenant-2025"
# What tenants were seen to do differently from the preset, some of it together.
VARIANTS = (
    {},
    {
        "null-optionals": "null",
        "fresh-message": "not-found",
        "submission-time": "scheduled",
        "fresh-deployment": "full",
    },
    {"optional-members": "sparse", "labels-when-none": "empty", "unknown-path-body": "text", "log-origin": "yes"},
    {"lists-when-none": "empty", "template-times": "one"},
    {"deployment-executable": "shown", "deployment-details": "full", "log-origin": "no", "execution-progress": "yes"},
    {
        "deployment-details": "empty",
        "error-details": "object",
        "error-request-id": "requestID",
        "error-target": "absent",
    },
    {"deployment-details": "twice", "error-details": "array", "error-request-id": "absent", "status-details": "no"},
    {"deployment-details": "snake", "status-details": "snake", "unknown-path-body": "sibling", "meta": "full"},
    {"meta": "without-limits", "error-request-id": "request_id", "extra-status": "no", "messages": "published"},
    {"forbidden-delete": "400", "forbidden-stop": "412", "count-media-type": "text", "logs-before-start": "404"},
    {"time-form": "offset", "no-authorization": "401", "metrics-server-tags": "yes", "model-details": "no"},
    {"time-form": "fraction", "metrics-unknown-execution": "204", "error-request-id": "empty", "error-codes": "status"},
)
FRESH = ("412", "403", "404")
# A tenant's content is that of its templates.
TEMPLATE = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {
        "name": "train",
        "labels": {"scenarios.ai.sap.com/id": "0a1b2c3d-0000-4000-8000-0123456789ab", "ai.sap.com/version": "1.0"},
        "annotations": {
            "artifacts.ai.sap.com/data.kind": "dataset",
            "artifacts.ai.sap.com/data.description": "What it learns from",
            "artifacts.ai.sap.com/data.labels": '{"ext.ai.sap.com/step": "one"}',
            "artifacts.ai.sap.com/model.description": "What it makes",
            "artifacts.ai.sap.com/model.labels": '{"ext.ai.sap.com/step": "two"}',
            "artifacts.ai.sap.com/model.kind": "model",
        },
    },
    "spec": {
        "arguments": {"parameters": [{"name": "epochs", "default": "3", "description": "Rounds"}]},
        "templates": [
            {
                "name": "main",
                "inputs": {"artifacts": [{"name": "data"}, {"name": "more"}]},
                "outputs": {"artifacts": [{"name": "out", "globalName": name} for name in ("model", "report")]},
            }
        ],
    },
}


class Answers:
    """What mocks answered, by operation: the statuses, and the shapes of successes and errors; and all plain texts."""

    def __init__(self):
        self.statuses = defaultdict(set)
        self.bodies = defaultdict(Shapes)
        self.errors = Shapes()
        self.texts = set()

    def add(self, requests):
        for request in requests:
            if isinstance(request.answer, str):
                self.texts.add(request.answer)
            route = CONTRACT.match(request.method, request.path.removeprefix("/v2"))
            if route is None:
                continue
            operation = route[0].id
            self.statuses[operation].add(request.status)
            is_error = isinstance(request.answer, dict) and "error" in request.answer
            (self.errors if is_error else self.bodies[operation]).add(request.answer)

    def finish(self):
        for shapes in (self.errors, *self.bodies.values()):
            shapes.finish()


def everything(folder):
    """What mocks with the preset, with each of its variants and with templates of a user answered to everything."""
    answers = Answers()
    (folder / "train.json").write_text(json.dumps(TEMPLATE))
    for switches in VARIANTS:
        _ask(answers, _walk, switches=switches)
    for refusal in FRESH:
        _ask(answers, _look_at_deployments, switches={"fresh-group": refusal})
    _ask(answers, _look_at_content, workflows=folder)
    _ask(answers, _knock)
    answers.finish()
    return answers


def _ask(answers, walk, **options):
    with ExitStack() as stack:
        core = stack.enter_context(start(preset=PRESET, time="by-hand", **options))
        client = Client(core.variables)
        stack.callback(client.close)
        walk(core, client)
        answers.add(core.requests)


def _knock(core, client):
    token = client.send("GET", "/scenarios").request.headers["Authorization"]
    for header in (None, "Bearer nonsense", token[:-4] + "AAAA"):
        client.send("GET", "/scenarios", headers={"Authorization": header})
    core.expire_tokens()
    client.send("GET", "/scenarios")


def _look_at_deployments(core, client):
    for method, path in (("GET", "/deployments"), ("GET", "/deployments/d0123"), ("POST", "/deployments")):
        client.send(method, path, json={"configurationId": "c0123"} if method == "POST" else None)


def _look_at_content(core, client):
    scenario = TEMPLATE["metadata"]["labels"]["scenarios.ai.sap.com/id"]
    core.seed("train", status="COMPLETED")
    client.send("GET", f"/scenarios/{scenario}")
    for path in ("scenarios", f"scenarios/{scenario}/executables", f"scenarios/{scenario}/executables/train"):
        client.send("GET", f"/{path}")
    for path in ("configurations", "artifacts", "executions"):
        for resource in client.get(f"/{path}")["resources"]:
            client.send("GET", f"/{path}/{resource['id']}")


def _walk(core, client):
    _ask_for_what_is_not_there(client)
    seeded = [core.seed(name) for name in (TRAINING, SERVING)] + [
        core.seed(CHAT, parameters={"modelName": "example-small"})
    ]
    _register(client)
    for status in ("UNKNOWN", "PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPED"):
        core.seed(TRAINING, status=status, metrics={"loss": 0.5} if status == "COMPLETED" else None)
        if status != "COMPLETED":
            core.seed(SERVING, status=status, ttl="3h")
            core.seed(CHAT, status=status, parameters={"modelName": "example-large"})
    _start(client, seeded)
    _look(client)
    core.advance("20s")
    _look(client)
    core.advance("20s")
    _look(client)
    _change(client, seeded)
    _look(client)


def _ask_for_what_is_not_there(client):
    for kind in ("artifacts", "configurations", "executions", "deployments", "executionSchedules", "metrics"):
        client.send("GET", f"/{kind}")
    for path in ("executions/e0", "deployments/d0", "artifacts/none", "configurations/none", "executionSchedules/none"):
        client.send("GET", f"/{path}1")
        client.send("PATCH", f"/{path}1", json={"targetStatus": "STOPPED"})
        client.send("DELETE", f"/{path}1")
    client.send("GET", "/metrics?executionIds=e0123")
    client.send("GET", "/deployments?scenarioId=!")
    client.send("GET", "/scenarios/none")
    client.send("GET", "/scenarios/none/executables")
    for noun in ("artifacts", "configurations", "executions", "deployments", "executionSchedules"):
        client.send("POST", f"/{noun}", json={})
    client.send("POST", "/executions", json={"configurationId": "none"})
    client.send("POST", "/deployments", json={"configurationId": "none"})


def _register(client):
    body = {"name": "d", "kind": "dataset", "url": "ai://default/d", "scenarioId": SCENARIO}
    client.post("/artifacts", **body)
    labels = [{"key": "ext.ai.sap.com/step", "value": "one"}]
    client.post("/artifacts", **body, description="text", labels=labels)
    client.post("/artifacts", **body | {"scenarioId": "none"})


def _start(client, seeded):
    training, serving, chat = (one["configuration"] for one in seeded)
    for _ in range(3):
        client.post("/executions", configurationId=training)
        client.post("/deployments", configurationId=serving)
        client.post("/deployments", configurationId=chat, ttl="3h")
    client.post("/deployments", configurationId=training)
    client.post("/executionSchedules", name="nightly", cron="0 3 * * *", configurationId=training)
    window = {"start": "2027-01-01T00:00:00Z", "end": "2028-01-01T00:00:00Z"}
    client.post("/executionSchedules", name="window", cron="0 3 * * *", configurationId=training, **window)
    bare = {"name": "c", "scenarioId": SCENARIO, "executableId": TRAINING}
    client.post("/configurations", **bare)
    client.post("/configurations", **bare, parameterBindings=[{"key": "train-epochs", "value": "1"}])


def _look(client):
    for name in ("meta", "scenarios", "scenarios/foundation-models", "scenarios/foundation-models/models"):
        client.send("GET", f"/{name}")
    for scenario in (SCENARIO, "foundation-models"):
        client.send("GET", f"/scenarios/{scenario}")
        client.send("GET", f"/scenarios/{scenario}/versions")
        for executable in client.get(f"/scenarios/{scenario}/executables")["resources"]:
            client.send("GET", f"/scenarios/{scenario}/executables/{executable['id']}")
    for kind in ("artifacts", "configurations", "executions", "deployments", "executionSchedules"):
        client.send("GET", f"/{kind}/$count")
        for resource in client.get(f"/{kind}").get("resources", ()):
            client.send("GET", f"/{kind}/{resource['id']}")
            client.send("GET", f"/{kind}/{resource['id']}?$expand=scenario")
            if kind in ("executions", "deployments"):
                client.send("GET", f"/{kind}/{resource['id']}?$select=status")
                client.send("GET", f"/{kind}/{resource['id']}/logs")
            if kind == "executions":
                client.send("GET", f"/metrics?executionIds={resource['id']}")
    client.send("GET", "/artifacts?$expand=scenario")
    client.send("GET", "/configurations?$expand=scenario")


def _change(client, seeded):
    _files(client)
    for kind in ("executions", "deployments"):
        resources = client.get(f"/{kind}")["resources"]
        for resource in resources:
            client.send("DELETE", f"/{kind}/{resource['id']}")
            client.send("PATCH", f"/{kind}/{resource['id']}", json={"targetStatus": "STOPPED"})
        changes = [{"id": r["id"], "targetStatus": "DELETED"} for r in resources]
        client.send("PATCH", f"/{kind}", json={kind: changes})
    for schedule in client.get("/executionSchedules")["resources"]:
        client.send("PATCH", f"/executionSchedules/{schedule['id']}", json={"status": "INACTIVE"})
        client.send("DELETE", f"/executionSchedules/{schedule['id']}")
    execution = client.post("/executions", configurationId=seeded[0]["configuration"])["id"]
    metric = {"name": "loss", "value": 1, "timestamp": "2026-01-01T00:00:00Z", "step": 1, "labels": []}
    labelled = metric | {"value": 0.5, "labels": [{"name": "metrics.ai.sap.com/Artifact.name", "value": "model"}]}
    more = {"tags": [{"name": "t", "value": "v"}], "customInfo": [{"name": "i", "value": "v"}]}
    client.send("PATCH", "/metrics", json={"executionId": execution, "metrics": [metric, labelled], **more})
    client.send("GET", f"/metrics?executionIds={execution}")
    client.send("GET", f"/metrics?executionIds={execution}&$select=tags")
    for _ in range(2):
        client.send("DELETE", f"/metrics?executionId={execution}")
    client.send("PATCH", "/metrics", data=b" " * (6 * 1024 * 1024 + 1))
    client.send("PATCH", "/metrics", json={"executionId": str(uuid.UUID(int=7)), "metrics": [metric]})
    client.send("GET", f"/metrics?executionIds={uuid.UUID(int=7)}")


def _files(client):
    client.send("PUT", "/dataset/files/folder/data.csv", data=b"1,2")
    client.send("GET", "/dataset/files/folder/data.csv")
    client.send("DELETE", "/dataset/files/folder/data.csv")
    client.send("DELETE", "/dataset/files/folder/data.csv")
