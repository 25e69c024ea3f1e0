"""Which version of SAP's description judges a target: the option, what meta says, and what the reports say of it."""

import json
from importlib import resources

import jsonschema_rs
import pytest
from tests.conftest import read_events, results_of, serve, service_key

LATER = sorted(
    (
        *("LM-DEPLOYMENT-EXECUTABLE", "LM-EXECUTION-EXECUTABLE", "LM-METRICS-SKIP", "LM-METRICS-TAG-FILTER"),
        *("LM-METRICS-TAG-FILTER-AND", "LM-METRICS-TAG-FILTER-NAME", "LM-METRICS-TAG-FILTER-NOT", "LM-METRICS-TOP"),
        *("LM-METRICS-TAG-FILTER-NO-PATTERN", "LM-METRICS-TAG-FILTER-SIGNS", "LM-METRICS-TOP-AT-LIMIT"),
    )
)


def header_of(folder):
    first = read_events(folder)[0]
    assert first["type"] == "header"
    return first


@pytest.fixture(scope="module")
def schema():
    text = resources.files("lmconform.results").joinpath("schemas/results.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


def test_what_an_older_contract_does_not_have_is_not_applicable_and_the_reports_name_it(lmconform, tmp_path, schema):
    only = [f"--only=probe/{name}" for name in (*LATER, "LM-METRICS-PATCH-APPENDS")]
    done = lmconform("run", *only, "--contract", "2.32.1", "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    results = results_of(tmp_path / "out")
    for name in LATER:
        assert results[f"probe/{name}"]["outcome"] == "NOT_APPLICABLE"
        assert results[f"probe/{name}"]["because"].endswith("the target is judged by 2.32.1")
    assert results["probe/LM-METRICS-PATCH-APPENDS"]["outcome"] == "PASS"
    assert results["probe/LM-METRICS-PATCH-APPENDS"]["again"].endswith("--contract 2.32.1")
    header = header_of(tmp_path / "out")
    assert (header["contract_version"], header["left_out"]) == ("2.32.1", LATER)
    assert schema.is_valid(header)
    assert "contract  2.32.1 (--contract names it)" in done.stdout
    line = f"left out  {len(LATER)} requirements published after 2.32.1: {', '.join(LATER)}"
    assert line in done.stdout
    assert line in (tmp_path / "out" / "summary.md").read_text()
    footer = read_events(tmp_path / "out")[-1]
    assert set(footer["not_exercised"]).isdisjoint(LATER)


def test_requirements_that_came_later_are_no_debt_of_a_run_that_did_not_select_them(lmconform, tmp_path):
    lmconform("run", "--only", "LM-SCENARIO-LIST-COUNT", "--contract", "2.38.0", "--report-dir", "older")
    lmconform("run", "--only", "LM-SCENARIO-LIST-COUNT", "--report-dir", "ours")
    older, ours = (set(read_events(tmp_path / name)[-1]["not_exercised"]) for name in ("older", "ours"))
    assert ours - older == {name for name in LATER if name.startswith("LM-METRICS")}
    assert older < ours


def test_workers_judge_by_the_same_version(lmconform, tmp_path):
    chosen = ["--only=probe/LM-METRICS-TOP", "--only=probe/LM-METRICS-SKIP", "--only=probe/LM-EXECUTION-EXECUTABLE"]
    lmconform("run", *chosen, "--contract", "2.38.0", "--workers", "2", "--report-dir", "out")
    outcomes = {name: result["outcome"] for name, result in results_of(tmp_path / "out").items() if "#" not in name}
    assert outcomes == {
        "probe/LM-METRICS-TOP": "NOT_APPLICABLE",
        "probe/LM-METRICS-SKIP": "NOT_APPLICABLE",
        "probe/LM-EXECUTION-EXECUTABLE": "PASS",
    }


@pytest.mark.parametrize(("version", "sent"), [("2.38.0", False), ("2.40.0", True)])
def test_fuzz_sends_no_parameter_that_came_later(lmconform, tmp_path, version, sent):
    done = lmconform("run", "--only", "fuzz/findMetrics", "--contract", version, "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    exchanges = [json.loads(line) for line in (tmp_path / "out" / "exchanges.jsonl").read_text().splitlines()]
    fuzzed = [e["request"]["url"] for e in exchanges if e["item"] == "fuzz/findMetrics"]
    assert len(fuzzed) > 20
    assert any("top=" in url or "skip=" in url for url in fuzzed) is sent


def judged_by(lmconform, folder, meta, *options):
    """The header and the output of a smoke run against a server with that meta."""

    def answer(handler):
        if handler.path == "/oauth/token":
            handler.reply(200, {"access_token": "token-of-the-test", "expires_in": 3600})
        elif handler.path == "/v2/lm/meta":
            handler.reply(200, meta)
        else:
            handler.reply(200, {"count": 0, "resources": []})

    with serve(answer) as (url, _):
        key = service_key(folder, url)
        arguments = ["run", url, "--service-key", key, "--only", "LM-SCENARIO-LIST-COUNT", "--report-dir", "out"]
        done = lmconform(*arguments, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return header_of(folder / "out"), done.stdout


def test_meta_that_names_an_older_runtime_chooses_its_version_and_the_terminal_says_so(lmconform, tmp_path):
    meta = {"runtimeApiVersion": "2.38.0", "aiApi": {"version": "2.31.0"}}
    header, output = judged_by(lmconform, tmp_path, meta)
    assert header["contract_version"] == "2.38.0"
    reason = "GET /lm/meta says runtimeApiVersion 2.38.0; --contract 2.42.0 judges by all of it"
    assert header["contract_because"] == reason
    assert f"contract  2.38.0 ({reason})" in output


def test_the_option_takes_all_judgements_back(lmconform, tmp_path):
    meta = {"runtimeApiVersion": "2.38.0", "aiApi": {"version": "2.31.0"}}
    header, output = judged_by(lmconform, tmp_path, meta, "--contract", "2.42.0")
    assert (header["contract_version"], header["contract_because"]) == ("2.42.0", "")
    assert "contract  " not in output


@pytest.mark.parametrize(
    "meta",
    [
        # What a tenant said in November 2025, with the version that is held here (FACTS.md M26).
        {"runtimeApiVersion": "2.42.0", "aiApi": {"version": "2.31.0"}},
        {"aiApi": {"version": "2.18.0"}},
        {"runtimeApiVersion": "cloud", "aiApi": {"version": "2.31.0"}},
    ],
    ids=["tenant", "without", "unreadable"],
)
def test_an_old_version_of_the_ai_api_takes_no_judgement_away(lmconform, tmp_path, meta):
    header, output = judged_by(lmconform, tmp_path, meta)
    assert (header["contract_version"], header["contract_because"], header["left_out"]) == ("2.42.0", "", [])
    assert "contract  " not in output


def test_the_meta_of_sap_help_takes_no_judgement_away_either_and_that_is_said(lmconform, tmp_path):
    meta = {"runtimeApiVersion": "2.21.0", "aiApi": {"version": "2.18.0"}}
    header, output = judged_by(lmconform, tmp_path, meta)
    assert (header["contract_version"], header["left_out"]) == ("2.42.0", [])
    assert "runtimeApiVersion 2.21.0 of GET /lm/meta is older than any description that is known" in output
    assert "--contract 2.32.1" in output


@pytest.mark.parametrize("asked", ["2.32.0", "2.43.0", "2.40", "latest"])
def test_a_version_that_cannot_be_judged_is_one_line_and_exit_4(lmconform, asked):
    done = lmconform("run", "--contract", asked)
    assert done.returncode == 4, done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert f"--contract: '{asked}' cannot be judged" in line
    assert "from 2.32.1 to 2.42.0" in line
    assert done.stdout == ""


def test_the_list_of_requirements_says_since_when(lmconform):
    lines = lmconform("list", "requirements").stdout.splitlines()
    dated = {line.split()[2]: line.rpartition("(since ")[2] for line in lines if "(since " in line}
    assert sorted(dated) == LATER
    assert dated["LM-METRICS-TOP"] == "2.40.0)"
    rows = {row["id"]: row["since"] for row in json.loads(lmconform("list", "requirements", "--json").stdout)}
    assert {name for name, since in rows.items() if since} == set(LATER)
    assert rows["LM-EXECUTION-EXECUTABLE"] == "2.34.0"
    assert rows["LM-SCENARIO-LIST-COUNT"] == ""
