"""benchmarks/coverage.py: what TraceCov gets to see of a recording."""

import base64
import importlib
import json
import sys
from pathlib import Path

import pytest

from lmconform.contract.openapi import Contract

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def coverage():
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("coverage")
    finally:
        sys.path.remove(str(FOLDER))
        sys.modules.pop("coverage", None)


def exchange(body="", **more):
    return {
        **{"type": "exchange", "elapsed": 0.25},
        "request": {"method": "PUT", "url": "http://127.0.0.1:1/v2/lm/dataset/files/default/a/b.csv?overwrite=true"}
        | {"headers": [["Content-Type", "text/csv"]], "body": body, **more},
        "response": {"status": 201, "headers": [], "body": '{"message": "m", "url": "ai://default/a/b.csv"}'},
    }


def read(coverage, folder, *exchanges):
    file = folder / "exchanges.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in exchanges))
    return list(coverage.exchanges(file))


def test_slashes_in_the_path_of_a_file_are_one_segment(coverage, tmp_path):
    (one,) = read(coverage, tmp_path, exchange("a,b\n"))
    assert one.url == "http://127.0.0.1:1/v2/lm/dataset/files/default%2Fa%2Fb.csv?overwrite=true"
    assert (one.method, one.status, one.elapsed) == ("PUT", 201, 0.25)
    assert (one.request.headers, one.request.body) == ({"Content-Type": "text/csv"}, b"a,b\n")


@pytest.mark.parametrize(
    "path", ["/v2/lm/artifacts/$count?kind=model", "/v2/lm/executions/a%2Fb", "/v2/lm/unknown/a/b", "/elsewhere"]
)
def test_other_urls_stay_as_they_are(coverage, path):
    url = f"http://127.0.0.1:1{path}"
    assert coverage.routable(Contract.load(), "GET", url) == url


def test_bytes_are_decoded_and_what_was_cut_is_no_body(coverage, tmp_path):
    encoded = base64.b64encode(b"\xff\x00").decode()
    whole, cut = read(coverage, tmp_path, exchange(encoded, encoding="base64"), exchange("aaaa", truncated=True))
    assert whole.request.body == b"\xff\x00"
    assert cut.request.body is None


def test_an_archive_gives_the_same_as_a_recording_of_ours(coverage, tmp_path):
    entry = {
        "time": 250.0,
        "request": {"method": "POST", "url": "http://127.0.0.1:1/v2/lm/artifacts", "postData": {"text": "{}"}}
        | {"headers": [{"name": "Content-Type", "value": "application/json"}]},
        "response": {"status": 400, "headers": [], "content": {"text": base64.b64encode(b"no").decode()}},
    }
    entry["response"]["content"]["encoding"] = "base64"
    file = tmp_path / "recorded.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    (one,) = coverage.archived(file)
    assert (one.request.body, one.answer.body, one.status, one.elapsed) == (b"{}", b"no", 400, 0.25)
    assert one.request.headers == {"Content-Type": "application/json"}


def test_paths_of_other_services_do_not_count(coverage):
    document = {"openapi": "3.0.0", "paths": {"/lm/meta": {}, "/admin/secrets": {}}}
    assert coverage.under_lm(document) == {"openapi": "3.0.0", "paths": {"/lm/meta": {}}}
