"""waivers.yaml: what is read, what is refused with which line, and what the schema for editors says of it."""

import json
from datetime import date
from importlib import resources
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from tests.waivers.waiver_bench import REQUIREMENT, waiver, waivers

from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ConfigError
from lmconform.exit_codes import ExitCode
from lmconform.run import waiving
from lmconform.run.catalogue import catalogue

CONTRACT, REGISTER = Contract.load(), Register.load()
ITEMS = catalogue(CONTRACT, REGISTER)
SCHEMA = json.loads((resources.files("lmconform.waivers") / "schemas" / "waivers.schema.json").read_text())
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
ONE = waiver()
# What no schema can say: ids, dates, and how entries stand to each other.
LAWFUL_SHAPE = [
    (
        waivers(waiver("LM-METRICS-PATCH-APPEND")),
        f":2: there is no requirement 'LM-METRICS-PATCH-APPEND'; write 'requirement: {REQUIREMENT}'",
    ),
    (waivers(waiver("", "item: probe/LM-METRICS-PATCH-APPEND")), f"write 'item: probe/{REQUIREMENT}'"),
    (waivers(waiver("", "item: fuzzy/*")), ":2: there is no item 'fuzzy/*'"),
    (
        waivers(waiver("", "item: probe/LM-AUTH-EVERY-READ#getArtefact")),
        "write 'item: probe/LM-AUTH-EVERY-READ#getArtifact'",
    ),
    (waivers(waiver(REQUIREMENT, "operation: findMetric")), "write 'operation: findMetrics'"),
    (waivers(waiver(REQUIREMENT, "item: fuzz/*")), f":2: no item judges {REQUIREMENT} among fuzz/*"),
    (waivers(waiver(REQUIREMENT, "outcome: WARN")), "is a MUST, which is never WARN; write 'outcome: FAIL'"),
    (waivers(ONE, ONE), ":7: says the same as waivers.yaml:2; remove lines 7 to 11 of waivers.yaml"),
    (
        waivers(ONE, waiver("", f"item: probe/{REQUIREMENT}")),
        f":7: overlaps waivers.yaml:2 at probe/{REQUIREMENT}; narrow one by item, operation, when or actual, or remove",
    ),
    (waivers(ONE, waiver(REQUIREMENT, "when: {target: dev}")), ":7: overlaps waivers.yaml:2"),
    (
        waivers(waiver(REQUIREMENT, "actual: '[]'"), waiver(REQUIREMENT, "actual: '[*'")),
        ":8: overlaps waivers.yaml:2",
    ),
    (
        waivers(waiver(REQUIREMENT, "when: {target: d*}"), waiver(REQUIREMENT, "when: {target: '*v'}")),
        ":8: overlaps waivers.yaml:2",
    ),
    (waivers(waiver("LM-OBS-CLOCK")), "LM-OBS-CLOCK is an observation, which never gates; remove the entry"),
    (waivers(waiver("", "item: probe/NOPE")), ":2: there is no item 'probe/NOPE'; the nearest are probe/LM-"),
    (waivers(waiver(expires="2027-02-30")), ":6: expires: expected a day such as 2027-01-31"),
    (
        waivers(waiver(REQUIREMENT, "renewals: [2027-01-31, 2026-12-31]")),
        ":3: renewals: expected days before 2027-06-30",
    ),
    (waivers(waiver(REQUIREMENT, "renewals: [2027-07-01]")), "renewals: expected days before 2027-06-30"),
    (
        waivers(waiver(REQUIREMENT, "renewals: [2026-10-31, 2026-12-31, 2027-03-31]")),
        ":3: renewed 3 times; mend the defect, or allow more with --allow-renewals",
    ),
]
WRONG_SHAPE = [
    ("", "is empty"),
    ("[]", "expected the file as a mapping, with the keys waivers"),
    ("waiver: []", ":1: waiver: is no key of the file; did you mean 'waivers'?"),
    ("waivers: {}", "expected 'waivers:' with a list of waivers"),
    ("waivers: [x]", "expected a waiver as a mapping"),
    ("waivers:\n  - {\n", "not valid YAML"),
    (waivers(waiver("")), ":2: names nothing; write 'requirement: LM-…'"),
    (waivers(waiver(expires="")), ":2: has no expires; add 'expires: 2027-01-31'"),
    (waivers(waiver(expires="soon")), ":6: expires: expected a day such as 2027-01-31"),
    (waivers(ONE.replace("known", '""')), ":3: reason is empty; give a value"),
    (waivers(ONE.replace("owner", "ower")), ":5: ower: is no key of a waiver; did you mean 'owner'?"),
    (waivers(waiver(REQUIREMENT, "outcome: fail")), ":3: outcome: 'fail' is unknown"),
    (waivers(waiver(REQUIREMENT, "item: []")), ":3: item is empty"),
    (waivers(waiver(REQUIREMENT, "when: {target: a, contract: two}")), ":3: contract: 'two' is no version"),
    (waivers(waiver(REQUIREMENT, "when: {targets: a}")), ":3: targets: is no key of when; did you mean 'target'?"),
    (waivers(waiver(REQUIREMENT, "renewals: 2026-10-31")), ":3: renewals: expected a list"),
]
RIGHT = [
    "waivers: []\n",
    waivers(ONE),
    waivers(waiver(REQUIREMENT, "renewals: [2026-10-31, 2026-12-31]", "outcome: NOT_TESTABLE", "actual: '403 *'")),
    waivers(waiver("", "item: [fuzz/*, 'probe/LM-AUTH-EVERY-READ#getArtifact']", "operation: [getArtifact]")),
    waivers(
        *(waiver(REQUIREMENT, f"when: {{target: {target}}}") for target in ("dev", "prod", "https://a.example.com"))
    ),
    waivers(*(waiver(REQUIREMENT, f"when: {{contract: '{version}'}}") for version in ("2.40.0", "2.41.*"))),
    waivers(waiver(REQUIREMENT, "actual: '200 *'"), waiver(REQUIREMENT, "actual: '500 *'")),
    waivers(ONE, waiver(REQUIREMENT, "outcome: NOT_TESTABLE")),
    waivers(
        *(waiver("LM-AUTH-EVERY-READ", f"item: probe/LM-AUTH-EVERY-READ#{op}") for op in ("getMeta", "getArtifact"))
    ),
    waivers(*(waiver("LM-HTTP-NO-SERVER-ERROR", f"item: {kind}/*") for kind in ("fuzz", "probe"))),
]


def loaded(text, folder, *, allow_renewals=False):
    (folder / "waivers.yaml").write_text(text)
    return waiving.read(Path("waivers.yaml"), CONTRACT, REGISTER, ITEMS, allow_renewals=allow_renewals)


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a text as the file of a run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda text, **options: loaded(text, tmp_path, **options)


@pytest.mark.parametrize(("text", "words"), [*LAWFUL_SHAPE, *WRONG_SHAPE])
def test_what_cannot_be_used_is_refused_with_its_line_and_the_words_to_write(read, text, words):
    with pytest.raises(ConfigError) as raised:
        read(text)
    assert words in str(raised.value)
    assert str(raised.value).startswith("waivers.yaml:")
    assert raised.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("text", RIGHT)
def test_what_says_no_two_things_about_one_result_is_taken(read, text):
    assert len(read(text)) == text.count("reason:")


@pytest.mark.parametrize(("text", "fits"), [(t, True) for t in RIGHT] + [(t, False) for t, _ in WRONG_SHAPE])
def test_the_schema_for_editors_and_the_reader_agree_on_the_shape(text, fits):
    try:
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - texts only, as an editor sees days
    except yaml.YAMLError:
        data = None
    assert VALIDATOR.is_valid(data) is fits


def test_more_than_two_renewals_are_taken_where_they_are_allowed(read):
    text = waivers(waiver(REQUIREMENT, "renewals: [2026-10-31, 2026-12-31, 2027-03-31]"))
    (entry,) = read(text, allow_renewals=True)
    assert entry.renewals[-1] == date(2027, 3, 31)


def test_a_should_is_expected_to_warn_and_a_must_to_fail_where_nothing_is_said(read):
    should = next(r.id for r in REGISTER.values() if r.level == "SHOULD" and not r.excluded)
    assert [entry.outcome for entry in read(waivers(ONE, waiver(should)))] == ["FAIL", "WARN"]


def test_a_requirement_that_nothing_judges_or_that_never_gates_cannot_be_waived(read):
    excluded = next(r.id for r in REGISTER.values() if r.excluded)
    with pytest.raises(ConfigError, match=f"nothing judges {excluded}.*remove the entry"):
        read(waivers(waiver(excluded)))
    may = next(r.id for r in REGISTER.values() if r.level == "MAY" and not r.excluded)
    with pytest.raises(ConfigError, match=f"{may} .*never gates; remove the entry"):
        read(waivers(waiver(may)))


def test_a_target_that_lmconform_toml_does_not_have_is_refused(read, tmp_path):
    text = waivers(waiver(REQUIREMENT, "when: {target: dve}"))
    read(text)
    (tmp_path / "lmconform.toml").write_text('[targets.dev]\nurl = "https://a.example.com"\n')
    with pytest.raises(ConfigError, match="there is no target 'dve'; write 'target: dev'"):
        read(text)


def test_a_check_reaches_every_item_and_a_requirement_those_that_judge_it(read):
    check, probe = read(waivers(waiver("LM-HTTP-BODY-SCHEMA"), ONE))
    assert len(check.reach) == len(ITEMS)
    assert probe.reach == {f"probe/{REQUIREMENT}"}
