"""Sends gzip that nobody asked for: 500 kB that are 512 MB when they are unpacked."""

import zlib

from tests.peers.peer_bench import Ending

ENDINGS = {
    "start": Ending(10, words="does not answer"),
    "later": Ending(1, "nonconformant"),
}


def bomb(times):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, and may be repeated.
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * times + packer.flush()


BOMB = bomb(512)


def answer(call):
    call.handler.reply(200, BOMB, Content_Encoding="gzip")
