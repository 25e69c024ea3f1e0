"""Sends 500 kB of gzip that nobody asked for, which are 512 MB when they are unpacked."""

import zlib

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(1, "nonconformant", "", 60),
}


def bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(512)), packer.flush()])


BOMB = []


def answer(call):
    BOMB[:] = BOMB or [bomb()]
    call.handler.reply(200, BOMB[0], Content_Encoding="gzip")
