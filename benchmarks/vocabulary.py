"""How plain is the language? Words that hide what they stand for, per 1000 lines of sources and documents.

python benchmarks/vocabulary.py [--most N]

Counts "nobody", "whoever", "tell", "tells", "told", "of ours", "its own" and "alone" in the files that git tracks below
src/ and docs/, and in README.md, ARCHITECTURE.md and CONTRIBUTING.md. Prints a Markdown table, the file with the most
words first, and the total. Exits 1 when the total is above 2 per 1000 lines, which is the goal.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("src", "docs", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
# Per 1000 lines.
GOAL = 2.0
WORDS = re.compile(r"\b(?:nobody|whoever|tells?|told|of\s+ours|its\s+own|alone)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the words one file has, and how many lines."""

    name: str
    words: int
    lines: int

    @property
    def rate(self) -> float:
        """Words per 1000 lines; an empty file has none."""
        return 1000 * self.words / self.lines if self.lines else 0.0


def count(name: str, text: str) -> Count:
    """The words of one text; two words that a line break parts, such as "its own", are found as well."""
    return Count(name, len(WORDS.findall(text)), len(text.splitlines()))


def counts(root: Path = ROOT) -> list[Count]:
    """Every tracked text file of PLACES, the one with the most words first."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *PLACES], cwd=root, capture_output=True, check=True)  # noqa: S607
    found = []
    for name in filter(None, listed.stdout.decode().split("\0")):
        try:
            found.append(count(name, (root / name).read_text(encoding="utf-8")))
        except (UnicodeDecodeError, FileNotFoundError):
            # A picture, or a file that was removed and is not committed yet.
            continue
    return sorted(found, key=lambda one: (-one.words, one.name))


def total(found: Iterable[Count]) -> Count:
    """All files as one."""
    rows = list(found)
    return Count("total", sum(row.words for row in rows), sum(row.lines for row in rows))


def table(found: list[Count], most: int | None = None) -> Iterator[str]:
    """Lines of Markdown; ``most`` is how many files are shown, those without any of the words never are."""
    yield "| file | words | lines | words per 1000 lines |"
    yield "|---|---|---|---|"
    for row in [*[row for row in found if row.words][:most], total(found)]:
        yield f"| {row.name} | {row.words} | {row.lines} | {row.rate:.1f} |"


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--most", type=int, metavar="N", help="show the N files with most of them (default: all)")
    options = parser.parse_args(arguments)
    if options.most is not None and options.most < 0:
        parser.error(f"--most: {options.most} is too small; expected 0 or more")
    found = counts()
    print("\n".join(table(found, options.most)))
    return int(total(found).rate > GOAL)


if __name__ == "__main__":
    sys.exit(main())
