"""FACTS.md is the one place of facts: every number that is cited stands there, and nothing cites another document."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("src", "specs", "scenarios", "docs", "benchmarks", "tests", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
SUFFIXES = {".py", ".yaml", ".md", ".js"}
KNOWN = set(re.findall(r"^\| ([A-M]\d*) \|", (ROOT / "specs" / "lm" / "FACTS.md").read_text(encoding="utf-8"), re.M))
NUMBER = r"[A-Z]\d*\b"
CITATION = re.compile(rf"\b(?:[Ff]acts?|FACTS\.md,) ({NUMBER}(?:(?:, | to | and ){NUMBER})*)")


def cited(text):
    """The numbers that a text names after the word fact; ``facts C2 to C26`` names both ends."""
    return {number for found in CITATION.findall(text) for number in re.findall(NUMBER, found)}


def files():
    for place in PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in SUFFIXES and file != Path(__file__).resolve():
                yield file


TEXTS = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files()}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("refused (fact F19).", {"F19"}),
        ("as facts C1, C2 say", {"C1", "C2"}),
        ("facts F35 to F46", {"F35", "F46"}),
        ("FACTS.md, F26", {"F26"}),
        ("what fact Z9 says", {"Z9"}),
        ("facts that no schema has", set()),
    ],
)
def test_a_citation_is_recognised(text, numbers):
    assert cited(text) == numbers


def test_every_fact_that_is_cited_stands_in_facts_md():
    unknown = {name: cited(text) - KNOWN for name, text in TEXTS.items()}
    assert {name: numbers for name, numbers in unknown.items() if numbers} == {}


def test_the_sources_cite_facts_at_all():
    citing = {name.partition("/")[0] for name, text in TEXTS.items() if cited(text)}
    assert {"src", "specs", "scenarios", "docs", "tests"} <= citing


def test_no_file_cites_a_document_that_the_repository_does_not_have():
    foreign = "lm-" + "facts"
    assert [name for name, text in TEXTS.items() if foreign in text] == []
