"""Facts are rows of FACTS.md, and every source of the register is told in words."""

import re

import pytest

from lmconform.contract import bundle, facts
from lmconform.contract.requirements import Register

SOURCES = sorted({requirement.source for requirement in Register.load().values()})


def test_every_row_of_the_tables_is_a_fact():
    text = (bundle.root() / facts.FILE).read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| [A-Z]\d* ", line)]
    assert len(facts.load()) == len(rows) > 100
    assert facts.load()["F2"].words.startswith(
        "F2: `$count` with the same filters is the number of all that match. (SDK"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("openapi.yaml#/paths/~1lm~1executions/get", "GET /v2/lm/executions (specs/lm/openapi.yaml)"),
        ("openapi.yaml#/components/schemas/Tag/properties/name", "schema Tag, name (specs/lm/openapi.yaml)"),
        ("openapi.yaml#/components/parameters/Top", "parameter Top (specs/lm/openapi.yaml)"),
        ("openapi.yaml#/security", "security (specs/lm/openapi.yaml)"),
        ("RFC 9110, section 9", "RFC 9110 section 9"),
    ],
)
def test_a_source_that_is_no_fact_is_a_place_in_words(source, words):
    assert facts.in_words(source) == words


def test_no_source_of_the_register_is_told_as_a_pointer():
    told = [facts.in_words(source) for source in SOURCES]
    assert [words for words in told if "#/" in words or "~1" in words or not words] == []
