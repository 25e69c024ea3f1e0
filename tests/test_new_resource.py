"""A resource that an overlay adds is judged from its description alone: no file of the harness knows of widgets."""

import json
import shlex
from pathlib import Path

import pytest

import lmconform
from lmconform.client import cleanup
from lmconform.client.session import Session
from lmconform.contract.requirements import Register
from lmconform.errors import SafetyRefusal
from lmconform.fuzz import availability
from lmconform.fuzz.operations import Fuzzer
from lmconform.fuzz.sequences import Sequences
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import LOOPBACK
from tests.conftest import results_of, service_key
from tests.contract.widgets import overlay_file, with_widgets
from tests.widget_server import widget_server

OPERATIONS = ("listWidgets", "createWidget", "getWidget", "modifyWidget", "deleteWidget")
ITEMS = (*(f"fuzz/{name}" for name in OPERATIONS), "fuzz/sequence/createWidget")
SEQUENCE = "sequence/createWidget"
FUZZ = ("--allow-writes", "--profile", "full", "--only", "*Widget*", "--max-examples", "20")


@pytest.fixture
def run(lmconform, mock, tmp_path):
    """Runs the command against a server with widgets; returns what it printed, its results, and the widgets."""

    def start(*arguments):
        overlay = overlay_file(tmp_path)
        with widget_server(mock) as (url, widgets):
            secrets = {"clientid": mock.key["clientid"], "clientsecret": mock.key["clientsecret"]}
            key = service_key(tmp_path, mock.url, **secrets)
            options = ("--resource-group", "tutorial", "--poll-interval", "0.1", "--report-dir", "out")
            done = lmconform("run", url, "--service-key", key, "--overlay", overlay, *options, *arguments)
        return done, results_of(tmp_path / "out"), widgets

    return start


@pytest.fixture
def opened(mock, tmp_path):
    """Opens a session of this process for a server at a url, by the contract with widgets."""

    def open_session(url, *, disposable=True):
        contract = with_widgets(tmp_path)
        config = RunConfig.from_options("mock", {"seed": 0, "max_examples": 25})
        credentials = Credentials(mock.key["clientid"], mock.key["clientsecret"], f"{mock.url}/oauth/token", "")
        target = Target(
            *("test", f"{url}/v2", credentials, "tutorial", "other", 0.02),
            limits=LOOPBACK.with_seconds({"delete": 1.0}),
            disposable=disposable,
        )
        return Session.open(config, contract, Register.load(), target, None)

    return open_session


def test_the_harness_does_not_know_of_widgets():
    package = Path(lmconform.__file__).parent
    assert [p for p in package.rglob("*.py") if "widget" in p.read_text(encoding="utf-8").lower()] == []


def test_operations_and_items_of_the_overlay_are_listed(lmconform, tmp_path):
    overlay = overlay_file(tmp_path)
    listed = lmconform("list", "operations", "--overlay", overlay).stdout
    assert [name for name in OPERATIONS if f" {name}\n" not in listed] == []
    judged, _, known = listed.splitlines()[-1].partition(" ")[0].partition("/")
    assert judged == known
    rows = json.loads(lmconform("list", "items", "--overlay", overlay, "--json").stdout)
    assert {row["id"] for row in rows if "Widget" in row["id"]} == set(ITEMS)


def test_a_run_judges_a_lawful_server_by_generated_data_and_sequences_and_leaves_nothing_behind(run):
    done, results, widgets = run(*FUZZ)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {results[item]["outcome"] for item in ITEMS} == {"PASS"}
    for item in ITEMS:
        assert results[item]["accepted"] > 0, item
    judged = {name for name, result in results.items() if result["outcome"] == "PASS"}
    assert judged >= {
        "fuzz/createWidget#LM-FUZZ-POSITIVE-ACCEPTED",
        "fuzz/createWidget#LM-FUZZ-NEGATIVE-BODY-REFUSED",
        "fuzz/getWidget#LM-FUZZ-NEGATIVE-PATH-REFUSED",
        "fuzz/listWidgets#LM-HTTP-BODY-SCHEMA",
        "fuzz/sequence/createWidget#LM-FUZZ-SEQUENCE-READABLE",
        "fuzz/sequence/createWidget#LM-FUZZ-SEQUENCE-GONE",
    }
    words = shlex.split(results[ITEMS[0]]["again"])
    assert words[words.index("--overlay") + 1].endswith("widgets.overlay.yaml")
    # A server by URL is no disposable one: few are made, nothing of another client is touched, all of ours go.
    assert 5 <= widgets.created <= 60
    assert widgets.changed
    assert widgets.theirs not in widgets.changed
    assert widgets.left() == {widgets.theirs}


def test_two_workers_read_the_same_overlay(run):
    done, results, widgets = run(*FUZZ, "--workers", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {results[item]["outcome"] for item in ITEMS} == {"PASS"}
    assert widgets.left() == {widgets.theirs}


@pytest.mark.parametrize(
    ("bug", "operation", "requirement"),
    [
        ("takes-every-body", "createWidget", "LM-FUZZ-NEGATIVE-BODY-REFUSED"),
        ("refuses-blue", "createWidget", "LM-FUZZ-POSITIVE-ACCEPTED"),
        ("other-status", "createWidget", "LM-HTTP-STATUS-DECLARED"),
        ("takes-every-id", "getWidget", "LM-FUZZ-NEGATIVE-PATH-REFUSED"),
        ("no-id", "getWidget", "LM-HTTP-BODY-SCHEMA"),
        ("media-type", "listWidgets", "LM-HTTP-MEDIA-TYPE-DECLARED"),
        ("forgets", SEQUENCE, "LM-FUZZ-SEQUENCE-READABLE"),
        ("keeps", SEQUENCE, "LM-FUZZ-SEQUENCE-GONE"),
    ],
)
@pytest.mark.parametrize("disposable", [True, False], ids=["disposable", "tenant"])
def test_a_defect_is_found_whatever_the_target_is(mock, opened, monkeypatch, bug, operation, requirement, disposable):
    monkeypatch.setattr(availability, "_MOMENT", 0.2)
    with widget_server(mock, bug) as (url, _):
        session = opened(url, disposable=disposable)
        start = session.contract.operation("createWidget" if operation == SEQUENCE else operation)
        client, fuzzer = session.client(f"fuzz/{operation}"), Fuzzer(session)
        if operation == SEQUENCE:
            report = Sequences(session, fuzzer.pool).run(start, client)
        else:
            report = fuzzer.run(start, client)
    assert requirement in {judgement.requirement for judgement in report.broken}


def test_the_guard_refuses_to_change_or_delete_a_widget_of_another_client(mock, opened):
    with widget_server(mock) as (url, widgets):
        client = opened(url, disposable=False).client("test")
        for operation, body in (("modifyWidget", {"size": 2}), ("deleteWidget", None)):
            with pytest.raises(SafetyRefusal, match="did not create"):
                client.send(operation, path={"widgetId": widgets.theirs}, json=body, judge=False)
    assert widgets.changed == []


def test_the_clean_up_deletes_the_widgets_of_a_session_and_no_others(mock, opened):
    with widget_server(mock) as (url, widgets):
        session = opened(url, disposable=False)
        for number in range(3):
            body = {"name": f"lmconform-{number}", "configurationId": "c123"}
            session.client("test").send("createWidget", json=body, judge=False)
        assert session.journal.count_left()["widget"] == 3
        cleanup.clean(session)
        assert session.journal.count_left().get("widget", 0) == 0
    assert widgets.left() == {widgets.theirs}
