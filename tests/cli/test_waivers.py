"""`lmconform waivers`, and runs with waivers: what fails as expected does not gate, and nothing else is hidden."""

import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema_rs
import pytest
from junitparser import Failure, JUnitXml, Skipped
from tests.conftest import MockProcess, clean_environment, read_events, results_of
from tests.waivers.waiver_bench import REQUIREMENT, in_days, waiver, waivers

PROBE = f"probe/{REQUIREMENT}"
ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("--reason", "known", "--issue", "https://issues.example.com/1", "--owner", "team-x")


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A mock whose metrics are replaced where they ought to be added."""
    process = MockProcess(tmp_path_factory.mktemp("broken"), "--pace", "0.1", "--mutant", "metrics-replace")
    yield process
    process.stop()


@pytest.fixture
def judge(lmconform, tmp_path):
    """Judges one requirement, or what ``only`` names, on a mock; ``text`` is that of waivers.yaml."""

    def judged(server, text=None, *more, only=REQUIREMENT, out="out"):
        if text is not None:
            (tmp_path / "waivers.yaml").write_text(text)
            more = ("--waivers", "waivers.yaml", *more)
        access = ("--service-key", server.key_file, "--resource-group", "tutorial")
        return lmconform(
            *("run", server.url, *access, "--profile", "core", "--allow-writes", "--only", only),
            *("--report-dir", out, *more),
        )

    return judged


def valid(folder):
    """The events of a run, each of them held against the schema."""
    text = resources.files("lmconform.results").joinpath("schemas", "results.schema.json").read_text()
    validator = jsonschema_rs.Draft202012Validator(json.loads(text))
    events = read_events(folder)
    assert [error.message for event in events for error in validator.iter_errors(event)] == []
    return events


def test_what_suggest_prints_waives_the_finding_also_with_another_seed_and_with_workers(
    judge, broken, lmconform, tmp_path
):
    assert judge(broken, out="before").returncode == 1
    empty = lmconform("waivers", "suggest", "before")
    assert empty.returncode == 0
    refused = judge(broken, empty.stdout)
    assert (refused.returncode, "reason is empty" in refused.stderr) == (4, True)

    text = lmconform("waivers", "suggest", "before", *PEOPLE).stdout
    assert text.count("requirement:") == 1
    done = judge(broken, text, "--seed", "5", "--workers", "2", out="after")
    assert done.returncode == 0, done.stdout + done.stderr
    found = results_of(tmp_path / "after")[PROBE]
    assert (found["outcome"], found["gates"]) == ("XFAIL", False)
    assert found["waiver"].startswith("waivers.yaml:2 expects FAIL '[]' until ")
    assert found["waiver"].endswith("(team-x, https://issues.example.com/1): known")
    # It ran, and the whole finding is there.
    assert (found["actual"], bool(found["exchanges"])) == ("[]", True)

    compared = lmconform("compare", "before", "after")
    assert (compared.returncode, "fixed: 0" in compared.stdout) == (0, True)


def test_every_report_says_what_is_waived_and_by_which_entry(judge, broken, tmp_path):
    done = judge(broken, waivers(waiver()))
    assert done.returncode == 0
    line = f"waived    {REQUIREMENT} (1 result): waivers.yaml:2 expects FAIL until 2027-06-30 (team-x, "
    assert [one for one in done.stdout.splitlines() if one.startswith(line)]
    assert f"FAIL {REQUIREMENT}" not in done.stdout.splitlines()
    assert "`waived    " in (tmp_path / "out" / "summary.md").read_text()
    assert "XFAIL: `waivers.yaml:2 expects FAIL" in (tmp_path / "out" / "details.md").read_text()
    cases = {case.name: case for suite in JUnitXml.fromfile(str(tmp_path / "out" / "junit.xml")) for case in suite}
    (skipped,) = cases[PROBE].result
    assert (type(skipped), skipped.message[:22]) == (Skipped, "XFAIL: waivers.yaml:2 ")
    (allure,) = [json.loads(file.read_text()) for file in (tmp_path / "out" / "allure").glob("*-result.json")]
    assert (allure["status"], "waivers.yaml:2 expects FAIL" in allure["statusDetails"]["message"]) == ("skipped", True)
    assert valid(tmp_path / "out")[-1]["counts"]["XFAIL"] == 1


def test_a_defect_that_was_mended_fails_the_gate_until_its_entry_is_removed(judge, broken, mock, lmconform, tmp_path):
    text = waivers(waiver())
    assert judge(broken, text, out="before").returncode == 0
    done = judge(mock, text, out="after")
    assert done.returncode == 1
    assert "  actual    1 result passes, none fails; remove lines 2 to 6 of waivers.yaml" in done.stdout.splitlines()
    (following,) = [line for line in done.stdout.splitlines() if line.startswith("next ")]
    assert following.endswith("remove lines 2 to 6 of waivers.yaml")
    # The target is not to blame.
    assert done.stdout.splitlines()[-1].startswith("verdict   partial of ")
    stale = results_of(tmp_path / "after")[f"waiver/{REQUIREMENT}"]
    assert (stale["outcome"], stale["gates"]) == ("XPASS", True)
    cases = {case.name: case for suite in JUnitXml.fromfile(str(tmp_path / "after" / "junit.xml")) for case in suite}
    assert [type(one) for one in cases[f"waiver/{REQUIREMENT}"].result] == [Failure]
    titles = {json.loads(file.read_text())["name"] for file in (tmp_path / "after" / "allure").glob("*-result.json")}
    assert titles == {PROBE, f"waiver/{REQUIREMENT}"}
    assert f"### XPASS waiver/{REQUIREMENT} " in (tmp_path / "after" / "summary.md").read_text()
    assert valid(tmp_path / "after")[-1]["exit_code"] == 1
    compared = lmconform("compare", "before", "after")
    assert (compared.returncode, f"{PROBE}  MUST  XFAIL -> PASS" in compared.stdout) == (0, True)


def test_an_entry_for_a_failure_that_another_entry_waives_is_to_be_removed(judge, broken, tmp_path):
    entries = [waiver(REQUIREMENT, f"actual: '{actual}'") for actual in ("[]", "[0.7]")]
    done = judge(broken, waivers(*entries))
    assert done.returncode == 1
    assert results_of(tmp_path / "out")[PROBE]["outcome"] == "XFAIL"
    stale = results_of(tmp_path / "out")[f"waiver/{REQUIREMENT}-2"]
    assert stale["actual"] == "no result of the run is meant by it; remove lines 8 to 13 of waivers.yaml"


def test_what_fails_otherwise_than_recorded_gates_and_says_so(judge, broken, tmp_path):
    done = judge(broken, waivers(waiver(REQUIREMENT, "actual: '500 *'")))
    assert done.returncode == 1
    found = results_of(tmp_path / "out")[PROBE]
    assert (found["outcome"], found["gates"]) == ("FAIL", True)
    assert found["waiver"].endswith("this failure is another one")
    other = judge(broken, waivers(waiver(REQUIREMENT, "outcome: NOT_TESTABLE")))
    assert other.returncode == 1


@pytest.mark.parametrize(("days", "code", "words"), [(-1, 1, "expired on"), (14, 0, "in 14 days"), (15, 0, "")])
def test_the_owner_is_named_two_weeks_before_the_end_and_after_it_the_entry_counts_no_more(
    judge, broken, tmp_path, days, code, words
):
    done = judge(broken, waivers(waiver(expires=in_days(days))))
    assert done.returncode == code, done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("waiver    ")]
    # At the beginning, and once more at the end.
    assert len(lines) == (2 if words else 0)
    assert all(words in line and line.endswith("team-x decides") for line in lines)
    assert ("`waiver    waivers.yaml:2" in (tmp_path / "out" / "summary.md").read_text()) is bool(words)


def test_an_entry_for_another_target_or_version_does_not_count_and_is_not_stale(judge, broken, mock):
    elsewhere = (
        waiver(REQUIREMENT, "when: {target: 'https://*.example.com'}"),
        waiver(REQUIREMENT, "when: {target: 'http://127.0.0.1:*', contract: 2.39.0}"),
    )
    assert judge(broken, waivers(*elsewhere)).returncode == 1
    assert judge(mock, waivers(*elsewhere)).returncode == 0
    here = waiver(REQUIREMENT, f"when: {{target: [{broken.url}/v2], contract: '2.*'}}")
    assert judge(broken, waivers(here)).returncode == 0


def test_an_entry_is_stale_only_when_all_ran_that_may_show_it(judge, mock, tmp_path):
    check = waiver("LM-HTTP-BODY-SCHEMA")
    group = waiver("LM-ISOLATION-EVERY-OPERATION")
    done = judge(mock, waivers(check, group))
    assert done.returncode == 0, done.stdout
    narrow = judge(mock, waivers(waiver("LM-HTTP-BODY-SCHEMA", f"item: {PROBE}")))
    assert narrow.returncode == 1
    assert "remove lines 2 to 7 of waivers.yaml" in narrow.stdout


def test_an_entry_for_what_the_target_does_not_offer_is_to_be_removed(judge, start_mock, tmp_path):
    poor = start_mock("--without", "metrics")
    done = judge(poor, waivers(waiver()))
    assert done.returncode == 1
    assert "it does not apply to the target; remove lines 2 to 6 of waivers.yaml" in done.stdout


def test_a_wrong_entry_is_one_line_before_anything_is_sent(lmconform, tmp_path):
    (tmp_path / "waivers.yaml").write_text(waivers(waiver("LM-METRICS-PATCH-APPEND")))
    done = lmconform("run", "--waivers", "waivers.yaml", "--report-dir", "out")
    assert done.returncode == 4
    line = f"waivers.yaml:2: there is no requirement 'LM-METRICS-PATCH-APPEND'; write 'requirement: {REQUIREMENT}'"
    assert done.stderr == f"lmconform: error: {line}\n"


def test_a_target_of_lmconform_toml_names_its_waivers_from_the_folder_of_that_file(lmconform, broken, tmp_path):
    (tmp_path / "lmconform.toml").write_text(
        f'[targets.dev]\nurl = "{broken.url}"\ncredentials = {{ service_key = "{broken.key_file}" }}\n'
        'resource_group = "tutorial"\nprofile = "core"\nallow_writes = true\nwaivers = "known/waivers.yaml"\n'
    )
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "waivers.yaml").write_text(waivers(waiver(REQUIREMENT, "when: {target: dev}")))
    (tmp_path / "below").mkdir()
    done = lmconform("run", "dev", "--only", REQUIREMENT, "--workers", "2", cwd=tmp_path / "below")
    assert done.returncode == 0, done.stdout + done.stderr
    checked = lmconform("waivers", "check", "--today", "2027-06-30", cwd=tmp_path / "below")
    assert checked.returncode == 0
    assert checked.stdout.splitlines() == [
        f"ending   ../known/waivers.yaml:2  {REQUIREMENT}  until 2027-06-30 (0 days, team-x)",
        "1 in all: 0 expired",
    ]


def test_check_judges_the_dates_on_the_day_that_it_is_told(lmconform, tmp_path):
    renewed = waiver("LM-METRICS-FIND-SEVERAL", "renewals: [2026-12-31]", expires="2027-03-31")
    (tmp_path / "waivers.yaml").write_text(waivers(waiver(), renewed))

    def check(day):
        done = lmconform("waivers", "check", "--today", day)
        return done.returncode, [line.split()[0] for line in done.stdout.splitlines()[:2]]

    assert check("2027-03-16") == (0, ["ok", "ok"])
    assert check("2027-03-17") == (0, ["ok", "ending"])
    assert check("2027-04-01") == (1, ["ok", "expired"])
    assert "renewals: 1)" in lmconform("waivers", "check", "waivers.yaml", "--today", "2027-03-16").stdout


def test_the_schema_that_is_printed_is_the_one_in_the_package(lmconform):
    printed = json.loads(lmconform("waivers", "schema").stdout)
    assert printed == json.loads((resources.files("lmconform.waivers") / "schemas/waivers.schema.json").read_text())


def test_a_run_in_which_nothing_gates_suggests_nothing(judge, mock, lmconform):
    assert judge(mock).returncode == 0
    assert lmconform("waivers", "suggest", "out").stdout == "waivers: []  # nothing gates in this run\n"


def test_plain_pytest_shows_what_is_waived_as_an_expected_failure(broken, tmp_path):
    (tmp_path / "waivers.yaml").write_text(waivers(waiver()))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/conformance"),
            *("--target", broken.url, "--service-key", str(broken.key_file), "--resource-group", "tutorial"),
            *("--profile", "core", "--allow-writes", "--only", REQUIREMENT, "--report-dir", str(tmp_path / "out")),
            *("--waivers", str(tmp_path / "waivers.yaml")),
        ],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b1 xfailed\b", done.stdout)
