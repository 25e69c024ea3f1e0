"""Which schedules could start something while a run lasts, or soon after."""

from datetime import UTC, datetime

import pytest

from lmconform.safety.cron import fires_soon, quiet_month

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_quiet_month_is_not_soon(month):
    now = datetime(2026, month, 28, tzinfo=UTC)
    quiet = quiet_month(now)
    assert 1 <= quiet <= 12
    assert not fires_soon(f"1 1 1 {quiet} *", now)
    assert not fires_soon(f"0 1 1 {quiet} {quiet} *", now)
    assert fires_soon(f"1 1 28 {month} *", now)
    assert fires_soon(f"1 1 1 {month % 12 + 1} *", now)


@pytest.mark.parametrize(
    "cron",
    [
        "0 * * * *",
        "0 3 21 1 *",
        "0 3 21 JAN *",
        "0 3 * * SUN",
        "0 3 27 1 *",
        # The clock and the time zone of the target are not known.
        "0 3 19 1 *",
        # Either of the two may be enough.
        "0 3 1 1 1",
        "0 0 */31 * 7",
        "0 0 ? 1 MON",
    ],
)
def test_what_fires_within_days_is_soon(cron):
    assert fires_soon(cron, NOW)


@pytest.mark.parametrize(
    "cron",
    [
        "0 3 1 1 *",
        "0 3 28 1 *",
        "0 3 15 2 1",
        "1 1 1 MAY *",
        "1 1 1 may *",
        "0 0 1 */2 *",
        "0 0 1 6-12 *",
        "0 0 1 12,6 *",
        "0 0 1 DEC *",
        "0 0 ? JUL SUN",
    ],
)
def test_what_fires_in_weeks_is_not_soon(cron):
    assert not fires_soon(cron, NOW)


@pytest.mark.parametrize(
    ("cron", "soon"),
    [
        # Seconds in front: 21 January.
        ("0 0 0 21 1 *", True),
        # A year at the end: 21 January, or Saturdays of that month.
        ("0 0 21 1 6 *", True),
        ("0 1 1 7 7 *", False),
        # 2026 is no day of the week: it can only be the year.
        ("0 0 1 7 * 2026", False),
        ("0 0 21 1 * 2026", True),
    ],
)
def test_six_fields_are_read_in_both_ways(cron, soon):
    assert fires_soon(cron, NOW) is soon


@pytest.mark.parametrize(
    "cron", ["a b c d e", "61 3 1 7 *", "0 3 30 2 *", "TZ=UTC 0 3 1 7 *", f"{'9' * 5000} 1 1 7 *", "@hourly", " @daily"]
)
def test_what_cannot_be_read_may_mean_anything_to_a_target(cron):
    assert fires_soon(cron, NOW)


@pytest.mark.parametrize("cron", ["never", "", "1 1 1 7", "0 3 1 7 * * *"])
def test_another_number_of_fields_is_no_cron(cron):
    assert not fires_soon(cron, NOW)
