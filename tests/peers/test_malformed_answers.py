"""Answers that are JSON and not what their schema says: no item crashes over them, and none passes for that reason."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest
from tests.peers import peer_bench as bench

# What stands where something else belongs.
VALUES = (None, 7, -1.5, "x", "", True, [], {}, [None], ["x"], [{}], [[1]], {"a": None}, {"id": 5}, 10**30)
OPTIONS = (
    "--profile",
    "core",
    "--allow-writes",
    "--allow-deployments",
    "--poll-timeout",
    "0.5",
    "--only",
    "observe/*",
    "--only",
    "scenario/*",
)
AT_ONCE = 4


def members(value, new):
    """Every member of each resource, but its id, is ``new``."""
    if isinstance(value, list):
        return [members(entry, new) for entry in value]
    if isinstance(value, dict):
        return {k: members(v, new) if k == "resources" else v if k == "id" else new for k, v in value.items()}
    return value


def some(value, chance, share):
    """A share of all values, at any depth, is something else."""
    if chance.random() < share:
        return chance.choice(VALUES)
    if isinstance(value, list):
        return [some(entry, chance, share) for entry in value]
    if isinstance(value, dict):
        return {key: some(entry, chance, share) for key, entry in value.items()}
    return value


def resources(value, new):
    return {**value, "resources": new} if isinstance(value, dict) and "resources" in value else value


def shapes():
    """Name -> what becomes of the body of a GET; the chance is one of the seed."""
    for new in (None, []):
        yield f"the body is {new}", lambda body, chance, new=new: new
    for new in ("x", [None, 7, "x", [], {}]):
        yield f"resources are {new}", lambda body, chance, new=new: resources(body, new)
    for new in (None, 7, {"a": 1}):
        yield f"members are {new}", lambda body, chance, new=new: members(body, new)
    for share in (0.005, 0.02, 0.08):
        yield f"{share:.1%} of all values", lambda body, chance, share=share: some(body, chance, share)


SHAPES = dict(shapes())
# Headers of the target's answers that mean nothing.
HEADERS = {
    "Location": ("https://[login", "//[::1"),
    "Content-Location": ("http://[", "", "#"),
    "Retry-After": ("soon", "-1", "1e999", "9" * 400, "Fri, 99 Foo 0000 99:99:99 GMT"),
    "Date": ("yesterday", "", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +2300"),
    "X-RateLimit-Remaining": ("none", "-1", "\xff"),
    "Content-Disposition": ("attachment; filename*=x''%", '"'),
}


def run(shape, mock, folder):
    """What is left of a run of all observations and steps, whose every GET is answered in that shape."""
    chance = random.Random(shape)

    def answer(call):
        if call.handler.command != "GET":
            call.forward()
            return
        status, headers, body = call.ask()
        # A log is text.
        with suppress(ValueError):
            body = json.dumps(SHAPES[shape](json.loads(body), chance)).encode() if status == 200 else body
        call.handler.reply(status, body, headers.get("content-type", "application/json"))

    peer = bench.Peer("malformed", SimpleNamespace(answer=answer, ENDINGS={}))
    with bench.standing(peer, "later", mock, folder) as (url, key_file, _, _):
        return bench.run(folder, url, key_file, *OPTIONS)


@pytest.fixture(scope="module")
def ended(request, mock, tmp_path_factory):
    """The selected runs by shape, a future each: they wait most of the time."""
    using = [item for item in request.session.items if item.path == request.path and "ended" in item.fixturenames]
    wanted = [item.callspec.params["shape"] for item in using]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {shape: pool.submit(run, shape, mock, tmp_path_factory.mktemp("shape")) for shape in wanted}
        pool.shutdown(cancel_futures=True)


def test_no_item_crashes_over_headers_that_mean_nothing(mock, tmp_path):
    chance = random.Random(0)

    def answer(call):
        status, headers, body = call.ask()
        odd = {name.replace("-", "_"): chance.choice(values) for name, values in HEADERS.items()}
        call.handler.reply(status, body, headers.get("content-type", "application/json"), **odd)

    peer = bench.Peer("headers", SimpleNamespace(answer=answer, ENDINGS={}))
    with bench.standing(peer, "start", mock, tmp_path) as (url, key_file, _, _):
        done = bench.run(tmp_path, url, key_file, *OPTIONS, "--only", "probe/LM-*-CREATE*", "--only", "probe/LM-FILE*")
    assert [r["id"] + ": " + r["message"] for r in done.results if r["outcome"] == "ERROR"] == []
    assert done.code == 1, done.printed
    assert any(r["outcome"] == "PASS" for r in done.results)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_observation_and_no_step_crashes_over_a_malformed_answer(shape, ended):
    done = ended[shape].result()
    assert [r["id"] + ": " + r["message"] for r in done.results if r["outcome"] == "ERROR"] == []
    assert done.code == 1, done.printed
    assert any(r["id"].endswith("#LM-HTTP-BODY-SCHEMA") and r["outcome"] == "FAIL" for r in done.results)
