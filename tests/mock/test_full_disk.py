"""A state file on a full disk: what reads is answered, what writes is 507, and with room again all goes on."""

import resource

import pytest
from tests.mock.tenant import Tenant

# What the state file may grow to, in bytes.
ROOM = 600_000


def limit(process, size):
    """No file of the process may grow beyond that size."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, most))


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.db"


def test_a_full_disk_refuses_writes_and_nothing_else_until_there_is_room(start_mock, state):
    tenant = Tenant(start_mock("--state", str(state)))
    kept = tenant.artifact("ai://default/kept")
    limit(tenant.process.process, ROOM)
    body = {"name": "big", "kind": "dataset", "url": "ai://default/big", "scenarioId": "text-clf-tutorial"}
    for _ in range(300):
        answer = tenant.send("POST", "/artifacts", json=body | {"description": "x" * 4000})
        if answer.status_code != 201:
            break
    assert answer.status_code == 507
    error = answer.json()["error"]
    assert error["code"] == "507"
    assert error["message"].startswith("The state file cannot be written (")
    assert error["message"].endswith("free room on its disk, and send this again")

    number = tenant.get("/artifacts/$count")
    assert tenant.get(f"/artifacts/{kept}")["url"] == "ai://default/kept"
    assert tenant.get("/healthz")
    for _ in range(3):
        assert tenant.send("POST", "/artifacts", json=body).status_code == 507
        assert tenant.send("PATCH", "/metrics", json={"executionId": "e1", "metrics": []}).status_code == 507
    assert tenant.get("/artifacts/$count") == number, "what was refused was carried out"

    limit(tenant.process.process, resource.RLIM_INFINITY)
    new = tenant.artifact("ai://default/new")
    tenant.process.process.kill()
    tenant.process.process.wait(10)
    again = Tenant(start_mock("--state", str(state)))
    assert [again.get(f"/artifacts/{i}")["url"] for i in (kept, new)] == ["ai://default/kept", "ai://default/new"]
