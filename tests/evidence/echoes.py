"""Ways in which a server shows a secret: each a text that somebody could read the secret from."""

import base64
import html
import json
from urllib.parse import quote

# Texts around a secret that shift it through all alignments of base64.
AROUND = ("", "a", "ab")


def _base64(text, encode=base64.b64encode):
    return encode(text.encode()).decode().rstrip("=")


def units(text, pattern):
    return "".join(pattern.format(ord(c)) for c in text)


FORMS = {
    "raw": str,
    "json": lambda s: json.dumps(s)[1:-1],
    "json-twice": lambda s: json.dumps(json.dumps(s)),
    "units": lambda s: units(s, "\\u{:04x}"),
    "units-upper": lambda s: units(s, "\\u{:04X}"),
    "gson": lambda s: s.replace("=", "\\u003d").replace("&", "\\u0026").replace("<", "\\u003c").replace("'", "\\u0027"),
    "php": lambda s: s.replace("/", "\\/"),
    "percent": lambda s: quote(s, safe=""),
    "percent-with-slash": lambda s: quote(s, safe="/"),
    "percent-twice": lambda s: quote(quote(s, safe=""), safe=""),
    "percent-all": lambda s: "".join(f"%{byte:02X}" for byte in s.encode()),
    "percent-lower": lambda s: "".join(f"%{byte:02x}" for byte in s.encode()),
    "html": html.escape,
    "html-decimal": lambda s: units(s, "&#{};"),
    "html-hexadecimal": lambda s: units(s, "&#x{:x};"),
    "html-named": lambda s: s.replace("=", "&equals;").replace("/", "&sol;").replace("+", "&plus;"),
    "hex": lambda s: s.encode().hex(),
    "hex-upper": lambda s: s.encode().hex().upper(),
    "hex-escapes": lambda s: units(s, "\\x{:02x}"),
    "utf-16-le": lambda s: s.encode("utf-16-le").decode("latin-1"),
    "utf-16-be": lambda s: s.encode("utf-16-be").decode("latin-1"),
    "utf-16-in-json": lambda s: json.dumps(s.encode("utf-16-le").decode("latin-1")),
    "reversed": lambda s: s[::-1],
    "upper": str.upper,
    "lower": str.lower,
    **{f"base64-{len(a)}": lambda s, a=a: _base64(f"{a}{s}") for a in AROUND},
    **{f"base64-inside-{len(a)}": lambda s, a=a: _base64(f"{a}Key {s} !") for a in AROUND},
    **{f"base64-url-{len(a)}": lambda s, a=a: _base64(f"{a}??{s}>>", base64.urlsafe_b64encode) for a in AROUND},
    "base64-percent": lambda s: quote(base64.b64encode(s.encode()).decode(), safe=""),
    "base64-of-percent": lambda s: _base64(quote(s, safe="")),
}
# What is left of a secret when somebody cuts it or changes it.
PARTS = {
    "beginning": lambda s: s[: len(s) // 2],
    "tail": lambda s: s[len(s) // 2 :],
    "middle": lambda s: s[len(s) // 4 : -len(s) // 4],
    "changed": lambda s: f"{s[: len(s) // 2]}*{s[len(s) // 2 + 1 :]}",
    "wrapped": lambda s: "\n".join(s[at : at + 20] for at in range(0, len(s), 20)),
}


def readable(text, echo, length=12):
    """The parts of an echo, so many characters long, that are left in ``text``."""
    return [echo[at : at + length] for at in range(len(echo) - length + 1) if echo[at : at + length] in text]
