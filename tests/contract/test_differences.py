"""openapi.yaml says what the published description says, but for what DIFFERENCES.md lists."""

import copy
import os
import re

import pytest
from tests.contract.comparison import ABSENT, differences
from tests.contract.published import require

from lmconform.contract import bundle

FOLDER = bundle.root() / "specs" / "lm"
HERE = bundle.read_yaml(FOLDER / "openapi.yaml")


def cells(line):
    return [cell.strip() for cell in line.strip("| \n").split("|")]


ROWS = [
    cells(line)
    for line in (FOLDER / "DIFFERENCES.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]
FACTS = set(re.findall(r"^\| ([A-M]\d*) \|", (FOLDER / "FACTS.md").read_text(encoding="utf-8"), re.MULTILINE))


def glob(pattern):
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))


def covers(row, difference):
    operations, place, published, here, *_ = row
    return (
        any(glob(name).fullmatch(difference.operation) for name in re.findall("`([^`]+)`", operations))
        and glob(place.strip("`")).fullmatch(difference.place) is not None
        and (published, here) == (difference.published, difference.here)
    )


@pytest.fixture(scope="module")
def published():
    return bundle.read_yaml(require(os.environ))


@pytest.fixture(scope="module")
def found(published):
    return list(differences(published, HERE))


def test_every_difference_stands_in_exactly_one_row(found):
    listed = {one: sum(covers(row, one) for row in ROWS) for one in found}
    assert {one: count for one, count in listed.items() if count != 1} == {}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[1].strip('`')} {row[3]} {row[4]}" for row in ROWS])
def test_a_row_covers_as_many_differences_as_it_says(found, row):
    assert sum(covers(row, one) for one in found) == int(row[4])


def test_without_what_is_marked_as_beyond_there_is_exactly_what_the_published_description_has(published):
    rest = without_beyond(HERE)
    found = differences(published, rest)
    assert [one for one in found if ABSENT in (one.published, one.here)] == []


def without_beyond(node):
    """A copy without all that carries x-lm-beyond."""
    if isinstance(node, dict):
        return {key: without_beyond(value) for key, value in node.items() if not is_beyond(value)}
    if isinstance(node, list):
        return [without_beyond(value) for value in node if not is_beyond(value)]
    return node


def is_beyond(node):
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        target = HERE
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return isinstance(node, dict) and "x-lm-beyond" in node


def test_every_reason_names_facts_that_are_known():
    for row in ROWS:
        facts = re.search(r"\(([^()]+)\)\.$", row[5])
        assert facts is not None, row
        assert set(facts[1].split(", ")) <= FACTS, row


def test_every_fact_that_the_description_names_is_known():
    text = (FOLDER / "openapi.yaml").read_text(encoding="utf-8")
    named = re.findall(r"\bfacts? ((?:[A-M]\d*)(?:, [A-M]\d*)*)", text)
    named += re.findall(r"x-lm-beyond: .*\(([A-M]\d*(?:, [A-M]\d*)*)\)$", text, re.MULTILINE)
    assert len(named) > 20
    assert {fact for one in named for fact in one.split(", ")} <= FACTS


def _drop_a_maximum(document):
    del document["components"]["parameters"]["Top"]["schema"]["maximum"]


def _require_a_member(document):
    document["components"]["schemas"]["Execution"]["required"].append("statusMessage")


def _loosen_a_pattern(document):
    document["components"]["schemas"]["DeploymentId"]["pattern"] = r"^[\w.-]{1,64}$"


def _forget_an_operation(document):
    del document["paths"]["/lm/dataset/files/{path}"]["put"]


def _explode_a_list(document):
    document["components"]["parameters"]["ExecutableIdsFilter"]["explode"] = True


def _forbid_null(document):
    document["components"]["schemas"]["LogLine"]["properties"]["msg"]["type"] = "string"


def _drop_a_header(document):
    del document["components"]["responses"]["FileContent"]["headers"]["Content-Disposition"]


def _add_a_status(document):
    document["paths"]["/lm/executionSchedules"]["post"]["responses"]["201"] = {"description": "Made."}


def _forbid_more_members(document):
    document["components"]["schemas"]["DeploymentModification"]["additionalProperties"] = False


def _drop_a_word(document):
    document["components"]["schemas"]["DeploymentStatus"]["enum"].pop()


@pytest.mark.parametrize(
    ("change", "operation", "place"),
    [
        (_drop_a_maximum, "GET /lm/artifacts", "query $top maximum"),
        (_require_a_member, "GET /lm/executions", "200 application/json .resources [] .statusMessage"),
        (_loosen_a_pattern, "GET /lm/deployments/{deploymentId}", "path deploymentId pattern"),
        (_forget_an_operation, "PUT /lm/dataset/files/{path}", "operation"),
        (_explode_a_list, "GET /lm/deployments/$count", "query executableIds explode"),
        (_forbid_null, "GET /lm/executions/{executionId}/logs", "200 application/json .data? .result? [] .msg? null"),
        (_drop_a_header, "GET /lm/dataset/files/{path}", "200 header Content-Disposition"),
        (_add_a_status, "POST /lm/executionSchedules", "201"),
        (_forbid_more_members, "PATCH /lm/deployments/{deploymentId}", "body application/json .*"),
        (_drop_a_word, "GET /lm/deployments", "200 application/json .resources [] .status enum"),
    ],
)
def test_the_comparison_sees_a_change(change, operation, place):
    changed = copy.deepcopy(HERE)
    change(changed)
    assert (operation, place) in {(one.operation, one.place) for one in differences(HERE, changed)}


def test_the_comparison_finds_nothing_between_a_description_and_itself():
    assert list(differences(HERE, copy.deepcopy(HERE))) == []


def test_members_that_extend_the_description_are_no_differences():
    plain = without_extensions(HERE)
    assert "'x-lm-life':" in str(HERE)
    assert "'x-lm-" not in str(plain)
    assert list(differences(HERE, plain)) == []


def without_extensions(node):
    """A copy without the members that begin with x-lm-."""
    if isinstance(node, dict):
        return {key: without_extensions(value) for key, value in node.items() if not str(key).startswith("x-lm-")}
    return [without_extensions(value) for value in node] if isinstance(node, list) else node


def test_a_keyword_that_is_not_compared_is_an_error():
    changed = copy.deepcopy(HERE)
    changed["components"]["schemas"]["Id"]["not"] = {"const": "none"}
    with pytest.raises(AssertionError, match="that are not compared"):
        list(differences(HERE, changed))
