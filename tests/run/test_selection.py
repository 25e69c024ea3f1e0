"""Which items a run takes: profile first, then patterns over ids, requirements and operations."""

from dataclasses import dataclass

import pytest
import yaml

from lmconform.errors import ConfigError, NothingSelected
from lmconform.exit_codes import ExitCode
from lmconform.run import selection
from lmconform.run.items import Item, numbered
from lmconform.run.selection import select


@dataclass(frozen=True, slots=True, repr=False)
class Idle(Item):
    """An item that does nothing."""

    def run(self, session, progress):
        """Never called here."""


def item(item_id, profile, *names):
    return Idle(item_id, profile, "", (), (item_id, *names))


ITEMS = [
    item("probe/LM-META-VERSION", "smoke", "LM-META-VERSION"),
    item("probe/LM-ARTIFACT-ECHO", "core", "LM-ARTIFACT-ECHO"),
    item("scenario/training/create", "core", "LM-ARTIFACT-CREATE", "createArtifact"),
    item("fuzz/createArtifact", "full", "LM-FUZZ-ANSWERED", "createArtifact"),
]


def ids(*only, profile="full"):
    return [chosen.id for chosen in select(ITEMS, profile, only)]


@pytest.mark.parametrize(("profile", "number"), [("smoke", 1), ("core", 3), ("full", 4)])
def test_a_profile_has_the_items_of_the_smaller_ones(profile, number):
    assert ids(profile=profile) == [one.id for one in ITEMS[:number]]


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        ("createArtifact", ["scenario/training/create", "fuzz/createArtifact"]),
        ("LM-ARTIFACT-*", ["probe/LM-ARTIFACT-ECHO", "scenario/training/create"]),
        ("probe/*", ["probe/LM-META-VERSION", "probe/LM-ARTIFACT-ECHO"]),
        ("probe/LM-ARTIFACT-ECHO#LM-HTTP-BODY-SCHEMA", ["probe/LM-ARTIFACT-ECHO"]),
        ("scenario/training/creat?", ["scenario/training/create"]),
    ],
)
def test_a_pattern_is_an_id_a_requirement_or_an_operation(only, chosen):
    assert ids(only) == chosen


def test_several_patterns_are_alternatives_and_the_order_stays_that_of_the_run():
    assert ids("fuzz/*", "LM-META-VERSION") == ["probe/LM-META-VERSION", "fuzz/createArtifact"]


@pytest.mark.parametrize(
    ("only", "profile", "words"),
    [
        ("LM-ARTIFACT-ECHOO", "full", "did you mean 'LM-ARTIFACT-ECHO'?"),
        ("zzz", "full", "'lmconform list items' shows what there is"),
        ("fuzz/*", "smoke", "matches nothing in profile smoke; use --profile full"),
        ("createArtifact", "smoke", "use --profile core"),
    ],
)
def test_a_pattern_that_matches_nothing_says_what_would(only, profile, words):
    with pytest.raises(NothingSelected, match=r"^--only ") as raised:
        ids("LM-META-VERSION", only, profile=profile)
    assert words in str(raised.value)
    assert raised.value.exit_code is ExitCode.NOTHING_RAN


def test_one_letter_is_no_pattern_for_more():
    with pytest.raises(NothingSelected):
        ids("LM-ARTIFACT")


@pytest.fixture
def gate(monkeypatch, tmp_path):
    """Writes the file of profile gate."""

    def write(*items):
        path = tmp_path / "gate.yaml"
        path.write_text(yaml.safe_dump({"items": list(items)}))
        monkeypatch.setattr(selection, "GATE", path)

    return write


def test_the_gate_has_the_items_of_its_file_in_the_order_of_the_file(gate):
    gate("fuzz/createArtifact", "probe/LM-META-VERSION")
    assert ids(profile="gate") == ["fuzz/createArtifact", "probe/LM-META-VERSION"]


def test_a_gate_that_names_no_item_is_refused_with_the_command_that_writes_it(gate):
    gate("probe/LM-GONE")
    with pytest.raises(ConfigError, match=r"gate\.yaml: names probe/LM-GONE.*lmconform distill"):
        ids(profile="gate")


def test_two_items_with_one_id_are_refused():
    with pytest.raises(ValueError, match="probe/LM-META-VERSION"):
        numbered([ITEMS[0], ITEMS[1], ITEMS[0]])
