"""Answers rightly in every form that HTTP allows, the next form with each answer."""

from tests.client.http_habits import CLOSES, LAWFUL
from tests.peers.peer_bench import Ending

ENDINGS = {"smoke": Ending(0, "partial", seconds=120.0)}
OPTIONS = {
    "smoke": ["--profile", "smoke"],
}
HOP_BY_HOP = ("content-length", "connection", "transfer-encoding", "keep-alive")


def answer(call):
    status, headers, body = call.ask()
    fields = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in HOP_BY_HOP]
    name = list(LAWFUL)[call.number % len(LAWFUL)]
    if status == 204:
        call.head(*fields, status="204 No Content")
        return
    call.write(LAWFUL[name](status, fields, body))
    call.handler.close_connection = name in CLOSES
