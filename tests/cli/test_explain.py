"""`lmconform explain`: everything that has an id says what it is; `lmconform list … PATTERN` finds ids."""

from collections import Counter

import pytest
from click.testing import CliRunner

from lmconform.cli import explain
from lmconform.cli.main import cli
from lmconform.errors import ConfigError


def told(*arguments):
    done = CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=False)
    return done.output.splitlines()


@pytest.mark.parametrize(
    ("name", "kind", "lines"),
    [
        (
            "LM-METRICS-PATCH-APPENDS",
            "requirement",
            [
                "  A second PATCH of metrics adds to those that are there.",
                "  level     MUST",
                "  since     SAP's description 2.32.1 or before",
                "  judged by probe/LM-METRICS-PATCH-APPENDS",
                "  mutants   metrics-replace",
            ],
        ),
        ("LM-HTTP-BODY-SCHEMA", "requirement", ["  judged by every exchange of every item"]),
        ("probe/LM-METRICS-PATCH-APPENDS", "item", ["  judges    LM-METRICS-PATCH-APPENDS"]),
        ("scenario/training/start-execution", "item", []),
        ("findMetrics", "operation", ["  GET /v2/lm/metrics"]),
        ("f2", "fact", ["  `$count` with the same filters is the number of all that match.", "  evidence  proven"]),
        ("M3", "fact", []),
        ("no-authorization", "switch", ["  values    403, 401 (the first is the default); each is lawful"]),
        ("metrics-replace", "mutant", ["  breaks    LM-METRICS-PATCH-APPENDS"]),
        ("LM-OBS-DEPRECATED-EXECUTION-ENDPOINT", "observation", []),
    ],
)
def test_an_id_is_explained(name, kind, lines):
    shown = told("explain", name)
    assert shown[0].casefold() == f"{kind} {name}".casefold()
    assert [line for line in lines if line not in shown] == []


def test_everything_with_an_id_has_a_sentence():
    every = list(explain._every())
    assert [entry.id for entry in every if not entry.text.strip()] == []
    kinds = {entry.kind for entry in every}
    assert kinds == {"requirement", "observation", "item", "operation", "fact", "switch", "mutant"}


def test_an_id_is_explained_once():
    ids = Counter((entry.kind, entry.id) for entry in explain._every())
    assert [name for name, number in ids.items() if number > 1] == []


def test_an_unknown_id_is_answered_with_the_closest_ones():
    with pytest.raises(ConfigError, match="the closest are LM-METRICS-PATCH-APPENDS, "):
        told("explain", "LM-METRIC-PATCH-APPEND")


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["requirements", "LM-AUTH-TOKEN-*"], "4 in all: 3 documented, 1 spec"),
        (["requirements", "basic authentication"], "1 in all: 1 spec"),
        (["mutants", "metrics-replace"], "1 in all: 1 metrics"),
        (["items", "fuzz/sequence/createArt*"], "1 in all: 1 full"),
        (["operations", "/metrics"], "3 in all: 1 destructive, 1 read, 1 write"),
    ],
)
def test_a_list_has_only_what_the_pattern_matches(arguments, count):
    assert told("list", *arguments)[-1] == count


def test_a_pattern_that_matches_nothing_is_exit_5(lmconform):
    done = lmconform("list", "mutants", "metrics-replaced")
    assert (done.returncode, done.stdout) == (5, "")
    assert "did you mean 'metrics-replace'?" in done.stderr
