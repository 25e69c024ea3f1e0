"""`lmconform compare` over runs of the mock: as it is, with a defect, without a capability, slower."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt
from tests.conftest import LMCONFORM, clean_environment, read_events

from lmconform.client import embedded
from lmconform.contract.requirements import Register
from lmconform.reporting.comparison import FORMATS
from lmconform.settings.options import MOCK, RunConfig

LEVELS = ("MUST", "SHOULD", "MAY")
# Items of several families, enough to see each of the mutants below and quickly run.
SOME = ("LM-AUTH-*", "LM-ARTIFACT-BODY-*", "LM-CONFIGURATION-BODY-*", "LM-EXECUTABLE-*", "LM-METRICS-PATCH-*")
SELECTED = (*SOME, "LM-SCHEDULE-CREATE*", "LM-SCHEDULE-PAUSE*", "LM-DEPLOYMENT-BULK-*", "LM-OBS-A*")
SCHEDULES = ("LM-SCHEDULE-*", "LM-OBS-SCHEDULE-*", "LM-ARTIFACT-BODY-*")
# One of each family: the mutant, and what it breaks. A name that loses its schema may be too long as well, and metrics
# that replace what is stored replace its tags too.
MUTANTS = {
    "auth-unsigned-token": {"LM-AUTH-TOKEN-UNSIGNED", "LM-AUTH-TOKEN-CHANGED"},
    "accepts-artifact-kind": {"LM-ARTIFACT-BODY-KIND"},
    "accepts-configuration-type": {"LM-CONFIGURATION-BODY-TYPE"},
    "executable-bad-id-first": {"LM-EXECUTABLE-BAD-ID"},
    "metrics-replace": {"LM-METRICS-PATCH-APPENDS", "LM-METRICS-PATCH-KEEPS-SECTIONS"},
    "deployment-bulk-empty": {"LM-DEPLOYMENT-BULK-EMPTY"},
}
LIMITS = [f"--{name}-timeout=8" for name in ("stop", "delete", "start", "poll")]


@pytest.fixture(scope="module")
def schema():
    text = resources.files("lmconform.results").joinpath("schemas/comparison.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Judges a mock with options of the test's choice; returns the folder of the run, the same for the same options."""

    @cache
    def run(*options, seed=0, workers=1, only=SELECTED):
        folder = tmp_path_factory.mktemp("judged")
        with embedded.start(RunConfig.from_options(MOCK, {}), options) as mock:
            command = ["run", mock.target.base_url, "--service-key", mock.service_key, "--resource-group", "tutorial"]
            command += ["--other-resource-group", "other", "--disposable", "--allow-writes", "--profile", "core"]
            command += [
                "--seed",
                seed,
                "--workers",
                workers,
                "--poll-interval",
                "0.05",
                *LIMITS,
                "--report-dir",
                folder,
            ]
            command += [f"--only={pattern}" for pattern in only]
            done = subprocess.run(
                [*LMCONFORM, *map(str, command)],
                env=clean_environment(),
                capture_output=True,
                text=True,
                timeout=240,
            )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return folder

    return run


@pytest.fixture(scope="module")
def plain(judge):
    """A run of the mock without a defect."""
    return judge(seed=0)


@pytest.fixture
def compare(lmconform, schema):
    """Compares two runs; returns exit code and JSON, which is valid."""

    def compared(old, new, *arguments):
        done = lmconform("compare", old, new, "--format", "json", *arguments)
        assert done.stdout, done.stderr
        found = json.loads(done.stdout)
        assert [error.message for error in schema.iter_errors(found)] == []
        return done.returncode, found

    return compared


def test_another_seed_and_more_workers_change_nothing_of_an_unchanged_mock(judge, plain, compare, lmconform):
    other = judge(seed=7, workers=2)
    assert len(read_events(other)) > 100
    for old, new in ((plain, other), (other, plain)):
        code, found = compare(old, new)
        assert (code, found["empty"], found["complete"], found["regression"]) == (0, True, True, False)
        assert [found[name] for name in ("observations", "latency", "still_failing", "inputs")] == [[], [], [], []]
    assert (found["old"]["seed"], found["new"]["seed"]) == (7, 0)
    assert lmconform("compare", plain, other).stdout.splitlines()[-1] == "compare   nothing changed"


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_regresses_what_it_breaks_and_nothing_else(judge, plain, compare, mutant):
    broken = judge("--mutant", mutant, seed=5)
    code, found = compare(plain, broken)
    assert code == 1
    assert {name for change in found["regressed"] for name in change["requirements"]} == MUTANTS[mutant]
    others = ("no_longer_judged", "worse", "failing_differently", "still_failing", "fixed", "newly_judged", "latency")
    assert {name: found[name] for name in others if found[name]} == {}
    # Mended, it is fixed; looked at again, it fails as before.
    code, back = compare(broken, plain)
    assert (code, back["regressed"]) == (0, [])
    assert [one["id"] for one in back["fixed"]] == [one["id"] for one in found["regressed"]]


def test_a_defect_with_another_seed_is_the_same_defect(judge, compare):
    old, new = (judge("--mutant", "metrics-replace", seed=seed) for seed in (5, 6))
    code, found = compare(old, new)
    assert (code, found["empty"]) == (0, True)
    assert {name for change in found["still_failing"] for name in change["requirements"]} == MUTANTS["metrics-replace"]


def test_a_capability_that_is_no_longer_advertised_is_a_regression_and_nothing_of_it_is_fixed(
    judge, compare, lmconform
):
    plain = judge(only=SCHEDULES)
    gone = judge("--without", "executionSchedules", seed=3, only=SCHEDULES)
    code, found = compare(plain, gone)
    register = Register.load()
    advertised = {name for name, row in register.items() if row.capability.endswith("executionSchedules")}
    judged = {e["requirements"][0] for e in read_events(plain) if e["type"] == "result" and e["outcome"] == "PASS"}
    assert len(advertised & judged) > 40
    changed = {name for change in found["no_longer_judged"] for name in change["requirements"]}
    assert code == 1
    assert advertised & judged <= changed
    assert all(change["regression"] for change in found["no_longer_judged"])
    assert (found["fixed"], found["regressed"]) == ([], [])
    assert {one["id"] for one in found["observations"]} >= {"LM-OBS-SCHEDULE-RENAME"}
    # A mutant of what is gone is no longer judged either.
    broken = judge("--mutant", "schedule-pause-drops-window", only=SCHEDULES)
    code, found = compare(broken, gone)
    assert (code, found["fixed"]) == (1, [])
    assert "LM-SCHEDULE-PAUSE-KEEPS" in {name for one in found["no_longer_judged"] for name in one["requirements"]}
    # Back again, it is newly judged.
    code, found = compare(gone, plain)
    assert (code, found["fixed"], len(found["newly_judged"]) > 40) == (0, [], True)
    shown = lmconform("compare", plain, gone)
    assert shown.returncode == 1
    assert "GET /v2/lm/meta does not advertise aiApi.capabilities.executionSchedules" in shown.stdout


def test_an_operation_that_takes_longer_is_named_and_fails_nothing(judge, compare):
    slower = ("--fault", "createExecutionSchedule: latency, seconds=0.3")
    # At the same time: what else the machine does holds up both.
    with ThreadPoolExecutor() as pool:
        old, new = pool.map(lambda options: judge(*options, seed=1, only=SCHEDULES), [(), slower])
    code, found = compare(old, new)
    assert [one["operation"] for one in found["latency"]] == ["createExecutionSchedule"]
    assert found["latency"][0]["ratio"] > 1.5
    assert (code, found["regression"], found["empty"]) == (0, False, False)


def test_runs_of_different_selection_are_compared_only_when_told(judge, plain, lmconform, compare):
    less = judge(only=("LM-ARTIFACT-BODY-*",))
    refused = lmconform("compare", plain, less)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "differ in --only" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    code, found = compare(plain, less, "--across")
    assert code == 0
    assert {change["comes_from"] for change in found["no_longer_judged"]} == {"--only"}
    assert [one["name"] for one in found["inputs"]] == ["--only"]


def test_each_format_says_the_same_and_markdown_has_a_table_of_both_runs(judge, plain, lmconform, tmp_path):
    broken = judge("--mutant", "metrics-replace", seed=5)
    for form in FORMATS:
        printed = lmconform("compare", plain, broken, "--format", form)
        written = lmconform("compare", plain, broken, "--format", form, "--output", f"out.{form}")
        assert (printed.returncode, written.returncode, written.stdout) == (1, 1, "")
        assert (tmp_path / f"out.{form}").read_text() == printed.stdout
        assert "LM-METRICS-PATCH-APPENDS" in printed.stdout
        assert "A second PATCH of metrics adds to those that are there." in printed.stdout or form == "markdown"
        # Both dates and seeds are there.
        assert all(read_events(run)[0]["started"] in printed.stdout for run in (plain, broken))
    tokens = MarkdownIt("commonmark").enable("table").parse((tmp_path / "out.markdown").read_text())
    cells = [token.content for token in tokens if token.type == "inline"]
    assert cells[cells.index("seed") : cells.index("seed") + 3] == ["seed", "`0`", "`5`"]
    assert [token.type for token in tokens].count("table_open") == 2


def test_an_output_that_cannot_be_written_is_one_line(lmconform, plain):
    done = lmconform("compare", plain, plain, "--output", "absent/file")
    assert (done.returncode, done.stdout) == (4, "")
    assert "--output absent/file: cannot be written" in done.stderr


def test_lists_show_items_requirements_and_operations(lmconform):
    items = json.loads(lmconform("list", "items", "--json").stdout)
    assert {item["id"].partition("/")[0] for item in items} == {"probe", "observe", "scenario", "fuzz"}
    requirements = json.loads(lmconform("list", "requirements", "--json").stdout)
    assert {"id", "level", "evidence", "text", "source"} <= set(requirements[0])
    operations = lmconform("list", "operations")
    assert "GET    /v2/lm/scenarios" in operations.stdout
    assert operations.stdout.splitlines()[-2].startswith("43 in all")
    assert operations.stdout.splitlines()[-1] == "43/43 operations are judged"


def test_the_register_is_counted_and_says_what_it_leaves_out(lmconform):
    rows = json.loads(lmconform("list", "requirements", "--json").stdout)
    shown = lmconform("list", "requirements").stdout
    assert [row["id"] for row in rows] == list(Register.load())
    for evidence in ("spec", "proven", "documented", "assumed"):
        counts = [sum((r["evidence"], r["level"]) == (evidence, level) for r in rows) for level in LEVELS]
        assert f"{evidence:<10} " + " ".join(f"{count:>6}" for count in counts) in shown.splitlines()
    left_out = [r for r in rows if r["excluded"]]
    assert f"{len(left_out)} excluded, because judging them" in shown
    assert [r["id"] for r in left_out if f"  {r['id']:<26} {r['excluded']}" not in shown] == []


def test_observations_are_listed_with_what_they_look_at(lmconform):
    rows = json.loads(lmconform("list", "observations", "--json").stdout)
    assert {"LM-OBS-AUTH-MISSING", "LM-OBS-LOGS-FRESH", "LM-OBS-FILE-EMPTY"} <= {row["id"] for row in rows}
    assert all(row["text"] and row["source"] for row in rows)
    assert lmconform("list", "observations").stdout.splitlines()[-1].startswith(f"{len(rows)} in all")
