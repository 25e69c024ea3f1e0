"""A run against the mock with faults: what a server does rightly is never blamed, what broke never passes."""

import json
from collections import Counter

import pytest
from tests.conftest import serve
from tests.mock.tenant import Tenant
from tests.peers import peer_bench as bench

CORE = ("--profile", "core", "--allow-writes", "--allow-deployments")
WRITES = "POST|PUT|PATCH|DELETE"


@pytest.fixture
def run(start_mock, tmp_path):
    """Runs lmconform against a mock with these rules; no run takes longer than a minute and a half."""

    def start(rules, *options, seed=0):
        mock = start_mock("--fault-seed", str(seed), *(word for rule in rules for word in ("--fault", rule)))
        folder = tmp_path / mock.url.rpartition(":")[2]
        folder.mkdir()
        done = bench.run(folder, mock.url, mock.key_file, *options, patience=90)
        assert "Traceback" not in done.printed
        start.mocks.append(mock)
        return done

    start.mocks = []
    return start


def exchanges(done):
    """The lines of a run's exchanges.jsonl."""
    return [json.loads(line) for line in (done.folder / "exchanges.jsonl").read_text().splitlines()]


def answers(done):
    """How often each status came."""
    return Counter(exchange["response"]["status"] for exchange in exchanges(done))


def blamed(done):
    """What the server is blamed for, or what gates."""
    return [
        (r["id"], r["outcome"], r["actual"] or r["because"])
        for r in done.results
        if r["gates"] or r["outcome"] in ("FAIL", "WARN", "ERROR")
    ]


def test_a_gateway_that_is_busy_or_away_now_and_then_is_waited_for(run):
    done = run(["GET: 503, probability=0.01", "*: 429, probability=0.008, retry-after=1"], *CORE)
    assert blamed(done) == []
    assert (done.code, done.footer["verdict"]) == (0, "partial")
    seen = answers(done)
    assert seen[503] > 3
    assert seen[429] > 3


def test_a_gateway_that_stays_away_is_blamed_for_that_alone(run):
    options = [*CORE, "--only", "LM-ARTIFACT-TOP", "--only", "LM-ARTIFACT-LIST-COUNT", "--only", "LM-ARTIFACT-GET-ECHO"]
    done = run(["listArtifacts: 503"], *options)
    assert (done.code, done.footer["verdict"]) == (1, "nonconformant")
    found = {r["id"].removeprefix("probe/LM-ARTIFACT-"): r["outcome"] for r in done.results if r["outcome"] != "PASS"}
    assert found == {
        f"{name}{more}": outcome
        for name in ("TOP", "LIST-COUNT")
        for more, outcome in (("", "NOT_TESTABLE"), ("#LM-HTTP-NO-SERVER-ERROR", "FAIL"))
    }


def test_tokens_that_expire_in_mid_run_are_renewed_and_the_verdict_is_as_without(run):
    operations = (
        "createArtifact",
        "createExecution",
        "getExecution",
        "listConfigurations",
        "patchMetrics",
        "POST",
        "*",
    )
    done = run([f"{name}: expire, after={3 * n}" for n, name in enumerate(operations)], *CORE)
    calm = run([], *CORE)
    assert blamed(done) == []
    assert (done.code, done.footer["verdict"]) == (calm.code, calm.footer["verdict"]) == (0, "partial")
    assert answers(done)[401] >= answers(calm)[401] + len(operations)


@pytest.mark.parametrize("status", [302, 307, 308])
def test_credentials_never_follow_a_redirect(run, mock, status):
    with serve(lambda handler: handler.reply(200, {"access_token": "x", "expires_in": 9})) as (elsewhere, overheard):
        to = elsewhere.replace("127.0.0.1", "localhost")
        rules = [f"token: redirect, status={status}, to={to}, after=1", "getMeta: expire, after=2"]
        rules += [f"*: redirect, status={status}, to={to}, after=20, probability=0.5"]
        done = run(rules, *CORE)
    assert done.code != 0
    assert overheard == []


def test_redirected_fuzz_goes_nowhere_else(run):
    with serve(lambda handler: handler.reply(200, {})) as (elsewhere, overheard):
        to = elsewhere.replace("127.0.0.1", "localhost")
        options = [
            "--profile",
            "full",
            "--allow-writes",
            "--allow-deployments",
            "--only",
            "fuzz/*",
            "--max-examples",
            "2",
        ]
        done = run([f"*: redirect, to={to}, after=20, probability=0.5"], *options)
    assert done.code != 0
    assert answers(done)[307] > 20
    assert overheard == []


def lost(done):
    """The results that say that a connection was reset: why nothing was judged, or why it was tried once more."""
    return [r for r in done.results if "connection reset" in r["because"] + r["message"]]


@pytest.mark.parametrize("kind", ["truncate", "content-length", "reset"])
def test_a_server_whose_answers_all_break_is_lost_and_nothing_passes_any_more(run, kind):
    done = run([f"GET: {kind}, after=8"], *CORE, "--request-timeout", "2")
    assert (done.code, done.footer["verdict"], done.footer["complete"]) == (11, "incomplete", False)
    assert sum(answers(done).values()) < 40
    assert done.results[-1]["outcome"] == "ERROR"


@pytest.mark.parametrize("kind", ["truncate", "content-length", "reset", "trickle, seconds=30"])
def test_an_operation_whose_answers_all_break_never_passes(run, kind):
    options = [*CORE, "--only", "LM-CONFIGURATION-*", "--only", "LM-ARTIFACT-*", "--request-timeout", "1"]
    calm, done = run([], *options), run([f"listConfigurations: {kind}"], *options)
    assert (done.code, done.footer["complete"]) == (1, True)
    touched = {e["item"] for e in exchanges(calm) if e["operation"] == "listConfigurations"}
    outcomes = {r["id"]: r["outcome"] for r in done.results if r["id"] == r["item"]}
    assert len(touched) > 10
    assert {outcomes[item] for item in touched} == {"NOT_TESTABLE"}
    # What others build on may be what broke.
    assert {outcome for item, outcome in outcomes.items() if item not in touched} <= {"PASS", "NOT_TESTABLE"}


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        *(("deleteDeployment", 0), ("deleteDeployment", 2), ("modifyDeployment", 0), ("deleteExecution", 2)),
        *(("createExecutionSchedule", 2), ("createExecutionSchedule", 8)),
    ],
)
def test_a_change_whose_answer_was_lost_is_no_ground_to_blame_anybody(run, operation, after):
    only = ("DEPLOYMENT", "EXECUTION", "BULK", "ISOLATION") if "Schedule" not in operation else ("SCHEDULE",)
    options = [*CORE, *(word for noun in only for word in ("--only", f"probe/LM-{noun}-*"))]
    done = run([f"{operation}: reset, after={after}, count=1"], *options)
    assert done.footer["complete"]
    assert lost(done)
    assert [b for b in blamed(done) if b[1] != "NOT_TESTABLE"] == []


@pytest.mark.parametrize("kind", ["reset", "truncate", "504, when=after"])
def test_a_server_that_fails_at_writes_now_and_then_is_blamed_for_that_alone(run, kind):
    done = run([f"{WRITES}: {kind}, probability=0.1, after=5"], *CORE, seed=4)
    assert done.footer["complete"]
    assert any(r["outcome"] == "NOT_TESTABLE" or "504" in r["actual"] for r in done.results)
    assert [b for b in blamed(done) if b[1] != "NOT_TESTABLE" and "504 upstream" not in b[2]] == []


def test_what_was_started_by_requests_that_broke_is_found_and_removed(run):
    creators = ("createExecution", "createDeployment", "createExecutionSchedule")
    rules = [f"{name}: reset, count=2" for name in creators]
    rules += [f"{name}: 503, count=4" for name in ("deleteExecutionSchedule", "deleteMetrics", "deleteFile")]
    done = run(rules, *CORE)
    assert len(lost(done)) >= 3
    tenant = Tenant(run.mocks[-1])
    found = {name: tenant.get(f"/{name}")["resources"] for name in ("executions", "deployments", "executionSchedules")}
    assert [r["id"] for kind in found.values() for r in kind if r.get("targetStatus") != "DELETED"] == []
    assert set(done.footer["left_behind"]) <= {"artifact", "configuration"}


def test_a_sequence_does_not_miss_what_a_lost_deletion_removed(run):
    item = "fuzz/sequence/createExecutionSchedule"
    options = [
        "--profile",
        "full",
        "--allow-writes",
        "--allow-deployments",
        "--only",
        item,
        "--max-examples",
        "30",
        "--poll-timeout",
        "3",
    ]
    done = run(["deleteExecutionSchedule: reset, count=2"], *options)
    assert [b for b in blamed(done) if b[1] != "NOT_TESTABLE"] == []
    assert any(r["outcome"] == "PASS" for r in done.results)
