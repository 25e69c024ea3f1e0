"""Dataset files: kept, replaced when asked, within bounds, never outside their place."""

import uuid

import pytest


def path():
    return f"/dataset/files/set/{uuid.uuid4()}/part-1.csv"


def test_a_file_is_downloaded_as_it_was_uploaded(tenant):
    where, data = path(), bytes(range(256))
    made = tenant.send("PUT", where, data=data, headers={"Content-Type": "text/csv"})
    assert made.status_code == 201
    assert made.json()["url"] == f"ai://default{where.removeprefix('/dataset/files')}"
    found = tenant.send("GET", where)
    assert (found.status_code, found.content) == (200, data)
    assert found.headers["Content-Type"] == "application/octet-stream"
    assert found.headers["Content-Disposition"] == "attachment"
    assert tenant.send("DELETE", where).status_code == 204
    assert tenant.send("GET", where).status_code == tenant.send("DELETE", where).status_code == 404


def test_a_file_is_replaced_only_when_asked(tenant):
    where = path()
    tenant.send("PUT", where, data=b"old")
    assert tenant.send("PUT", where, data=b"new").status_code == 409
    assert tenant.send("PUT", where, data=b"new", params={"overwrite": "false"}).status_code == 409
    assert tenant.send("GET", where).content == b"old"
    assert tenant.send("PUT", where, data=b"new", params={"overwrite": "true"}).status_code == 201
    assert tenant.send("GET", where).content == b"new"


def test_the_largest_file_has_the_size_that_meta_advertises(tenant):
    largest = tenant.get("/meta")["extensions"]["dataset"]["limits"]["maxUploadFileSize"]
    where = path()
    assert tenant.send("PUT", where, data=b"x" * (largest + 1)).status_code == 413
    assert tenant.send("GET", where).status_code == 404
    assert tenant.send("PUT", where, data=b"x" * largest).status_code == 201
    tenant.send("DELETE", where)


@pytest.mark.parametrize(
    "climbing",
    [
        "../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "set/../../etc/passwd",
        "set/%2E%2E%2Fetc%2Fpasswd",
        "set//part",
        "set/./part",
        "set/",
        "set%00part",
        "%FF%FE",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_path_cannot_leave_its_folder(tenant, climbing, method):
    target = f"/v2/lm/dataset/files/{climbing}"
    assert tenant.raw(method, target, b"data" if method == "PUT" else None) in (400, 404)


def test_files_belong_to_their_resource_group(tenant):
    where = path()
    tenant.send("PUT", where, data=b"mine")
    tenant.session.headers["AI-Resource-Group"] = "other"
    assert tenant.send("GET", where).status_code == 404


def test_the_files_of_a_group_are_bounded(start_tenant):
    tenant = start_tenant()
    statuses = [tenant.send("PUT", path(), data=b"x" * (6 * 1024 * 1024)).status_code for _ in range(11)]
    assert statuses == [201] * 10 + [413]
    assert tenant.send("PUT", path(), data=b"small").status_code == 201


def test_a_deleted_file_releases_its_bytes(start_tenant):
    tenant = start_tenant()
    for _ in range(100):
        assert tenant.send("PUT", "/dataset/files/one", data=b"x" * (6 * 1024 * 1024)).status_code == 201
        assert tenant.send("DELETE", "/dataset/files/one").status_code == 204
