"""The journal on disk: there before a creation is sent, complete after it, and never a reason to leave things."""

import json
import os
import resource
import stat
import subprocess
import sys

import pytest
from tests.conftest import serve
from tests.safety.safety_bench import CONTRACT

from lmconform.client.cleanup import clean
from lmconform.client.session import Session
from lmconform.contract.requirements import Register
from lmconform.errors import StorageLost
from lmconform.safety import journal_file, run_state
from lmconform.safety.journal import Journal, MaybeStarted, Possible
from lmconform.safety.journal_file import JournalFile
from lmconform.safety.run_state import RunState
from lmconform.settings.credentials import Credentials
from lmconform.settings.options import RunConfig
from lmconform.settings.target import Target
from lmconform.settings.time_limits import EMBEDDED

START = MaybeStarted("execution", "configurationId", "conf-1", "tutorial")


@pytest.fixture
def state(tmp_path):
    return RunState.create({"target": "t"}, {"XDG_STATE_HOME": str(tmp_path)}, passing=False, writes=True)


def open_session(url, state):
    credentials = Credentials("client", "secret-of-the-test", f"{url}/oauth/token", "")
    target = Target("test", f"{url}/v2", credentials, "tutorial", None, 0.01, EMBEDDED, disposable=True)
    config = RunConfig.from_options("mock", {})
    return Session.open(config, CONTRACT, Register.load(), target, None, run=state)


def test_a_creation_is_on_disk_before_it_is_sent_and_complete_after_its_answer(state, monkeypatch):
    synced, seen_by_server = [], []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(fd) or sync(fd))

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
            return
        seen_by_server.append(([e["event"] for e in journal_file.read(state.folder / "main.jsonl")], len(synced)))
        handler.reply(202, {"id": "exec-1", "message": "scheduled"})

    with serve(answer) as (url, _):
        session = open_session(url, state)
        session.client("test").send("createExecution", json={"configurationId": "conf-1"}, judge=False)
        session.close()
    assert seen_by_server == [(["sending"], 1)]
    assert [e["event"] for e in journal_file.read(state.folder / "main.jsonl")] == ["sending", "created", "answered"]
    assert state.recorded().ids_left() == {"execution": ["exec-1"]}


def test_a_creation_without_an_answer_may_have_started_something(state):
    journal = state.journal("gw0")
    journal.created("configuration", "conf-1", "tutorial")
    journal.sending(Possible("tutorial", (START,), (("file", "lmconform-a/b.csv"),)))
    journal.close()
    found = state.recorded()
    assert found.all_maybe_started() == [START]
    assert found.ids_left() == {"configuration": ["conf-1"], "file": ["lmconform-a/b.csv"]}


def test_what_a_journal_says_survives_a_line_that_was_cut(state):
    journal = state.journal()
    journal.created("execution", "exec-1", "tutorial", {"configurationId": "conf-1"}, "")
    journal.seen("execution", "exec-1")
    journal.created("schedule", "sche-1", "tutorial")
    journal.removed("schedule", "sche-1")
    journal.disown("execution", "exec-9")
    journal.moved("execution", "exec-1", "other")
    journal.close()
    with (state.folder / "main.jsonl").open("ab") as stream:
        stream.write(b'{"event":"created","noun":"dep')
    found = state.recorded()
    assert found.ids_left() == {"execution": ["exec-1"]}
    assert found.is_seen("execution", "exec-1")
    assert found.origins("execution", "exec-1") == {"configurationId": "conf-1"}
    assert found.is_disowned("execution", "exec-9")
    assert found.group("execution", "exec-1") == "other"


def test_what_is_written_once_there_is_room_again_does_not_lengthen_the_line_that_was_cut(state):
    journal = state.journal("gw0")
    journal.created("configuration", "conf-1", "tutorial")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((state.folder / "gw0.jsonl").stat().st_size + 10, usual[1]))
    try:
        # It says nothing of that: what was created is removed by this process.
        journal.created("configuration", "conf-2", "tutorial")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    journal.sending(Possible("tutorial", (START,)))
    journal.close()
    assert [e["event"] for e in journal_file.read(state.folder / "gw0.jsonl")] == ["created", "sending"]


def test_a_full_disk_stops_creations_and_nothing_else():
    journal = Journal(JournalFile("/dev/full"))
    with pytest.raises(StorageLost, match="nothing more is created"):
        journal.sending(Possible("tutorial", (START,)))
    assert journal.all_maybe_started() == []
    journal.created("execution", "exec-1", "tutorial")
    journal.removed("execution", "exec-1")
    assert journal.ids_left() == {}


def test_what_was_created_is_removed_although_nothing_can_be_recorded_any_more(state, monkeypatch):
    there = {"exec-1"}

    def answer(handler):
        name = handler.path.rpartition("/")[2]
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif handler.command == "POST":
            handler.reply(202, {"id": "exec-1", "message": "scheduled"})
        elif handler.command == "GET":
            body = {"id": "exec-1", "configurationId": "conf-1", "name": "c"}
            handler.reply(200 if name in there or name == "conf-1" else 404, body)
        else:
            there.discard(name)
            handler.reply(202, {"id": "exec-1", "message": "deleted"})

    class Full:
        def write(self, exchange):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    with serve(answer) as (url, _):
        session = open_session(url, state)
        session.transport._recorder = Full()
        session.journal.created("configuration", "conf-1", "tutorial", name="c")
        session.client("test").send("createExecution", json={"configurationId": "conf-1"}, judge=False)
        assert "No space left on device" in session.transport.unrecorded
        clean(session)
        session.close()
    assert there == set()


def test_folder_and_files_are_for_this_user_only_and_hold_no_secret(state):
    journal = state.journal()
    journal.created("execution", "exec-1", "tutorial")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.folder.iterdir()}
    assert stat.S_IMODE(state.folder.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(modes, 0o600)
    assert len(modes) == 3
    assert set(json.loads((state.folder / "run.json").read_text())) == {"run", "started", "target"}


def test_a_journal_is_in_use_until_its_process_closes_it(state):
    journal = state.journal()
    assert state.is_running()
    journal.close()
    assert not state.is_running()


def test_a_run_that_created_nothing_leaves_no_folder(state):
    state.journal().close()
    state.end()
    assert not state.folder.exists()


def test_each_run_has_a_prefix_that_no_other_has(state):
    other = RunState.in_memory()
    assert state.prefix != other.prefix
    assert state.prefix.startswith("lmconform-")
    assert run_state.root({"HOME": "/h"}).as_posix() == "/h/.local/state/lmconform"


KILLED = """
import os, sys
from lmconform.safety.run_state import RunState
os.write = lambda *rest: os._exit(9)
RunState.create({"target": "t"}, {"XDG_STATE_HOME": sys.argv[1]}, passing=False, writes=True)
"""


def test_a_run_that_is_killed_as_it_writes_the_head_of_its_journal_leaves_none(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    assert done.returncode == 9
    assert list(run_state.every({"XDG_STATE_HOME": str(tmp_path)})) == []
