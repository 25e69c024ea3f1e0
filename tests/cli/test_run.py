"""`lmconform run` as users start it: exit codes, files, both ways to a target."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib import resources
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from tests.conftest import LMCONFORM, clean_environment, free_port, read_events, results_of, serve, service_key

SIX_STEPS = (
    "list-scenarios",
    "register-artifact",
    "create-configuration",
    "start-execution",
    "poll-execution",
    "store-metrics",
)


def footer_of(folder):
    last = read_events(folder)[-1]
    assert last["type"] == "footer"
    return last


@pytest.fixture(scope="module")
def full_run(tmp_path_factory):
    """The main job: one full run on the embedded mock, in an empty folder."""
    folder = tmp_path_factory.mktemp("full")
    done = subprocess.run(
        [*LMCONFORM, "run"], cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=300
    )
    (report,) = (folder / "reports").iterdir()
    return done, report


def test_the_main_job_passes_with_a_conformant_verdict(full_run):
    done, report = full_run
    assert done.returncode == 0, done.stdout + done.stderr
    assert footer_of(report) | {"verdict": "conformant", "complete": True, "exit_code": 0} == footer_of(report)
    assert "verdict   conformant" in done.stdout


def test_the_main_job_generates_at_least_2500_cases(full_run):
    assert footer_of(full_run[1])["fuzz_cases"] >= 2500


def test_every_step_of_the_tutorial_passes(full_run):
    results = results_of(full_run[1])
    outcomes = {step: results[f"scenario/training/{step}"]["outcome"] for step in SIX_STEPS}
    assert outcomes == dict.fromkeys(SIX_STEPS, "PASS")


def test_the_fallback_is_taken_and_reported_as_such(full_run):
    done, report = full_run
    results = results_of(report)
    assert results["scenario/training/start-execution-fallback"]["outcome"] == "PASS"
    assert "404" in results["scenario/training/start-execution"]["message"]
    assert "started at POST /v2/lm/executions" in done.stdout


def test_transposed_endpoints_are_an_observation_and_never_a_gate(full_run):
    events = read_events(full_run[1])
    seen = {e["id"]: e["value"] for e in events if e["type"] == "observation"}
    assert "endpoints of steps 3 and 4 are transposed" in seen["LM-OBS-TUTORIAL-ENDPOINTS"]
    printed = [e for e in events if e["type"] == "result" and e["item"].startswith("scenario/training-as-printed/")]
    assert printed
    assert not any(e["gates"] for e in printed)


def test_the_fingerprint_is_in_the_summary_and_not_on_the_screen(full_run):
    done, report = full_run
    values = {e["id"]: e["value"] for e in read_events(report) if e["type"] == "observation"}
    assert len(values) > 100
    assert not [name for name, value in values.items() if value.startswith("not observed")]
    assert "AUTH-MISSING" not in done.stdout
    promised = f"observed  {len(values)} behaviours that no publication promises"
    assert f"{promised}, in reports/{report.name}/details.md" in done.stdout.splitlines()
    details = (report / "details.md").read_text()
    assert [name for name in values if f"| {name} | " not in details] == []
    assert "| LM-OBS-AUTH-MISSING | `403 text/plain` | Answer without a token. |" in details


@pytest.mark.parametrize(("file", "schema"), [("results", "results"), ("exchanges", "exchanges")])
def test_every_line_that_a_run_writes_is_valid_against_its_schema(full_run, file, schema):
    text = resources.files("lmconform.results").joinpath("schemas", f"{schema}.schema.json").read_text()
    validator = jsonschema_rs.Draft202012Validator(json.loads(text))
    lines = (full_run[1] / f"{file}.jsonl").read_text().splitlines()
    assert len(lines) > 100
    assert [line[:200] for line in lines if not validator.is_valid(json.loads(line))] == []


def test_no_token_reaches_the_disk(full_run):
    _, report = full_run
    text = (report / "exchanges.jsonl").read_text() + (report / "results.jsonl").read_text()
    assert "[redacted]" in text
    # Tokens of the mock are JWT-shaped, and begin like every JWT.
    assert "Bearer eyJ" not in text
    assert '"access_token"' not in text


def test_exchanges_that_results_name_are_there(full_run):
    _, report = full_run
    known = {json.loads(line)["id"] for line in (report / "exchanges.jsonl").read_text().splitlines()}
    named = {i for r in results_of(report).values() for i in r["exchanges"]}
    assert named
    assert named <= known


def test_junit_has_one_case_per_item_and_unique_names(full_run):
    root = ET.parse(full_run[1] / "junit.xml").getroot()
    names = [case.get("name") for case in root.iter("testcase")]
    assert len(names) == len(set(names))
    assert set(names) == {result["item"] for result in results_of(full_run[1]).values()}
    assert not list(root.iter("failure")) + list(root.iter("error"))


def test_allure_results_have_ids_of_their_own_for_every_item(full_run):
    found = [json.loads(path.read_text()) for path in (full_run[1] / "allure").glob("*-result.json")]
    files = {path.name for path in (full_run[1] / "allure").iterdir() if not path.name.endswith("-result.json")}
    assert files == {"environment.properties"}, "fixtures have files as well"
    items = {e["item"] for e in read_events(full_run[1]) if e["type"] in ("result", "observation")}
    assert {result["fullName"] for result in found} == items
    assert len({result["historyId"] for result in found}) == len(found)
    assert len({result["testCaseId"] for result in found}) == len(found)


def test_what_is_left_behind_is_counted_and_no_execution_is_among_it(full_run):
    left = footer_of(full_run[1])["left_behind"]
    assert left.get("artifact", 0) > 0
    assert not {"execution", "deployment", "schedule", "metrics"} & set(left)


def test_the_deprecated_dialect_starts_the_execution_without_the_fallback(lmconform, tmp_path):
    done = lmconform("run", "--dialect", "deprecated", "--only", "scenario/training/*", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    assert results["scenario/training/start-execution"]["outcome"] == "PASS"
    assert results["scenario/training/start-execution-fallback"]["outcome"] == "NOT_APPLICABLE"
    assert results["scenario/training/read-metrics"]["outcome"] == "PASS"


def test_the_as_printed_dialect_passes_the_as_printed_scenario(lmconform, tmp_path):
    done = lmconform("run", "--dialect", "as-printed", "--profile", "core", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    printed = {i: r["outcome"] for i, r in results.items() if r["id"] == r["item"] and "/training-as-printed/" in i}
    assert printed
    assert set(printed.values()) <= {"PASS", "NOT_APPLICABLE"}
    assert printed["scenario/training-as-printed/poll-execution"] == "PASS"


def test_smoke_sends_nothing_but_reads(lmconform, tmp_path):
    done = lmconform("run", "--profile", "smoke", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert footer_of(tmp_path / "out")["verdict"] == "partial"
    sent = [json.loads(line) for line in (tmp_path / "out" / "exchanges.jsonl").read_text().splitlines()]
    assert {e["request"]["method"] for e in sent} == {"GET", "HEAD", "OPTIONS"}


def test_partial_fails_the_gate_when_conformant_is_required(lmconform):
    done = lmconform("run", "--profile", "smoke", "--require", "conformant")
    assert done.returncode == 1
    assert "smoke covers " in done.stdout


def test_a_url_with_a_service_key_runs_like_the_embedded_mock(lmconform, start_mock, tmp_path):
    mock = start_mock()
    done = lmconform(
        *("run", mock.url, "--service-key", mock.key_file, "--resource-group", "tutorial"),
        *("--other-resource-group", "other", "--profile", "core", "--allow-writes", "--poll-interval", "0.05"),
        *("--report-dir", "out"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    assert results["scenario/training/read-metrics"]["outcome"] == "PASS"


def test_aicore_variables_serve_as_credentials(lmconform, mock):
    variables = {
        "AICORE_CLIENT_ID": mock.key["clientid"],
        "AICORE_CLIENT_SECRET": mock.key["clientsecret"],
        "AICORE_AUTH_URL": f"{mock.url}/oauth/token",
        "AICORE_BASE_URL": f"{mock.url}/v2",
        "AICORE_RESOURCE_GROUP": "tutorial",
    }
    done = lmconform("run", mock.url, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "profile smoke" in done.stdout


def test_two_workers_report_the_same_items_as_one(lmconform, tmp_path):
    for number in (1, 2):
        done = lmconform("run", "--profile", "core", "--workers", number, "--report-dir", f"out{number}")
        assert done.returncode == 0, done.stdout + done.stderr
    one, two = ({event["item"] for event in read_events(tmp_path / f"out{n}") if "item" in event} for n in (1, 2))
    assert one == two
    changes = json.loads(lmconform("compare", "out1", "out2", "--json").stdout)
    kinds = ("regressed", "no_longer_judged", "worse", "failing_differently", "fixed", "newly_judged")
    assert [changes[kind] for kind in kinds] == [[]] * len(kinds)


def test_plain_pytest_runs_the_same_items_with_the_same_ids(lmconform, tmp_path):
    done = lmconform("run", "--profile", "smoke", "--report-dir", "ours")
    assert done.returncode == 0, done.stdout + done.stderr
    command = [sys.executable, "-m", "pytest", "-q", "-p", "lmconform.run.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["--noconftest", "-c", os.devnull, str(conformance_folder()), "--target", "mock"]
    command += ["--profile", "smoke", "--report-dir", "plain"]
    plain = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=120)
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert "verdict   partial" in plain.stdout
    assert set(results_of(tmp_path / "ours")) == set(results_of(tmp_path / "plain"))


def conformance_folder():
    from lmconform.contract import bundle

    return bundle.root() / "tests" / "conformance"


def test_a_defect_fails_the_gate_with_exit_1(lmconform, tmp_path):
    """A server whose list of scenarios has no count breaks the schema that SAP published."""

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif handler.path == "/v2/lm/meta":
            handler.reply(200, {"aiApi": {"version": "2.42.0"}})
        else:
            handler.reply(200, {"resources": []})

    with serve(answer) as (url, _):
        key = service_key(tmp_path, url)
        done = lmconform("run", url, "--service-key", key, "--only", "LM-SCENARIO*", "--report-dir", "out")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "LM-HTTP-BODY-SCHEMA" in done.stdout
    assert footer_of(tmp_path / "out")["verdict"] == "nonconformant"
    root = ET.parse(tmp_path / "out" / "junit.xml").getroot()
    assert list(root.iter("failure"))
    assert "token-of-the-test" not in (tmp_path / "out" / "exchanges.jsonl").read_text()


def test_a_target_that_dies_in_mid_run_ends_the_run_with_exit_11(start_mock, tmp_path):
    mock = start_mock()
    arguments = ["run", mock.url, "--service-key", str(mock.key_file), "--allow-writes", "--profile", "full"]
    arguments += ["--resource-group", "tutorial", "--poll-interval", "0.05", "--report-dir", "out"]
    run = subprocess.Popen(
        [*LMCONFORM, *arguments], cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    results = tmp_path / "out" / "results.jsonl"
    wait_until(lambda: results.exists() and len(results.read_text().splitlines()) > 40)
    mock.process.kill()
    killed = time.monotonic()
    run.communicate(timeout=30)
    assert time.monotonic() - killed < 30
    assert run.returncode == 11
    footer = footer_of(tmp_path / "out")
    assert (footer["complete"], footer["verdict"]) == (False, "incomplete")
    assert "no longer accepts connections" in footer["message"]


def test_a_target_that_dies_under_two_workers_ends_the_run_with_exit_11(start_mock, tmp_path):
    mock = start_mock()
    arguments = ["run", mock.url, "--service-key", str(mock.key_file), "--allow-writes", "--profile", "full"]
    arguments += ["--resource-group", "tutorial", "--poll-interval", "0.05", "--report-dir", "out", "--workers", "2"]
    run = subprocess.Popen(
        [*LMCONFORM, *arguments], cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    results = tmp_path / "out" / "results.jsonl"
    wait_until(lambda: results.exists() and len(results.read_text().splitlines()) > 40)
    mock.process.kill()
    run.communicate(timeout=30)
    assert run.returncode == 11
    assert footer_of(tmp_path / "out")["complete"] is False


def test_an_interrupt_ends_the_run_with_exit_2_and_a_footer(tmp_path):
    run = subprocess.Popen(
        [*LMCONFORM, "run", "--report-dir", "out"],
        cwd=tmp_path,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    results = tmp_path / "out" / "results.jsonl"
    wait_until(lambda: results.exists() and len(results.read_text().splitlines()) > 40)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=40)
    assert run.returncode == 2
    assert footer_of(tmp_path / "out")["complete"] is False


def wait_until(condition, seconds=40):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_target_that_is_down_is_exit_10(lmconform, tmp_path):
    url = f"http://127.0.0.1:{free_port()}"
    started = time.monotonic()
    done = lmconform("run", url, "--service-key", service_key(tmp_path, url))
    assert done.returncode == 10
    assert time.monotonic() - started < 15
    assert one_line(done.stderr).startswith("lmconform: error: token endpoint")


def test_wrong_credentials_are_exit_10_and_the_secret_is_not_printed(lmconform, mock, tmp_path):
    key = service_key(tmp_path, mock.url, clientid=mock.key["clientid"])
    done = lmconform("run", mock.url, "--service-key", key)
    assert done.returncode == 10
    assert "answered 401" in one_line(done.stderr)
    assert "secret-of-the-test" not in done.stdout + done.stderr


def test_a_target_that_accepts_and_says_nothing_is_exit_10_within_15_seconds(lmconform, tmp_path):
    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        else:
            time.sleep(20)

    with serve(answer) as (url, _):
        started = time.monotonic()
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url))
    assert done.returncode == 10
    assert time.monotonic() - started < 15


def test_credentials_do_not_follow_a_redirect(lmconform, tmp_path):
    def elsewhere(handler):
        handler.reply(200, {"access_token": "x", "expires_in": 3600})

    with serve(elsewhere) as (other, seen):

        def answer(handler):
            handler.reply(307, b"", Location=other + handler.path)

        with serve(answer) as (url, _):
            done = lmconform("run", url, "--service-key", service_key(tmp_path, url))
    assert done.returncode == 10
    assert seen == []


def test_an_internal_mistake_is_exit_3(tmp_path):
    code = (
        "import lmconform.run.catalogue as c\n"
        "def broken(config): raise RuntimeError('boom')\n"
        "c.plan = broken\n"
        "from lmconform.cli.main import main\n"
        "main(['run'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 3
    assert "internal error: RuntimeError: boom" in done.stderr


def one_line(text):
    (line,) = text.strip().splitlines()
    return line


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "expected a JSON object, got list"),
        ('{"clientid": "a", "clientsecret": "b", "url": "https://t.example"}', "has no serviceurls.AI_API_URL"),
        (
            '{"clientid": "a", "url": "https://t.example", "serviceurls": {"AI_API_URL": "https://a.example"}}',
            "has no clientsecret",
        ),
        (
            '{"clientid": "a", "clientsecret": "b", "url": "http://t.example",'
            ' "serviceurls": {"AI_API_URL": "https://a.example"}}',
            "plain http to t.example",
        ),
        (
            '{"clientid": "a", "clientsecret": "b", "url": "https://t.example",'
            ' "serviceurls": {"AI_API_URL": "https://other.example"}}',
            "are for other.example; they would be sent to the wrong host",
        ),
    ],
    ids=["broken", "list", "no-api-url", "no-secret", "plain-http", "other-host"],
)
def test_a_service_key_that_cannot_be_used_is_one_line_and_exit_4(lmconform, tmp_path, content, words):
    (tmp_path / "key.json").write_text(content)
    done = lmconform("run", "https://api.example.com", "--service-key", "key.json")
    assert done.returncode == 4
    assert words in one_line(done.stderr)


@pytest.mark.parametrize("arguments", [["--profile", "core"], ["--profile", "full"]], ids=["core", "full"])
def test_writing_needs_permission_and_nothing_is_sent_without_it(lmconform, tmp_path, arguments):
    with serve(lambda handler: handler.reply(200, {})) as (url, seen):
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url), *arguments)
    assert done.returncode == 4
    assert "--allow-writes" in one_line(done.stderr)
    assert seen == []


def test_a_selection_that_matches_nothing_is_exit_5_with_the_nearest_id(lmconform, tmp_path):
    with serve(lambda handler: handler.reply(200, {})) as (url, seen):
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url), "--only", "probe/LM-SCENARIO-LISTT")
    assert done.returncode == 5
    assert "did you mean 'probe/LM-SCENARIO-" in one_line(done.stderr)
    assert seen == []
