"""The mutants: found in every folder, unique, in plain words, at home with their resource, and enough of them."""

import re
from pathlib import Path

import pytest

from lmconform import mutants
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.contract.resources import resources
from lmconform.errors import ConfigError
from lmconform.judgement import Level
from lmconform.mutants.bench import Bench
from lmconform.mutants.registry import mutant

REGISTER = Register.load()
MUTANTS = mutants.load()
GATING = {r.id for r in REGISTER.values() if r.level is not Level.MAY and r.evidence.may_gate and not r.excluded}
BROKEN = {requirement for one in MUTANTS for requirement in one.breaks}
FOLDER = Path(mutants.__file__).parent
# One for each operation that a requirement about tokens, or about resource groups, covers.
CONTRACT = Contract.load()
GENERATED = {f"{prefix}-open-{o.id}" for prefix in ("auth", "isolation") for o in CONTRACT.operations}
README = Path(__file__).parents[2] / "README.md"
# The beginning of a requirement's id, and where the mutants lie that break it first.
HOMES = {
    "LM-HTTP": "answers",
    "LM-ERROR": "answers",
    "LM-QUERY": "queries",
    "LM-ARTIFACT": "artifacts",
    "LM-CONFIGURATION": "configurations",
    "LM-EXECUTION": "executions",
    "LM-BULK": "executions",
    "LM-DEPLOYMENT": "deployments",
    "LM-SCHEDULE": "schedules",
    "LM-METRICS": "metrics",
    "LM-FILE": "files",
    "LM-SCENARIO": "scenarios",
    "LM-EXECUTABLE": "executables",
    "LM-MODEL": "models",
    "LM-LOGS": "logs",
    "LM-META": "meta",
    "LM-AUTH": "auth",
    "LM-ISOLATION": "isolation",
    "LM-FLOW": "flows",
    "LM-FUZZ": "fuzz",
    "LM-CONCURRENT": "concurrency",
}


def test_every_mutant_that_a_file_declares_is_found_whatever_folder_the_file_is_in():
    declared = [
        name for file in FOLDER.rglob("*.py") for name in re.findall(r'@mutant\(\s*"([^"]+)"', file.read_text("utf-8"))
    ]
    assert sorted(declared) == sorted(one.id for one in MUTANTS if one.id not in GENERATED)
    assert len({one.apply.__module__.count(".") for one in MUTANTS}) == 2, "files beside the registry and in folders"


def test_each_operation_has_a_mutant_that_needs_no_token_for_it_and_nothing_else():
    found = {one.id: one.breaks for one in MUTANTS if one.id.startswith("auth-open-")}
    assert set(found) == {f"auth-open-{operation.id}" for operation in CONTRACT.operations}
    judges = {requirement for breaks in found.values() for requirement in breaks}
    assert judges == {"LM-AUTH-META", "LM-AUTH-EVERY-LIST", "LM-AUTH-EVERY-READ", "LM-AUTH-EVERY-CHANGE"}


def test_each_operation_that_names_what_a_resource_group_holds_has_a_mutant_that_reaches_all_groups():
    found = {one.id.removeprefix("isolation-open-") for one in MUTANTS if one.id.startswith("isolation-open-")}
    group = {o.id for o in CONTRACT.operations if (header := o.parameter("AI-Resource-Group")) and header.required}
    in_group = {o.id for r in resources(CONTRACT) if r.in_group for o in r.every}
    # An artifact is made from nothing of a group, and what a binding may name is not published (F20).
    assert found == group & in_group - {"createArtifact", "createConfiguration"}


def test_the_readme_gives_the_number_of_mutants():
    (number,) = re.findall(r"`lmconform mutants` runs the suite against (\d+) mocks", README.read_text("utf-8"))
    assert len(MUTANTS) == int(number)


def test_every_requirement_that_gates_has_a_mutant_or_a_reason_why_there_is_none():
    assert sorted(GATING - BROKEN - set(mutants.unproven())) == []
    assert sorted(BROKEN & set(mutants.unproven())) == []
    assert set(mutants.unproven()) <= set(REGISTER)


@pytest.mark.parametrize("one", MUTANTS, ids=lambda one: one.id)
def test_a_mutant_says_what_goes_wrong_and_lies_with_the_resource_of_its_first_requirement(one):
    assert re.fullmatch(r"[a-z0-9-]+", one.id) or one.id in GENERATED
    assert set(one.breaks) <= set(REGISTER)
    assert re.fullmatch(r"BUG: [^ ]+( [^ ]+){3,}\.", one.bug), "a whole sentence after BUG:"
    assert one.family == HOMES["-".join(one.breaks[0].split("-")[:2])]


def test_no_mutant_repeats_the_sentence_of_a_requirement():
    sentences = {requirement.text.rstrip(".").lower() for requirement in REGISTER.values()}
    assert [one.id for one in MUTANTS if one.bug.removeprefix("BUG: ").rstrip(".").lower() in sentences] == []


def test_where_a_mutant_is_shown_the_register_gives_the_sentence_that_it_breaks(lmconform):
    done = lmconform("list", "mutants")
    assert done.returncode == 0, done.stderr
    sentence = REGISTER["LM-AUTH-TOKEN-GARBAGE"].text
    (line,) = [line for line in done.stdout.splitlines() if " auth-any-token " in line]
    assert line.endswith(f'BUG: any bearer text is accepted as a token. Requirement: "{sentence}"')


def test_two_mutants_of_one_id_are_an_error():
    with pytest.raises(ValueError, match="two mutants have the id auth-none"):
        mutant("auth-none", "LM-AUTH-TOKEN-REQUIRED")(lambda bench: None)


@pytest.mark.parametrize(
    ("unknown", "hint"),
    [
        ("filter-artifact-kin", "did you mean 'filter-artifact-kind'?"),
        ("zzz", "'lmconform list mutants' shows them"),
    ],
)
def test_an_unknown_mutant_is_one_line_with_the_nearest_or_the_way_to_all(unknown, hint):
    with pytest.raises(ConfigError) as error:
        mutants.activate(unknown, Bench({}, {}, {}))
    assert f"--mutant: {unknown!r} is unknown" in str(error.value)
    assert str(error.value).endswith(hint)
    assert "\n" not in str(error.value)


def test_the_command_line_refuses_an_unknown_mutant(lmconform):
    assert lmconform("mock", "--mutant", "filter-artifact-kin", "--port", "0").returncode == 4
    assert lmconform("mutants", "filter-artifact-kin").returncode == 5
