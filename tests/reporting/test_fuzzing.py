"""What a run says about its generated data, in results.jsonl and in details.md."""

from tests.conftest import read_events


def test_accepted_cases_are_told_operation_by_operation(lmconform, tmp_path):
    done = lmconform(
        *("run", "--only", "fuzz/createExecution*", "--only", "fuzz/sequence/createArtifact"),
        *("--max-examples", 20, "--report-dir", "out"),
    )
    assert done.returncode == 0, done.stdout
    results = {e["id"]: e for e in read_events(tmp_path / "out") if e["type"] == "result" and e["cases"]}
    assert set(results) == {"fuzz/createExecution", "fuzz/createExecutionSchedule", "fuzz/sequence/createArtifact"}
    assert all(0 < r["accepted"] <= r["positive"] <= r["cases"] for r in results.values())
    schedule = results["fuzz/createExecutionSchedule"]
    negative = schedule["cases"] - schedule["positive"]
    row = f"| createExecutionSchedule | {schedule['positive']} | {schedule['accepted']} | {negative} |"
    assert row in (tmp_path / "out" / "details.md").read_text()
    footer = read_events(tmp_path / "out")[-1]
    assert footer["fuzz_cases"] == sum(r["cases"] for r in results.values())
