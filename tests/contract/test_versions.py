"""Versions of SAP's description: an older one has what was published by then, and meta says which one it is."""

import re
from itertools import pairwise

import pytest
from tests.contract.comparison import differences

from lmconform.contract import bundle, versions
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.contract.versions import OLDEST, Choice, choose
from lmconform.errors import ConfigError, ContractError
from lmconform.fuzz import links

CONTRACT = Contract.load()
REGISTER = Register.load()
HELD = CONTRACT.version
FACTS = (bundle.root() / "specs" / "lm" / "FACTS.md").read_text(encoding="utf-8")
(HISTORY,) = re.findall(r"^\| M29 \|.*$", FACTS, re.MULTILINE)
# As fact M29 lists them, beginning with the version after which it begins.
PUBLISHED = sorted(set(re.findall(r"\d+\.\d+\.\d+", HISTORY)), key=lambda text: [int(n) for n in text.split(".")])

MODEL = "200 application/json .resources [] "
VERSION = MODEL + ".versions [] "
RUNS = ("GET /lm/executions", "GET /lm/executions/{executionId}")
SERVED = ("GET /lm/deployments", "GET /lm/deployments/{deploymentId}")
# What each version brought: operation and place, as the comparison of descriptions names them.
BROUGHT = {
    "2.33.0": {("GET /lm/scenarios/{scenarioId}/models", "header AI-Resource-Group required")},
    "2.34.0": {
        (name, f"200 application/json {place}.executableId?")
        for names in (RUNS, SERVED)
        for name, place in zip(names, (".resources [] ", ""), strict=True)
    },
    "2.35.0": {
        ("GET /lm/scenarios/{scenarioId}/models", VERSION + place) for place in (".deprecated", ".retirementDate?")
    },
    "2.37.0": {
        ("GET /lm/scenarios/{scenarioId}/models", place)
        for place in (
            *(MODEL + ".displayName?", MODEL + ".accessType?", VERSION + ".contextLength?", VERSION + ".inputTypes?"),
            *(VERSION + ".capabilities?", VERSION + ".streamingSupported?"),
        )
    },
    "2.38.0": {
        ("GET /lm/scenarios/{scenarioId}/models", place)
        for place in (
            *(MODEL + ".provider?", VERSION + ".metadata?", VERSION + ".cost?"),
            VERSION + ".suggestedReplacements?",
        )
    },
    "2.40.0": {
        *(("GET /lm/metrics", f"query {name}") for name in ("$top", "$skip", "tagFilters")),
        *(("GET /lm/metrics", f"{MODEL}.{name}?") for name in ("createdAt", "modifiedAt")),
        *(
            ("PATCH /lm/metrics", f"body {media} .{name}?")
            for media in ("application/merge-patch+json", "application/json")
            for name in ("createdAt", "modifiedAt")
        ),
    },
    "2.40.1": {
        ("GET /lm/scenarios/{scenarioId}/models", MODEL + ".allowedScenarios?"),
        ("GET /lm/scenarios/{scenarioId}/models", VERSION + ".orchestrationCapabilities?"),
    },
}


def marked(node):
    """Every x-lm-since in a document."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key in ("x-lm-since", "x-lm-required-since"))
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from marked(child)


def test_every_version_that_is_named_is_one_that_was_published():
    assert PUBLISHED[0] == OLDEST
    assert PUBLISHED[-1] == HELD == versions.held()
    assert set(marked(CONTRACT.document)) == set(BROUGHT) < set(PUBLISHED)
    assert {row.since for row in REGISTER.values() if row.since} < set(PUBLISHED)


@pytest.mark.parametrize(("before", "version"), list(pairwise(PUBLISHED)))
def test_a_version_has_what_it_brought_and_nothing_else_changed(before, version):
    found = differences(CONTRACT.at(before).document, CONTRACT.at(version).document)
    assert {(one.operation, one.place) for one in found} == BROUGHT.get(version, set())


@pytest.mark.parametrize("version", [HELD, "2.99.0", "3.0.0"])
def test_a_version_that_is_no_older_is_the_description_itself(version):
    assert CONTRACT.at(version) is CONTRACT


@pytest.mark.parametrize("dialect", ["published", "deprecated", "as-printed"])
def test_every_dialect_can_be_loaded_in_an_older_version(dialect):
    contract = Contract.load(dialect, version="2.38.0")
    assert (contract.version, contract.dialect) == ("2.38.0", dialect)
    assert contract.operation("findMetrics").parameter("tagFilters") is None
    assert {o.id for o in contract.operations} == {o.id for o in Contract.load(dialect).operations}
    assert contract.sha256 != Contract.load(dialect).sha256


def problem(version, operation, body):
    contract = CONTRACT.at(version)
    return contract.first_error(contract.operation(operation).response(200).content["application/json"], body)


def test_a_newer_member_is_not_required_before_its_version():
    model = {
        "model": "m",
        "executableId": "serve-it",
        "description": "d",
        "versions": [{"name": "1", "isLatest": True}],
    }
    body = {"count": 1, "resources": [model]}
    assert not problem("2.34.0", "listScenarioModels", body)
    assert problem("2.35.0", "listScenarioModels", body)


def test_a_newer_member_is_not_checked_before_its_version():
    body = {"resources": [{"executionId": "e529e8bd58740bc9", "createdAt": 7}]}
    assert not problem("2.38.0", "findMetrics", body)
    assert problem("2.40.0", "findMetrics", body)


def test_an_operation_that_came_later_goes_with_the_links_to_it():
    document = versions.as_of(CONTRACT.document, HELD)
    document["paths"]["/lm/executions/{executionId}/logs"]["get"]["x-lm-since"] = "2.41.0"
    contract = Contract(document)
    assert "getExecutionLogs" in {link.target.id for link in links.links(contract)}
    older = contract.at("2.40.1")
    assert "getExecutionLogs" not in older
    assert older.match("GET", "/lm/executions/e529e8bd58740bc9/logs") is None
    assert {link.target.id for link in links.links(contract)} - {link.target.id for link in links.links(older)} == {
        "getExecutionLogs"
    }


@pytest.mark.parametrize(
    ("since", "version", "later"),
    [
        ("", "2.32.1", False),
        ("2.40.0", "2.40.0", False),
        ("2.40.0", "2.38.0", True),
        ("2.40.1", "2.40.0", True),
        ("2.9.0", "2.10.0", False),
        ("2.40.0", "2.40.1", False),
        ("10.0.0", "9.9.9", True),
    ],
)
def test_versions_are_compared_number_by_number(since, version, later):
    assert versions.is_later(since, version) is later


def meta(runtime, api="2.31.0"):
    return {"runtimeIdentifier": "aicore", "runtimeApiVersion": runtime, "aiApi": {"version": api}}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"aiApi": {"version": "2.31.0"}},
        meta("2.42.0"),
        meta("2.42.0", api="2.18.0"),
        meta("2.43.0"),
        meta("latest"),
        meta("2.40"),
        meta("v2.40.0"),
        meta(None),
        meta(2.4),
        meta({"version": "2.38.0"}),
        meta("2.38.0\n"),
        meta("9" * 5000 + ".0.0"),
    ],
    ids=str,
)
def test_meta_that_says_no_older_version_changes_nothing(answer):
    assert choose(None, answer, "2.42.0") == Choice("2.42.0")


@pytest.mark.parametrize(
    ("runtime", "version"), [("2.40.0", "2.40.0"), ("2.32.1", "2.32.1"), ("2.38.0-rc.1+build7", "2.38.0")]
)
def test_the_runtime_api_version_of_meta_chooses_an_older_version_and_says_so(runtime, version):
    choice = choose(None, meta(runtime), "2.42.0")
    assert choice.version == version
    assert f"runtimeApiVersion {version}" in choice.because
    assert "--contract 2.42.0" in choice.because


def test_a_version_before_the_oldest_known_takes_no_judgements_away_and_is_said():
    choice = choose(None, meta("2.21.0", api="2.18.0"), "2.42.0")
    assert choice.version == "2.42.0"
    assert "2.21.0" in choice.because
    assert f"--contract {OLDEST}" in choice.because


def test_the_option_goes_before_what_meta_says():
    assert choose("2.34.0", meta("2.38.0"), "2.42.0") == Choice("2.34.0", "--contract names it")
    assert choose("2.42.0", meta("2.38.0"), "2.42.0") == Choice("2.42.0")


@pytest.mark.parametrize("asked", [OLDEST, "2.36.0", "2.39.7", HELD])
def test_every_version_between_the_oldest_known_and_ours_can_be_asked_for(asked):
    assert versions.check(asked) == asked


@pytest.mark.parametrize("asked", ["2.32.0", "2.42.1", "3.0.0", "2.40", "v2.40.0", "2.40.0-rc1", "", "latest", "2.٤.0"])
def test_any_other_version_is_refused_with_the_range(asked):
    with pytest.raises(ConfigError, match=f"from {OLDEST} to {HELD}"):
        versions.check(asked)


def since_of(source):
    """The latest version on the way to what a pointer of the register names."""
    node, found = CONTRACT.document, [OLDEST]
    for part in source.removeprefix("openapi.yaml#/").split("/"):
        node = CONTRACT.resolve(node)[part.replace("~1", "/").replace("~0", "~")]
        found += [node["x-lm-since"]] if "x-lm-since" in node else []
    return max(found, key=lambda text: [int(n) for n in text.split(".")])


@pytest.mark.parametrize(
    "row", [r for r in REGISTER.values() if r.source.startswith("openapi.yaml#/")], ids=lambda row: row.id
)
def test_a_requirement_is_as_young_as_what_its_source_points_to(row):
    assert (row.since or OLDEST) == since_of(row.source)


def test_an_older_register_has_what_was_published_by_then():
    later = set(REGISTER) - set(REGISTER.at("2.38.0"))
    assert later == {row.id for row in REGISTER.values() if row.since == "2.40.0"}
    assert {"LM-METRICS-TOP", "LM-METRICS-TAG-FILTER"} <= later
    assert set(REGISTER) - set(REGISTER.at("2.33.0")) == later | {"LM-EXECUTION-EXECUTABLE", "LM-DEPLOYMENT-EXECUTABLE"}
    assert set(REGISTER.at(HELD)) == set(REGISTER)
    assert REGISTER.at("2.38.0").sha256 == REGISTER.sha256


def test_a_requirement_says_why_it_does_not_apply_to_an_older_runtime():
    row = REGISTER["LM-METRICS-TOP"]
    assert row.later_than("2.38.0") == "published in 2.40.0; the target is judged by 2.38.0"
    assert row.later_than("2.40.0") == ""


@pytest.mark.parametrize("since", ["'2.40'", "2.4", OLDEST, "2.10.0", "[2.40.0]", "soon"])
def test_a_since_that_is_no_later_version_is_named(tmp_path, since):
    (tmp_path / "lm").mkdir()
    row = f"{{id: LM-X, level: MUST, evidence: spec, text: t, source: F1, since: {since}}}"
    (tmp_path / "lm" / "requirements.yaml").write_text(f"requirements: [{row}]\n")
    with pytest.raises(ContractError, match=r"requirement 1 \(LM-X\): "):
        Register.load(tmp_path)
