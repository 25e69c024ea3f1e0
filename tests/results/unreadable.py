"""Files that are given where a file of lmconform is expected: what they hold, and what a person is told."""

import json
import os
from dataclasses import replace

import pytest
from tests.reporting import record

from lmconform.results.events import as_json

LINES = [json.dumps(as_json(event)) for event in (record.HEADER, record.PASS, record.FAIL, record.FOOTER)]


def changed(number, **members):
    """The lines of a run, one of them with other members."""
    return "\n".join([*LINES[:number], json.dumps(json.loads(LINES[number]) | members), *LINES[number + 1 :], ""])


def instead(number, line):
    """The lines of a run, with something else in the place of one."""
    return b"\n".join(
        [*(text.encode() for text in LINES[:number]), line, *(t.encode() for t in LINES[number + 1 :]), b""]
    )


# Content, and what the one line says behind the name of the file.
RESULTS = {
    "empty": (b"", ": has no header line"),
    "no-json": (b"hello\n", ":1: no JSON"),
    "list": (instead(1, b"[1, 2]"), ":2: no JSON object, but a list"),
    "null": (instead(1, b"null"), ":2: no JSON object, but null"),
    "number": (instead(2, b"7"), ":3: no JSON object, but a number"),
    "text": (instead(1, b'"x"'), ":2: no JSON object, but a text"),
    "true": (instead(1, b"true"), ":2: no JSON object, but true or false"),
    "nan": (instead(1, b'{"type": "result", "duration": NaN}'), ":2: no JSON (NaN is no JSON)"),
    "no-utf-8": (instead(1, b'{"type": "\xff"}'), ":2: no UTF-8 (invalid start byte at byte 10)"),
    "utf-16": ("\n".join(LINES).encode("utf-16"), ":1: no UTF-8"),
    "deep": (instead(1, b"[" * 100_000), ":2: no JSON (nested more than 100 deep)"),
    "deep-and-closed": (instead(1, b'{"a":' * 500 + b"1" + b"}" * 500), ":2: no JSON (nested more than 100 deep)"),
    "cut-in-the-middle": (instead(1, LINES[1].encode()[:40]), ":2: no JSON"),
    "a-long-number": (
        instead(1, b'{"type": ' + b"9" * 10_000 + b"}"),
        ":2: no JSON (a number of more than 4300 digits)",
    ),
    "unknown-outcome": (changed(1, outcome="GREAT"), ':2: result.outcome: "GREAT" is not one of'),
    "outcome-is-a-list": (changed(1, outcome=["PASS"]), ":2: result.outcome: "),
    "id-is-an-object": (changed(1, id={}), ":2: result.id: "),
    "gates-is-a-text": (changed(2, gates="yes"), ":3: result.gates: "),
    "unknown-event": (changed(1, type="surprise"), ':2: type is "surprise", and no event'),
    "type-is-a-list": (changed(1, type=["result"]), ':2: type is ["result"], and no event'),
    "no-type": (instead(1, b"{}"), ":2: type is null, and no event"),
    "header-with-less": (instead(0, b'{"type": "header", "lmconform": "0.1.0"}'), ":1: header: "),
    "another-version": (changed(0, lmconform="9.0.0", rooms=3), ":1: header: "),
    "counts-is-a-list": (changed(3, counts=[1]), ":4: footer.counts: "),
    "a-recording": (b'{"type": "exchange", "id": "1"}\n', ':1: type is "exchange", and no event'),
    "no-header": ("\n".join([*LINES[1:], ""]), ": has no header line"),
}


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(done, path):
    """What the command says of the file: one line and exit 4, without a traceback."""
    assert done.returncode == 4, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stdout == ""
    begin = f"lmconform: error: {path}"
    assert done.stderr.startswith(begin), done.stderr
    return done.stderr.removeprefix(begin)


def run(folder, **footer):
    """The folder of a run that can be read."""
    folder.mkdir()
    write(folder / "results.jsonl", "\n".join([*LINES[:3], json.dumps(as_json(replace(record.FOOTER, **footer))), ""]))
    return folder


def needs_permissions():
    """Skips where permissions keep nobody from reading."""
    if os.geteuid() == 0:
        pytest.skip("the user of this process may read every file")
