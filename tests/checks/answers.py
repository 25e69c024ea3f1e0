"""Finds the answers of tenants and documents, which are not in this repository.

Each line of the two files is one answer that somebody published: where it was found, how far it can be believed
(``credible``), and what ``lmconform.evidence.recordings.answers`` reads.
"""

import hashlib
import json
from pathlib import Path

import pytest

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
