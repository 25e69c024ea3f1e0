"""Servers with one defect each, placed between a probe and the mock."""

import dataclasses
import json

from tests.probes.probe_bench import Defect, answered, with_body

ACCEPTED = {"id": "lmconform-made", "message": "made"}


class Answer(Defect):
    """Rewrites the JSON object of successful answers: ``change`` changes it in place, or returns another."""

    def __init__(self, operation, change):
        self._operation, self._change = operation, change

    def answer(self, exchange):
        if exchange.operation != self._operation or not exchange.ok:
            return exchange
        body = json.loads(exchange.body)
        return with_body(exchange, self._change(body) or body)


class Status(Defect):
    """Answers one status instead of another."""

    def __init__(self, operation, before, after, body=None):
        self._operation, self._before, self._after, self._body = operation, before, after, body

    def answer(self, exchange):
        if (exchange.operation, exchange.status) == (self._operation, self._before):
            return answered(exchange, self._after, self._body)
        return exchange


class Idle(Defect):
    """Answers an operation with 202, and does nothing."""

    def __init__(self, operation):
        self._operation = operation

    def request(self, request):
        if request.operation == self._operation:
            return dataclasses.replace(request, method="GET", body=b"")
        return request

    def answer(self, exchange):
        return answered(exchange, 202, ACCEPTED) if exchange.operation == self._operation else exchange
