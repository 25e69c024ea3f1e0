"""Journals of earlier runs: which of them a run removes when it begins, and which stay."""

import os
import shutil
import time

import pytest

from lmconform.safety.journal import MaybeStarted
from lmconform.safety.run_state import RunState

OLD, FRESH = 31, 29
START = MaybeStarted("execution", "configurationId", "conf-1", "tutorial")


@pytest.fixture
def earlier(tmp_path):
    """Makes the folder of a run that ended so many days ago; ``notes`` writes its journal."""
    kept = []

    def make(notes, days=OLD, is_running=False):
        state = RunState.create({"target": "t"}, {"XDG_STATE_HOME": str(tmp_path)}, passing=False, writes=True)
        journal = state.journal()
        notes(journal)
        if is_running:
            kept.append(journal)
        else:
            journal.close()
        state.counters.close()
        age(state.folder, days)
        return state.folder

    yield make
    for journal in kept:
        journal.close()


def age(folder, days):
    """Let everything in a folder be as old as that."""
    for path in (*folder.iterdir(), folder):
        os.utime(path, (time.time() - days * 86400,) * 2, follow_symlinks=False)


def removed(journal):
    """An execution and what it was made from; only the execution can be deleted, and was."""
    journal.created("configuration", "conf-1", "tutorial")
    journal.created("execution", "exec-1", "tutorial")
    journal.removed("execution", "exec-1")


def left(journal):
    journal.created("execution", "exec-1", "tutorial")


def lost(journal):
    """The answer to a creation was lost."""
    journal.created("configuration", "conf-1", "tutorial")
    journal.maybe_started(START)


def unknown(journal):
    """Of a resource that only an overlay describes."""
    journal.created("widget", "widget-1", "tutorial")


def test_only_what_is_over_and_left_nothing_is_removed(lmconform, earlier, tmp_path):
    gone = [earlier(removed), earlier(lambda journal: None)]
    stays = {
        "fresh": earlier(removed, days=FRESH),
        "left": earlier(left),
        "lost": earlier(lost),
        "unknown": earlier(unknown),
        "running": earlier(removed, is_running=True),
    }
    # What no run wrote: a file among those of a run, a folder of another name, a link.
    stays["another file"] = other = earlier(removed)
    (other / "notes.txt").write_text("mine")
    stays["a link"] = linked = earlier(removed)
    (tmp_path / "mine.jsonl").write_text("mine")
    (linked / "worker.jsonl").symlink_to(tmp_path / "mine.jsonl")
    root = other.parent
    stays["another name"] = copied = root / "backup"
    shutil.copytree(gone[0], copied)
    (root / "notes.txt").write_text("mine")
    for folder in (other, linked, copied):
        age(folder, OLD)
    before = {name: sorted(path.name for path in folder.iterdir()) for name, folder in stays.items()}

    only = ("--only", "probe/LM-SCENARIO-LIST*", "--only", "probe/LM-META*")
    done = lmconform("run", "mock", *only, env={"XDG_STATE_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert [folder.exists() for folder in gone] == [False, False]
    assert {n: sorted(p.name for p in f.iterdir()) for n, f in stays.items() if f.is_dir()} == before
    assert {path.name for path in root.iterdir()} == {
        *(folder.name for folder in stays.values()),
        "notes.txt",
        "history.sqlite",
    }
    assert (tmp_path / "mine.jsonl").read_text() == "mine"


def test_cleanup_removes_them_and_says_how_many_when_it_may_delete(lmconform, earlier, tmp_path):
    folder = earlier(removed)
    command = ("cleanup", "--all", "https://tenant.invalid")
    looked = lmconform(*command, env={"XDG_STATE_HOME": str(tmp_path)})
    assert (looked.returncode, folder.exists()) == (0, True), looked.stderr
    done = lmconform(*command, "--yes", env={"XDG_STATE_HOME": str(tmp_path)})
    assert (done.returncode, folder.exists()) == (0, False), done.stderr
    words = "removed 1 journal of runs that left nothing to delete, unchanged for 30 days"
    assert done.stdout.splitlines()[-1] == words
