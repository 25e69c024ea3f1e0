"""Ways to send one answer: what RFC 9110 and 9112 allow a server, and what they forbid."""

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 404: "Not Found"}


def message(status, fields, body, *, version="1.1", reason=None):
    """Status line, header lines and body as bytes."""
    text = REASONS.get(status, "Other") if reason is None else reason
    lines = [f"HTTP/{version} {status} {text}", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def sized(body):
    return f"Content-Length: {len(body)}"


def chunked(body, *, extension="", trailer=b"", digits="{:x}"):
    """The body in chunks of ten bytes at most, and the last one."""
    parts = [body[i : i + 10] for i in range(0, len(body), 10)]
    sizes = [(digits.format(len(part)) + extension).encode() for part in parts]
    chunks = b"".join(size + b"\r\n" + part + b"\r\n" for size, part in zip(sizes, parts, strict=True))
    return chunks + b"0" + extension.encode() + b"\r\n" + trailer + b"\r\n"


def interim(*statuses):
    """Answers of the class 1xx, with headers, before the final one."""
    heads = [f"HTTP/1.1 {status} Wait\r\nLink: </style.css>; rel=preload\r\n\r\n" for status in statuses]
    return "".join(heads).encode()


def plain(status, fields, body):
    return message(status, [*fields, sized(body)], body)


def in_chunks(status, fields, body, **how):
    return message(status, [*fields, "Transfer-Encoding: chunked"], chunked(body, **how))


# name -> status, header lines, body -> bytes. A connection that carried one ending in CLOSES has to be closed.
LAWFUL = {
    "102 before it": lambda *answer: interim(102) + plain(*answer),
    "103 before it": lambda *answer: interim(103) + plain(*answer),
    "100, 102, 103 and 199 before it": lambda *answer: interim(100, 102, 102, 103, 103, 199) + plain(*answer),
    "chunks": in_chunks,
    "chunks with trailers": lambda *answer: in_chunks(*answer, trailer=b"X-Sum: 1\r\nServer-Timing: a;dur=1\r\n"),
    "chunks with extensions": lambda *answer: in_chunks(*answer, extension=';name=value;quoted="a;b"'),
    "chunk sizes in capitals with zeros before them": lambda *answer: in_chunks(*answer, digits="{:04X}"),
    "Transfer-Encoding: Chunked": lambda status, fields, body: message(
        status, [*fields, "TRANSFER-ENCODING: Chunked"], chunked(body)
    ),
    "Content-Length in two equal lines": lambda status, fields, body: message(
        status, [*fields, sized(body), sized(body)], body
    ),
    "Content-Length twice in one line": lambda status, fields, body: message(
        status, [*fields, f"{sized(body)}, {len(body)}"], body
    ),
    "HTTP/1.0 until the connection closes": lambda status, fields, body: message(status, fields, body, version="1.0"),
    "HTTP/1.0 with a length": lambda status, fields, body: message(status, [*fields, sized(body)], body, version="1.0"),
    "HTTP/1.1 until the connection closes": lambda status, fields, body: message(
        status, [*fields, "Connection: close"], body
    ),
    "header names in capitals": lambda status, fields, body: message(
        status, [_named(field, str.upper) for field in (*fields, sized(body))], body
    ),
    "header names in lower case": lambda status, fields, body: message(
        status, [_named(field, str.lower) for field in (*fields, sized(body))], body
    ),
    "no space and many spaces around values": lambda status, fields, body: message(
        status, [_spaced(field, i) for i, field in enumerate((*fields, sized(body)))], body
    ),
    "no reason": lambda status, fields, body: message(status, [*fields, sized(body)], body, reason=""),
}
CLOSES = frozenset({name for name in LAWFUL if "HTTP/1" in name})

# name -> bytes of the answer as above, and the words of the reason for which it is no answer.
UNLAWFUL = {
    "a folded header": (
        lambda status, fields, body: message(status, ["X-Long: one\r\n two", *fields, sized(body)], body),
        "folded",
    ),
    "two lengths": (
        lambda status, fields, body: message(status, [*fields, sized(body), "Content-Length: 1"], body),
        "more than one Content-Length",
    ),
    "two lengths in one line": (
        lambda status, fields, body: message(status, [*fields, f"Content-Length: 1, {len(body)}"], body),
        "more than one Content-Length",
    ),
    "a chunk of less than nothing": (
        lambda status, fields, body: message(
            status, [*fields, "Transfer-Encoding: chunked"], b"-5\r\n" + body + b"\r\n0\r\n\r\n"
        ),
        "a chunk of a negative size",
    ),
}


def _named(field, change):
    name, _, value = field.partition(":")
    return f"{change(name)}:{value}"


def _spaced(field, number):
    name, _, value = field.partition(":")
    return f"{name}:{value.strip()}" if number % 2 else f"{name}: \t {value.strip()} \t "
