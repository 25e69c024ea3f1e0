"""A lawful way to send an answer is read like any other; an unlawful one is refused with a word for it."""

import pytest
import requests
from tests.client.http_habits import CLOSES, LAWFUL, UNLAWFUL
from tests.conftest import serve

from lmconform.client import connection

FIELDS = ("Content-Type: application/json", "X-Request-Id: 7")
BODY = b'{"count": 0, "resources": []}'


def sending(render, closes):
    def answer(handler):
        handler.wfile.write(render(200, FIELDS, BODY))
        handler.close_connection = closes

    return answer


def ask(url, pool):
    return connection.exchange(pool, requests.Request("GET", url).prepare(), 2.0, 2.0)


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_answer_is_read_whatever_its_form(name):
    with serve(sending(LAWFUL[name], name in CLOSES)) as (url, seen):
        pool = connection.session()
        # The second one shows that the first was read to its end.
        answers = [ask(url, pool) for _ in range(2)]
        pool.close()
    assert len(seen) == 2
    for answer in answers:
        assert (answer.status, answer.body, answer.truncated) == (200, BODY, False)
        named = {name.lower(): value for name, value in answer.headers}
        assert (named["content-type"].strip(), named["x-request-id"].strip()) == ("application/json", "7")


@pytest.mark.parametrize("name", UNLAWFUL)
def test_an_answer_that_can_be_read_in_two_ways_is_refused_with_its_word(name):
    render, words = UNLAWFUL[name]
    with serve(sending(render, closes=True)) as (url, _):
        pool = connection.session()
        with pytest.raises(connection.Broken, match=words):
            ask(url, pool)
        pool.close()


def test_interim_answers_without_end_are_no_answer():
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 400_000)

    with serve(answer) as (url, _):
        pool = connection.session()
        with pytest.raises(connection.Broken):
            ask(url, pool)
        pool.close()
