"""Finds the answers of tenants and documents, which are not in this repository, and turns them into exchanges.

Each line of the two files is one answer that somebody published: where it was found, how far it can be believed
(``credible``), method, path, status, body, and how it was brought into this form (``form``).
"""

import hashlib
import json
from pathlib import Path

import pytest

from lmconform.evidence.exchange import Exchange

VARIABLE = "LMCONFORM_ANSWERS"
_HERE = Path(__file__).resolve()
BESIDE = Path("shared", "reference", "answers")
DIGESTS = {
    "answers.jsonl": "0ce2444c24ee8ae434b501c523d571a130798b089e0a806241a05754ee208c2b",
    "rebuilt.jsonl": "b16cc54df1f584fe9c339ada6ffe1800bd3def5d6cad44dede07b58fa593026b",
}


def locate(environ, inside=_HERE):
    """The folder that the variable names, or the one beside a folder above the checkout, or None."""
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE])
    return next((found for folder in inside.parents if (found := folder / BESIDE).is_dir()), None)


def require(environ, inside=_HERE):
    """All answers, in the order of the files.

    Other files than those with the known hashes fail the test. Missing ones fail it where ``CI=true``, and skip it
    elsewhere.
    """
    folder = locate(environ, inside)
    paths = [folder / name for name in DIGESTS] if folder else []
    if not paths or not all(path.is_file() for path in paths):
        where = f"not in {folder}" if folder else "nowhere"
        reason = f"{' and '.join(DIGESTS)} are {where}: put them into ../{BESIDE}, or name their folder in {VARIABLE}"
        if environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    for path in paths:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != DIGESTS[path.name]:
            pytest.fail(f"{path}: SHA-256 is {found}; expected {DIGESTS[path.name]}")
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def operations(contract, answer):
    """The operations that could have given the answer: one by method and path, all of them for a gateway's refusal.

    There is none for what is not below /v2/lm, or belongs to another API there.
    """
    if answer["path"] == "(gateway)":
        return contract.operations
    return [o for o in contract.operations if (o.method, o.path) == (answer["method"], answer["path"])]


def exchange(operation, answer):
    """The answer as an exchange of the operation.

    A status that was not printed is 400 for an error object, else the operation's success; a media type that was not
    printed is JSON or plain text, whichever the body is. A body that is missing, or that its author cut so that it is
    no JSON any more, is marked as cut: only its status can be judged.
    """
    body, form = answer["body"], answer.get("form") or ""
    is_text = isinstance(body, str)
    refused = answer["path"] == "(gateway)"
    was_cut = form == "no body" or (form == "repaired or cut" and is_text)
    status = answer["status"] or (401 if refused else 400 if _is_error(body) else success(operation))
    media_type = answer["content_type"] or (
        "text/plain" if refused or (is_text and not was_cut) else "application/json"
    )
    content = body if is_text else json.dumps(body, ensure_ascii=False)
    return Exchange(
        id=answer["id"],
        item="answer",
        operation=operation.id,
        method=operation.method,
        url=f"https://api.example.com/v2{operation.path}",
        path=operation.path,
        request_headers=(),
        request_body=b"",
        status=status,
        headers=(("Content-Type", media_type),) if content else (),
        body=content.encode(),
        truncated=was_cut,
        started="2026-01-01T00:00:00Z",
        elapsed=0.0,
    )


def _is_error(body):
    return isinstance(body, dict) and "error" in body


def success(operation):
    """The lowest 2xx status that the description declares."""
    return min(int(status) for status in operation.responses if status.startswith("2"))
