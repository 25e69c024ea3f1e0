"""Words that hide what they stand for are counted, and do not become more."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.vocabulary import Count, count, counts, table, total

from benchmarks import vocabulary

SCRIPT = Path(vocabulary.__file__)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nobody waits, whoever asks.", 2),
        ("It tells what it was told to tell.", 3),
        ("an error of ours in its own room, alone", 3),
        ("of\n    ours", 1),
        ("self._told = teller.alone_at", 0),
        ("A plain sentence.", 0),
    ],
)
def test_words_are_counted_whole_in_either_case_and_across_the_end_of_a_line(text, words):
    assert count("x", text).words == words


def test_the_rate_is_per_1000_lines_and_the_total_is_that_of_all_lines():
    found = [Count("a.py", 6, 500), Count("b.py", 0, 1500), Count("empty.py", 0, 0)]
    assert [one.rate for one in found] == [12, 0, 0]
    assert total(found) == Count("total", 6, 2000)


def test_the_table_has_the_files_with_most_words_and_the_total():
    found = [Count("a.py", 3, 100), Count("b.py", 2, 10), Count("c.py", 0, 10)]
    assert list(table(found, 1))[2:] == ["| a.py | 3 | 100 | 30.0 |", "| total | 5 | 120 | 41.7 |"]
    assert [line.split(" | ")[0] for line in list(table(found))[2:]] == ["| a.py", "| b.py", "| total"]


def test_sources_and_documents_are_counted_the_most_first():
    found = counts()
    names = {one.name for one in found}
    assert {"README.md", "docs/faults.md", "src/lmconform/errors.py", "src/lmconform/mock/page/assets/main.js"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/")) or name.endswith(".png")]
    assert [one.words for one in found] == sorted((one.words for one in found), reverse=True)


def test_the_total_is_below_the_goal():
    assert total(counts()).rate < vocabulary.GOAL, "\n".join(table(counts(), 10))


@pytest.mark.parametrize(("words", "code"), [(2, 0), (3, 1)])
def test_the_command_exits_1_above_2_words_per_1000_lines(monkeypatch, capsys, words, code):
    monkeypatch.setattr(vocabulary, "counts", lambda: [Count("a.py", words, 1000)])
    assert vocabulary.main(["--most", "0"]) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"| total | {words} | 1000 | {words}.0 |"


def test_the_command_runs_from_any_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, "--most", "3"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == int(total(counts()).rate > vocabulary.GOAL), done.stderr
    assert done.stdout.splitlines()[0] == "| file | words | lines | words per 1000 lines |"
    assert len(done.stdout.splitlines()) == 2 + 3 + 1
