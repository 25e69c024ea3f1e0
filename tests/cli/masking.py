"""What differs between two runs of one command is masked, so that the rest can be compared."""

import re

# In this order: an id within a path or a URL goes with it.
_MASKS = (
    (r"\b20\d{6}T\d{6}\b", "<time>"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:<port>"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b", "<uuid>"),
    (r"\b[0-9a-f]{16}\b", "<id>"),
    (r"\blmconform-[a-z]{6}-([a-z]+)-[a-z]{10}\b", r"lmconform-<run>-\1-<letters>"),
    (r"--seed \d+", "--seed <seed>"),
    (r"^(requests +)\d+, of them (\d+) fuzz cases, in [\d.]+ s$", r"\1<number>, of them \2 fuzz cases, in <seconds> s"),
    # Items come and change, and the pace is that of the machine.
    (r"^plan      at most .+$", "plan      at most <numbers>"),
    # The register grows.
    (r"^(partial +)\d+ (MUSTs were not exercised: ).+$", r"\1<number> \2<ids>"),
    (r"\b\d+ (MUST|SHOULD|MAY)\b", r"<number> \1"),
    (r"\blmconform(, version)? \d+\.\d+\.\d+\b", r"lmconform\1 <version>"),
)


def masked(text, folder=None):
    """``text`` without times, ports, ids, generated names, seeds, and the path of the test's ``folder``."""
    if folder is not None:
        text = text.replace(str(folder), "<folder>")
    for pattern, mask in _MASKS:
        text = re.sub(pattern, mask, text, flags=re.MULTILINE)
    return text


def shape(text, rows=2):
    """The first rows of a list and its last one, with each number masked and its parts left out."""
    lines = text.splitlines()
    total = next(line for line in reversed(lines) if " in all: " in line)
    return "\n".join([*lines[:rows], "…", re.sub(r"\d+", "<number>", total.partition(": ")[0])])
