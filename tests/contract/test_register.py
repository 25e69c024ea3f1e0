"""The register is the backbone: what is known leads to what is judged, and back."""

import re
from pathlib import Path

import pytest

import lmconform
from lmconform.contract import bundle
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.judgement import Evidence, Level
from lmconform.probes import registry
from lmconform.run.catalogue import catalogue

CONTRACT = Contract.load()
REGISTER = Register.load()
ITEMS = catalogue(CONTRACT, REGISTER)
OBSERVATIONS = registry.load_observations()
FACTS = (bundle.root() / "specs" / "lm" / "FACTS.md").read_text(encoding="utf-8")
NUMBERS = set(re.findall(r"^\| ([A-M]\d*) \|", FACTS, re.MULTILINE))
# The semantic rules that no schema can express are numbered without a gap.
RULES = [f"F{number}" for number in range(1, 66)]

CHECKED = set()
for module in (Path(lmconform.__file__).parent / "checks").glob("*.py"):
    CHECKED |= set(re.findall(r"\bLM-[A-Z-]+[A-Z]", module.read_text(encoding="utf-8")))


def facts(source):
    """The numbers of facts in a source; a pointer has none."""
    return set() if source.startswith("openapi.yaml#") else set(source.split(", "))


def resolves(source):
    """Whether a source points into the description, or names facts that are known."""
    if not source.startswith("openapi.yaml#/"):
        return facts(source) <= NUMBERS
    node = CONTRACT.document
    for part in source.removeprefix("openapi.yaml#/").split("/"):
        node = CONTRACT.resolve(node)
        part = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def test_every_requirement_is_judged_or_says_why_not():
    judged = {requirement for item in ITEMS for requirement in item.requirements} | CHECKED
    assert {r.id for r in REGISTER.values() if r.id not in judged and not r.excluded} == set()
    assert {r.id for r in REGISTER.values() if r.id in judged and r.excluded} == set()


def test_what_judges_names_requirements_of_the_register():
    named = {requirement for item in ITEMS for requirement in item.requirements} | CHECKED
    assert CHECKED
    assert named <= set(REGISTER)


@pytest.mark.parametrize("row", REGISTER.values(), ids=lambda row: row.id)
def test_every_source_resolves(row):
    assert resolves(row.source), row.source


@pytest.mark.parametrize("look", OBSERVATIONS, ids=lambda look: look.name)
def test_every_source_of_an_observation_resolves(look):
    assert resolves(look.source), look.source


def test_a_source_that_leads_nowhere_is_noticed():
    assert resolves("F1, F64")
    assert not resolves("F1, F99")
    assert not resolves("openapi.yaml#/paths/~1lm~1nothing")
    assert not resolves("openapi.yaml#/components/schemas/Tag/properties/nothing")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_a_requirement_an_observation_or_an_exclusion(rule):
    cited = {fact for row in REGISTER.values() for fact in facts(row.source)}
    cited |= {fact for look in OBSERVATIONS for fact in facts(look.source)}
    assert rule in NUMBERS
    assert rule in cited


def test_sentences_are_short_and_told_once():
    texts = [row.text for row in REGISTER.values()]
    assert [text for text in texts if len(text) >= 160 or not text.endswith(".")] == []
    assert len(set(texts)) == len(texts)


def test_an_exclusion_says_what_judging_would_need():
    for row in REGISTER.values():
        assert not row.excluded or len(row.excluded.split()) >= 6, row.id


def test_ids_name_the_resource_that_they_are_about():
    nouns = (
        *("SCENARIO", "EXECUTABLE", "MODEL", "ARTIFACT", "CONFIGURATION", "EXECUTION", "SCHEDULE", "DEPLOYMENT"),
        *("BULK", "METRICS", "LOGS", "FILE", "META", "QUERY", "AUTH", "ISOLATION", "HTTP", "ERROR", "FLOW", "FUZZ"),
        "CONCURRENT",
    )
    assert {i for i in REGISTER if not re.fullmatch(rf"LM-({'|'.join(nouns)})(-[A-Z0-9]+)+", i)} == set()


def test_there_are_requirements_of_every_level_with_every_kind_of_evidence():
    assert {row.level for row in REGISTER.values()} == set(Level)
    assert {row.evidence for row in REGISTER.values()} == set(Evidence)


def test_the_capability_of_a_requirement_is_one_that_meta_can_have():
    meta = CONTRACT.document["components"]["schemas"]["Meta"]
    for path in {row.capability for row in REGISTER.values() if row.capability}:
        node = meta
        for part in path.split("."):
            node = CONTRACT.resolve(node)
            node = next((CONTRACT.resolve(n) for n in node.get("anyOf", ()) if "$ref" in n), node)
            node = node["properties"][part]
