"""A run against a peer that behaves rudely ends soon, small, with the right word, and tells nobody its credentials."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.peers import peer_bench as bench

RUDE = {f"{peer.name}-{mode}": (peer, mode) for peer in bench.peers("rude") for mode in peer.endings}
LAWFUL = {f"{peer.name}-{mode}": (peer, mode) for peer in bench.peers("lawful") for mode in peer.endings}
# What is not rude from the first request on is so after the preflight, or when something was started.
WAITS = ("poll", "stop", "start", "delete")
OPTIONS = {
    "start": ["--profile", "smoke"],
    "later": ["--profile", "smoke"],
    "writes": [
        "--profile",
        "core",
        "--allow-writes",
        "--allow-deployments",
        *(word for wait in WAITS for word in (f"--{wait}-timeout", "5")),
    ],
}
# The runs wait most of the time.
AT_ONCE = 4


@pytest.fixture(scope="module")
def ended(request, mock, tmp_path_factory):
    """The selected runs by case: a future of what they left, the tokens given out, and what another host heard."""
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    wanted = [item.callspec.params["case"] for item in items]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {case: pool.submit(end, case, mock, tmp_path_factory.mktemp("peer")) for case in wanted}
        pool.shutdown(cancel_futures=True)


def end(case, mock, folder):
    peer, mode = (RUDE | LAWFUL)[case]
    with bench.standing(peer, mode, mock, folder) as (url, key_file, tokens, overheard):
        options = peer.module.OPTIONS[mode] if case in LAWFUL else ["--request-timeout", "2", *OPTIONS[mode]]
        done = bench.run(folder, url, key_file, *options, patience=peer.endings[mode].seconds)
    return done, tokens, overheard


@pytest.mark.parametrize("case", RUDE)
def test_a_run_against_a_rude_peer_ends_as_it_must(case, ended, mock):
    peer, mode = RUDE[case]
    ending = peer.endings[mode]
    done, tokens, overheard = ended[case].result()
    print(f"{case}: exit {done.code} after {done.seconds:.1f} s, {done.memory:.0f} MB")
    assert done.code == ending.exit_code, done.printed
    assert ending.words in done.printed
    assert "Traceback" not in done.printed
    assert done.memory < bench.MEMORY_MB
    assert sum(len(data) for data in done.files().values()) < bench.REPORT_MB << 20
    assert overheard == []
    assert shown(done, mock, tokens) == []
    if not ending.verdict:
        # Nothing was judged: there is one line that says why, and reports that say the same.
        assert len(done.printed.strip().splitlines()) == 1
        assert done.results == []
        assert (done.footer["complete"], done.footer["verdict"], done.footer["exit_code"]) == (False, "incomplete", 10)
        assert ending.words in done.footer["message"]
        return
    footer = done.footer
    assert (footer["verdict"], footer["exit_code"]) == (ending.verdict, ending.exit_code)
    assert footer["complete"] is (ending.verdict != "incomplete")
    assert any(result["gates"] or result["outcome"] == "ERROR" for result in done.results)
    if footer["complete"]:
        # What a target does is never our mistake.
        assert [r["message"] for r in done.results if r["outcome"] == "ERROR"] == []


@pytest.mark.parametrize("case", LAWFUL)
def test_a_lawful_peer_is_not_punished_for_its_pace(case, ended, mock):
    done, tokens, _ = ended[case].result()
    print(f"{case}: exit {done.code} after {done.seconds:.1f} s, {done.memory:.0f} MB")
    assert done.code == 0, done.printed
    assert done.footer["complete"]
    # What is over before a slow answer lets anybody see it cannot be judged, and nobody is to blame.
    assert [r["id"] for r in done.results if r["gates"] or r["outcome"] in ("FAIL", "WARN", "ERROR")] == []
    assert shown(done, mock, tokens) == []


def test_the_table_names_every_peer_and_every_ending():
    lines = Path(__file__).with_name("README.md").read_text().splitlines()
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in lines if line.startswith("| ")}
    peers = [*bench.peers("rude"), *bench.peers("lawful")]
    assert set(rows) == {"peer", *(peer.name for peer in peers)}
    for peer in peers:
        endings = (f"{mode}: {e.exit_code} {e.verdict}".strip() for mode, e in peer.endings.items())
        assert rows[peer.name] == f"| {peer.name} | {peer.module.__doc__} | {'; '.join(endings)} |"


def shown(done, mock, tokens):
    """Files that show the client's secret, or a token, whole or in part."""
    secret = mock.key["clientsecret"]
    basic = base64.b64encode(f"{mock.key['clientid']}:{secret}".encode()).decode()
    parts = {secret, secret[:16], basic, *(t[:24] for t in tokens), *(t[-24:] for t in tokens)}
    return [name for name, data in done.files().items() for part in parts if part.encode() in data]
