"""``lmconform distill``: the profile that it writes, its output and exit codes, and the profile that is shipped."""

import json

import pytest
import yaml
from tests.mutation.matrices import matrix

from lmconform.run.selection import GATE


def test_distill_writes_the_profile_and_prints_what_it_keeps(lmconform, tmp_path):
    spent = {f"probe/{n}": 0.1 for n in range(40)}
    (tmp_path / "matrix.json").write_text(
        json.dumps(matrix({f"m{n}": ["probe/1", "probe/2"] for n in range(9)}, spent))
    )
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--estimate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "keeps 100.0% of the kills in 2.5% of the time" in done.stdout
    written = yaml.safe_load((tmp_path / "gate.yaml").read_text())
    assert (written["mutants"], written["killed"], written["items"]) == (9, 9, ["probe/1"])
    again = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--check", "--estimate")
    assert again.returncode == 0
    assert "written" not in again.stdout


def test_a_profile_that_takes_too_long_is_exit_1(lmconform, tmp_path):
    kills = {f"m{n}": [f"probe/{n}"] for n in range(10)}
    (tmp_path / "matrix.json").write_text(json.dumps(matrix(kills, {f"probe/{n}": 1.0 for n in range(10)})))
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml", "--estimate")
    assert done.returncode == 1
    assert "keeps 100.0% of the kills in 100.0% of the time" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "not valid JSON"),
        ("[]", "no kill matrix"),
        ('{"mutants": []}', "no kill matrix"),
    ],
)
def test_a_file_that_is_no_matrix_is_exit_4_and_one_line(lmconform, tmp_path, content, words):
    if content is not None:
        (tmp_path / "matrix.json").write_text(content)
    done = lmconform("distill", "matrix.json", "--out", "gate.yaml")
    assert done.returncode == 4
    assert words in done.stderr
    assert not (tmp_path / "gate.yaml").exists()


def test_the_profile_that_is_shipped_runs_in_its_order_and_passes_on_the_mock(lmconform, tmp_path):
    items = yaml.safe_load(GATE.read_text())["items"]
    done = lmconform("run", "--profile", "gate", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    ran = list(dict.fromkeys(e["item"] for e in events if "item" in e))
    assert ran == items
