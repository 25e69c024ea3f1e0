"""Puts arbitrary answers in the place of those of a mock: other values, other bytes, other statuses, other types."""

import dataclasses
import json
import random
import re
from collections import Counter

from tests.probes import probe_bench as bench

# What once made an item crash, or pass.
ODD = (
    *(None, True, 0, -1, -1.5, 10**30, 10**400, 1e308, float("inf"), float("nan"), "", "x", "\ud800"),
    *("²", "٣", "-1", "9" * 10_000, "RUNNING", "COMPLETED", "STOPPED", "10h", "9" * 50 + "d"),
    *("2024-05-06T07:08:09Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"),
    *([], {}, [None], ["x"], [{}], [[1]], [["a"], {}], {"a": None}, {"id": 5}, {"id": ["x"]}, {"id": {}}),
    *({"resources": "x"}, {"resources": {}}, {"resources": [None, [], {"id": []}]}, {"count": [], "resources": [{}]}),
    *({"error": []}, {"error": {"code": [], "message": {}}}, {"status": ["RUNNING"]}, {"message": {"a": 1}}),
)
# Bytes that no JSON library writes: deep nesting, long numbers, members twice, no UTF-8, nothing at all.
RAW = (
    *(b"", b"{", b"[" * 50_000, b'{"a":' * 200 + b"1" + b"}" * 200, b"9" * 10_000, b"-0", b"007", b"1e5"),
    b'{"count":' + b"9" * 10_000 + b',"resources":[]}',
    b'{"id":"a","id":["b"],"count":1,"count":[],"resources":[],"resources":{}}',
    *(b'{"id":"\xff\xfe","message":"\x80"}', b"\xff\xfe\x00", b"\xd9\xa3", b"\xef\xbb\xbf{}", b"\x00"),
    b'{"id":"' + b"x" * 20_000 + b'","resources":[{"id":"' + b"x" * 20_000 + b'"}],"count":1}',
)

# Members of which the description does not say what is inside.
OPEN = {"scenario", "statusDetails", "backendDetails", "backend_details", "progress", "metadata", "cost"}
COUNT = re.compile(rb"\s*-?[0-9]{1,19}\s*")


class Arbitrary(bench.Defect):
    """A share of the answers, or the one at ``place``, has another body, or a part of its body is something else.

    ``changed`` counts them by operation, ``places`` all answers by item and operation. ``misshapen`` shows, by id,
    exchanges whose body is of another type than it was, or has a list or an object less, and is announced as what it
    was; ``by_item`` counts them.
    """

    def __init__(self):
        self.changed, self.places, self.by_item = Counter(), Counter(), Counter()
        self.misshapen = {}
        self.begin(0, ODD, 0.0)

    def begin(self, seed, values, share):
        """Change this share of the answers from now on, to these values."""
        self.chance, self.values, self.share, self.place = random.Random(seed), values, share, None

    def at(self, place):
        """Change one answer from now on: item, operation, and how many answers to that operation come before it."""
        self.place, self.share = place, 0.0
        self.places.clear()

    def is_chosen(self, exchange):
        """Whether this answer is to be changed."""
        place = exchange.item, exchange.operation
        before = self.places[place]
        self.places[place] += 1
        return (*place, before) == self.place if self.place else self.chance.random() < self.share

    def answer(self, exchange):
        if not exchange.operation or not self.is_chosen(exchange):
            return exchange
        self.changed[exchange.operation] += 1
        if self.chance.random() < 0.1:
            return self.announced(dataclasses.replace(exchange, body=self.body(exchange.body)))
        body = self.body(exchange.body)
        # The bytes of a file have no shape, also when they are JSON.
        if exchange.ok and exchange.operation != "downloadFile" and is_misshapen(exchange.body, body):
            self.misshapen[exchange.id] = f"{exchange.operation} {exchange.status} {body[:300]!r}"
            self.by_item[exchange.item] += 1
        return dataclasses.replace(exchange, body=body)

    def announced(self, exchange):
        """The answer with another status or another media type."""
        if self.chance.random() < 0.6:
            return dataclasses.replace(exchange, status=self.chance.choice((200, 201, 202, 400, 404, 409, 412)))
        media = self.chance.choice(("application/json", "text/plain", "text/plain;charset=utf-8", "", "a/b;c"))
        headers = [(name, value) for name, value in exchange.headers if name.lower() != "content-type"]
        return dataclasses.replace(exchange, headers=(*headers, ("Content-Type", media)))

    def body(self, body):
        """Something else, or the body with something else in it."""
        value = decoded(body)
        if self.chance.random() < 0.2:
            return self.chance.choice(RAW)
        if value is None or self.chance.random() < 0.3:
            new = self.chance.choice(self.values)
            is_plain = isinstance(new, str) and self.chance.random() < 0.8
            return new.encode("utf-8", "replace") if is_plain else json.dumps(new).encode()
        return json.dumps(self.some(value, self.chance.choice((0.05, 0.3, 0.7)))).encode()

    def some(self, value, share):
        """A share of the parts of a value, at any depth, is something else."""
        if isinstance(value, list) and value and self.chance.random() > share / 2:
            return [self.some(entry, share) for entry in value]
        if isinstance(value, dict) and value and self.chance.random() > share / 3:
            return {key: self.some(entry, share) for key, entry in value.items()}
        if isinstance(value, dict | list) or self.chance.random() < share:
            return self.chance.choice(self.values)
        return value


def decoded(body):
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def is_misshapen(before, after):
    """Whether an object or a list, at any depth, became something else, or a count no number in digits."""
    was, now = decoded(before), decoded(after)
    if isinstance(was, dict):
        return lost_a_container(was, now)
    # 1e5 is an integer in JSON Schema, and 007 are digits where a count travels as text.
    is_integral = isinstance(now, float) and now.is_integer()
    return COUNT.fullmatch(before) is not None and COUNT.fullmatch(after) is None and not is_integral


def lost_a_container(was, now):
    """Whether an object or a list is neither that any more, nor left out or null, which some may be."""
    if isinstance(was, dict):
        both = {key for key in was.keys() - OPEN if now.get(key) is not None} if isinstance(now, dict) else ()
        return not isinstance(now, dict) or any(lost_a_container(was[key], now[key]) for key in both)
    if isinstance(was, list):
        return not isinstance(now, list) or any(map(lost_a_container, was, now))
    return False
