"""Allure's results have ids of ours: the same in every run, another for every item."""

from types import SimpleNamespace

from lmconform.reporting.allure import _LABEL, _StableIds


def result(item_id=None):
    """A result as allure-pytest hands it over, with the ids that it made."""
    labels = [SimpleNamespace(name="suite", value="conformance")]
    labels += [SimpleNamespace(name=_LABEL, value=item_id)] if item_id else []
    return SimpleNamespace(labels=labels, testCaseId="theirs", historyId="theirs", fullName="theirs")


def reported(item_id=None):
    made = result(item_id)
    _StableIds(str).report_result(made)
    return made


def test_an_item_has_one_id_in_every_run_and_another_item_another():
    one, again, other = (reported(i) for i in ("probe/LM-A", "probe/LM-A", "probe/LM-B"))
    assert one.fullName == "probe/LM-A"
    assert one.historyId == one.testCaseId == again.historyId
    assert one.historyId != other.historyId


def test_what_is_no_item_keeps_its_ids():
    assert vars(reported()) == vars(result())
