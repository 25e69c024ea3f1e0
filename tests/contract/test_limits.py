"""How long a deployment may live, by what meta says."""

from datetime import timedelta

import pytest

from lmconform.contract.limits import Limits, duration


def limits(minimum=None, maximum=None):
    return Limits({"aiApi": {"limits": {"timeToLiveDeployments": {"minimum": minimum, "maximum": maximum}}}})


@pytest.mark.parametrize(
    ("span", "minutes"), [("10m", 10), ("600M", 600), ("1h", 60), ("2H", 120), ("1d", 1440), ("0D", 0)]
)
def test_a_time_to_live_is_a_duration(span, minutes):
    assert duration(span) == timedelta(minutes=minutes)


@pytest.mark.parametrize("span", ["10", "h", "10s", "-1h", "1.5h", "10 h", "10h\n", "9" * 5000 + "d", 10, None])
def test_anything_else_is_none(span):
    assert duration(span) is None


@pytest.mark.parametrize(
    "meta", [None, {}, {"aiApi": None}, {"aiApi": {"limits": []}}, {"aiApi": {"limits": {"timeToLiveDeployments": 1}}}]
)
def test_where_meta_says_nothing_nothing_limits(meta):
    assert Limits(meta).allow("1m")


def test_both_limits_are_inclusive_and_are_compared_as_durations():
    found = limits("10m", "8h")
    assert [found.allow(span) for span in ("9m", "10M", "480m", "481m", "1d")] == [False, True, True, False, False]


def test_a_number_below_zero_is_no_limit_and_one_that_cannot_be_read_may_be_any():
    assert limits("10m", -1).allow("999d")
    assert limits("10m", "-1").allow("999d")
    assert not limits("10m", 28800).allow("10m")
    assert not limits("soon").allow("10m")
    assert not limits().allow("10s")
