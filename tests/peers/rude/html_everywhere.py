"""Answers 200 with a page for people, whatever is asked."""

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="is no AI API"),
    "later": Ending(1, "nonconformant"),
    "writes": Ending(1, "nonconformant"),
}

PAGE = b"<!doctype html><html><body><h1>It works!</h1></body></html>"


def answer(call):
    call.handler.reply(200, PAGE, "text/html")
