"""Targets with names: runs by name from the file that init writes, what is printed of them, and what wins over it."""

import json
import os
import shlex
import subprocess
import sys

import jsonschema_rs
import pytest
from tests.conftest import clean_environment, read_events, results_of

from lmconform.contract import bundle

ONE = ("--only", "probe/LM-SCENARIO-LIST-COUNT", "--report-dir", "out")


@pytest.fixture
def initialised(lmconform, mock, tmp_path):
    """A folder in which init made a target of the shared mock."""
    (tmp_path / "key.json").write_text(json.dumps(mock.key))
    done = lmconform("init", "key.json", "--resource-group", "tutorial")
    assert done.returncode == 0, done.stderr
    return tmp_path


# --- init


def test_init_writes_a_file_that_a_run_takes_and_no_secret_is_in_it(lmconform, mock, initialised):
    written = (initialised / "lmconform.toml").read_text()
    assert written.startswith("#:schema ./lmconform.schema.json\n")
    assert mock.key["clientsecret"] not in written
    done = lmconform("run", "dev", *ONE)
    assert done.returncode == 0, done.stdout + done.stderr
    first, target, access = done.stdout.splitlines()[:3]
    assert first.endswith(f": dev at {mock.url}/v2, profile smoke")
    assert target == "target    dev (lmconform.toml)"
    group = "resource group tutorial (lmconform.toml: resource_group)"
    assert access == f"access    credentials of key.json (lmconform.toml) for {mock.url}/v2, {group}"
    header = read_events(initialised / "out")[0]
    assert (header["target"], header["configuration"]["base_url"]) == ("dev", f"{mock.url}/v2")


def test_init_changes_nothing_that_is_there(lmconform, initialised):
    before = {path: path.read_bytes() for path in initialised.iterdir()}
    done = lmconform("init", "key.json", "--name", "other")
    assert done.returncode == 4
    assert "lmconform.toml: is there already, and is not changed" in done.stderr
    assert {path: path.read_bytes() for path in initialised.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.json",), "KEY: absent.json: cannot be read (No such file or directory)"),
        (("empty.json",), "KEY: empty.json: is empty; expected the service key"),
        (("half.json",), "KEY: half.json: has no clientid"),
        (("half.json", "--name", "mock"), "--name: 'mock' is no name of a target"),
    ],
)
def test_init_without_a_usable_key_is_one_line_and_writes_nothing(lmconform, tmp_path, arguments, words):
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "half.json").write_text("{}")
    done = lmconform("init", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert words in done.stderr
    assert not (tmp_path / "lmconform.toml").exists()


def test_init_names_a_key_elsewhere_by_its_whole_path(lmconform, mock, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    assert lmconform("init", os.path.relpath(mock.key_file, folder), cwd=folder).returncode == 0
    assert f'service_key = "{mock.key_file}"' in (folder / "lmconform.toml").read_text()


# --- run


def test_a_run_by_name_works_from_a_folder_below_and_with_workers(lmconform, initialised):
    inner = initialised / "a" / "b"
    inner.mkdir(parents=True)
    done = lmconform("run", "dev", *ONE, "--workers", "2", cwd=inner)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "target    dev (../../lmconform.toml)" in done.stdout.splitlines()


@pytest.mark.parametrize("way", ["secret", "key variable", "files", "texts"])
def test_a_target_behind_tls_is_known_by_each_kind_of_reference(lmconform, secured_mock, tmp_path, way):
    key, (certificate, private_key) = secured_mock.x509, secured_mock.pair
    known = f'client_id = "{key["clientid"]}", cert_url = "{key["certurl"]}"'
    plain = secured_mock.key
    references = {
        "secret": f'client_id = {{ env = "ID" }}, client_secret = {{ env = "SECRET" }}, auth_url = "{plain["url"]}"',
        "key variable": 'service_key = { env = "KEY" }',
        "files": f'{known}, cert_file_path = "{certificate}", key_file_path = "{private_key}"',
        "texts": f'{known}, cert_str = {{ env = "CERTIFICATE" }}, key_str = {{ env = "PRIVATE" }}',
    }
    (tmp_path / "lmconform.toml").write_text(
        f'[targets.dev]\nurl = "{secured_mock.tls_url}"\nca_bundle = "{secured_mock.ca}"\n'
        f"credentials = {{ {references[way]} }}\n"
    )
    variables = {"ID": plain["clientid"], "SECRET": plain["clientsecret"], "KEY": json.dumps(key)}
    variables |= {"CERTIFICATE": key["certificate"], "PRIVATE": key["key"]}
    done = lmconform("run", "dev", *ONE, env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"(lmconform.toml) for {secured_mock.tls_url}/v2" in done.stdout or "(single values) for" in done.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_the_line_to_paste_repeats_the_name_and_not_what_the_file_says(lmconform, start_mock, tmp_path, workers):
    mock = start_mock("--mutant", "metrics-replace")
    (tmp_path / "lmconform.toml").write_text(
        f'[targets.dev]\nurl = "{mock.url}"\ncredentials = {{ service_key = "{mock.key_file}" }}\n'
        'resource_group = "tutorial"\nprofile = "core"\nallow_writes = true\nstop_timeout = 60\n'
    )
    only = ("--only", "probe/LM-METRICS-PATCH-APPENDS", "--report-dir", "out")
    assert lmconform("run", "dev", *only, "--poll-timeout", "50", "--workers", workers).returncode == 1
    again = results_of(tmp_path / "out")["probe/LM-METRICS-PATCH-APPENDS"]["again"]
    assert again == "lmconform run dev --only probe/LM-METRICS-PATCH-APPENDS --seed 0 --poll-timeout 50.0"
    repeated = lmconform(*shlex.split(again)[1:])
    assert repeated.returncode == 1
    assert "FAIL LM-METRICS-PATCH-APPENDS" in repeated.stdout


def test_an_option_on_the_command_line_wins_also_with_the_value_of_its_default(lmconform, initialised):
    with (initialised / "lmconform.toml").open("a") as file:
        file.write("[targets.dev2]\n")
    text = (initialised / "lmconform.toml").read_text()
    (initialised / "lmconform.toml").write_text(text.replace('profile = "smoke"', "max_examples = 7\nseed = 1"))
    assert "targets.dev.seed: is unknown" in lmconform("run", "dev", *ONE).stderr
    (initialised / "lmconform.toml").write_text(text.replace('profile = "smoke"', "max_examples = 7"))
    for arguments, number in (((), 7), (("--max-examples", "50"), 50)):
        done = lmconform("run", "dev", *ONE, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert read_events(initialised / "out")[0]["configuration"]["max_examples"] == number


@pytest.mark.parametrize("which", [("out",), ("--all", "dev")], ids=["run", "all of a target"])
def test_cleanup_reaches_a_target_by_its_name(lmconform, initialised, which):
    state = {"XDG_STATE_HOME": str(initialised / "state")}
    only = ("--only", "probe/LM-ARTIFACT-CREATE-TWICE", "--profile", "core", "--allow-writes", "--report-dir", "out")
    assert lmconform("run", "dev", *only, env=state).returncode == 0
    run = read_events(initialised / "out")[0]["run"]
    # Without the secret of the file there would be no access: the id of the run alone does not say it.
    done = lmconform("cleanup", *which, env=state)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"run {run}" in done.stdout
    assert "artifacts, which the API cannot delete" in done.stdout


def test_the_folder_of_the_reports_has_the_name(lmconform, initialised):
    assert lmconform("run", "dev", "--only", "probe/LM-SCENARIO-LIST-COUNT").returncode == 0
    (folder,) = (initialised / "reports").iterdir()
    assert folder.name.endswith("-dev-smoke")


def test_a_name_that_is_unknown_is_exit_4_with_the_nearest_one(lmconform, initialised, tmp_path):
    done = lmconform("run", "dve")
    assert (done.returncode, done.stdout) == (4, "")
    assert "TARGET: 'dve' is no target of lmconform.toml; did you mean 'dev'?" in done.stderr


def test_a_run_without_target_and_credentials_names_the_targets_that_there_are(lmconform, initialised):
    done = lmconform("run", *ONE)
    assert done.returncode == 0, done.stdout + done.stderr
    because = "no TARGET was named, and there are no credentials; lmconform.toml has dev"
    assert f"target    mock ({because})" in done.stdout.splitlines()


def test_plain_pytest_takes_a_name_and_an_option_wins_there_as_well(mock, initialised):
    with (initialised / "lmconform.toml").open("a") as file:
        file.write('[targets.other]\nurl = "http://127.0.0.1:9"\n')
    command = [sys.executable, "-m", "pytest", "-q", "-p", "lmconform.run.pytest_plugin", "-p", "no:cacheprovider"]
    command += ["--noconftest", "-c", "/dev/null", str(bundle.root() / "tests" / "conformance"), *ONE]
    command += ["--target", "dev", "--max-examples", "3"]
    done = subprocess.run(
        command, cwd=initialised, env=clean_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    configuration = read_events(initialised / "out")[0]["configuration"]
    assert (configuration["base_url"], configuration["max_examples"]) == (f"{mock.url}/v2", 3)


# --- targets


def test_the_targets_are_listed_without_a_secret(lmconform, mock, initialised):
    done = lmconform("targets")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"dev          smoke  {mock.url}",
        "                    resource group tutorial, credentials: service key key.json",
        "1 in all: lmconform.toml",
    ]
    (row,) = json.loads(lmconform("targets", "--json").stdout)
    assert (row["name"], row["profile"], row["allow_writes"]) == ("dev", "smoke", False)


def test_each_kind_of_credentials_is_named_without_its_value(lmconform, tmp_path):
    (tmp_path / "lmconform.toml").write_text(
        """
[targets.a]
disposable = true
[targets.b]
credentials = { service_key = { env = "KEY_OF_B" } }
[targets.c]
credentials = { aicore_profile = "c" }
[targets.d]
credentials = { client_id = "id-of-d", client_secret = { env = "SECRET_OF_D" }, auth_url = "https://t.example" }
"""
    )
    out = lmconform("targets").stdout
    lines = [line.partition("credentials: ")[2] for line in out.splitlines() if "credentials: " in line]
    assert lines == ["of the environment", "service key in KEY_OF_B", "profile c of SAP's SDK", "variables SECRET_OF_D"]
    assert "a            smoke  that of the credentials (disposable)" in out
    assert "id-of-d" not in out


def test_without_a_file_the_targets_are_one_line_that_says_what_to_do(lmconform):
    done = lmconform("targets")
    assert done.returncode == 4
    assert done.stderr == (
        "lmconform: error: there is no lmconform.toml here or above; 'lmconform init KEY' writes one\n"
    )


def test_the_schema_needs_no_file_and_is_a_schema(lmconform):
    printed = lmconform("targets", "--schema")
    assert printed.returncode == 0
    jsonschema_rs.meta.validate(json.loads(printed.stdout))
