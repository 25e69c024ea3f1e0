"""The kill matrix: what is written of it, and every reason that makes it red."""

import json
import re

import pytest

from lmconform.contract.requirements import Register
from lmconform.judgement import Level
from lmconform.mutation.matrix import Matrix
from lmconform.mutation.trial import Kill, MutantRun, MutantTrial

REGISTER = Register.load()
GATING = [r.id for r in REGISTER.values() if r.level is not Level.MAY and r.evidence.may_gate and not r.excluded]


def test_the_matrix_of_some_mutants_is_green_and_is_written_as_json_markdown_and_html(lmconform, tmp_path):
    # The last one breaks a SHOULD: that gates nothing, and is seen all the same.
    chosen = ("filter-artifact-kind", "metrics-replace", "artifact-modified-before-created")
    done = lmconform("mutants", *chosen, "--profile", "core", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed 3 of 3 mutants" in done.stdout
    data = json.loads((tmp_path / "out" / "matrix.json").read_text())
    assert {m["id"]: m["status"] for m in data["mutants"]} == dict.fromkeys(chosen, "killed")
    (metrics,) = [m for m in data["mutants"] if m["id"] == "metrics-replace"]
    assert metrics["text"].endswith(f'Requirement: "{REGISTER["LM-METRICS-PATCH-APPENDS"].text}"')
    assert {b["mock"]: b["gating"] for b in data["baseline"]} == {"plain": 0, "tenant-like": 0, "terse": 0}
    killed = {r["id"]: r["killed"] for r in data["requirements"]}
    assert killed["LM-METRICS-PATCH-APPENDS"] == ["metrics-replace"]
    assert killed["LM-ARTIFACT-TIMES-ORDERED"] == ["artifact-modified-before-created"]
    assert "| metrics-replace |" in (tmp_path / "out" / "matrix.md").read_text()
    page = (tmp_path / "out" / "matrix.html").read_text()
    assert "3 of 3 mutants killed" in page
    assert not re.search(r"(src|href)=", page), "the page loads something from elsewhere"


ONE, TWO = GATING[:2]
GREEN = MutantTrial(MutantRun("plain"))


def matrix(*trials, baseline=GREEN):
    return Matrix(baseline=[baseline], trials=list(trials))


def killed(mutant_id, breaks, *seen):
    return MutantTrial(MutantRun(mutant_id, "family", "BUG", breaks), [Kill(r, f"probe/{r}", 0.1, 3) for r in seen])


def problems(found, unproven=None, *, whole=False):
    return list(found.problems(REGISTER, unproven or {}, whole=whole))


def test_a_matrix_in_which_every_mutant_is_killed_as_declared_is_green():
    assert problems(matrix(killed("m", (ONE,), ONE, TWO))) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (matrix(killed("m", (ONE,))), "m survives"),
        (matrix(killed("m", (ONE,), TWO)), f"m is killed only by {TWO}"),
        (matrix(killed("m", (ONE, TWO), ONE)), f"m declares {TWO}, and is not seen by it"),
        (matrix(baseline=killed("plain", (), ONE)), f"the unmutated mock (plain) fails {ONE}"),
        (matrix(MutantTrial(MutantRun("m", "", "", (ONE,)), error="no answer")), "m could not be judged: no answer"),
    ],
    ids=["survivor", "elsewhere", "blind", "baseline", "error"],
)
def test_a_matrix_is_red_and_says_why(found, words):
    (problem,) = problems(found)
    assert problem.startswith(words)


def test_a_requirement_that_was_never_seen_failing_is_red_unless_a_reason_is_written():
    found = matrix(*(killed(f"m{n}", (r,), r) for n, r in enumerate(GATING[1:])))
    (problem,) = problems(found, whole=True)
    assert problem.startswith(f"{ONE} was never seen failing")
    assert problems(found, {ONE: "no mock can break it"}, whole=True) == []
    assert problems(found, {ONE: "x", "LM-NOTHING": "x"}, whole=True) == [
        "the reason for LM-NOTHING names no requirement"
    ]
