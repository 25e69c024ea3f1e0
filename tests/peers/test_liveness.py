"""What never ends, stops, goes or lives is a finding over a URL as well; what is lawfully slow, or queued, is none.

Each server is the mock with one defect, judged as a disposable tenant with short limits.
"""

import pytest
from tests.peers import peer_bench as bench

LIMITS = {"--stop-timeout": 3, "--delete-timeout": 3, "--start-timeout": 5, "--poll-timeout": 5}
WORDS = [str(word) for pair in LIMITS.items() for word in pair]
# Of the core profile what has to do with executions or with deployments.
ONLY = {
    "execution": ("probe/LM-EXECUTION-*", "probe/LM-BULK-*", "scenario/training/*", "scenario/bulk/*"),
    "deployment": ("probe/LM-DEPLOYMENT-*", "scenario/serving/*"),
}


@pytest.fixture
def judged(start_mock, tmp_path):
    """Runs lmconform against a mock with these options; returns how it ended."""

    def start(*options, only=(), more=()):
        mock = start_mock(*options)
        words = [word for pattern in only for word in ("--only", pattern)]
        rest = ("--profile", "core", "--allow-writes", "--disposable", *WORDS, *words, *more)
        done = bench.run(tmp_path, mock.url, mock.key_file, *rest, "--poll-interval", "0.05", patience=170)
        assert "Traceback" not in done.printed
        assert not [r for r in done.results if r["outcome"] == "ERROR"]
        return done

    return start


def failed(done):
    """The failures of a run by requirement: what was expected, seen and said of the first."""
    found = {}
    for result in done.results:
        if result["outcome"] == "FAIL":
            text = " | ".join(result[name] for name in ("expected", "actual", "message"))
            found.setdefault(result["requirements"][0], text)
    return found


def gating(done):
    return [(r["id"], r["outcome"], r["actual"] or r["because"]) for r in done.results if r["gates"]]


# The servers that the harness once passed over a URL, and those that show the request and do not carry it out: what
# must fail, with which words.
DEFECTS = [
    ("execution-never-ends", "LM-FLOW-EXECUTION-COMPLETES", ("execution", "RUNNING", "--poll-timeout")),
    ("execution-never-completes", "LM-FLOW-EXECUTION-COMPLETES", ("DEAD", "log: ", "--expect training=may-die")),
    ("execution-stop-ignored", "LM-EXECUTION-STOP", ("STOPPED", "3 attempts")),
    ("execution-stop-in-words", "LM-EXECUTION-STOP", ("the execution e", "RUNNING", "--stop-timeout")),
    ("execution-delete-nothing", "LM-EXECUTION-DELETE", ("the execution e", "404", "--delete-timeout")),
    ("execution-delete-in-words", "LM-EXECUTION-DELETE", ("targetStatus DELETED", "--delete-timeout")),
    ("deployment-dies", "LM-FLOW-SERVING-RUNS", ("DEAD", "--expect serving=may-die")),
    ("deployment-stop-ignored", "LM-DEPLOYMENT-STOP", ("the deployment d", "RUNNING", "--stop-timeout")),
    ("deployment-stop-in-words", "LM-FLOW-SERVING-STOPPED", ("deployment", "RUNNING", "--stop-timeout")),
    ("deployment-delete-ignored", "LM-DEPLOYMENT-DELETE", ("the deployment d", "404", "--delete-timeout")),
    ("deployment-delete-in-words", "LM-FLOW-SERVING-DELETED", ("gone", "--delete-timeout")),
]


@pytest.mark.parametrize(("mutant", "requirement", "words"), DEFECTS, ids=[mutant for mutant, _, _ in DEFECTS])
def test_what_is_promised_and_never_comes_is_a_finding_over_a_url(judged, mutant, requirement, words):
    done = judged("--mutant", mutant, only=ONLY[mutant.partition("-")[0]])
    assert (done.code, done.footer["verdict"]) == (1, "nonconformant")
    text = failed(done)[requirement]
    assert [word for word in words if word not in text] == [], text


@pytest.mark.parametrize(
    "switches",
    [("stop=slow", "deletion=slow", "list-lag=late"), ("stop=unseen", "deletion=slow", "deployment-gap=late")],
)
def test_what_is_slow_within_its_limits_breaks_nothing(judged, switches):
    done = judged(*(word for switch in switches for word in ("--switch", switch)))
    assert gating(done) == []
    assert done.code == 0


@pytest.mark.parametrize("life", ["stuck", "queued"])
def test_what_is_queued_for_ever_has_no_room_and_breaks_nothing(judged, life):
    lives = [word for kind in ("execution", "deployment") for word in ("--switch", f"{kind}-life={life}")]
    short = ("--poll-timeout", "2", "--start-timeout", "2")
    done = judged(*lives, only=("probe/LM-EXECUTION-*", "probe/LM-DEPLOYMENT-*", "scenario/*"), more=short)
    assert gating(done) == []
    assert (done.code, done.footer["verdict"]) == (0, "partial")
    assert any(r["because"].startswith("no room: ") for r in done.results)


def test_what_its_owner_expects_to_die_may_die(judged):
    more = ("--expect", "training=may-die")
    done = judged("--mutant", "execution-never-completes", only=("scenario/training/*",), more=more)
    assert gating(done) == []
    assert "--expect training=may-die" in str([r["because"] for r in done.results])
