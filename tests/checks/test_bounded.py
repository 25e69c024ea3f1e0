"""Judging one answer takes bounded memory and time, whatever the 8 MiB hold that are read."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmconform.evidence.exchange import Exchange, is_too_dense

MEMORY_MB = 250
# Of the processor: the machine may be busy.
SECONDS = 30.0
ROOT = Path(__file__).resolve().parents[2]
SIZE = (8 << 20) - 100


def filled(entry, size=SIZE):
    """A list of as many of these entries as fit."""
    return b'{"count": 1, "resources": [' + (entry + b",") * (size // (len(entry) + 1) - 1) + entry + b"]}"


EXECUTION = {
    "id": "aa97b177-9383-4934-8543-0f91a7a0283a",
    "configurationId": "bb97b177-9383-4934-8543-0f91a7a0283a",
    "status": "RUNNING",
    "createdAt": "2024-05-06T07:08:09Z",
    "modifiedAt": "2024-05-06T07:08:09Z",
}
METRIC = {"name": "loss", "value": 0.5, "timestamp": "2024-05-06T07:08:09Z", "step": 1, "labels": []}
SMILE = ', "x": "\U0001f600"}'.encode()
KINDS = {
    "100,000 empty objects": lambda: filled(b"{}", 300_000),
    "empty objects": lambda: filled(b"{}"),
    "objects of one member": lambda: filled(b'{"":0}'),
    "nested lists": lambda: filled(b"[[[[[[[[[[[[]]]]]]]]]]]]"),
    "short texts": lambda: filled(b'"ab"'),
    "numbers": lambda: filled(b"1.5"),
    "executions with a wrong member": lambda: filled(json.dumps(EXECUTION | {"status": 7}).encode()),
    "executions": lambda: filled(json.dumps(EXECUTION).encode()),
    "characters of four bytes": lambda: filled(
        json.dumps(EXECUTION | {"x": "\U0001f600"}, ensure_ascii=False).encode()
    ),
    "different names": lambda: b"{" + b",".join(b'"%x":1' % n for n in range(600_000)) + b"}",
    "one long id": lambda: filled(json.dumps(EXECUTION | {"id": "x" * (SIZE - 400)}).encode()),
    "half surrogate pairs": lambda: filled(json.dumps(EXECUTION | {"id": "\ud800" * (SIZE // 6 - 100)}).encode()),
    "half surrogate pairs in each entry": lambda: filled(json.dumps(EXECUTION | {"x": "\ud800"}).encode()),
    "digits": lambda: b"9" * SIZE,
    "no JSON": lambda: b"x" * SIZE,
}
# Valid by the schema of a list of executions.
VALID = frozenset({"executions", "characters of four bytes", "half surrogate pairs in each entry"})
COMMAND = "from tests.checks.test_bounded import judge_all; judge_all()"


def judge_all():
    """Judge each kind as a client does, read it as a probe does; print the most memory, the time and the judgements."""
    from lmconform import checks
    from lmconform.contract.openapi import Contract

    contract = Contract.load()
    operation = contract.operation("listExecutions")
    for kind, make in KINDS.items():
        answer = exchange(make())
        started = time.process_time()
        found = {j.requirement: j.state for j in checks.judge(contract, operation, answer)}
        answer.json_object()
        state = "cut" if answer.truncated else found["LM-HTTP-BODY-SCHEMA"]
        print(json.dumps([kind, peak_memory(), time.process_time() - started, state]))


def peak_memory():
    """The most memory that this program ever held, in MB; ru_maxrss counts that of the process before it as well."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def exchange(body):
    headers = (("Content-Type", "application/json"),)
    return Exchange("1", "t", "listExecutions", "GET", "http://t", "/lm", (), b"", 200, headers, body, False, "", 0.0)


def test_judging_8_mib_takes_bounded_memory_and_time():
    done = subprocess.run([sys.executable, "-c", COMMAND], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    print(done.stdout)
    assert [kind for kind, *_ in lines] == list(KINDS)
    assert {kind: memory for kind, memory, _, _ in lines if memory > MEMORY_MB} == {}
    assert {kind: seconds for kind, _, seconds, _ in lines if seconds > SECONDS} == {}
    assert {kind for kind, *_, state in lines if state == "kept"} == VALID
    # What holds too many values is not judged; everything else is broken.
    cut = {kind for kind, *_, state in lines if state == "cut"}
    assert cut == {
        "empty objects",
        "objects of one member",
        "nested lists",
        "short texts",
        "numbers",
        "different names",
    }


@pytest.mark.parametrize("entry", [EXECUTION, METRIC])
def test_a_list_of_8_mib_of_what_the_api_has_is_not_too_large(entry):
    assert not is_too_dense(filled(json.dumps(entry, separators=(",", ":")).encode()))
