"""exchanges.jsonl stays small, whatever a target answers."""

import json

from lmconform.evidence.record_size import LONG, RecordSize


def record(body="x", url="http://t/", headers=()):
    request = {"method": "GET", "url": url, "headers": [], "body": ""}
    return {"id": "1", "request": request, "response": {"status": 200, "headers": list(headers), "body": body}}


def test_a_short_exchange_is_always_whole():
    size = RecordSize(most=0)
    assert [json.loads(size.line(record())) for _ in range(3)] == [record()] * 3


def test_a_long_exchange_is_whole_until_the_long_ones_took_their_share():
    size = RecordSize(most=100_000)
    lines = [json.loads(size.line(record("x" * 40_000))) for _ in range(4)]
    assert [line == record("x" * 40_000) for line in lines] == [True, True, False, False]
    assert "truncated" not in lines[1]["response"]
    assert lines[2]["response"]["truncated"] is True
    assert record("x" * 40_000)["response"]["body"].startswith(lines[2]["response"]["body"])


def test_what_is_cut_takes_no_more_than_a_long_line_whatever_its_characters():
    size = RecordSize(most=0)
    headers = [["X-" + "n" * 4000, "\x01" * 4000]] * 100
    line = size.line(record("\U0001f600" * 60_000, url="http://t/" + "é" * 200_000, headers=headers))
    assert len(line) < 2 * LONG
