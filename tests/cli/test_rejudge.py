"""``lmconform rejudge``: what was recorded is judged by today's checks, and what it does not show is never green."""

import base64
import json
import os
from importlib import resources
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from tests.checks.answers import locate, require
from tests.checks.test_answers import BREAKING
from tests.conftest import read_events, results_of
from tests.evidence.archives import BASE, TOKEN, archive, entry

from lmconform.exit_codes import ExitCode

BAD = entry(body={"resources": []})
ELSEWHERE = entry(url="https://app.example.com/index.html", body="<html></html>")
CHECKS = ("LM-HTTP-BODY-SCHEMA", "LM-HTTP-STATUS-DECLARED", "LM-HTTP-NO-SERVER-ERROR", "LM-HTTP-MEDIA-TYPE-DECLARED")


@pytest.fixture
def rejudge(lmconform, tmp_path):
    """Runs the command; returns the completed process and the folder of its reports."""

    def run(recording, *options):
        folder = tmp_path / "out"
        return lmconform("rejudge", recording, "--report-dir", folder, *options), folder

    return run


def footer(folder):
    return read_events(folder)[-1]


def test_a_good_recording_is_partial_and_names_what_was_not_judged(rejudge, tmp_path):
    done, folder = rejudge(archive(tmp_path, entry(), ELSEWHERE, entry(url=f"{BASE}/promptTemplates")))
    assert done.returncode == ExitCode.PASSED, done.stderr
    assert footer(folder)["verdict"] == "partial"
    assert len(footer(folder)["not_exercised"]) > 400
    found = results_of(folder)
    assert {found[f"recorded/listConfigurations#{check}"]["outcome"] for check in CHECKS} == {"PASS"}
    assert found["recorded/needs-a-probe"]["outcome"] == "NOT_TESTABLE"
    assert "1 not under /v2/lm: GET https://app.example.com/index.html" in done.stdout
    assert "1 under /v2/lm and not in the description: GET /v2/lm/promptTemplates" in done.stdout


def test_only_the_owner_can_read_the_reports(lmconform, tmp_path):
    assert lmconform("rejudge", archive(tmp_path, entry()), "--report-dir", "out", umask=0o022).returncode == 0
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}


def test_what_was_not_judged_is_no_pass_in_junit(rejudge, tmp_path):
    _, folder = rejudge(archive(tmp_path, entry()))
    cases = {case.get("name"): case for case in ET.parse(folder / "junit.xml").iter("testcase")}
    assert cases["recorded/needs-a-probe"].find("skipped") is not None


def test_a_finding_names_its_entry_and_fails(rejudge, tmp_path):
    done, folder = rejudge(archive(tmp_path, entry(), ELSEWHERE, BAD))
    found = results_of(folder)["recorded/listConfigurations#LM-HTTP-BODY-SCHEMA"]
    assert (done.returncode, found["outcome"], found["exchanges"]) == (ExitCode.FAILED, "FAIL", ["entry-2"])
    assert "first in entry-2" in done.stdout
    assert f"lmconform rejudge {tmp_path}/browser.har" in done.stdout
    assert footer(folder)["verdict"] == "nonconformant"


def test_require_conformant_is_never_kept_by_a_recording(rejudge, tmp_path):
    done, _ = rejudge(archive(tmp_path, entry()), "--require", "conformant")
    assert done.returncode == ExitCode.FAILED


@pytest.mark.parametrize("entries", [[], [ELSEWHERE], [entry(status=0)]])
def test_a_recording_in_which_nothing_can_be_judged_is_exit_5(rejudge, tmp_path, entries):
    done, folder = rejudge(archive(tmp_path, *entries))
    assert (done.returncode, done.stdout) == (ExitCode.NOTHING_RAN, "")
    assert len(done.stderr.splitlines()) == 1
    assert "nothing in it can be judged" in done.stderr
    assert footer(folder)["verdict"] == "incomplete"


@pytest.mark.parametrize(
    "made",
    [
        entry(body={"resources": []}, text=None),
        entry(body={"resources": []}, size=10_000),
        entry(status=404, body="<html>", text=None),
    ],
)
def test_of_a_body_that_is_cut_only_the_status_is_judged(rejudge, tmp_path, made):
    done, folder = rejudge(archive(tmp_path, made))
    assert done.returncode == ExitCode.PASSED
    judged = {event_id.partition("#")[2] for event_id in results_of(folder)}
    assert "LM-HTTP-STATUS-DECLARED" in judged
    assert judged.isdisjoint({"LM-HTTP-BODY-SCHEMA", "LM-ERROR-ENVELOPE"})
    assert "1 bodies were missing, cut or masked" in done.stdout


def test_headers_that_the_tool_left_out_are_not_judged(rejudge, tmp_path):
    made = entry("POST", f"{BASE}/configurations", 201, {"id": "a", "message": "m"}, headers=[])
    _, folder = rejudge(archive(tmp_path, made))
    assert not [name for name in results_of(folder) if name.endswith("#LM-HTTP-HEADERS-DECLARED")]


def test_the_version_is_that_of_the_recorded_meta_unless_the_option_names_one(rejudge, tmp_path):
    meta = entry(url=f"{BASE}/meta", body={"runtimeIdentifier": "aicore", "runtimeApiVersion": "2.35.0"})
    _, folder = rejudge(archive(tmp_path, entry(), meta))
    assert read_events(folder)[0]["contract_version"] == "2.35.0"
    _, folder = rejudge(archive(tmp_path, entry(), meta), "--contract", "2.38.0")
    assert read_events(folder)[0]["contract_version"] == "2.38.0"


def test_no_secret_of_the_recording_is_in_a_report(rejudge, tmp_path):
    refused = entry(status=404, body={"error": f"no {TOKEN} and no cookie-of-the-browser"})
    done, folder = rejudge(archive(tmp_path, refused, BAD))
    assert done.returncode == ExitCode.FAILED
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert {"results.jsonl", "exchanges.jsonl", "junit.xml", "summary.md"} <= {path.name for path in written}
    text = done.stdout + "".join(path.read_text() for path in written)
    forms = (TOKEN, "cookie-of-the-browser", base64.b64encode(TOKEN.encode()).decode())
    assert [form for form in forms if form in text] == []


def test_its_results_are_valid_against_the_schema_and_can_be_rejudged(rejudge, lmconform, tmp_path):
    _, folder = rejudge(archive(tmp_path, entry(), BAD))
    schema = json.loads((resources.files("lmconform.results") / "schemas" / "results.schema.json").read_text())
    assert [
        e for event in read_events(folder) for e in jsonschema_rs.Draft202012Validator(schema).iter_errors(event)
    ] == []
    again = lmconform("rejudge", folder, "--report-dir", tmp_path / "again")
    assert again.returncode == ExitCode.FAILED
    outcomes = [{i: r["outcome"] for i, r in results_of(at).items()} for at in (folder, tmp_path / "again")]
    assert outcomes[0] == outcomes[1]


def test_a_run_is_judged_again_without_its_target(lmconform, rejudge, tmp_path):
    """The checks of a smoke run come out as they did; no result of a probe is taken over."""
    run = tmp_path / "run"
    assert lmconform("run", "mock", "--profile", "smoke", "--report-dir", run).returncode == ExitCode.PASSED
    before = {path: path.read_bytes() for path in run.iterdir() if path.is_file()}
    done, folder = rejudge(run)
    assert done.returncode == ExitCode.PASSED
    was, now = results_of(run), results_of(folder)
    checks = {name for name, result in was.items() if "#LM-HTTP-" in name}
    assert len(checks) > 100
    assert {name: now[name]["outcome"] for name in checks if name in now} == {
        name: was[name]["outcome"] for name in checks if name in now
    }
    assert len(checks & set(now)) > 0.9 * len(checks)
    assert [name for name, result in now.items() if name == result["item"] and result["outcome"] == "PASS"] == []
    assert {path: path.read_bytes() for path in before} == before


def test_the_folder_of_the_recording_is_never_that_of_the_reports(lmconform, tmp_path):
    path = archive(tmp_path, entry())
    lmconform("rejudge", path, "--report-dir", tmp_path / "run")
    kept = (tmp_path / "run" / "exchanges.jsonl").read_text()
    for recording in ("run", "run/exchanges.jsonl"):
        done = lmconform("rejudge", tmp_path / recording, "--report-dir", "run")
        assert done.returncode == ExitCode.USAGE
        assert "the recording lies there" in done.stderr
    assert (tmp_path / "run" / "exchanges.jsonl").read_text() == kept


@pytest.mark.parametrize("text", ["", "hello", "{", '{"log": {}}', '{"type": "header"}\n'])
def test_what_is_no_recording_is_one_line(rejudge, tmp_path, text):
    (tmp_path / "file").write_text(text)
    done, _ = rejudge(tmp_path / "file")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert len(done.stderr.splitlines()) == 1


def test_of_the_printed_answers_those_break_a_check_that_are_listed(rejudge):
    answers = require(os.environ)
    done, folder = rejudge(Path(locate(os.environ)) / "answers.jsonl")
    assert done.returncode == ExitCode.FAILED
    counts = [r for r in results_of(folder).values() if r["outcome"] == "FAIL"]
    # Each finding has the number of its answers behind it, when there are several.
    number = sum(
        int(r["message"].rpartition("(")[2].partition(" ")[0]) if "requests)" in r["message"] else 1 for r in counts
    )
    ids = {answer["id"] for answer in answers if answer["id"].startswith("A")}
    assert number == len(set(BREAKING) & ids)
