"""Runs through the proxy that the environment names: who sees what, and what its password shows itself in."""

import base64
import os
import socket
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.cli.connect_proxy import HOST, PASSWORD, USER, connect_proxy, tenant
from tests.conftest import free_port, results_of, service_key

RUN = ("run", f"https://{HOST}", "--service-key", "service-key.json", "--ca-bundle", "ca.pem")
GROUP = ("--resource-group", "tutorial", "--report-dir", "out")
PAIR = f"{USER}:{PASSWORD}"
# What shows the password: as it is, in a URL, in hexadecimal, in a header of the proxy.
FORMS = (PASSWORD, quote(PASSWORD, safe=""), PASSWORD.encode().hex(), base64.b64encode(PAIR.encode()).decode())


def proxy_url(port, password=PASSWORD):
    return f"http://{USER}:{quote(password, safe='')}@127.0.0.1:{port}"


@pytest.mark.parametrize("workers", [1, 2])
def test_all_goes_through_the_proxy_on_few_connections_and_its_password_is_nowhere(lmconform, mock, tmp_path, workers):
    echoes = {f"X_Echo_{number}": form for number, form in enumerate(FORMS)}
    with tenant(mock, tmp_path, **echoes) as (port, seen), connect_proxy(port) as (proxy, tunnels):
        environment = {"HTTPS_PROXY": proxy_url(proxy), "XDG_STATE_HOME": str(tmp_path / "state")}
        only = ("--only", "probe/LM-SCENARIO*", "--only", "probe/LM-ARTIFACT*", "--workers", str(workers))
        done = lmconform(*RUN, *GROUP, *only, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [r for r in results_of(tmp_path / "out").values() if r["outcome"] == "PASS"]
    # Everything went that way, and nothing of the credentials of the API was shown to the proxy.
    assert {where for where, _ in tunnels} == {f"{HOST}:443"}
    assert {authorization for _, authorization in tunnels} == {None}
    assert len(seen) > 10
    assert len(tunnels) <= 2 * (1 + workers)
    assert (
        f"{HOST} through http://127.0.0.1:{proxy}"
        in lmconform("doctor", *RUN[1:], "--resource-group", "tutorial", env=environment).stdout
    )
    texts = {"stdout": done.stdout, "stderr": done.stderr}
    for folder, _, files in os.walk(tmp_path):
        texts |= {name: (Path(folder) / name).read_text(errors="replace") for name in files}
    del texts["service-key.json"]
    assert "X-Echo-0" in texts["exchanges.jsonl"]
    assert [(name, form) for name, text in texts.items() for form in FORMS if form in text] == []


def test_what_no_proxy_names_is_asked_directly(lmconform, mock, tmp_path):
    with tenant(mock, tmp_path) as (port, _), connect_proxy(port) as (proxy, tunnels):
        done = lmconform(*RUN, *GROUP, env={"HTTPS_PROXY": proxy_url(proxy), "NO_PROXY": f"example.com,{HOST}"})
    assert (done.returncode, tunnels) == (10, [])
    assert f"the host name {HOST} does not resolve" in done.stderr


def test_this_machine_is_asked_directly(lmconform, mock, tmp_path):
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "ALL_PROXY"), f"http://127.0.0.1:{free_port()}")
    only = ("--only", "probe/LM-SCENARIO*")
    done = lmconform("run", mock.url, "--service-key", mock.key_file, *GROUP, *only, env=proxies)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_proxy_that_wants_another_password_is_one_line(lmconform, mock, tmp_path):
    with tenant(mock, tmp_path) as (port, seen), connect_proxy(port) as (proxy, _):
        done = lmconform(*RUN, *GROUP, env={"HTTPS_PROXY": proxy_url(proxy, "another-password")})
    assert (done.returncode, seen) == (10, [])
    assert len(done.stderr.splitlines()) == 1
    assert "the proxy answered 407; check user and password in its URL" in done.stderr
    assert "another-password" not in done.stdout + done.stderr


@pytest.fixture
def silent():
    """A port that accepts connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = []

        def accept():
            try:
                while True:
                    held.append(listening.accept()[0])
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_dead_proxy_is_one_line_within_15_seconds(lmconform, tmp_path, silent, kind):
    service_key(tmp_path, f"https://{HOST}")
    port = silent if kind == "silent" else free_port()
    started = time.monotonic()
    done = lmconform(*RUN[:-2], *GROUP, env={"HTTPS_PROXY": proxy_url(port)})
    assert (done.returncode, time.monotonic() - started < 15) == (10, True), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.rstrip().endswith(f"it is asked through the proxy http://127.0.0.1:{port}")
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("socks5://user:the-password@127.0.0.1:1080", "of the kind 'socks5'; expected http or https"),
        ("http://user:the-password@127.0.0.1:port", f"the proxy for {HOST} is no URL; expected http://HOST:PORT"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_exit_4_without_its_password(lmconform, tmp_path, proxy, words):
    service_key(tmp_path, f"https://{HOST}")
    done = lmconform(*RUN[:-2], *GROUP, env={"HTTPS_PROXY": proxy})
    assert done.returncode == 4
    assert (len(done.stderr.splitlines()), words in done.stderr) == (1, True), done.stderr
    assert "the-password" not in done.stdout + done.stderr
