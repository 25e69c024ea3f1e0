"""Times by RFC 3339: which texts are some, which of them name the same moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lmconform.contract import times


@pytest.mark.parametrize(
    "text",
    [
        # Section 5.8.
        "1985-04-12T23:20:50.52Z",
        "1996-12-19T16:39:57-08:00",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "1937-01-01T12:00:27.87+00:20",
        "2024-02-29t00:00:00z",
        "2024-02-29 00:00:00Z",
        "2000-02-29T00:00:00Z",
        "0000-02-29T00:00:00Z",
        "2024-05-06T07:08:09.123456789+23:59",
        "2024-05-06T07:08:09-00:00",
    ],
)
def test_a_date_time_of_rfc_3339_is_one(text):
    assert times.is_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-06",
        "2024-05-06T07:08:09",
        "2024-05-06T07:08Z",
        "20240506T070809Z",
        "2024-05-06T07:08:09.Z",
        "2024-05-06T07:08:09+0200",
        "2024-05-06T07:08:09+24:00",
        "2024-05-06T07:08:61Z",
        "2024-05-06T07:60:09Z",
        "2024-05-06T24:00:00Z",
        "2024-13-06T07:08:09Z",
        "2023-02-29T07:08:09Z",
        "1900-02-29T07:08:09Z",
        "2024-05-00T07:08:09Z",
        "2024-05-06T07:08:09Z\n",
        "\u0662\u0660\u0662\u0664-05-06T07:08:09Z",
        "Mon, 06 May 2024 07:08:09 GMT",
    ],
)
def test_anything_else_is_none(text):
    assert not times.is_date_time(text)
    assert times.parse(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-06t07:08:09.5z", datetime(2024, 5, 6, 7, 8, 9, 500_000, UTC)),
        ("2024-05-06 07:08:09.123456789+05:30", datetime(2024, 5, 6, 1, 38, 9, 123_456, UTC)),
        ("1990-12-31T15:59:60-08:00", datetime(1991, 1, 1, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:60Z", None),
    ],
)
def test_a_time_names_a_moment(text, moment):
    assert times.parse(text) == moment


def test_two_spellings_of_one_moment_are_the_same_and_two_texts_that_are_no_times_are_not():
    assert times.same("2024-05-06T07:08:09Z", "2024-05-06T09:08:09.000+02:00")
    assert not times.same("2024-05-06T07:08:09Z", "2024-05-06T07:08:09.001Z")
    assert not times.same("soon", "soon")


def test_a_moment_is_written_in_utc_to_the_second():
    moment = datetime(2024, 5, 6, 1, 8, 9, 999_999, timezone(timedelta(hours=2)))
    assert times.to_text(moment) == "2024-05-05T23:08:09Z"
    assert times.is_date_time(times.to_text(moment))
