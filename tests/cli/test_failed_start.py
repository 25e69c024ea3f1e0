"""A run that could not start leaves reports that say so, and none of an earlier run; nothing foreign is touched."""

import json
import shutil
import signal
import subprocess
import sys
from importlib import resources
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from tests.conftest import LMCONFORM, clean_environment, free_port, read_events, serve, service_key

from lmconform.contract import bundle

GREEN = ("run", "mock", "--profile", "smoke", "--only", "probe/LM-SCENARIO-LIST-COUNT", "--report-dir", "out")
REPORTS = {"results.jsonl", "junit.xml", "summary.md", "details.md", "report.html"}
SCHEMA = resources.files("lmconform.results").joinpath("schemas", "results.schema.json").read_text()


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("green")
    done = subprocess.run([*LMCONFORM, *GREEN], cwd=folder, env=clean_environment(), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in (folder / "out").iterdir()} == REPORTS | {"exchanges.jsonl", "allure"}
    return folder / "out"


@pytest.fixture
def green(passed, tmp_path):
    """The folder of a run that passed, yesterday."""
    return shutil.copytree(passed, tmp_path / "out")


def expect_no_start(folder, code, words):
    """The reports of the folder, and nothing else of an earlier run, say that and why the run could not start."""
    assert {path.name for path in folder.iterdir()} == REPORTS
    events = read_events(folder)
    validator = jsonschema_rs.Draft202012Validator(json.loads(SCHEMA))
    assert [event for event in events if not validator.is_valid(event)] == []
    header, footer = events
    assert (header["type"], footer["type"], footer["complete"]) == ("header", "footer", False)
    assert (footer["verdict"], footer["exit_code"]) == ("incomplete", code)
    assert footer["message"].startswith("the run could not start: ")
    assert words in footer["message"]
    (case,) = ET.parse(folder / "junit.xml").getroot().iter("testcase")
    assert footer["message"] in case.find("error").get("message")
    summary = (folder / "summary.md").read_text()
    assert ": incomplete\n" in summary
    assert f"- `stopped   {footer['message']}`" in summary
    return header


def down(tmp_path):
    url = f"http://127.0.0.1:{free_port()}"
    return ["run", url, "--service-key", str(service_key(tmp_path, url))]


def test_a_target_that_is_down_leaves_reports_that_say_so(lmconform, green, tmp_path):
    arguments = [*down(tmp_path), "--report-dir", "out", "--seed", "7"]
    assert lmconform(*arguments).returncode == 10
    header = expect_no_start(green, 10, "token endpoint")
    assert (header["target"], header["profile"], header["seed"]) == (arguments[1], "smoke", 7)
    assert len(header["contract_sha256"]) == 64


def test_a_target_that_is_down_leaves_a_folder_also_when_none_is_named(lmconform, tmp_path):
    assert lmconform(*down(tmp_path)).returncode == 10
    (folder,) = (tmp_path / "reports").iterdir()
    expect_no_start(folder, 10, "token endpoint")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["mock", "--max-examples", "0"], 4, "--max-examples: 0 is too small"),
        (["mock", "--profil", "core"], 4, "No such option"),
        (["mock", "--seed", "x"], 4, "not a valid integer"),
        (["https://api.example.com"], 4, "no credentials for this target"),
        (["https://api.example.com", "--profile", "core"], 4, "add --allow-writes"),
        (["mock", "--only", "zzzzzz"], 5, "matches no item"),
    ],
    ids=["value", "option", "type", "credentials", "permission", "selection"],
)
def test_a_command_line_that_cannot_be_used_leaves_reports_that_say_so(lmconform, green, arguments, code, words):
    assert lmconform("run", *arguments, "--report-dir=out").returncode == code
    expect_no_start(green, code, words)


def test_without_a_folder_a_wrong_command_line_leaves_nothing(lmconform, tmp_path):
    assert lmconform("run", "https://api.example.com").returncode == 4
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_of_ours_leaves_reports_that_say_so(green, tmp_path):
    code = (
        "import lmconform.run.catalogue as c\n"
        "def broken(config): raise RuntimeError('boom')\n"
        "c.plan = broken\n"
        "from lmconform.cli.main import main\n"
        "main(['run', 'mock', '--report-dir', 'out'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=clean_environment(), check=False, timeout=60)
    assert done.returncode == 3
    expect_no_start(green, 3, "internal error: RuntimeError: boom")


def test_an_interrupt_before_the_first_item_leaves_reports_that_say_so(green, tmp_path):
    asked = []

    def answer(handler):
        asked.append(handler.path)
        run.send_signal(signal.SIGINT)

    with serve(answer) as (url, _):
        arguments = ["run", url, "--service-key", str(service_key(tmp_path, url)), "--report-dir", "out"]
        run = subprocess.Popen(
            [*LMCONFORM, *arguments], cwd=tmp_path, env=clean_environment(), stderr=subprocess.PIPE, text=True
        )
        _, printed = run.communicate(timeout=30)
    assert asked
    assert run.returncode == 2
    assert printed.strip() == "lmconform: interrupted"
    expect_no_start(green, 2, "interrupted")


def test_nothing_of_an_earlier_run_is_there_when_the_first_request_is_sent(lmconform, green, tmp_path):
    there = []

    def answer(handler):
        there.append({path.name for path in green.rglob("*") if path.is_file()})
        handler.reply(500)

    with serve(answer) as (url, _):
        lmconform("run", url, "--service-key", service_key(tmp_path, url), "--report-dir", "out")
    assert there
    assert set().union(*there) == set()


def test_plain_pytest_leaves_reports_that_say_so(green, tmp_path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "lmconform.run.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["--noconftest", "-c", "/dev/null", str(bundle.root() / "tests" / "conformance"), "--report-dir", "out"]

    def run(*arguments):
        return subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=clean_environment(), capture_output=True, timeout=60, check=False
        )

    assert run("--target", "mock", "--only", "zzzzzz").returncode == 5
    expect_no_start(green, 5, "matches no item")
    _, url, *key = down(tmp_path)
    assert run("--target", url, *key).returncode == 10
    expect_no_start(green, 10, "token endpoint")


def test_a_comparison_with_a_run_that_did_not_start_is_never_green(lmconform, green, tmp_path):
    green.rename(tmp_path / "yesterday")
    assert lmconform(*down(tmp_path), "--report-dir", "out").returncode == 10
    done = lmconform("compare", "yesterday", "out")
    assert done.returncode == 11
    assert "verdict incomplete (the run ended early)" in done.stdout
    assert "fixed: 0," in done.stdout
    assert done.stdout.splitlines()[-1].startswith("compare   incomplete: ")


@pytest.mark.parametrize("name", ["results.jsonl", "exchanges.jsonl", "junit.xml", "summary.md"])
def test_a_report_of_something_else_is_neither_removed_nor_overwritten(lmconform, tmp_path, name):
    (tmp_path / "out").mkdir()
    foreign = tmp_path / "out" / name
    foreign.write_text('<?xml version="1.0"?><testsuites name="pytest tests" />\n')
    done = lmconform(*GREEN)
    assert done.returncode == 4
    assert f"--report-dir out: holds {name}, which no run of lmconform wrote; name another folder" in done.stderr
    assert "pytest tests" in foreign.read_text()


def test_results_of_other_tools_beside_ours_stay_in_the_folder_of_allure(lmconform, green):
    ours = set((green / "allure").glob("*-result.json"))
    other = green / "allure" / "0b0f8bfc-1111-4222-8333-444455556666-result.json"
    other.write_text(json.dumps({"name": "a test", "labels": [{"name": "suite", "value": "unit"}]}))
    (green / "notes.txt").write_text("mine")
    assert lmconform(*GREEN).returncode == 0
    left = set((green / "allure").iterdir())
    assert other in left
    assert len(left) == len(ours) + 2
    assert not left & ours
    assert (green / "notes.txt").read_text() == "mine"
