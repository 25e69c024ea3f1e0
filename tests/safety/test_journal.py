"""The journal: what a run made, what of it is left, and what became doubtful."""

import pytest

from lmconform.safety.journal import Journal, MaybeStarted


@pytest.fixture
def journal():
    made = Journal()
    for group in ("tutorial", "other"):
        made.created("execution", f"e-{group}", group)
    made.created("artifact", "a1", "tutorial")
    return made


def test_what_was_made_is_owned_and_counted_once_however_often_it_is_noted(journal):
    journal.created("artifact", "a1", "tutorial")
    assert journal.made("artifact", "a1")
    assert not journal.made("artifact", "a2")
    journal.created("artifact", "a1", "tutorial")
    assert journal.count_left() == {"artifact": 1, "execution": 2}


def test_what_is_left_is_known_group_by_group(journal):
    journal.removed("execution", "e-tutorial")
    assert journal.left("execution", "tutorial") == []
    assert journal.left("execution", "other") == ["e-other"]
    assert sorted(journal.groups("execution")) == ["other", "tutorial"]
    assert journal.count_left() == {"execution": 1, "artifact": 1}


def test_what_was_removed_was_made_all_the_same_and_is_owned(journal):
    journal.removed("execution", "e-tutorial")
    assert journal.count_left()["execution"] == 1
    assert journal.made("execution", "e-tutorial")


def test_a_file_that_is_written_again_is_there_again(journal):
    journal.created("file", "lmconform-a/b.csv", "tutorial")
    journal.removed("file", "lmconform-a/b.csv")
    journal.created("file", "lmconform-a/b.csv", "tutorial")
    assert journal.left("file", "tutorial") == ["lmconform-a/b.csv"]


def test_what_a_broken_request_named_is_doubted_and_nothing_else_is(journal):
    journal.doubt("execution", "e-tutorial")
    assert journal.is_doubted("execution", "e-tutorial")
    assert not journal.is_doubted("execution", "e-other")


def test_what_may_have_been_started_is_listed_when_its_configuration_is_known(journal):
    journal.created("configuration", "c1", "tutorial")
    known, foreign = (MaybeStarted("execution", "configurationId", i, "tutorial") for i in ("c1", "foreign"))
    journal.maybe_started(known)
    journal.maybe_started(foreign)
    assert journal.all_maybe_started() == [known]


def test_what_a_file_of_an_earlier_version_disowns_without_its_kind_is_of_no_kind():
    journal = Journal()
    made = {"event": "created", "group": "tutorial", "origins": {}, "name": ""}
    kinds = ("execution", "deployment")
    journal.replay([*({**made, "noun": noun, "id": "one"} for noun in kinds), {"event": "disowned", "id": "one"}])
    assert [(journal.made(noun, "one"), journal.is_disowned(noun, "one")) for noun in kinds] == [(False, True)] * 2
