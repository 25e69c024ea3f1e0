"""A story is short, in order, complete where it matters, and shows no secret."""

import json

from lmconform.evidence.exchange import Exchange
from lmconform.evidence.redaction import Redactor
from lmconform.evidence.story import Makers, Story

SECRET = "a-client-secret-of-the-test"
REDACTOR = Redactor([SECRET])
JSON = (("Content-Type", "application/json"),)


def exchange(number, method="GET", path="/lm/meta", *, item="probe/A", sent=b"", status=200, body=b"{}", headers=()):
    url = f"http://t/v2{path}"
    sent_headers = (("User-Agent", "x"), ("AI-Resource-Group", "g"), ("Authorization", "Bearer y"), *headers)
    return Exchange(
        *(str(number), item, "", method, url, path, sent_headers, sent, status, JSON, body, False),
        *(f"2026-01-01T00:00:{number:02}", 0.5),
    )


def story_of(*exchanges, **rest):
    story = Story(**rest)
    for position, one in enumerate(exchanges):
        story.add(one, position)
    return story


def test_a_story_has_every_request_up_to_the_one_that_shows_the_finding():
    story = story_of(exchange(1, "POST", sent=b'{"a": 1}'), exchange(2, path="/lm/x?a=1&b=2"), exchange(3))
    told = story.told(REDACTOR, ("2",))
    assert [(s["id"], s["method"], s["path"], s["query"], s["body"]) for s in told] == [
        ("1", "POST", "/v2/lm/meta", "", '{"a": 1}'),
        ("2", "GET", "/v2/lm/x", "a=1&b=2", ""),
    ]
    assert [(s["status"], s["answer"], s["seconds"], s["telling"]) for s in told] == [
        (200, "{}", 0.5, False),
        (200, "{}", 0.5, True),
    ]


def test_headers_that_each_request_has_are_left_out_and_credentials_are_masked():
    told = story_of(exchange(1, headers=(("X-Own", "1"),))).told(REDACTOR, ("1",))
    assert [name for name, _ in told[0]["headers"]] == ["AI-Resource-Group", "Authorization", "X-Own"]
    assert "Bearer y" not in json.dumps(told)


def test_a_poll_is_one_step_with_the_last_answer():
    polls = [exchange(n, body=b'{"status": "%d"}' % n) for n in range(2, 9)]
    told = story_of(exchange(1, "POST"), *polls).told(REDACTOR, ("8",))
    assert [(s["id"], s["times"]) for s in told] == [("1", 1), ("8", 7)]
    assert told[1]["answer"] == '{"status": "8"}'


def test_a_request_that_gets_another_status_is_another_step():
    told = story_of(exchange(1), exchange(2), exchange(3, status=404)).told(REDACTOR, ("3",))
    assert [(s["status"], s["times"]) for s in told] == [(200, 2), (404, 1)]


def test_a_long_story_keeps_its_beginning_and_its_end_and_counts_the_rest():
    told = story_of(*(exchange(n, path=f"/lm/{n}") for n in range(1, 31))).told(REDACTOR, ("30",))
    assert [s["id"] for s in told] == [*"12345", *map(str, range(16, 31))]
    assert {s["id"]: s["left_out"] for s in told if s["left_out"]} == {"16": 10}


def test_the_story_of_an_item_that_sends_thousands_of_requests_stays_small():
    story = story_of(*(exchange(n % 60, path=f"/lm/{n}", body=b"x" * 100_000) for n in range(3000)))
    told = story.told(REDACTOR, ("59",))
    assert len(told) == 20
    assert len(json.dumps(told)) < 50_000


def test_no_secret_stands_in_a_story_also_where_a_text_is_cut():
    secret = SECRET.encode()
    bodies = [b"x" * n + secret + b"y" * 20_000 for n in (0, 1480, 1490, 1500)]
    told = story_of(*(exchange(n, "POST", f"/lm/{SECRET}", sent=b, body=b) for n, b in enumerate(bodies))).told(
        REDACTOR, ("3",)
    )
    assert not any(SECRET[:12] in part or SECRET[-12:] in part for part in json.dumps(told).split())


def test_what_another_item_created_stands_before_the_requests_that_name_it():
    makers = Makers()
    earlier = Story(makers)
    earlier.add(exchange(1, "POST", "/lm/configurations", item="probe/B", body=b'{"id": "conf-1234"}'), 0)
    earlier.add(exchange(2, "POST", "/lm/artifacts", item="probe/B", body=b'{"id": "artifact-5"}'), 1)
    sent = b'{"configurationId": "conf-1234"}'
    earlier.add(exchange(3, "POST", "/lm/executions", item="probe/B", sent=sent, body=b'{"id": "exec-5678"}'), 2)
    story = Story(makers)
    story.add(exchange(4, path="/lm/executions/exec-5678"), 0)
    assert [(s["id"], s["item"]) for s in story.told(REDACTOR, ("4",))] == [
        ("1", "probe/B"),
        ("3", "probe/B"),
        ("4", "probe/A"),
    ]


def test_a_generated_case_stands_alone_but_for_what_changed_the_thing_that_it_names():
    created = exchange(1, "POST", "/lm/configurations", body=b'{"id": "conf-1234"}')
    others = [exchange(n, path=f"/lm/meta?x={n}") for n in (2, 3)]
    deleted = exchange(4, "DELETE", "/lm/configurations/conf-1234")
    read = exchange(5, path="/lm/configurations/conf-1234")
    story = story_of(created, *others, deleted, read, alone=True)
    assert [s["id"] for s in story.told(REDACTOR, ("5",), shown=read)] == ["1", "4", "5"]
    assert [s["id"] for s in story.told(REDACTOR, ("3",), shown=others[1])] == ["3"]


def test_an_exchange_of_long_ago_is_told_as_well():
    first = exchange(0, "POST", "/lm/a")
    story = story_of(*(exchange(n, path=f"/lm/{n}") for n in range(1, 60)), alone=True)
    assert [s["id"] for s in story.told(REDACTOR, ("0",), shown=first)] == ["0"]
