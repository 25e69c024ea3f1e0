"""Files that are none of lmconform, or are broken: one line with file and line number, exit 4, no traceback."""

import json

import pytest
from tests.mutation.matrices import matrix
from tests.results import unreadable
from tests.results.unreadable import RESULTS, needs_permissions, run, told, write

DEEP = b"[" * 100_000


@pytest.mark.parametrize("name", RESULTS)
def test_compare_says_what_is_wrong_with_results_in_which_line(lmconform, tmp_path, name):
    content, words = RESULTS[name]
    run(tmp_path / "good")
    path = write(tmp_path / "bad.jsonl", content)
    said = told(lmconform("compare", "good", "bad.jsonl"), path.name)
    assert said.startswith(words)
    assert "; expected a results.jsonl of lmconform 0.1.0; give the folder of a run, or that file" in said
    assert ("lmconform 9.0.0 wrote it: use that version" in said) == (name == "another-version")


def test_a_last_line_that_was_cut_is_an_incomplete_run(lmconform, tmp_path):
    run(tmp_path / "good")
    cut = "\n".join(unreadable.LINES)[:-20]
    write(tmp_path / "cut.jsonl", cut)
    done = lmconform("compare", "good", "cut.jsonl")
    assert (done.returncode, done.stderr) == (11, "")
    assert "compare   incomplete: a run ended early" in done.stdout


@pytest.mark.parametrize("command", ["compare", "report", "rejudge", "distill"])
@pytest.mark.parametrize("path", ["absent", "folder", "/dev/null", "file/in-a-file", "/proc/self/mem", "closed"])
def test_a_path_that_holds_nothing_to_read_is_one_line(lmconform, tmp_path, command, path):
    run(tmp_path / "good")
    (tmp_path / "folder" / "results.jsonl").mkdir(parents=True)
    (tmp_path / "folder" / "exchanges.jsonl").mkdir()
    write(tmp_path / "file", b"x")
    write(tmp_path / "closed", b"{}\n").chmod(0)
    if path == "closed":
        needs_permissions()
    told(lmconform(command, *(["good"] if command == "compare" else []), path), path)


EXCHANGE = {
    "type": "exchange",
    **{"id": "1", "item": "probe/x", "operation": "getMeta", "started": "2026-01-01T00:00:00Z", "elapsed": 0.1},
    "request": {"method": "GET", "url": "http://h/v2/lm/meta", "headers": [], "body": ""},
    "response": {"status": 200, "headers": [["Content-Type", "application/json"]], "body": "{}"},
}


def har(**entry):
    """An archive of one entry with these members."""
    request = {"method": "GET", "url": "http://h/v2/lm/meta", "headers": []}
    whole = {"request": request, "response": {"status": 200, "content": {"text": "{}"}}, **entry}
    return json.dumps({"log": {"entries": [whole]}}).encode()


RECORDINGS = {
    "exchange-null": (json.dumps(EXCHANGE).encode() + b"\nnull\n", ":2: "),
    "exchange-list": (json.dumps(EXCHANGE).encode() + b"\n[]\n", ":2: "),
    "exchange-no-utf-8": (json.dumps(EXCHANGE).encode() + b'\n{"a": "\xff"}\n', ":2: "),
    "exchange-deep": (json.dumps(EXCHANGE).encode() + b"\n" + DEEP + b"\n", ":2: "),
    "exchange-with-less": (json.dumps(EXCHANGE).encode() + b'\n{"type": "exchange"}\n', ":2: "),
    "request-is-a-text": (json.dumps(EXCHANGE | {"request": "x"}).encode() + b"\n", ":1: "),
    "status-is-a-list": (json.dumps(EXCHANGE | {"response": {"status": [200]}}).encode() + b"\n", ":1: "),
    "status-is-endless": (json.dumps(EXCHANGE).replace("200", "1e999").encode() + b"\n", ":1: "),
    "headers-are-a-number": (json.dumps(EXCHANGE).replace("[]", "7").encode() + b"\n", ":1: "),
    "list": (b"[1]\n", ": "),
    "null": (b"null\n", ": "),
    "no-utf-8": (b'{"a": "\xff"}\n', ": "),
    "har-deep": (b'{"log": ' + DEEP, ": "),
    "har-entry-is-null": (b'{"log": {"entries": [null]}}', ": "),
    "har-headers-are-a-number": (har(request={"method": "GET", "url": "http://h/v2/lm/meta", "headers": 7}), ": "),
    "har-url-is-no-url": (har(request={"method": "GET", "url": "http://[/v2/lm/meta"}), ": "),
    "har-status-is-endless": (har(response={"status": 1}).replace(b'"status": 1', b'"status": 1e999'), ": "),
    "har-content-is-a-list": (har(response={"status": 200, "content": [1]}), ": "),
    "answer-path-is-a-list": (b'{"id": 1, "method": "GET", "path": [], "status": 200, "body": null}\n', ":1: "),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_rejudge_says_what_is_wrong_with_a_recording(lmconform, tmp_path, name):
    content, words = RECORDINGS[name]
    path = write(tmp_path / "recording", content)
    done = lmconform("rejudge", "recording", "--report-dir", "out")
    assert told(done, path.name).startswith(words)


MATRICES = {
    "empty": b"",
    "deep": DEEP,
    "null": b"null",
    "no-utf-8": b'"\xff"',
    "mutants-is-a-number": json.dumps(matrix({}, {}) | {"mutants": 7}).encode(),
    "a-mutant-is-null": json.dumps(matrix({}, {}) | {"mutants": [None]}).encode(),
    "a-mutant-has-no-kills": json.dumps(matrix({}, {}) | {"mutants": [{"id": "m"}]}).encode(),
    "spent-is-a-text": json.dumps(matrix({}, {}) | {"spent": "x"}).encode(),
    "seconds-are-texts": json.dumps(matrix({}, {"probe/1": "x"}, seconds=1.0)).encode(),
    "baseline-is-null": json.dumps(matrix({}, {}) | {"baseline": None}).encode(),
}


@pytest.mark.parametrize("name", MATRICES)
def test_distill_says_what_is_no_matrix(lmconform, tmp_path, name):
    path = write(tmp_path / "matrix.json", MATRICES[name])
    assert "expected a matrix.json" in told(lmconform("distill", "matrix.json", "--estimate"), path.name)


@pytest.mark.parametrize("content", [b"items: 7", b"items: [1]", b"[]", b"\xff", b"{", b""])
def test_distill_says_what_is_no_profile(lmconform, tmp_path, content):
    write(tmp_path / "matrix.json", json.dumps(matrix({"m": ["probe/1"]}, {"probe/1": 0.1})).encode())
    write(tmp_path / "gate.yaml", content)
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--check", "--estimate")
    assert "is no profile" in told(done, "--out gate.yaml")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"7", b"\xff", DEEP, b"{}", b'{"journal": []}', b'{"journal": 7}']
)
def test_cleanup_says_what_is_wrong_with_the_pointer_of_a_report(lmconform, tmp_path, content):
    (tmp_path / "out").mkdir()
    path = write(tmp_path / "out" / "journal.json", content)
    told(lmconform("cleanup", "out"), path.relative_to(tmp_path))


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'[["target", 1]]', b"\xff", DEEP, b'{"target": []}', b'{"resource_groups": [1]}']
)
def test_cleanup_says_what_is_wrong_with_the_head_of_a_journal(lmconform, tmp_path, content):
    folder = tmp_path / "state" / "lmconform" / "20260101T000000-abcdef"
    folder.mkdir(parents=True)
    path = write(folder / "run.json", content)
    done = lmconform("cleanup", folder.name, env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        line for line in done.stderr.splitlines() if line.startswith("lmconform: error: ")
    ]
    assert f"{path}: cannot be read as the head of a journal" in done.stderr


@pytest.mark.parametrize("arguments", [("--all", "--check"), ("--all", "--yes"), ("some-run",)])
def test_cleanup_says_that_the_journals_cannot_be_read(lmconform, tmp_path, arguments):
    write(tmp_path / "file", b"")
    done = lmconform("cleanup", *arguments, env={"XDG_STATE_HOME": str(tmp_path / "file")})
    assert told(done, tmp_path / "file" / "lmconform") == (
        ": the journals cannot be read (Not a directory); see XDG_STATE_HOME\n"
    )


@pytest.mark.parametrize("named", [True, False], ids=["on a target", "on all"])
def test_cleanup_of_all_runs_goes_on_over_a_head_that_cannot_be_read(lmconform, mock, tmp_path, named):
    runs = tmp_path / "state" / "lmconform"
    about = {"target": mock.url, "base_url": f"{mock.url}/v2", "resource_groups": ["tutorial"]}
    for name, content in (("20260101T000000-abcdef", ""), ("20260102T000000-ghijkl", json.dumps(about))):
        (runs / name).mkdir(parents=True)
        write(runs / name / "run.json", content.encode())
        write(runs / name / "main.jsonl", b"")
    done = lmconform(
        *("cleanup", "--all", *([mock.url] if named else []), "--service-key", mock.key_file),
        env={"XDG_STATE_HOME": str(tmp_path / "state")},
    )
    assert done.returncode == 4
    assert "20260101T000000-abcdef/run.json: cannot be read as the head of a journal" in done.stderr
    assert "run 20260102T000000-ghijkl\n  nothing is left that can be deleted" in done.stdout


def test_cleanup_goes_on_over_lines_of_a_journal_that_say_nothing(lmconform, mock, tmp_path):
    folder = tmp_path / "state" / "lmconform" / "20260101T000000-abcdef"
    folder.mkdir(parents=True)
    about = {"target": mock.url, "base_url": f"{mock.url}/v2", "resource_groups": ["tutorial"]}
    write(folder / "run.json", json.dumps(about).encode())
    lines = [b"null", b"[]", b"\xff", DEEP, b'{"event": "created"}', b'{"event": "created", "noun": [], "id": {}}']
    lines += [b'{"event": "sending", "maybe": 7, "named": null}', b'{"event": "maybe", "x": 1}', b'{"event": [']
    write(folder / "main.jsonl", b"\n".join(lines))
    done = lmconform(
        *("cleanup", folder.name, "--service-key", mock.key_file), env={"XDG_STATE_HOME": str(tmp_path / "state")}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing is left that can be deleted" in done.stdout
