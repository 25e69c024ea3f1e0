"""What a gateway in front of the API may answer."""

import pytest

from lmconform import checks
from lmconform.checks.gateway import is_turned_away
from lmconform.contract.openapi import Contract
from lmconform.evidence.exchange import Exchange
from lmconform.judgement import State

CONTRACT = Contract.load()


def answer(path, status, media_type="", query=""):
    """An answer to a GET of a file."""
    return Exchange(
        id="x1",
        item="probe/LM-X",
        operation="downloadFile",
        method="GET",
        url=f"http://127.0.0.1/v2{path}{query}",
        path=path,
        request_headers=(),
        request_body=b"",
        status=status,
        headers=(("Content-Type", media_type),) if media_type else (),
        body=b"",
        truncated=False,
        started="2026-01-01T00:00:00Z",
        elapsed=0.01,
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize(
    ("path", "is_fine"),
    [
        ("/lm/dataset/files/a/b.csv", False),
        ("/lm/dataset/files/a/b/", True),
        ("/lm/dataset/files/a//b.csv", True),
        ("/lm/dataset/files/a/../b.csv", True),
        ("/lm/dataset/files/a%2Fb.csv", True),
    ],
)
def test_a_redirect_is_undeclared_unless_it_tidies_the_path(path, status, is_fine):
    judgements = checks.judge(CONTRACT, CONTRACT.operation("downloadFile"), answer(path, status))
    states = {j.requirement: j.state for j in judgements}
    assert states["LM-HTTP-STATUS-DECLARED"] is (State.KEPT if is_fine else State.BROKEN)


@pytest.mark.parametrize(
    ("query", "status", "media_type", "is_firewall"),
    [
        ("?$search=%27or%27", 403, "text/html", True),
        ("?$search=%3Cscript%3E", 404, "text/html; charset=utf-8", True),
        (f"?executableIds={'a' * 2000}", 414, "text/html", True),
        ("?$search=%27or%27", 403, "text/plain", False),
        ("?$search=%27or%27", 400, "application/json", False),
        ("?$search=%27or%27", 200, "text/html", False),
        ("?$search=%27or%27", 503, "text/html", False),
        ("?$search=cats+and+dogs", 403, "text/html", False),
    ],
)
def test_a_page_for_what_looks_like_an_attack_is_of_a_firewall(query, status, media_type, is_firewall):
    assert is_turned_away(answer("/lm/artifacts", status, media_type, query)) is is_firewall
