"""``lmconform run --plan``: what a run will send and create at most, and that no run does more."""

import re
from collections import Counter

import pytest
from tests.cli.test_doctor import CONTENT_AND_ROOM, target
from tests.conftest import read_events, serve, service_key

from lmconform.contract.openapi import Contract
from lmconform.contract.resources import resources
from lmconform.evidence.recorder import EXCHANGES
from lmconform.evidence.recordings.opening import recording
from lmconform.evidence.recordings.recording import Recorded

CONTRACT = Contract.load()
RESOURCES = resources(CONTRACT)


def number(text):
    return int(text.replace(",", ""))


def planned(output):
    """The numbers of a plan: requests by method, polls, creations by noun, and its lines by their first word."""
    lines = {line.split()[0]: line.partition(" ")[2].strip() for line in output.splitlines()}
    requests = Counter({method: number(n) for n, method in re.findall(r"([\d,]+) ([A-Z]+)\b", lines["requests"])})
    polls = sum(map(number, re.findall(r"([\d,]+) polls", lines["requests"])))
    found = re.findall(r"([\d,]+) ([a-z]+)", lines["creates"])
    creates = Counter({word if word in RESOURCES else word.removesuffix("s"): number(n) for n, word in found})
    return requests, polls, creates, lines


def done(folder):
    """The requests of a run by method, and what it created by noun."""
    requests, creates = Counter(), Counter()
    for one in recording(folder / EXCHANGES).read(CONTRACT):
        if not isinstance(one, Recorded):
            requests[one.label.split()[0]] += 1
            continue
        exchange = one.exchange
        requests[exchange.method] += 1
        made = RESOURCES.created(one.operations[0], exchange.status, exchange.json_object()) if exchange.ok else None
        creates.update([made.noun] if made is not None else [])
    return requests, creates


def compared(lmconform, folder, *arguments):
    """A plan and the run that follows it: plan and run, each with requests, polls (0) and creations."""
    plan = lmconform("run", *arguments, "--plan")
    assert plan.returncode == 0, plan.stderr
    run = lmconform("run", *arguments, "--report-dir", folder, timeout=500)
    assert run.returncode == 0, run.stdout + run.stderr
    requests, polls, creates, _ = planned(plan.stdout)
    sent, made = done(folder)
    assert made <= creates
    # What makes something is never sent again; the rest may be polls.
    assert all(sent[method] <= requests[method] for method in ("POST", "PUT"))
    assert all(number <= requests[method] + polls for method, number in sent.items())
    assert sent.total() <= requests.total() + polls
    return requests, polls, creates, sent, made


def test_a_run_of_the_embedded_mock_stays_within_its_plan(lmconform, tmp_path):
    requests, _, creates, sent, made = compared(lmconform, tmp_path / "out", "mock", "--profile", "core")
    # The bound says something: it is not far above what a run does.
    assert requests.total() < 4 * sent.total()
    assert creates.total() < 4 * made.total()
    assert (made["execution"] > 5, made["deployment"] > 5) == (True, True)


def test_a_run_of_a_slow_target_stays_within_its_plan(lmconform, tmp_path, start_mock):
    mock = start_mock("--pace", "0.4")
    options = ("--service-key", mock.key_file, "--resource-group", "tutorial", "--profile", "core", "--allow-writes")
    some = ("--only", "LM-EXECUTION-*", "--only", "scenario/training/*", "--disposable", "--poll-interval", "0.2")
    _, polls, _, _, made = compared(lmconform, tmp_path / "out", mock.url, *options, *some)
    assert polls > 0
    assert made["execution"] > 5


def test_a_single_item_stays_within_its_plan(lmconform, tmp_path):
    only = ("--only", "probe/LM-METRICS-PATCH-APPENDS")
    requests, *_ = compared(lmconform, tmp_path / "out", "mock", *only)
    assert requests.total() < 100


# --- what a plan does


def test_a_plan_asks_what_a_run_asks_first_and_leaves_nothing(lmconform, tmp_path):
    with serve(target()) as (url, seen):
        key = service_key(tmp_path, url)
        plan = lmconform("run", url, "--service-key", key, "--profile", "core", "--allow-writes", "--plan")
    assert plan.returncode == 0, plan.stderr
    first = ["/oauth/token", "/v2/lm/scenarios", "/v2/lm/meta"]
    assert [path for _, path in seen] == [*first, "/v2/lm/deployments?$top=1", *CONTENT_AND_ROOM]
    assert [path.name for path in tmp_path.iterdir()] == [key.name]


def test_a_plan_for_a_target_that_cannot_be_tested_is_exit_10(lmconform, tmp_path):
    with serve(target(scenarios=b"<html>", meta=b"<html>")) as (url, _):
        plan = lmconform("run", url, "--service-key", service_key(tmp_path, url), "--plan", "--report-dir", "out")
    assert (plan.returncode, plan.stdout) == (10, "")
    assert not (tmp_path / "out").exists()


def plan_of(lmconform, tmp_path, *options, **answers):
    with serve(target(**answers)) as (url, _):
        done = lmconform("run", url, "--service-key", service_key(tmp_path, url), *options, "--plan")
    assert done.returncode == 0, done.stderr
    return planned(done.stdout)


CORE = ("--profile", "core", "--allow-writes")


def test_a_smoke_run_only_reads(lmconform, tmp_path):
    _, polls, creates, lines = plan_of(lmconform, tmp_path)
    assert (polls, +creates, lines["creates"]) == (0, Counter(), "nothing")
    assert "runs" not in lines


@pytest.mark.parametrize(
    ("options", "executions", "deployments"),
    [
        (("--max-executions", "3"), 3, 0),
        (("--max-executions", "3", "--allow-deployments", "--max-deployments", "2"), 3, 2),
        (("--max-created", "1", "--allow-deployments"), 1, 1),
    ],
)
def test_what_the_options_bound_the_plan_bounds(lmconform, tmp_path, options, executions, deployments):
    _, _, creates, _ = plan_of(lmconform, tmp_path, *CORE, *options)
    assert (creates["execution"], creates["deployment"]) == (executions, deployments)


def test_the_rate_says_how_long_it_takes(lmconform, tmp_path):
    requests, _, _, lines = plan_of(lmconform, tmp_path, "--rate", "0.5")
    assert lines["takes"].startswith(f"about {requests.total() * 2 / 60:.0f} min at --rate 0.5")


def test_what_the_target_does_not_offer_is_not_in_the_plan(lmconform, tmp_path):
    everything, *_ = plan_of(lmconform, tmp_path, *CORE)
    poor = {"runtimeApiVersion": "2.42.0", "aiApi": {"capabilities": {"userDeployments": False}}}
    less, *_ = plan_of(lmconform, tmp_path, *CORE, meta=poor)
    assert less.total() < everything.total()


def test_the_names_of_the_tutorial_are_named(lmconform, tmp_path):
    *_, lines = plan_of(lmconform, tmp_path, *CORE)
    assert lines["names"].startswith("begin with lmconform-, but for '")


def test_what_executions_make_is_said_not_to_be_counted(lmconform, tmp_path):
    *_, lines = plan_of(lmconform, tmp_path, *CORE)
    assert lines["outputs"].startswith("each execution may leave artifacts that it makes: they are not counted")
    *_, without = plan_of(lmconform, tmp_path)
    assert "outputs" not in without


def test_the_same_stands_in_one_line_where_a_run_begins(lmconform, tmp_path):
    only = ("mock", "--only", "probe/LM-METRICS-PATCH-APPENDS")
    requests, _, creates, _ = planned(lmconform("run", *only, "--plan").stdout)
    run = lmconform("run", *only, "--report-dir", "out")
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("plan ")]
    assert line == f"plan      {read_events(tmp_path / 'out')[0]['plan']}"
    assert f"at most {requests.total():,} requests" in line
    assert all(f"{n:,} {noun}" in line for noun, n in creates.items())
