"""Resource groups are created, used and deleted through the admin API."""

import uuid

import pytest

GROUPS = "/v2/admin/resourceGroups"


def test_a_resource_group_is_created_used_and_deleted(tenant):
    name = f"team-{uuid.uuid4()}"
    label = {"key": "ext.ai.sap.com/team", "value": "blue"}
    assert tenant.post(GROUPS, 202, resourceGroupId=name, labels=[label])["resourceGroupId"] == name
    tenant.until(lambda: tenant.get(f"{GROUPS}/{name}")["status"] == "PROVISIONED")
    assert tenant.get(f"{GROUPS}/{name}")["labels"] == [label]
    listed = tenant.get(GROUPS)
    assert name in {group["resourceGroupId"] for group in listed["resources"]}
    tenant.session.headers["AI-Resource-Group"] = name
    tenant.artifact()
    assert tenant.get("/artifacts/$count") == 1
    tenant.delete(f"{GROUPS}/{name}", 202)
    tenant.get(f"{GROUPS}/{name}", 404)
    assert tenant.send("GET", "/artifacts").status_code in (403, 404)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"resourceGroupId": "ab"}',
        b'{"resourceGroupId": "-abc"}',
        b'{"resourceGroupId": 7}',
        b'{"resourceGroupId": "abc", "labels": [1]}',
        b'{"resourceGroupId": "abc", "labels": [{"key": "k", "value": "v"}]}',
        b'{"resourceGroupId": "abc", "labels": {"a": "b"}}',
    ],
)
def test_a_resource_group_needs_a_valid_id_and_valid_labels(tenant, body):
    assert tenant.send("POST", GROUPS, data=body).status_code == 400


def test_the_labels_of_a_resource_group_are_replaced(tenant):
    name = f"team-{uuid.uuid4()}"
    tenant.post(GROUPS, 202, resourceGroupId=name, labels=[{"key": "ext.ai.sap.com/team", "value": "blue"}])
    label = {"key": "ext.ai.sap.com/step", "value": "two"}
    assert tenant.patch(f"{GROUPS}/{name}", 202, labels=[label])["id"] == name
    assert tenant.get(f"{GROUPS}/{name}")["labels"] == [label]
    tenant.patch(f"{GROUPS}/{name}", 400, labels=[{"key": "foreign", "value": "v"}])
    tenant.patch(f"{GROUPS}/{name}", 400)
    tenant.patch(f"{GROUPS}/unknown", 404, labels=[])
    tenant.delete(f"{GROUPS}/{name}", 202)


def test_an_id_is_unique_and_built_in_groups_cannot_be_deleted(tenant):
    error = tenant.post(GROUPS, 409, resourceGroupId="tutorial")["error"]
    assert (error["code"], error["details"], error["status"]) == ("05060002", {}, 409)
    tenant.delete(f"{GROUPS}/tutorial", 400)
    tenant.delete(f"{GROUPS}/unknown", 404)
    assert tenant.send("PUT", GROUPS).status_code == 405


def test_a_tenant_has_at_most_fifty_resource_groups(start_tenant):
    tenant = start_tenant()
    statuses = [tenant.send("POST", GROUPS, json={"resourceGroupId": f"group-{i}"}).status_code for i in range(49)]
    assert statuses.count(202) == 47
    assert statuses[-1] == 400


def test_the_admin_api_needs_a_token(tenant):
    del tenant.session.headers["Authorization"]
    assert tenant.send("GET", GROUPS).status_code in (401, 403)
