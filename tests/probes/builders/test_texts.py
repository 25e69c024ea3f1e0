"""Texts of round trips: legal by the schemas, with known troublemakers, and one that another seed draws otherwise."""

import re

import pytest

from lmconform.contract.openapi import Contract
from lmconform.probes.builders.texts import Family, is_legal, single, values

CONTRACT = Contract.load()
SCHEMAS = CONTRACT.document["components"]["schemas"]
WITHOUT_LIMIT = {"type": "string", "minLength": 1}
SHORT = {"type": "string", "minLength": 1, "maxLength": 256}
NAME = SCHEMAS["ResourceName"]
PLACES = [SCHEMAS["LabelValue"], WITHOUT_LIMIT, SHORT, SCHEMAS["ParameterBinding"]["properties"]["value"]]


@pytest.mark.parametrize("schema", PLACES, ids=str)
@pytest.mark.parametrize("family", Family)
def test_every_text_is_valid_and_there_are_several(family, schema):
    texts = values(family, schema, 0)
    assert len(texts) == len(set(texts)) >= 3
    assert all(CONTRACT.is_valid(schema, text) for text in texts)


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("schema", [NAME, SHORT, SCHEMAS["LongText"]], ids=str)
def test_a_single_text_is_valid_and_begins_with_its_prefix(family, schema):
    text = single(family, schema, 0, "lmconform-x ")
    assert CONTRACT.is_valid(schema, text)
    assert text.startswith("lmconform-x ")


def test_names_are_legal_however_a_language_reads_their_pattern():
    for family in Family:
        assert re.search(NAME["pattern"], single(family, NAME, 0, "lmconform-x "), re.ASCII)
    assert not is_legal("Gr\u00f6\u00dfe", NAME)
    assert not is_legal("`", NAME)


def test_lengths_reach_the_limit_and_stop_there():
    assert max(map(len, values(Family.LENGTHS, SCHEMAS["LabelValue"], 0))) == 5000
    assert max(map(len, values(Family.LENGTHS, SHORT, 0))) == 256
    assert len(single(Family.LENGTHS, NAME, 0, "lmconform-x ")) == 256
    assert {255, 256, 5000, 65_536} <= set(map(len, values(Family.LENGTHS, WITHOUT_LIMIT, 0)))


def test_a_cut_shows():
    for text in values(Family.LENGTHS, SCHEMAS["LabelValue"], 0):
        assert text[:-1] not in values(Family.LENGTHS, SCHEMAS["LabelValue"], 0)


@pytest.mark.parametrize("family", [family for family in Family if family is not Family.LENGTHS])
def test_one_text_depends_on_the_seed_and_the_others_do_not(family):
    first, again, second = (values(family, WITHOUT_LIMIT, seed) for seed in (0, 0, 1))
    assert first == again
    assert first[:-1] == second[:-1]
    assert first[-1] != second[-1]


def test_signs_hold_everything_that_is_known_to_make_trouble():
    joined = "".join(values(Family.SIGNS, WITHOUT_LIMIT, 0))
    assert set("+%&<>\"'`,;=|\\/#?[](){}$^~@!*_") <= set(joined)
    assert "{comma}" in joined


def test_letters_are_composed_and_decomposed():
    joined = "".join(values(Family.UNICODE, WITHOUT_LIMIT, 0))
    assert all(part in joined for part in ("\u00f6", "o\u0308", "\U0001f680", "\u200d"))
