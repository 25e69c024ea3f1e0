"""README and docs count what there is: each number stands in one place, and printed commands have their options."""

import re
from collections import Counter
from pathlib import Path

import click
import pytest
import yaml

from benchmarks import silence
from lmconform import mutants
from lmconform.cli.main import cli
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.mock.switches import SWITCHES
from lmconform.run.catalogue import catalogue
from lmconform.run.selection import GATE
from tests.peers import peer_bench

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = "\n".join([README, *(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))])
CONTRACT, REGISTER = Contract.load(), Register.load()
ITEMS = Counter(item.id.partition("/")[0] for item in catalogue(CONTRACT, REGISTER))
MUTANTS = len(mutants.load())
PROFILE = yaml.safe_load(GATE.read_text(encoding="utf-8"))
# A sentence with its number, and the same number from its source.
NUMBERS = [
    (r"All (\d+) operations", len(CONTRACT.operations)),
    (r"\| probes \| (\d+) \|", ITEMS["probe"]),
    (r"\| scenario steps \| (\d+) \|", ITEMS["scenario"]),
    (r"\| fuzz \| (\d+) \|", ITEMS["fuzz"]),
    (r"\| observations \| (\d+) \|", ITEMS["observe"]),
    (r"requirements\.yaml\), (\d+)\s+of them", len(REGISTER)),
    (r"legal choice that no publication decides \((\d+) of them\)", len(SWITCHES)),
    (r"against (\d+) mocks that have one defect each", MUTANTS),
    (r"matrix, (\d+) of \d+ items", len(PROFILE["items"])),
    (r"matrix, \d+ of (\d+) items", sum(ITEMS.values())),
    (r"(\d+) of \d+ kills", PROFILE["killed"]),
    (r"\d+ of (\d+) kills", PROFILE["mutants"]),
    (r"\((\d+) mocks hold all", len(silence.pairwise())),
    (r"(\d+) servers that behave rudely", len(peer_bench.peers("rude"))),
]


@pytest.mark.parametrize(("sentence", "number"), NUMBERS, ids=[sentence for sentence, _ in NUMBERS])
def test_a_number_is_what_there_is(sentence, number):
    assert re.findall(sentence, PAGES) == [str(number)]


def test_the_printed_run_has_all_items_of_every_kind():
    """The output of README's first command is a whole run: a line a round, and the counts of its outcomes."""
    output = README.partition("It prints this")[2].partition("```text\n")[2].partition("```")[0]
    rounds = re.findall(r"^(probe|observe|scenario|fuzz) +(.+)$", output, re.MULTILINE)
    printed = Counter()
    for kind, counts in rounds:
        # A step that records what it saw is a result as well.
        parts = [part for part in counts.split(", ") if kind == "observe" or not part.endswith(" observed")]
        printed[kind] += sum(int(part.split()[0]) for part in parts)
    assert printed == ITEMS


def options_of(command):
    return {name for option in command.params for name in (*option.opts, *option.secondary_opts)}


def commands():
    """Each ``lmconform …`` that README and docs print, as its words; a line of a block or a text in backticks."""
    for text in re.findall(r"`(lmconform [^`]+)`", PAGES) + re.findall(r"^ {4}.*?\b(lmconform .+)$", PAGES, re.M):
        yield re.sub(r"\s+#.*", "", " ".join(text.split())).split(" && ")[0].split()


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_a_printed_command_exists_and_has_the_options_that_stand_beside_it(words):
    command = cli.get_command(None, words[1])
    if isinstance(command, click.Group):
        command = command.get_command(None, words[2])
    assert command is not None
    named = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert named <= options_of(command) | {"--help"}


def documents():
    return [
        *ROOT.glob("*.md"),
        *(path for name in ("docs", "examples", "benchmarks") for path in (ROOT / name).rglob("*.md")),
    ]


def anchors(path):
    """The headings of a document as GitHub names them in links."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_to_a_file_of_the_repository_names_one_that_exists_and_a_heading_that_it_has(document):
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", document.read_text(encoding="utf-8"))
    for name, anchor in links:
        path = document.parent / name if name else document
        assert path.exists(), name
        assert not anchor or anchor in anchors(path), anchor
