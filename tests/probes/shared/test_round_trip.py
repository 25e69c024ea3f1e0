"""Comparison of what was sent with what came back: what differs, where, and what a finding shows of it."""

import unicodedata

import pytest
from tests.probes.defects import Answer
from tests.probes.probe_bench import open_session, run

from lmconform.errors import Failure
from lmconform.probes.shared.round_trip import mismatches

SENT = {
    "name": "a b",
    "url": "ai://default/data",
    "labels": [{"key": "ext.ai.sap.com/a", "value": "1"}, {"key": "ext.ai.sap.com/b", "value": "2"}],
}


def places(view, sent=SENT):
    return [place for place, _, _ in mismatches(sent, view)]


def test_what_comes_back_as_sent_differs_nowhere():
    assert places({**SENT, "id": "1", "description": ""}) == []


def test_the_order_of_entries_is_no_difference():
    assert places({**SENT, "labels": SENT["labels"][::-1]}) == []


def test_a_further_label_is_a_difference_and_a_further_tag_is_none():
    assert places({**SENT, "labels": [*SENT["labels"], SENT["labels"][0]]}) == ["the number of labels"]
    tags = [{"name": "by", "value": "client"}]
    assert places({"tags": [*tags, {"name": "via", "value": "server"}]}, {"tags": tags}) == []


@pytest.mark.parametrize(
    ("view", "place"),
    [
        ({**SENT, "name": "a  b"}, "name"),
        ({**SENT, "labels": [SENT["labels"][0], {"key": "ext.ai.sap.com/b", "value": 2}]}, "labels[1].value"),
        ({**SENT, "labels": [SENT["labels"][0], {"key": "ext.ai.sap.com/B", "value": "2"}]}, "labels[1].key"),
        ({**SENT, "labels": None}, "labels"),
        ({**SENT, "url": "ai://default/data//"}, "url"),
        ({**SENT, "url": "ai://default/dat"}, "url"),
    ],
)
def test_a_difference_is_named_with_its_place(view, place):
    assert places(view) == [place]


def test_a_slash_more_at_the_end_of_a_url_is_lawful():
    """M2: the tutorial itself shows an answer with one."""
    assert places({**SENT, "url": "ai://default/data/"}) == []


@pytest.mark.parametrize(
    ("family", "change"),
    [
        ("SPACES", lambda text: text.strip()),
        ("SPACES", lambda text: text.replace("\r\n", "\n")),
        ("UNICODE", lambda text: unicodedata.normalize("NFC", text)),
        ("UNICODE", lambda text: unicodedata.normalize("NFD", text)),
    ],
)
def test_a_server_that_trims_or_normalises_breaks_only_the_requirement_of_exact_texts(mock, family, change):
    """No sentence of the description promises the ends of a text and the form of its letters."""

    def changed(body):
        for label in body.get("labels") or []:
            label["value"] = change(label["value"])

    tolerant, exact = f"LM-ARTIFACT-TEXT-{family}", f"LM-ARTIFACT-TEXT-{family}-EXACT"
    outcomes = run(open_session(mock, defect=Answer("getArtifact", changed)), tolerant, exact)
    assert not isinstance(outcomes[tolerant], Failure)
    assert isinstance(outcomes[exact], Failure)


def test_numbers_are_compared_as_doubles_and_steps_exactly():
    sent = {"metrics": [{"name": "loss", "value": 2**53 + 1, "step": 2**31 - 1}]}
    assert places({"metrics": [{"name": "loss", "value": 2.0**53, "step": 2**31 - 1}]}, sent) == []
    assert places({"metrics": [{"name": "loss", "value": 2.0**53, "step": 2**31}]}, sent) == ["metrics[0].step"]
    assert places({"metrics": [{"name": "loss", "value": 2.0**52, "step": 2**31 - 1}]}, sent) == ["metrics[0].value"]


def test_a_finding_shows_the_part_that_differs_in_ascii(mock):
    """Composed and decomposed letters look alike, and a text of 5000 characters is no message."""

    def composed(body):
        for label in body.get("labels") or []:
            label["value"] = label["value"].replace("o\u0308", "\u00f6")

    outcomes = run(open_session(mock, defect=Answer("getArtifact", composed)), "LM-ARTIFACT-TEXT-UNICODE-EXACT")
    outcome = outcomes["LM-ARTIFACT-TEXT-UNICODE-EXACT"]
    assert isinstance(outcome, Failure)
    assert "o\\u0308" in outcome.judgement.expected
    assert "\\xf6" in outcome.judgement.actual
    assert "characters" in outcome.judgement.actual
    assert len(outcome.judgement.actual) < 200


def test_an_entry_that_did_not_come_back_is_named_with_those_that_came(mock):
    def changed(body):
        for label in body.get("labels") or []:
            label["key"] = label["key"].upper()

    requirement = "LM-ARTIFACT-GET-ECHO"
    outcome = run(open_session(mock, defect=Answer("getArtifact", changed)), requirement)[requirement]
    assert "labels[0].key = no entry with it, but with ['EXT.AI.SAP.COM/" in outcome.judgement.actual
