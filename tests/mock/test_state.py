"""A mock with a state file continues after any kind of end; a file that it cannot use is refused."""

import sqlite3
import threading

import pytest
import requests
from tests.conftest import free_port
from tests.mock.tenant import Tenant

WRITERS = 8
WRITES = 1000
COLLECTIONS = ("artifacts", "configurations", "executions", "deployments", "executionSchedules")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def start(start_mock, state):
    """Starts a mock on the state file, and gives a tenant on it."""
    return lambda *arguments, group="tutorial": Tenant(start_mock("--state", str(state), *arguments), group)


def kill(tenant):
    """kill -9."""
    tenant.process.process.kill()
    tenant.process.process.wait(10)


def write(tenant, acknowledged, enough):
    """One life after the other, until the mock is gone; notes what was answered with 2xx, and nothing else."""

    def note(kind, value):
        acknowledged.append((kind, value))
        if len(acknowledged) >= WRITES:
            enough.set()

    try:
        for number in range(WRITES):
            note("artifacts", artifact := tenant.artifact(f"ai://default/{number}"))
            body = {"scenarioId": "text-clf-tutorial", "executableId": "text-clf-train-tutorial"}
            bindings = [{"key": "text-data", "artifactId": artifact}]
            made = tenant.post("/configurations", 201, name=f"n-{number}", inputArtifactBindings=bindings, **body)
            note("configurations", made["id"])
            note("executions", execution := tenant.execution(made["id"]))
            for step in range(2):
                metrics = [{"name": "loss", "value": 0.5, "timestamp": "2026-01-01T00:00:00Z", "step": step}]
                answer = tenant.send("PATCH", "/metrics", json={"executionId": execution, "metrics": metrics})
                assert answer.status_code == 204, answer.text
                note("metrics", (execution, step))
    except requests.RequestException:
        pass


def metrics_of(tenant, executions):
    """Execution and step of every point, asked for ten executions at a time."""
    found = set()
    for first in range(0, len(executions), 10):
        answer = tenant.get("/metrics", executionIds=",".join(executions[first : first + 10]))
        found |= {(r["executionId"], point["step"]) for r in answer["resources"] for point in r["metrics"]}
    return found


def test_kill_9_amid_a_thousand_writes_loses_nothing_that_was_acknowledged(start):
    tenant = start("--pace", "0.5")
    acknowledged, enough = [], threading.Event()
    clients = [Tenant(tenant.process) for _ in range(WRITERS)]
    threads = [threading.Thread(target=write, args=(client, acknowledged, enough)) for client in clients]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    kill(tenant)
    for thread in threads:
        thread.join(30)
    assert len(acknowledged) >= WRITES

    after = start("--pace", "0.5")
    for kind in ("artifacts", "configurations", "executions"):
        there = {resource["id"] for resource in after.get(f"/{kind}")["resources"]}
        assert {value for noted, value in acknowledged if noted == kind} <= there
    points = {value for noted, value in acknowledged if noted == "metrics"}
    assert points <= metrics_of(after, sorted({execution for execution, _ in points}))


def test_an_execution_continues_after_a_restart(start):
    tenant = start("--pace", "1.5")
    execution = tenant.execution()
    before = tenant.seen(f"/executions/{execution}", "RUNNING")
    kill(tenant)

    tenant = start("--pace", "1.5")
    now = tenant.get(f"/executions/{execution}")
    assert (now["status"], now["startTime"]) == ("RUNNING", before["startTime"])
    done = tenant.seen(f"/executions/{execution}", "COMPLETED")
    assert done["outputArtifacts"]
    kill(tenant)

    again = start("--pace", "1.5").get(f"/executions/{execution}")
    assert again == done


def test_events_that_were_due_between_two_runs_have_happened(start):
    tenant = start()
    execution = tenant.execution()
    kill(tenant)
    tenant = start()
    assert tenant.seen(f"/executions/{execution}", "COMPLETED")["outputArtifacts"]
    assert tenant.get("/artifacts", executionId=execution)["count"] == 1


def everything(tenant):
    """All that the API shows of a resource group, and the files that were put there."""
    shown = {name: tenant.get(f"/{name}")["resources"] for name in COLLECTIONS}
    ids = [execution["id"] for execution in shown["executions"]]
    shown["metrics"] = tenant.get("/metrics", executionIds=",".join(ids))["resources"]
    shown["files"] = {name: tenant.send("GET", f"/dataset/files/{name}").content for name in ("a/b.csv", "c.txt")}
    shown["groups"] = tenant.get("/v2/admin/resourceGroups")["resources"]
    return shown


def test_everything_of_all_groups_survives(start):
    # The same port twice: it is part of a deployment's url.
    options = ("--hour", "3600", "--port", str(free_port()))
    tenant = start(*options)
    label = {"key": "ext.ai.sap.com/team", "value": "é \U0001f600"}
    for name in ("grp-kept", "grp-gone"):
        tenant.post("/v2/admin/resourceGroups", 202, resourceGroupId=name, labels=[label])
    for group in ("tutorial", "grp-kept", "grp-gone"):
        furnish(Tenant(tenant.process, group), label)
    tenant.delete("/v2/admin/resourceGroups/grp-gone", 202)
    before = [everything(Tenant(tenant.process, group)) for group in ("tutorial", "grp-kept")]
    assert all(all(part for part in shown.values()) for shown in before)
    kill(tenant)

    tenant = start(*options)
    assert [everything(Tenant(tenant.process, group)) for group in ("tutorial", "grp-kept")] == before
    tenant.get("/v2/admin/resourceGroups/grp-gone", 404)


def furnish(tenant, label):
    """One of everything, in every state that lasts."""
    body = {"name": "data", "kind": "dataset", "url": "ai://default/data", "scenarioId": "text-clf-tutorial"}
    tenant.post("/artifacts", 201, labels=[label], **body)
    done, stopped, deleted = (tenant.execution() for _ in range(3))
    dead = tenant.execution(tenant.training("ai://default/data/"))
    tenant.seen(f"/executions/{stopped}", "RUNNING")
    tenant.patch(f"/executions/{stopped}", 202, targetStatus="STOPPED")
    for execution, status in ((done, "COMPLETED"), (deleted, "COMPLETED"), (stopped, "STOPPED"), (dead, "DEAD")):
        tenant.seen(f"/executions/{execution}", status)
    for step in range(3):
        metric = {"name": "loss", "value": step / 7, "timestamp": "2026-01-01T00:00:00Z", "step": step}
        sent = {"metrics": [metric], "tags": [{"name": f"tag-{step}", "value": "v"}]}
        tenant.send("PATCH", "/metrics", json={"executionId": done, **sent}).raise_for_status()
        tenant.send("PATCH", "/metrics", json={"executionId": stopped, **sent}).raise_for_status()
    tenant.delete(f"/metrics?executionId={stopped}", 200)
    tenant.delete(f"/executions/{deleted}", 202)
    tenant.gone(f"/executions/{deleted}")

    running, ended = tenant.deployment(ttl="12h"), tenant.deployment()
    tenant.seen(f"/deployments/{running}", "RUNNING")
    tenant.patch(f"/deployments/{running}", 202, configurationId=tenant.serving())
    tenant.seen(f"/deployments/{ended}", "RUNNING")
    tenant.patch(f"/deployments/{ended}", 202, targetStatus="STOPPED")
    tenant.seen(f"/deployments/{ended}", "STOPPED")
    tenant.seen(f"/deployments/{running}", "RUNNING")

    configuration = tenant.training()
    plan = {"name": "nightly", "cron": "0 3 * * *", "configurationId": configuration}
    kept, removed = (tenant.post("/executionSchedules", 202, **plan)["id"] for _ in range(2))
    tenant.patch(f"/executionSchedules/{kept}", 202, status="INACTIVE", cron="0 4 * * *")
    tenant.delete(f"/executionSchedules/{removed}", 202)

    for name in ("a/b.csv", "c.txt", "d.txt"):
        tenant.send("PUT", f"/dataset/files/{name}", data=bytes(range(256))).raise_for_status()
    tenant.send("DELETE", "/dataset/files/d.txt").raise_for_status()


def test_a_schedule_and_a_ttl_continue_after_a_restart(start):
    tenant = start("--hour", "1")
    plan = {"name": "hourly", "cron": "0 * * * *", "configurationId": tenant.training()}
    schedule = tenant.post("/executionSchedules", 202, **plan)["id"]
    deployment = tenant.deployment(ttl="1h")
    kill(tenant)
    tenant = start("--hour", "1")
    tenant.until(lambda: tenant.get("/executions", executionScheduleId=schedule)["count"] >= 2)
    tenant.gone(f"/deployments/{deployment}")


def test_the_client_keeps_its_secret_after_a_restart(start):
    tenant = start()
    kill(tenant)
    assert start().process.key["clientsecret"] == tenant.process.key["clientsecret"]


def test_only_its_owner_can_read_the_file(start, state):
    start()
    assert state.stat().st_mode & 0o077 == 0


@pytest.fixture
def refused(lmconform, state):
    """Starts a mock on the state file, which must refuse; the one line that it says."""

    def attempt(*arguments):
        ran = lmconform("mock", "--port", "0", "--state", state, *arguments, timeout=30)
        assert ran.returncode == 4, ran.stderr
        assert ran.stderr.count("\n") == 1
        assert f"--state {state}: " in ran.stderr
        return ran.stderr

    return attempt


def test_two_mocks_on_one_file_are_refused(start, refused):
    tenant = start()
    assert "in use by another process" in refused()
    tenant.artifact()
    assert tenant.get("/artifacts")["count"] == 1


def test_a_file_of_another_version_is_refused(start, state, refused):
    start().process.stop()
    with sqlite3.connect(state) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert "has version 99, expected 1" in refused()


def test_a_file_of_another_format_is_refused(state, refused):
    state.write_bytes(b"no database " * 1000)
    assert "no SQLite file" in refused()
    state.unlink()
    with sqlite3.connect(state) as db:
        db.execute("CREATE TABLE mine (it INTEGER)")
    db.close()
    assert "something else" in refused()


def test_a_damaged_file_is_refused(start, state, refused):
    tenant = start()
    tenant.execution()
    tenant.process.stop()
    with sqlite3.connect(state) as db:
        db.execute("UPDATE things SET data = '{}' WHERE shelf = 'executions'")
    db.close()
    assert "damaged" in refused()


def test_a_path_that_cannot_be_opened_is_refused(state, refused, lmconform):
    state.mkdir()
    assert "unable to open" in refused()
    ran = lmconform("mock", "--port", "0", "--state", state / "nowhere" / "state.db", timeout=30)
    assert (ran.returncode, ran.stderr.count("\n")) == (4, 1)
    assert "No such file" in ran.stderr


def test_a_file_with_an_executable_that_no_template_defines_is_refused(start, refused):
    tenant = start()
    executable = tenant.get("/scenarios/foundation-models/executables")["resources"][0]["id"]
    tenant.post("/configurations", 201, name="model", scenarioId="foundation-models", executableId=executable)
    tenant.process.stop()
    assert executable in refused("--switch", "foundation-models=absent")


def test_the_option_sets_the_quota(start_tenant):
    tenant = start_tenant("--quota", "2")
    tenant.artifact()
    tenant.artifact()
    body = {"name": "data", "kind": "dataset", "url": "ai://default/data", "scenarioId": "text-clf-tutorial"}
    assert tenant.post("/artifacts", 400, **body)["error"]["code"] == "01010090"
