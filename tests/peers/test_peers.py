"""A run against a peer that behaves rudely ends soon, small, with the right word, and tells nobody its credentials."""

import base64

import pytest
from tests.peers import peer_bench as bench

PEERS = {peer.name: peer for peer in bench.peers()}
CASES = [(name, mode) for name, peer in PEERS.items() for mode in peer.endings]
# What is not from the first request on begins after the preflight, or when something was started.
OPTIONS = {
    "start": ["--profile", "smoke"],
    "later": ["--profile", "smoke"],
    "writes": ["--profile", "core", "--allow-writes", "--poll-timeout", "5"],
}


@pytest.mark.parametrize(("name", "mode"), CASES, ids=[f"{name}-{mode}" for name, mode in CASES])
def test_a_run_against_a_rude_peer_ends_as_it_must(name, mode, mock, tmp_path):
    peer, ending = PEERS[name], PEERS[name].endings[mode]
    with bench.standing(peer, mode, mock, tmp_path) as (url, key_file, tokens, overheard):
        done = bench.run(tmp_path, url, key_file, "--request-timeout", "1", *OPTIONS[mode], patience=ending.seconds)
    assert done.code == ending.exit_code, done.printed
    assert ending.words in done.printed
    assert "Traceback" not in done.printed
    assert done.memory < bench.MEMORY_MB
    assert overheard == []
    assert shown(done, mock, tokens) == []
    if not ending.verdict:
        # Nothing was judged: there is one line that says why, and no report that could be taken for one.
        assert done.events == []
        assert len(done.printed.strip().splitlines()) == 1
        return
    footer = done.footer
    assert (footer["verdict"], footer["exit_code"]) == (ending.verdict, ending.exit_code)
    assert footer["complete"] is (ending.verdict != "incomplete")
    troubled = [r for r in done.results if r["gates"] or r["outcome"] == "ERROR"]
    assert troubled
    assert [r["message"] for r in troubled if r["outcome"] == "ERROR" and ending.verdict != "incomplete"] == []


def shown(done, mock, tokens):
    """Files that show the client's secret, or a token, whole or in part."""
    secret = mock.key["clientsecret"]
    basic = base64.b64encode(f"{mock.key['clientid']}:{secret}".encode()).decode()
    parts = {secret, secret[:16], basic, *(t[:24] for t in tokens), *(t[-24:] for t in tokens)}
    return [name for name, data in done.files().items() for part in parts if part.encode() in data]
