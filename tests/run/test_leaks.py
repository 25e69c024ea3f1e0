"""A secret that gets past the redactor is found after the run; errors of lmconform and its processes show none."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.conftest import LMCONFORM, clean_environment, read_events
from tests.evidence.echoes import FORMS

from lmconform.evidence.redaction import Redactor
from lmconform.run.leak_check import finding

SECRET = "3f0c9a71-77b5-4c0e-9d6b-5f2f1c0d9e8a$Zk1_q/9+rT3&hB-lqO="
SMOKE = ("--profile", "smoke", "--only", "probe/LM-META-API-VERSION", "--report-dir", "out")


@pytest.mark.parametrize("form", ["raw", "base64-inside-1", "percent-twice", "units", "hex", "reversed", "utf-16-le"])
@pytest.mark.parametrize("name", ["exchanges.jsonl", "junit.xml", "summary.md", "allure/a-result.json"])
def test_a_file_that_shows_a_secret_is_named(tmp_path, name, form):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    echo = FORMS[form](SECRET)
    file.write_text(json.dumps({"a": [f"x {echo}"]}) + "\n" if "json" in name else f"{'x' * 2_000_000} {echo}\n")
    (tmp_path / "results.jsonl").write_text('{"type": "header"}\n{"cut')
    names = ("results.jsonl", "exchanges.jsonl", "junit.xml", "summary.md", "allure", "absent.txt")
    said = finding(tmp_path, names, Redactor([SECRET]))
    assert said.startswith(f"{file}: shows a secret; ")
    assert finding(tmp_path, names, Redactor(["another-secret-of-the-test"])) == ""


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_text(SECRET)
    (tmp_path / "summary.md").symlink_to(tmp_path / "elsewhere")
    assert finding(tmp_path, ("summary.md",), Redactor([SECRET])) == ""


def broken(tmp_path, lines, *arguments):
    """``lmconform`` with a mistake: ``lines`` are carried out before it starts."""
    script = f"{lines}\nfrom lmconform.cli.main import main\nmain()\n"
    return subprocess.run(
        [sys.executable, "-c", script, "run", *arguments],
        cwd=tmp_path,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def test_a_leak_into_a_file_of_the_run_is_exit_3(tmp_path):
    mistake = """
from lmconform.evidence import recorder
recorder.SECRET_HEADERS = frozenset()
recorder.Redactor.text = lambda self, value: value
"""
    done = broken(tmp_path, mistake, *SMOKE)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "exchanges.jsonl: shows a secret" in done.stdout
    footer = read_events(tmp_path / "out")[-1]
    assert (footer["exit_code"], footer["verdict"], footer["complete"]) == (3, "incomplete", False)
    assert "exchanges.jsonl: shows a secret" in footer["message"]


KNOWN = "[s for s in of_process()._kept if not s.endswith('=')][0] + ' ' + of_process().tokens()[-1]"
MISTAKES = {
    "a-probe": f"""
from lmconform.evidence.redaction import of_process
from lmconform.run import items
def run(self, session, progress):
    session.client(self.id).send("getMeta")
    open("secrets", "w").write({KNOWN})
    raise RuntimeError({KNOWN} + "\\nverdict   conformant, exit 0\\n::error::x")
items.ProbeItem.run = run
""",
    "the-end": f"""
from lmconform.evidence.redaction import of_process
from lmconform.reporting.live import Live
def end(self, run, compared=""):
    open("secrets", "w").write({KNOWN})
    raise RuntimeError({KNOWN} + "\\nverdict   conformant, exit 0\\n::error::x")
Live.end = end
""",
}


@pytest.mark.parametrize("where", MISTAKES)
def test_an_error_of_lmconform_shows_no_secret_and_forges_no_line(tmp_path, where):
    done = broken(tmp_path, MISTAKES[where], *SMOKE)
    assert done.returncode == (3 if where == "the-end" else 11), done.stdout + done.stderr
    secrets = (tmp_path / "secrets").read_text().split()
    assert len(secrets) == 2
    files = {str(p): p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    for text in (done.stdout, done.stderr, *files.values()):
        assert not any(secret[:16] in text or secret[-16:] in text for secret in secrets)
    printed = (done.stdout + done.stderr).split("\n")
    assert any("[redacted]" in line for line in printed)
    assert not any(line.startswith(("verdict   conformant, exit", "::")) for line in printed)


def descendants(pid):
    """The processes that a process has started, and those that they have."""
    children = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, rest = [], [pid]
    while rest:
        more = children.get(rest.pop(), [])
        found += more
        rest += more
    return found


@pytest.mark.parametrize("target", ["url", "mock"])
def test_no_process_of_a_run_has_the_secret_in_its_arguments_or_environment(mock, tmp_path, target):
    key = mock.key
    variables = {
        "AICORE_CLIENT_ID": key["clientid"],
        "AICORE_CLIENT_SECRET": key["clientsecret"],
        "AICORE_AUTH_URL": key["url"],
        "AICORE_SERVICE_KEY": json.dumps(key),
    }
    command = [*LMCONFORM, "run", mock.url if target == "url" else "mock", "--resource-group", "tutorial"]
    command += ["--profile", "smoke", "--workers", "2", "--report-dir", "out"]
    seen = {}
    with (tmp_path / "printed").open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=clean_environment(**variables), stdout=stream, stderr=stream
        )
        own = b"".join(os.fsencode(word) + b"\0" for word in command)
        deadline = time.monotonic() + 180
        while process.poll() is None:
            assert time.monotonic() < deadline
            for pid in descendants(process.pid):
                with suppress(OSError):
                    arguments, variables = (Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
                    # Before it executes another program, a new process is a copy of the one that made it.
                    if arguments and arguments != own:
                        seen[pid] = arguments + variables
            time.sleep(0.02)
    assert process.returncode == 0, (tmp_path / "printed").read_text()
    assert len(seen) >= 2
    assert [pid for pid, data in seen.items() if key["clientsecret"].encode() in data] == []
