"""`lmconform compare` and `lmconform list`."""

import json

from tests.conftest import read_events

from lmconform.contract.requirements import Register

LEVELS = ("MUST", "SHOULD", "MAY")


def _rewrite(folder, out, change):
    out.mkdir()
    events = [change(event) for event in read_events(folder)]
    (out / "results.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events if event))
    return out


def test_a_run_compared_with_itself_has_no_regression_and_a_changed_outcome_has(lmconform, tmp_path):
    done = lmconform("run", "--profile", "smoke", "--report-dir", "old")
    assert done.returncode == 0, done.stdout + done.stderr
    same = lmconform("compare", "old", "old/results.jsonl")
    assert same.returncode == 0
    assert "regressed: 0" in same.stdout

    chosen = next(e["id"] for e in read_events(tmp_path / "old") if e["type"] == "result")

    def spoil(event):
        return {**event, "outcome": "FAIL", "gates": True} if event.get("id") == chosen else event

    _rewrite(tmp_path / "old", tmp_path / "new", spoil)
    worse = lmconform("compare", "old", "new")
    assert worse.returncode == 1
    assert f"{chosen}  PASS -> FAIL" in worse.stdout
    better = lmconform("compare", "new", "old")
    assert better.returncode == 0
    assert "fixed: 1" in better.stdout
    as_json = json.loads(lmconform("compare", "old", "new", "--json").stdout)
    assert [change["id"] for change in as_json["regressed"]] == [chosen]


def test_a_run_without_a_footer_is_named_and_is_exit_11(lmconform, tmp_path):
    lmconform("run", "--profile", "smoke", "--report-dir", "old")
    _rewrite(tmp_path / "old", tmp_path / "new", lambda event: None if event["type"] == "footer" else event)
    done = lmconform("compare", "old", "new")
    assert done.returncode == 11
    assert "warning: new is incomplete" in done.stdout


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
