"""Canary secrets through real runs: a server that shows them in every form and place leaves none in a report."""

import json
from types import SimpleNamespace

import pytest
from tests.evidence.echoes import FORMS
from tests.peers import answering
from tests.peers import peer_bench as bench

NAMES = list(FORMS)


def echo(call, secrets):
    """Each request has another form, of a secret and then of a token."""
    secret = secrets(call)[call.number // len(NAMES) % 2]
    return FORMS[NAMES[call.number % len(NAMES)]](secret)


def secrets_of(call):
    token = call.handler.headers.get("Authorization", "").removeprefix("Bearer ")
    return (call.mock.key["clientsecret"], token or call.mock.key["clientsecret"])


def answer(call):
    text = echo(call, secrets_of)
    padded = "x" * (call.number % 60 + 60) + text
    if call.number % 3:
        answering.respond(call, *answering.mocked(call, padded), text)
    else:
        answering.respond(call, 500, answering.error(padded), text)


def texts(name, data):
    """What a file says, as it stands and as a reader of JSON sees it."""
    text = data.decode("utf-8", "replace")
    yield text
    if name.endswith((".json", ".jsonl")):
        yield from ("\n".join(strings(json.loads(line))) for line in text.splitlines() if line.strip())


def strings(value):
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(part)


def left(done, secrets):
    """File and form of each piece of a secret that somebody could read."""
    found = set()
    for name, data in done.files().items():
        for text in texts(name, data):
            for form, encode in FORMS.items():
                for secret in secrets:
                    whole = encode(secret)
                    length = 16 * max(1, len(whole) // len(secret))
                    # What stands around the secret is no part of it.
                    places = (length, len(whole) // 2, len(whole) - 2 * length)
                    found |= {(name, form) for at in places if whole[at : at + length] in text}
    return found


@pytest.fixture(scope="module")
def ended(mock, tmp_path_factory):
    folder = tmp_path_factory.mktemp("echoes")
    with bench.standing(answering.peer(answer), "later", mock, folder) as (url, key_file, tokens, _):
        options = ("--profile", "smoke", "--request-timeout", "5", "--workers", "2")
        done = bench.run(folder, url, key_file, *options, patience=240)
    return SimpleNamespace(done=done, secrets=[mock.key["clientsecret"], *tokens])


def test_no_report_of_a_run_shows_a_form_of_a_secret(ended):
    done = ended.done
    assert done.code == 1, done.printed
    assert (done.folder / "exchanges.jsonl").read_text().count("[redacted]") > len(NAMES)
    assert (done.folder / "results.jsonl").read_text().count("[redacted]") > 1
    assert left(done, ended.secrets[:1] + ended.secrets[-2:]) == set()


def test_only_the_owner_can_read_what_a_run_leaves(ended):
    modes = {path: path.stat().st_mode & 0o777 for path in [ended.done.folder, *ended.done.folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.parametrize("status", [403, 429, 200])
@pytest.mark.parametrize("form", ["raw", "base64-inside-1", "percent-twice"])
def test_a_preflight_that_fails_shows_no_secret(mock, tmp_path, form, status):
    def refuse(call):
        text = " ".join(FORMS[form](secret) for secret in secrets_of(call))
        answering.respond(call, status, answering.error(text), text)

    with bench.standing(answering.peer(refuse), "start", mock, tmp_path) as (url, key_file, tokens, _):
        done = bench.run(tmp_path, url, key_file, "--profile", "smoke", patience=90)
    assert done.code == 10, done.printed
    assert "[redacted]" in done.printed
    assert left(done, [mock.key["clientsecret"], *tokens]) == set()
