"""A run on disk that has one result of every kind, for the views of it."""

from dataclasses import replace

from lmconform.results.events import Footer, Header, Observation, Result
from lmconform.results.stream import FILE_NAME, ResultWriter, Run


def step(number, method, path, status, *, item="probe/LM-B", answer="{}", telling=False, times=1):
    """A step of a story."""
    return {
        **{"id": number, "item": item, "method": method, "path": path, "query": "", "headers": [], "body": ""},
        **{"status": status, "answer_headers": [], "answer": answer, "seconds": 0.1, "times": times},
        **{"left_out": 0, "telling": telling},
    }


HEADER = Header(
    "0.1.0", "2026-01-01T00:00:00+00:00", "mock", "full", "published", 7, "a" * 64, "b" * 64, {}, {"base_url": "x"}
)
PASS = Result("probe/LM-A", "probe/LM-A", ("LM-A",), "MUST", "spec", "PASS", False, duration=0.25)
FAIL = Result(
    "probe/LM-B",
    "probe/LM-B",
    ("LM-B",),
    "MUST",
    "spec",
    "FAIL",
    True,
    operation="getMeta",
    text="A count is the number of resources.",
    source="F1",
    basis="F1: What a count is. (SAP Help; proven)",
    since="2.32.1 or before",
    expected="count 1 | 2",
    actual="count 3\nand \x00 more <of> it",
    request="curl -X GET 'http://127.0.0.1/v2/lm/meta'",
    story=(step("1", "POST", "/v2/lm/artifacts", 201), step("2", "GET", "/v2/lm/meta", 200, telling=True)),
    again="lmconform run mock --only probe/LM-B --seed 7",
    duration=1.5,
)
ERROR = Result("fuzz/x", "fuzz/x", ("LM-C",), "MUST", "spec", "ERROR", False, message="ValueError: boom")
WARN = Result("probe/LM-D", "probe/LM-D", ("LM-D",), "SHOULD", "spec", "WARN", False, expected="a", actual="b")
ABSENT = Result("probe/LM-E", "probe/LM-E", ("LM-E",), "MUST", "spec", "NOT_APPLICABLE", False, because="no metrics")
UNKNOWN = Result("probe/LM-F", "probe/LM-F", ("LM-F",), "MUST", "spec", "NOT_TESTABLE", True, because="403 before it")
OPEN = replace(UNKNOWN, id="probe/LM-G", item="probe/LM-G", requirements=("LM-G",), gates=False, because="no group")
WAIVED = replace(
    FAIL,
    **{"id": "probe/LM-H", "item": "probe/LM-H", "requirements": ("LM-H",), "outcome": "XFAIL", "gates": False},
    waiver="waivers.yaml:2 expects FAIL until 2027-01-31 (team <x>, #1): known | so",
)
STALE = replace(PASS, id="waiver/LM-I", item="waiver/LM-I", requirements=(), evidence="", outcome="XPASS", gates=True)
FUZZ = Result(
    *("fuzz/createArtifact", "fuzz/createArtifact", ("LM-FUZZ",), "MUST", "spec", "PASS", False),
    cases=50,
    positive=30,
    accepted=28,
)
RESULTS = (PASS, FAIL, ERROR, WARN, ABSENT, UNKNOWN, OPEN, WAIVED, STALE, FUZZ)
SEEN = Observation("LM-OBS-ORDER", "observe/LM-OBS-ORDER", "listArtifacts", "newest | first", "Order of lists.", "F3")
FOOTER = Footer(
    True, "nonconformant", 1, "2026-01-01T00:00:09+00:00", 9.0, {"PASS": 2}, 50, 120, left_behind={"artifact": 3}
)


def write(folder, *events):
    """results.jsonl with these events, read back."""
    with ResultWriter(folder / FILE_NAME) as writer:
        for event in events:
            writer.write(event)
    return Run(folder)


def whole(folder):
    """A run with every kind of result, and its footer."""
    return write(folder, HEADER, *RESULTS, SEEN, FOOTER)
