"""What goes to standard output and standard error is redacted, however it is written."""

import io
import sys

from lmconform.evidence.redaction import MASK, Redactor
from lmconform.evidence.streams import RedactedStream, guard

SECRET = "a-client-secret-of-the-test"


def test_a_secret_that_is_written_in_pieces_is_masked():
    below = io.StringIO()
    stream = RedactedStream(below, Redactor([SECRET]))
    for piece in ("one ", SECRET[:7], SECRET[7:], " two\nthree"):
        stream.write(piece)
    assert below.getvalue() == f"one {MASK} two\n"
    stream.flush()
    assert below.getvalue() == f"one {MASK} two\nthree"


def test_print_and_flush_write_at_once():
    below = io.StringIO()
    stream = RedactedStream(below, Redactor([SECRET]))
    print("\rwaiting", SECRET, end="", file=stream, flush=True)
    assert below.getvalue() == f"\rwaiting {MASK}"


def test_there_is_no_way_around_for_bytes():
    assert not hasattr(RedactedStream(sys.stdout, Redactor()), "buffer")


def test_a_stream_is_guarded_once(monkeypatch):
    below = io.StringIO()
    monkeypatch.setattr(sys, "stdout", below)
    monkeypatch.setattr(sys, "stderr", below)
    guard()
    first = sys.stdout
    guard()
    assert sys.stdout is first
    assert isinstance(sys.stderr, RedactedStream)
