"""Whatever an answer holds, it ends in a judgement about the target: no ERROR, and no pass for a wrong shape."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.peers.answer_campaign import SCHEMA, Campaign, Seen
from tests.peers.arbitrary_answers import ODD
from tests.probes.probe_bench import CONTRACT

from lmconform import checks
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import State

TEXTS = st.one_of(st.text(max_size=20), st.from_regex(r"\d{1,3}", fullmatch=True))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(["id", "status", "resources", "count", "error"]), TEXTS), inner),
    ),
    max_leaves=8,
)
QUIET = settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ROUNDS = 2


@pytest.fixture(scope="module")
def campaign(mock):
    return Campaign(mock).warm_up()


@settings(QUIET, max_examples=ROUNDS)
@given(st.integers(0, 2**32), st.lists(VALUES, min_size=40, max_size=40))
def test_no_item_crashes_over_arbitrary_answers_once_everything_is_there(campaign, seed, values):
    seen = campaign.run(seed, values, 0.5)
    assert seen.errors == []
    assert seen.passed == []
    # Three creations in a row without a usable answer end the creations of that kind.
    assert sum(seen.answers.values()) > 100


def test_no_item_crashes_over_one_arbitrary_answer_among_right_ones(campaign):
    seen = Seen()
    for one in campaign.one_by_one(7, step=8):
        seen.add(one)
    assert seen.errors == []
    assert seen.passed == []
    assert sum(seen.answers.values()) > 50


@pytest.mark.parametrize(("seed", "share"), [(1, 0.02), (2, 0.1), (3, 0.5)])
def test_no_item_crashes_over_arbitrary_answers_while_things_are_made(mock, seed, share):
    seen = Campaign(mock).run(seed, [], share)
    assert seen.errors == []
    assert seen.passed == []
    # Three creations in a row without a usable answer end the creations of that kind.
    assert sum(seen.answers.values()) > 10


def answers():
    """Each operation with each of its declared 2xx answers of JSON or text."""
    for operation in CONTRACT.operations:
        for status, response in operation.responses.items():
            for media in response.content:
                if status.startswith("2") and ("json" in media or media == "text/plain"):
                    yield operation, int(status), media


ANSWERS = list(answers())


def exchange(operation, status, media, body):
    return Exchange(
        *("1", "test", operation.id, operation.method, f"http://t/v2{operation.path}", operation.path, (), b""),
        *(status, (("Content-Type", media),), body, False, "", 0.0),
    )


def judged(operation, status, media, value):
    body = (
        value.encode("utf-8", "replace")
        if isinstance(value, str) and media == "text/plain"
        else json.dumps(value).encode()
    )
    found = checks.judge(CONTRACT, operation, exchange(operation, status, media, body))
    return {judgement.requirement: judgement for judgement in found}


@settings(QUIET, max_examples=250)
@given(st.lists(VALUES, min_size=1, max_size=3))
def test_every_operation_has_a_judgement_for_every_value(values):
    for operation, status, media in ANSWERS:
        for value in values:
            found = judged(operation, status, media, value)
            assert "LM-HTTP-STATUS-DECLARED" in found
            assert SCHEMA in found


OBJECTS = [a for a in ANSWERS if CONTRACT.members(a[0].id) and a[1:] == (200, "application/json")]
COUNTS = [a for a in ANSWERS if a[0].path.endswith("$count")]


@pytest.mark.parametrize("answer", OBJECTS, ids=lambda answer: answer[0].id)
def test_what_is_no_object_never_passes_for_one(answer):
    for value in ODD:
        if not isinstance(value, dict):
            assert judged(*answer, value)[SCHEMA].state is State.BROKEN, value


@pytest.mark.parametrize("answer", COUNTS, ids=lambda answer: f"{answer[0].id}-{answer[2]}")
def test_what_is_no_number_in_digits_never_passes_for_a_count(answer):
    for value in ODD:
        # 1e308 is an integer in JSON Schema.
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
        if not is_number and value != "-1":
            assert judged(*answer, value)[SCHEMA].state is State.BROKEN, value
    assert judged(*answer, 12)[SCHEMA].state is State.KEPT
